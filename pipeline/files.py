"""Files: read with an error that says what is wrong, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tosprog.models.errors import InputError, OutputError


def shown(path: str | Path) -> str:
    r"""A file name as it may be printed or written into a text: line ends and bytes that are no text as escapes.

    Example:
        >>> print(shown("to\nlinjer.txt"))
        to\nlinjer.txt
    """
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in str(path))


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        InputError: not there, a folder, or not to be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist; name a file, or - for standard input") from error
    except IsADirectoryError as error:
        raise InputError(
            f"{path} is a folder, not a file; for folders type: tosprog run {path} --out out --to en"
        ) from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def write_atomically(path: Path, data: bytes, temporary: Path | None = None) -> None:
    """Writes elsewhere, then moves it into place: the target is the old file or the new, never half.

    Args:
        path: The target; its folders are made.
        data: What it is to hold.
        temporary: The folder where it is written first, on the target's file system; None is the target's own.

    Raises:
        OutputError: no folder can be made there, or the file not written (disk full, no permission).
    """
    with writing_atomically(path, temporary) as file:
        file.write(data)


@contextmanager
def writing_atomically(path: Path, temporary: Path | None = None) -> Iterator[BinaryIO]:
    """A file to write and read, which is moved into the target's place at the end, if nothing was raised.

    Args:
        path: As for `write_atomically`.
        temporary: As for `write_atomically`.

    Raises:
        OutputError: as for `write_atomically`.
    """
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if temporary is not None:
            temporary.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            dir=temporary or path.parent, prefix=f".{path.name[:100]}.", suffix=".part"
        )
        part = Path(name)
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except OSError as error:
        if part is not None:
            part.unlink(missing_ok=True)
        raise OutputError(
            f"cannot write {path}: {error.strerror}; choose another folder with --out"
        ) from error
    except BaseException:
        if part is not None:
            part.unlink(missing_ok=True)
        raise


def move(path: Path, target: Path) -> None:
    """Moves a file, on its file system, to a place whose folders are made.

    Raises:
        OutputError: it cannot be moved.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    except OSError as error:
        raise OutputError(
            f"cannot write {target}: {error.strerror}; choose another folder with --out"
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
