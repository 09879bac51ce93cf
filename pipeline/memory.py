"""The translation memory: pairs of sentences that people have translated, in a file of the user's.

A pair has no direction: it answers for either language. A correction goes before what was imported, and the newest of
several before the others. The file is shared between processes; it comes with the first unit, not by looking.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from tosprog.models.errors import UsageError
from tosprog.models.languages import Direction, LanguageCode
from tosprog.pipeline.memory_file import MemoryFile
from tosprog.pipeline.memory_keys import (
    encodable,
    indexed,
    key_of,
    normalized,
    on_one_line,
    shape_key_of,
    words_of,
)
from tosprog.pipeline.memory_units import PRIORITIES, Added, Match, MatchKind, Origin, Unit, iso_of, moment_of
from tosprog.pipeline.renumber import renumbered, shape_of

THRESHOLD, LIMIT = 0.75, 5
VARIABLE = "TOSPROG_MEMORY"

_NUMBERS_SCORE = 0.99  # of a match that differs in numbers: below the same text, above any other
_AT_ONCE = 500  # keys in a query
_TRIED = 20  # of the units that differ in numbers alone


# The prefilter of fuzzy matches
_SHORT = 24  # characters; texts up to here are compared with all of about their length
_COMMON = 2_000  # units; a word of more of them is too common to find any by
_FEW = 20  # candidates; with fewer, one of the common words may be missing, too
_CANDIDATES = 400  # units that are compared, those with most words in common

_COLUMNS: dict[LanguageCode, str] = {"da": "danish", "en": "english"}
_ANSWER = "danish, english, origin, creator, changed"  # what an answer rests on, and the checksum is of
_INSERT = """
    INSERT INTO units (
        danish, english, origin, creator, changed, priority, state, note,
        danish_key, english_key, danish_shape, english_shape
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE = """
    UPDATE units SET danish = ?, english = ?, origin = ?, creator = ?, changed = ?, priority = ?, state = ?, note = ?
    WHERE id = ?
"""
_OTHERS = """
    SELECT EXISTS (SELECT 1 FROM units WHERE danish_key = ? AND priority = ?)
    OR EXISTS (SELECT 1 FROM units WHERE english_key = ? AND priority = ?)
"""


def default_path() -> Path:
    """Where the user's memory is: ``TOSPROG_MEMORY``, else ``memory.sqlite`` beside the models that were pulled."""
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser()
    from tosprog.models.store import Store

    return Store().home / "memory.sqlite"


_Row = tuple[Any, ...]


class TranslationMemory:
    """A memory in a file.

    Attributes:
        path: Where it is.
        notices: What went wrong with the file, a line each, for people.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Touches nothing.

        Args:
            path: The file, which need not be there; None is the user's (`default_path`).
        """
        self.path = default_path() if path is None else path
        self._file = MemoryFile(self.path)
        self.notices = self._file.notices
        self._stamp = ""
        self._common: set[str] = set()
        self._short: dict[tuple[str, int], dict[int, str]] = {}

    def count(self) -> int:
        """How many units there are."""
        return self._sums()[0]

    def checksum(self) -> str:
        """Of its contents, 32 hexadecimal digits: another one where an answer may be another one.

        It is kept with the units, and does not depend on the order in which they came.
        """
        return f"{self._sums()[1]:032x}"

    def origins(self) -> dict[Origin, int]:
        """How many units there are of each origin."""
        query = "SELECT origin, count(*) FROM units GROUP BY origin ORDER BY origin"
        return self._file.read(lambda file: dict(file.execute(query)), {})

    def units(self) -> Iterator[Unit]:
        """Every unit, by Danish and then English text."""
        query = f"SELECT {_ANSWER}, state, note FROM units ORDER BY danish, english"  # noqa: S608
        cursor = self._file.read(lambda file: file.execute(query), None)
        # A cursor reads on demand: what is wrong with the file may be met here.
        while cursor is not None and (
            rows := self._file.read(lambda _: cursor.fetchmany(_AT_ONCE), cast("list[_Row]", []))
        ):
            for danish, english, origin, creator, changed, state, note in rows:
                yield Unit(
                    danish=danish,
                    english=english,
                    origin=origin,
                    creator=creator,
                    changed=iso_of(changed),
                    state=state,
                    note=note,
                )

    def exact(self, texts: Iterable[str], direction: Direction) -> dict[str, Match]:
        """Those of the texts that the memory has: the same but for white space, or failing that for numbers.

        Case counts. Of several translations a correction goes first, then the newest, then the last in the alphabet.

        Args:
            texts: All of a document at once; a query does for hundreds of them.
            direction: From the texts' language into the other one.

        Returns:
            The texts that were found, as given, in their order, each with its match.
        """
        wanted = {text: normalized(text) for text in texts if text.strip()}
        return self._file.read(lambda file: self._exact(file, wanted, direction), {})

    def fuzzy(
        self, text: str, direction: Direction, threshold: float = THRESHOLD, limit: int = LIMIT
    ) -> list[Match]:
        """Units whose source is like the text, the likest first; among them those that are the same.

        The score is 1 - edits / characters of the longer text (Levenshtein), white space aside. A text above 24
        characters is compared with the 400 units alone that have most of its rarer words, or all of its common ones.

        Args:
            text: What to look for.
            direction: From its language into the other one.
            threshold: The least score, above 0 and at most 1.
            limit: The most matches, 1 or more.

        Raises:
            UsageError: threshold or limit are out of range.
        """
        if not 0 < threshold <= 1:
            raise UsageError(f"threshold {threshold} is out of range; legal is above 0 and at most 1")
        if limit < 1:
            raise UsageError(f"limit {limit} is out of range; legal is 1 or more")
        wanted = normalized(text)
        if not wanted:
            return []
        return self._file.read(lambda file: self._fuzzy(file, wanted, direction, threshold)[:limit], [])

    def search(
        self, text: str, direction: Direction, threshold: float = THRESHOLD, limit: int = LIMIT
    ) -> list[Match]:
        """As `fuzzy`, and at its place a match that differs in numbers alone, as `exact` gives it."""
        fuzzy = self.fuzzy(text, direction, threshold, limit)
        first = [match for match in self.exact([text], direction).values() if match.kind == "numbers"]
        return [*first, *(match for match in fuzzy if match.source not in {one.source for one in first})][
            :limit
        ]

    def add(self, units: Iterable[Unit]) -> Added:
        """Adds units, all or, if anything goes wrong, none of them.

        A pair that is there (white space aside) is kept once: as the correction, if one of the two is one, else as
        the newer one. An imported unit without a date changes none that is there.

        Raises:
            UsageError: a date that is none.
            InputError: the file is no memory.
            OutputError: it cannot be written, or is damaged.
        """
        return self._file.write(lambda file: self._add(file, units))

    def remove(self, source: str, direction: Direction, target: str | None = None) -> int:
        """Takes out the units with that source, and that target if one is given, white space aside.

        Returns:
            How many there were.

        Raises:
            InputError: the file is no memory.
            OutputError: it cannot be written, or is damaged.
        """
        if not self._file.exists():
            return 0
        near, far = _COLUMNS[direction.source], _COLUMNS[direction.target]

        def remove(file: sqlite3.Connection) -> int:
            query = f"SELECT id, {_ANSWER} FROM units WHERE {near}_key = ?"  # noqa: S608
            keys: tuple[int, ...] = (key_of(normalized(source)),)
            if target is not None:
                query, keys = f"{query} AND {far}_key = ?", (*keys, key_of(normalized(target)))
            rows = file.execute(query, keys).fetchall()
            for row in rows:
                gone = "INSERT INTO word_index (word_index, rowid, words) VALUES ('delete', ?, ?)"
                file.execute(gone, (row[0], indexed(normalized(row[1]), normalized(row[2]))))
                file.execute("DELETE FROM units WHERE id = ?", row[:1])
            _count(file, -len(rows), -sum(_digest(row[1:]) for row in rows))
            return len(rows)

        return self._file.write(remove)

    def close(self) -> None:
        """Lets go of the file; it is opened again when it is needed."""
        self._file.close()

    def _sums(self) -> tuple[int, int]:
        def read(file: sqlite3.Connection) -> tuple[int, int]:
            units, checksum = file.execute("SELECT units, checksum FROM sums").fetchone()
            return int(units), int(checksum, 16)

        return self._file.read(read, (0, 0))

    def _exact(
        self, file: sqlite3.Connection, wanted: dict[str, str], direction: Direction
    ) -> dict[str, Match]:
        near, far = _COLUMNS[direction.source], _COLUMNS[direction.target]
        best = f"priority DESC, changed DESC, {far} DESC"
        keys = list({key_of(text) for text in wanted.values()})
        known: dict[str, _Row] = {}
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            query = f"SELECT {_ANSWER} FROM units WHERE {near}_key IN ({marks}) ORDER BY {best}"  # noqa: S608
            for row in file.execute(query, some):
                known.setdefault(normalized(row[near == "english"]), row)
        query = f"SELECT {_ANSWER} FROM units WHERE {near}_shape = ? ORDER BY {best} LIMIT {_TRIED}"  # noqa: S608
        found: dict[str, Match] = {}
        for text, normal in wanted.items():
            if normal in known:
                found[text] = _match(known[normal], direction, 1.0, "exact")
                continue
            shape = shape_of(normal)
            for row in () if shape is None else file.execute(query, (key_of(shape),)):
                one = _match(row, direction, _NUMBERS_SCORE, "numbers")
                source = normalized(one.source)
                target = renumbered(source, one.target, normal, direction)
                if target is not None and shape_of(source) == shape:
                    found[text] = replace(one, target=target)
                    break
        return found

    def _fuzzy(
        self, file: sqlite3.Connection, wanted: str, direction: Direction, threshold: float
    ) -> list[Match]:
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        (checksum,) = file.execute("SELECT checksum FROM sums").fetchone()
        if checksum != self._stamp:  # what was learned of the contents is old
            self._stamp, self._short, self._common = checksum, {}, set()
        texts: Iterable[Mapping[int, str]]
        if len(wanted) > _SHORT:
            texts = [self._candidates(file, wanted, direction.source)]
        else:
            lengths = range(math.ceil(len(wanted) * threshold), int(len(wanted) / threshold) + 1)
            texts = self._short_ones(file, _COLUMNS[direction.source], lengths)
        query = f"SELECT {_ANSWER}, priority FROM units WHERE id = ?"  # noqa: S608
        ranked: list[tuple[float, int, int, str, Match]] = []
        for some in texts:
            found = process.extract(
                wanted, some, scorer=Levenshtein.normalized_similarity, score_cutoff=threshold, limit=None
            )
            for text, score, number in found:
                row = file.execute(query, (number,)).fetchone()
                if row is None:  # removed meanwhile, by another process
                    continue
                match = _match(row, direction, score, "exact" if text == wanted else "fuzzy")
                ranked.append((score, row[5], row[4], match.target, match))
        return [one[-1] for one in sorted(ranked, key=lambda one: one[:-1], reverse=True)]

    def _candidates(self, file: sqlite3.Connection, wanted: str, language: LanguageCode) -> dict[int, str]:
        """Texts with most of the text's rarer words, or with all of its common ones."""
        query = "SELECT rowid FROM word_index WHERE word_index MATCH ? LIMIT ?"
        shared: Counter[int] = Counter()
        words = words_of(wanted, language)
        for word in sorted(
            words - self._common
        ):  # in order: which units are left out does not depend on chance
            ids = [number for (number,) in file.execute(query, (word, _COMMON))]
            if len(ids) == _COMMON:
                self._common.add(word)
            else:
                shared.update(ids)
        common = sorted(words & self._common)
        if len(common) > 1 or (common and not shared):
            shared.update(number for (number,) in file.execute(query, (" ".join(common), _COMMON)))
        if len(common) > 2 and len(shared) < _FEW:
            most = (" ".join(word for word in common if word != left_out) for left_out in common)
            every = " OR ".join(f"({words})" for words in most)
            shared.update(number for (number,) in file.execute(query, (every, _COMMON)))
        marks = ",".join(str(number) for number, _ in shared.most_common(_CANDIDATES))
        query = f"SELECT id, {_COLUMNS[language]} FROM units WHERE id IN ({marks})"  # noqa: S608
        return {number: normalized(text) for number, text in file.execute(query)}

    def _short_ones(
        self, file: sqlite3.Connection, column: str, lengths: Iterable[int]
    ) -> Iterator[dict[int, str]]:
        """Texts of each of the lengths, which are held from then on until the memory changes."""
        query = f"SELECT id, {column} FROM units WHERE length({column}) = ?"  # noqa: S608
        for length in lengths:
            if (column, length) not in self._short:
                rows = file.execute(query, (length,))
                self._short[column, length] = {number: normalized(text) for number, text in rows}
            yield self._short[column, length]

    def _add(self, file: sqlite3.Connection, units: Iterable[Unit]) -> Added:
        tally: Counter[str] = Counter()
        digests = 0
        clock = time.time_ns() // 1000
        query = f"SELECT id, priority, {_ANSWER} FROM units WHERE danish_key = ? AND english_key = ?"  # noqa: S608
        for unit in units:
            clock = max(clock + 1, time.time_ns() // 1000)  # what comes later is newer
            priority, changed = PRIORITIES[unit.origin], moment_of(unit.changed) if unit.changed else clock
            both = (unit.danish.strip(), unit.english.strip())
            answer = (*map(encodable, (*both, unit.origin, unit.creator)), changed)
            row = (*answer, priority, encodable(unit.state), encodable(unit.note))
            texts = (normalized(both[0]), normalized(both[1]))
            there = file.execute(query, [key_of(text) for text in texts]).fetchone()
            if there is None:
                tally["new"] += 1
                tally["conflicts"] += _insert(file, row, texts)
            elif (priority, changed) > (there[1], there[6]) and (
                unit.changed or priority > there[1] or unit.origin != "tmx"
            ):
                tally["changed"] += 1
                digests -= _digest(there[2:])
                file.execute(_UPDATE, (*row, there[0]))
            else:
                tally["known"] += 1
                continue
            digests += _digest(answer)
        _count(file, tally["new"], digests)
        return Added(**tally)


def _insert(file: sqlite3.Connection, row: _Row, texts: tuple[str, str]) -> bool:
    """A new unit; whether one of its texts has another translation of its rank."""
    keys = [key_of(text) for text in texts]
    shapes = [shape_key_of(text) for text in texts]
    priority = row[5]
    (others,) = file.execute(_OTHERS, (keys[0], priority, keys[1], priority)).fetchone()
    number = file.execute(_INSERT, (*row, *keys, *shapes)).lastrowid
    file.execute("INSERT INTO word_index (rowid, words) VALUES (?, ?)", (number, indexed(*texts)))
    return bool(others)


def _match(row: _Row, direction: Direction, score: float, kind: MatchKind) -> Match:
    source, stored = row[:2] if direction.source == "da" else row[1::-1]
    return Match(
        source=source,
        target=on_one_line(stored),
        score=score,
        kind=kind,
        origin=row[2],
        creator=row[3],
        changed=iso_of(row[4]),
    )


def _digest(row: Sequence[object]) -> int:
    data = json.dumps(list(row), ensure_ascii=True).encode("ascii")
    return int.from_bytes(hashlib.blake2b(data, digest_size=16).digest(), "big")


def _count(file: sqlite3.Connection, units: int, digests: int) -> None:
    """Brings the sums up to date; a sum does not depend on the order of what is added."""
    count, checksum = file.execute("SELECT units, checksum FROM sums").fetchone()
    new = (count + units, f"{(int(checksum, 16) + digests) % 2**128:x}")
    file.execute("UPDATE sums SET units = ?, checksum = ?", new)
