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


def write_atomically(path: Path, data: bytes) -> None:
    """Writes beside the target, then moves it into place: the target is the old file or the new, never half.

    Raises:
        OutputError: no folder can be made there, or the file not written (disk full, no permission).
    """
    with writing_atomically(path) as file:
        file.write(data)


@contextmanager
def writing_atomically(path: Path) -> Iterator[BinaryIO]:
    """A file to write and read beside the target, which is moved into place at the end, if nothing was raised.

    Raises:
        OutputError: as for `write_atomically`.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.", suffix=".part")
        temporary = Path(name)
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise OutputError(
            f"cannot write {path}: {error.strerror}; choose another folder with --out"
        ) from error
    except BaseException:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
