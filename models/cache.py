"""What models have answered, kept: a sentence is translated once, whichever file, run or process it is in.

SQLite in WAL mode, so that processes share it. A cache that is damaged is set aside, one that cannot be used (a
full disk, no permission) is done without: it never stops a run.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tosprog.models.base import Alignment, Backend, BackendWrapper, DecodingOptions, Hypothesis
from tosprog.models.languages import Direction, parse_direction

MAX_BYTES = 2**30
_FORMAT = 3  # of the rows; another one is another file's name
_BUSY_S = 30.0
_KEPT = 0.75  # of the bytes, after a clearing
_AT_ONCE = 500  # keys in a query
_COLUMNS = "target, score, alignment, others"
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS hypotheses (
        id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, direction TEXT NOT NULL, model TEXT NOT NULL,
        source TEXT NOT NULL, target TEXT NOT NULL, score REAL NOT NULL, alignment BLOB, others BLOB
    )
"""


class HypothesisCache:
    """Hypotheses by signature and source, in a file.

    Attributes:
        hits: Texts found.
        misses: Texts asked for that were not there.
        notices: What went wrong with the file, a line each, for people.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        """Opens the cache, or makes it.

        Args:
            folder: Where its file is.
            max_bytes: Of the file; above it the oldest quarter goes.
        """
        self._file: sqlite3.Connection | None = None
        self.path = folder / f"hypotheses-{_FORMAT}.sqlite"
        self.hits = self.misses = 0
        self.notices: list[str] = []
        self._max_bytes = max_bytes
        self._guarded(lambda _: None)

    def get(self, signature: str, texts: Iterable[str]) -> dict[str, Hypothesis]:
        """Those of the texts that are there, under this signature."""
        wanted = {_key(signature, text): text for text in texts}
        found: dict[str, Hypothesis] = {}

        def read(file: sqlite3.Connection) -> None:
            keys = list(wanted)
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, {_COLUMNS} FROM hypotheses WHERE key IN ({marks})"  # noqa: S608
                for key, target, score, alignment, others in file.execute(query, some):
                    found[wanted[key]] = Hypothesis(
                        target, score, _unpacked(alignment), _unpacked_others(others, target)
                    )

        self._guarded(read)
        self.hits += len(found)
        self.misses += len(wanted) - len(found)
        return found

    def put(
        self,
        signature: str,
        hypotheses: Mapping[str, Hypothesis],
        *,
        direction: Direction | None = None,
        model: str = "",
    ) -> None:
        """Keeps them; what is there already stays.

        Args:
            signature: What the hypotheses depend on besides their texts.
            hypotheses: By text.
            direction: Of the model; without one they are no part of `rows`.
            model: The model's own signature.
        """
        name = "" if direction is None else str(direction)
        rows = [
            (
                _key(signature, text),
                name,
                model,
                _encodable(text),
                one.text,
                one.score,
                _packed(one.alignment),
                _packed_others(one),
            )
            for text, one in hypotheses.items()
        ]

        def write(file: sqlite3.Connection) -> None:
            with file:
                file.executemany(
                    f"INSERT OR IGNORE INTO hypotheses (key, direction, model, source, {_COLUMNS}) "  # noqa: S608
                    "VALUES (?,?,?,?,?,?,?,?)",
                    rows,
                )
            self._keep_small(file)

        if rows:
            self._guarded(write)

    def rows(self) -> Iterator[tuple[Direction, str, str, str, float]]:
        """Direction, model, source, target and score of all that is there, the oldest first."""
        query = (
            "SELECT id, direction, model, source, target, score FROM hypotheses "
            "WHERE id > ? AND direction != '' ORDER BY id LIMIT ?"
        )
        last = 0
        page: list[tuple[int, str, str, str, str, float]] = []

        def read(file: sqlite3.Connection) -> None:
            page[:] = file.execute(query, (last, _AT_ONCE))

        while True:
            page.clear()
            self._guarded(read)
            if not page:
                return
            last = page[-1][0]
            for _, direction, model, source, target, score in page:
                yield parse_direction(direction), model, source, target, score

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file; it is opened again when it is needed."""
        if self._file is not None:
            with suppress(sqlite3.Error):
                self._file.close()
        self._file = None

    def _guarded(self, use: Callable[[sqlite3.Connection], None]) -> None:
        """Does it; a damaged file is set aside, after which a new one is tried, once."""
        for _ in range(2):
            try:
                use(self._opened())
            except sqlite3.OperationalError as error:
                self.close()
                self._notice(f"cannot use the cache {self.path}: {error}; going on without it")
            except (sqlite3.DatabaseError, zlib.error, ValueError, TypeError) as error:
                self.close()
                self._set_aside(error)
                continue
            except OSError as error:
                self._notice(f"cannot use the cache {self.path}: {error.strerror}; going on without it")
            return

    def _opened(self) -> sqlite3.Connection:
        if self._file is not None:
            return self._file
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            self._drop_older()
        file = sqlite3.connect(self.path, timeout=_BUSY_S, check_same_thread=False)
        self._file = file
        file.execute("PRAGMA auto_vacuum = INCREMENTAL")
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = NORMAL")
        file.execute(_SCHEMA)
        return file

    def _drop_older(self) -> None:
        """Files of earlier formats go: nothing reads them any more, and one may be as large as this."""
        for number in range(1, _FORMAT):
            for suffix in ("", "-wal", "-shm"):
                with suppress(OSError):
                    self.path.with_name(f"hypotheses-{number}.sqlite{suffix}").unlink()

    def _keep_small(self, file: sqlite3.Connection) -> None:
        (size,) = file.execute("PRAGMA page_size").fetchone()
        (pages,) = file.execute("PRAGMA page_count").fetchone()
        if size * pages <= self._max_bytes:
            return
        with file:
            (first, last) = file.execute("SELECT min(id), max(id) FROM hypotheses").fetchone()
            if first is not None:
                limit = last - int((last - first + 1) * _KEPT * self._max_bytes / (size * pages))
                file.execute("DELETE FROM hypotheses WHERE id <= ?", (limit,))
        file.execute("PRAGMA incremental_vacuum").fetchall()

    def _set_aside(self, error: Exception) -> None:
        aside = self.path.with_suffix(".damaged")
        with suppress(OSError):
            self.path.replace(aside)
        for suffix in ("-wal", "-shm"):
            with suppress(OSError):
                self.path.with_name(self.path.name + suffix).unlink()
        self._notice(
            f"the cache {self.path} was damaged ({error}), and is now {aside.name}; a new one is made"
        )

    def _notice(self, text: str) -> None:
        if text not in self.notices:
            self.notices.append(text)


class CachedBackend(BackendWrapper):
    """A backend that asks its cache first."""

    def __init__(self, backend: Backend, cache: HypothesisCache) -> None:
        super().__init__(backend)
        self._cache = cache

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        """As of the backend, which gets what is not there."""
        signature = (
            f"{self.signature} {self.direction} beam={options.width}/{options.hypotheses} "
            f"ngram={options.repetition_ngram} ratio={options.max_length_ratio} align={options.align}"
            f"{'' if options.spell_bytes else ' no bytes'}"
        )
        known = self._cache.get(signature, texts)
        open_texts = [text for text in dict.fromkeys(texts) if text not in known]
        if open_texts:
            made = dict(zip(open_texts, self._backend.translate(open_texts, options), strict=True))
            self._cache.put(signature, made, direction=self.direction, model=self.signature)
            known |= made
        return [known[text] for text in texts]


def _key(signature: str, text: str) -> bytes:
    return hashlib.blake2b(f"{signature}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _packed(alignment: Alignment | None) -> bytes | None:
    if alignment is None:
        return None
    numbers = array("d", [float(len(alignment)), *(share for row in alignment for share in row)])
    return zlib.compress(numbers.tobytes(), 1)


def _packed_others(one: Hypothesis) -> bytes | None:
    """The hypotheses that come after the best one, which they are much like."""
    if not one.others:
        return None
    rows = []
    for other in one.others:
        packed = _packed(other.alignment)
        rows.append((other.text, other.score, None if packed is None else base64.b64encode(packed).decode()))
    pack = zlib.compressobj(zdict=_known_to(one.text))
    return pack.compress(json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass")) + pack.flush()


def _unpacked_others(data: bytes | None, best: str) -> tuple[Hypothesis, ...]:
    if data is None:
        return ()
    text = zlib.decompressobj(zdict=_known_to(best)).decompress(data).decode("utf-8", "surrogatepass")
    return tuple(
        Hypothesis(other, score, None if packed is None else _unpacked(base64.b64decode(packed)))
        for other, score, packed in json.loads(text)
    )


def _known_to(best: str) -> bytes:
    return best.encode("utf-8", "surrogatepass")


def _unpacked(data: bytes | None) -> Alignment | None:
    if data is None:
        return None
    numbers = array("d")
    numbers.frombytes(zlib.decompress(data))
    rows = int(numbers[0])
    width = (len(numbers) - 1) // max(1, rows)
    return tuple(tuple(numbers[1 + i * width : 1 + (i + 1) * width]) for i in range(rows))
