"""What a translation memory holds, takes and gives: units, matches, and what came of adding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal, get_args

from tosprog.models.errors import UsageError

Origin = Literal["tmx", "review", "cli"]
ORIGINS: tuple[Origin, ...] = get_args(Origin)
MatchKind = Literal["exact", "numbers", "fuzzy"]
PRIORITIES: dict[Origin, int] = {"tmx": 0, "review": 1, "cli": 1}  # what is corrected by hand goes first
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_US = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A pair of texts that are translations of each other.

    Attributes:
        danish: Text, not blank, without lone surrogates.
        english: Text, not blank, without lone surrogates.
        origin: ``tmx`` (imported), ``review`` (corrected by a reviewer) or ``cli`` (typed).
        creator: Who made or changed it.
        changed: When last, as ISO 8601 has it; empty is when it is added.
        state: What the tool that made it says of its state.
        note: Of the translator.
    """

    danish: str
    english: str
    origin: Origin = "tmx"
    creator: str = ""
    changed: str = ""
    state: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not self.danish.strip() or not self.english.strip():
            raise UsageError("a unit of a memory needs a text in Danish and one in English; one is empty")
        for text in (self.danish, self.english):
            if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
                raise UsageError(f"{text!r} is no text: it has bytes that are no UTF-8; type it anew")
        if self.origin not in ORIGINS:
            raise UsageError(f"unknown origin {self.origin!r}; legal is {', '.join(ORIGINS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What the memory has for a text.

    Attributes:
        source: As it is in the memory.
        target: Its translation, on one line; of kind ``numbers`` with the numbers of the text that was asked for.
        score: 1 is the same; `TranslationMemory.fuzzy` says how it is counted.
        kind: ``exact``, ``numbers`` (all the same but for numbers), or ``fuzzy``.
        origin: Of the unit.
        creator: Of the unit.
        changed: Of the unit.
    """

    source: str
    target: str
    score: float
    kind: MatchKind
    origin: Origin
    creator: str
    changed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What came of adding units.

    Attributes:
        new: Pairs that were not there.
        changed: Pairs that were there, and are now newer, or corrections.
        known: Pairs that were there as they are, or newer.
        conflicts: New pairs, one of whose texts had another translation of the same rank: the newest wins.
    """

    new: int = 0
    changed: int = 0
    known: int = 0
    conflicts: int = 0


def moment_of(date: str) -> int:
    """The microseconds from 1970 to a date in ISO 8601; without a zone it is UTC.

    Raises:
        UsageError: it is none.

    Example:
        >>> moment_of("1970-01-01T00:00:01Z")
        1000000
    """
    try:
        moment = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", date))
    except ValueError as error:
        raise UsageError(f"{date!r} is no date; legal is ISO 8601, as in 2024-05-01T12:00:00Z") from error
    return ((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)) - _EPOCH) // _US


def iso_of(moment: int) -> str:
    """The date of `moment_of`, in UTC.

    Example:
        >>> iso_of(1000000)
        '1970-01-01T00:00:01Z'
    """
    return (_EPOCH + moment * _US).isoformat().replace("+00:00", "Z")
