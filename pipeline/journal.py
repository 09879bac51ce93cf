"""What was done in an output folder: a JSON line a file, added when its outputs are in place, and never changed.

    OUT/.tosprog/journal.jsonl          this file
    OUT/.tosprog/segments/NAME.jsonl    a line a segment of each file
    OUT/.tosprog/replaced/NAME          outputs that someone had changed, before they were written anew
    OUT/.tosprog/report.html, .json     of the last run
    OUT/.tosprog/lock                   held while a run goes on

Only the run that holds the lock writes here. A line that a power cut tore is cut off by the next run.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from tosprog.models.errors import OutputError, UsageError
from tosprog.pipeline.files import shown

FOLDER = ".tosprog"
TIMES = ("time", "seconds")  # what two runs of the same folder need not have in common


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the journal.

    Attributes:
        source: The file's path within the folder that was read, with ``/``.
        sha256: Of its bytes.
        signature: `tosprog.pipeline.signature.Signature.of` it.
        status: As of `tosprog.pipeline.work.Status`, or ``removed``.
        outputs: Path within the output folder -> sha256.
        message: Why it failed, or what to know of it.
        translated: Segments.
        kept: Segments.
        failed: Segments.
        languages: Language -> words.
        confidence: Mean of the translations', 0 to 1, by words.
        seconds: That it took.
        time: When it was done, UTC, as ISO 8601 has it.
    """

    source: str
    sha256: str
    signature: str
    status: str
    outputs: dict[str, str]
    message: str = ""
    translated: int = 0
    kept: int = 0
    failed: int = 0
    languages: dict[str, int]
    confidence: float | None = None
    seconds: float = 0.0
    time: str = ""

    def is_same(self, other: Entry) -> bool:
        """Whether the two differ in times alone."""
        mine, theirs = asdict(self), asdict(other)
        return all(mine[name] == theirs[name] for name in mine if name not in TIMES)


class Journal:
    """The journal of an output folder; of each file it holds in memory where its last line begins, no more."""

    def __init__(self, out: Path, *, read_only: bool = False) -> None:
        """Reads it, and cuts off a line that is not whole.

        Args:
            out: The output folder.
            read_only: Whether nothing is to be written, nor cut off.

        Raises:
            OutputError: it cannot be read or written.
        """
        self.path = out / FOLDER / "journal.jsonl"
        self._lines: dict[str, int] = {}
        self._signatures: set[str] = set()
        try:
            self._out = None if read_only else self.path.open("ab", buffering=0)
            self._in: BinaryIO = self.path.open("rb")
            self._read()
        except OSError as error:
            raise OutputError(
                f"cannot write {self.path}: {error.strerror}; choose another folder with --out"
            ) from error

    def _read(self) -> None:
        start = 0
        for line in self._in:
            if not line.endswith(b"\n"):
                if self._out is not None:
                    self._out.truncate(start)
                break
            value = _value(line)
            if "source" in value:
                self._lines[str(value["source"])] = start
            elif "signature" in value:
                self._signatures.add(str(value["signature"]))
            start += len(line)

    def get(self, source: str) -> Entry | None:
        """The last entry of a file, None where there is none, or where it was removed."""
        start = self._lines.get(source)
        if start is None:
            return None
        self._in.seek(start)
        value = _value(self._in.readline())
        try:
            entry = Entry(**value)
        except TypeError:  # of another version
            return None
        return None if entry.status == "removed" else entry

    def sources(self) -> Iterator[str]:
        """Every file that has an entry, as long as none is added."""
        return iter(self._lines)

    def add(self, entry: Entry) -> None:
        """Adds an entry, on the disk when this returns; unless the last one of the file says the same.

        Raises:
            OutputError: the disk is full, or cannot be written.
        """
        before = self.get(entry.source)
        if before is not None and before.is_same(entry):
            return
        self._lines[entry.source] = self._append(asdict(entry))

    def explain(self, signature: str, meaning: dict[str, Any]) -> None:
        """Adds what a signature means, once.

        Raises:
            OutputError: as for `add`.
        """
        if signature not in self._signatures:
            self._append({"signature": signature, "means": meaning})
            self._signatures.add(signature)

    def _append(self, value: dict[str, Any]) -> int:
        line = json.dumps(value).encode("ascii") + b"\n"  # ASCII holds names that are no text too
        if self._out is None:
            raise ValueError("the journal was opened to be read only")
        start = self._out.seek(0, os.SEEK_END)
        try:
            if self._out.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._out.fileno())
        except OSError as error:
            with suppress(OSError):
                self._out.truncate(start)
            raise OutputError(f"cannot write {self.path}: {error.strerror}") from error
        return start

    def close(self) -> None:
        """Lets go of the file."""
        self._in.close()
        if self._out is not None:
            self._out.close()


def _value(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def now() -> str:
    """The time, UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


@contextmanager
def opened(out: Path) -> Iterator[Journal]:
    """The journal of an output folder, which no other run writes to meanwhile; what a killed run left is cleared.

    Raises:
        UsageError: another run holds it.
        OutputError: the folder cannot be made or written.
    """
    folder = out / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        raise UsageError(
            f"another run is writing to {shown(out)}; wait for it to end, or choose another folder with --out"
        ) from error
    except OSError as error:
        raise OutputError(
            f"cannot write {folder}: {error.strerror}; choose another folder with --out"
        ) from error
    try:
        shutil.rmtree(temporary_folder(out), ignore_errors=True)
        journal = Journal(out)
        try:
            yield journal
        finally:
            journal.close()
    finally:
        lock.release()


def temporary_folder(out: Path) -> Path:
    """Where outputs are written before they are moved into place."""
    return out / FOLDER / "unfinished"
