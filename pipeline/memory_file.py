"""The file of a translation memory: opened with care, shared between processes, written whole or not at all.

SQLite in WAL mode. A file that is damaged is set aside and said; one that is no memory is left alone. Nothing is made
by reading.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from tosprog.models.errors import InputError, OutputError
from tosprog.pipeline.files import shown

_APPLICATION, _FORMAT = 0x546F7370, 1  # "Tosp"
_MAGIC = b"SQLite format 3\0"
_BUSY_S = 60.0
_SCHEMA = (
    """
    CREATE TABLE units (
        id INTEGER PRIMARY KEY, danish TEXT NOT NULL, english TEXT NOT NULL,
        danish_key INTEGER NOT NULL, english_key INTEGER NOT NULL, danish_shape INTEGER, english_shape INTEGER,
        origin TEXT NOT NULL, priority INTEGER NOT NULL, creator TEXT NOT NULL, changed INTEGER NOT NULL,
        state TEXT NOT NULL, note TEXT NOT NULL, UNIQUE (danish_key, english_key)
    )
    """,
    "CREATE INDEX english_keys ON units (english_key)",
    "CREATE INDEX danish_shapes ON units (danish_shape) WHERE danish_shape IS NOT NULL",
    "CREATE INDEX english_shapes ON units (english_shape) WHERE english_shape IS NOT NULL",
    "CREATE INDEX danish_lengths ON units (length(danish))",
    "CREATE INDEX english_lengths ON units (length(english))",
    # Which units a word is in. Words are checksums in ASCII, for tokenizers differ in all else.
    "CREATE VIRTUAL TABLE word_index USING fts5(words, content='', detail=none, tokenize='ascii')",
    "CREATE TABLE sums (id INTEGER PRIMARY KEY CHECK (id = 0), units INTEGER, checksum TEXT)",
    "INSERT INTO sums VALUES (0, 0, '0')",
    f"PRAGMA application_id = {_APPLICATION}",
    f"PRAGMA user_version = {_FORMAT}",
)

_T = TypeVar("_T")


class MemoryFile:
    """A memory's file, which need not be there.

    Attributes:
        path: Where it is.
        notices: What went wrong with it, a line each, for people.
    """

    def __init__(self, path: Path) -> None:
        """Touches nothing."""
        self._file: sqlite3.Connection | None = None
        self.path = path
        self.notices: list[str] = []

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file; it is opened again when it is needed."""
        if self._file is not None:
            with suppress(sqlite3.Error):
                self._file.close()
        self._file = None

    def exists(self) -> bool:
        """Whether there is a file with anything in it."""
        with suppress(OSError):
            return self.path.stat().st_size > 0
        return False

    def read(self, use: Callable[[sqlite3.Connection], _T], nothing: _T) -> _T:
        """What ``use`` makes of the file; ``nothing`` where there is none, or a damaged one, which is set aside.

        Raises:
            InputError: it is no memory, or cannot be read.
        """
        if not self.exists():
            self.close()
            return nothing
        try:
            file = self._opened()
            return use(file) if _has_tables(file) else nothing
        except sqlite3.Error as error:
            if not _is_damage(error):
                self.close()
                raise InputError(f"cannot read the memory {shown(self.path)}: {error}") from error
            self._set_aside(error)
            return nothing
        except OSError as error:
            raise InputError(f"cannot read the memory {shown(self.path)}: {error.strerror}") from error

    def write(self, use: Callable[[sqlite3.Connection], _T]) -> _T:
        """What ``use`` returns, when all that it wrote is on the disk; nothing of it is where it raises.

        Raises:
            InputError: the file is no memory.
            OutputError: it cannot be written, or is damaged, and set aside.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self._opened()
            file.execute("BEGIN IMMEDIATE")
            try:
                if not _has_tables(file):
                    for statement in _SCHEMA:
                        file.execute(statement)
                result = use(file)
                file.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    file.execute("ROLLBACK")
                raise
            return result
        except sqlite3.Error as error:
            if not _is_damage(error):
                self.close()
                raise OutputError(f"cannot write the memory {shown(self.path)}: {error}") from error
            raise OutputError(f"{self._set_aside(error)}; nothing was written: do it again") from error
        except OSError as error:
            raise OutputError(f"cannot write the memory {shown(self.path)}: {error.strerror}") from error

    def _opened(self) -> sqlite3.Connection:
        if self._file is not None:
            return self._file
        if self.exists():
            with self.path.open("rb") as opened:
                if opened.read(len(_MAGIC)) != _MAGIC:
                    raise InputError(f"{shown(self.path)} is no memory; name another file with --memory")
        file = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        self._file = file
        has_tables = _has_tables(
            file
        )  # first: another process may be making them, and what is read next, in one step
        (application,) = file.execute("PRAGMA application_id").fetchone()
        (format_,) = file.execute("PRAGMA user_version").fetchone()
        if has_tables and (application, format_) != (_APPLICATION, _FORMAT):
            self.close()
            whose = "a memory of another version of Tosprog"
            if application != _APPLICATION:
                whose = "another program's database"
            raise InputError(f"{shown(self.path)} is {whose}; name another file with --memory")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = FULL")  # what people have corrected outlives a power cut
        return file

    def _set_aside(self, error: Exception) -> str:
        """Moves the file away, over no other one: it may be mended."""
        self.close()
        aside, number = self.path.with_suffix(".damaged"), 1
        while aside.exists():
            number += 1
            aside = self.path.with_suffix(f".damaged-{number}")
        for suffix in ("", "-wal", "-shm"):
            with suppress(OSError):
                self.path.with_name(self.path.name + suffix).replace(aside.with_name(aside.name + suffix))
        notice = f"the memory {shown(self.path)} was damaged ({error}), and is now {shown(aside.name)}"
        self.notices.append(notice)
        return notice


def _has_tables(file: sqlite3.Connection) -> bool:
    (schema,) = file.execute("PRAGMA schema_version").fetchone()
    return bool(schema)


def _is_damage(error: sqlite3.Error) -> bool:
    """Whether the file is to blame: SQLite's "malformed" and "not a database" are of this class, and of none below."""
    return type(error) is sqlite3.DatabaseError
