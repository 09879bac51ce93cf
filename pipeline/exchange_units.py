"""What a file for translators holds, whatever its format: segments with their translations, and whose they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from tosprog.models.languages import Direction, LanguageCode, known_language
from tosprog.pipeline.inline import TAG, TagKind, make_tag, read_tag, without_tags
from tosprog.pipeline.memory_units import Match

# How tags are called where people see them: a pair, a point, what stands for a word, a break.
_LETTERS = {
    TagKind.OPEN: "g",
    TagKind.CLOSE: "g",
    TagKind.POINT: "x",
    TagKind.ATOM: "w",
    TagKind.BREAK: "b",
}
KINDS = {"g": TagKind.OPEN, "x": TagKind.POINT, "w": TagKind.ATOM, "b": TagKind.BREAK}
_ID = re.compile(r"([gxwb])(\d{1,9})(?:-\d+)?")


class State(str, Enum):
    """How far a translation is, in the words of XLIFF 2; a machine's is ``translated``."""

    INITIAL = "initial"
    TRANSLATED = "translated"
    REVIEWED = "reviewed"
    FINAL = "final"


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """Which segment of a document: the numbers of its block and, within that, of itself, from 1.

    Example:
        >>> str(Name(12, 3)), Name.read("b12s3")
        ('b12s3', Name(block=12, segment=3))
    """

    block: int
    segment: int

    def __str__(self) -> str:
        return f"b{self.block}s{self.segment}"

    @classmethod
    def read(cls, text: str) -> Name | None:
        """The name that a text is; None where it is none."""
        found = re.fullmatch(r"b([1-9]\d{0,8})s([1-9]\d{0,8})", text.strip())
        return None if found is None else cls(int(found[1]), int(found[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeSegment:
    """A segment as a translator has it before them.

    Attributes:
        name: Which one of the document it is.
        source: On one line, with tags.
        target: With tags; empty where there is none yet.
        state: How far the target is.
        notes: On the machine translation, for people.
        gap: What follows in the block.
        is_kept: Whether it is there for its neighbours' sake alone: written where the format has a place for it,
            and never read.
        is_recalled: Whether the target is from a translation memory, and no machine's; readers do not say.
        matches: What a translation memory has that is like the source, the likest first; readers do not say.
        fault: Why the target cannot be used, as the format's reader found; else empty.
    """

    name: Name
    source: str
    target: str = ""
    state: State = State.INITIAL
    notes: tuple[str, ...] = ()
    gap: str = ""
    is_kept: bool = False
    is_recalled: bool = False
    matches: tuple[Match, ...] = ()
    fault: str = ""

    @property
    def plain_source(self) -> str:
        """The source without tags, blanks made one."""
        return " ".join(without_tags(self.source).split())

    @property
    def plain_target(self) -> str:
        """The target without tags, blanks made one."""
        return " ".join(without_tags(self.target).split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The segments of one document, on their way to a translator or back.

    Attributes:
        original: The document's file name.
        sha256: Of the document's bytes, in hexadecimal digits; empty where a file does not say.
        direction: From and into which language.
        segments: In the document's order, as far as nobody changed it.
        machine: What the machine (or the memory) said, by segment; it stays there whatever is typed over the target.
        exported: Which of the document's segments, counted from 1, are in the file; None where it does not say.
        fields: What of the document was to be translated, where its format has named fields.
        faults: What else was found in the file and cannot be used, a line each.
    """

    original: str
    sha256: str
    direction: Direction
    segments: tuple[ExchangeSegment, ...]
    machine: Mapping[Name, str] = field(default_factory=dict)
    exported: frozenset[int] | None = None
    fields: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def tag_name(tag: str) -> str:
    """How people see a tag: its letter and number, as in ``g3``."""
    kind, number = read_tag(tag)
    return f"{_LETTERS[kind]}{number}"


def tag_of(identifier: str, *, closes: bool = False) -> str | None:
    """The tag that an identifier (``g3``, ``g3-2``) is of; None where it is none.

    Args:
        identifier: As `tag_name` gives it; what follows a hyphen tells repeated ones apart.
        closes: Whether it is the end of a pair.
    """
    found = _ID.fullmatch(identifier)
    if found is None:
        return None
    kind = KINDS[found[1]]
    if closes and kind is not TagKind.OPEN:
        return None
    return make_tag(TagKind.CLOSE if closes else kind, int(found[2]))


def split_tags(text: str) -> Iterator[tuple[str, str]]:
    """The text piece by piece: what stands before a tag, and the tag; at the end the rest, and an empty string."""
    done = 0
    for match in TAG.finditer(text):
        yield text[done : match.start()], match[0]
        done = match.end()
    yield text[done:], ""


def language_of(code: str) -> LanguageCode | None:
    """The language of a code such as ``da-DK`` or ``en_GB``; None of any other."""
    return known_language(re.split("[-_]", code.strip().lower())[0])


def write_ranges(numbers: Iterable[int]) -> str:
    """Numbers in a short form.

    Example:
        >>> write_ranges([1, 2, 3, 7])
        '1-3 7'
    """
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def read_ranges(text: str, most: int = 10_000_000) -> frozenset[int] | None:
    """What `write_ranges` wrote; None where it is something else, or more than ``most`` numbers."""
    numbers: set[int] = set()
    for part in text.split():
        found = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9}))?", part)
        if found is None:
            return None
        first, last = int(found[1]), int(found[2] or found[1])
        if len(numbers) + last - first >= most:
            return None
        numbers.update(range(first, last + 1))
    return frozenset(numbers) or None


def read_fields(text: str) -> tuple[str, ...]:
    """Names of fields out of a JSON list; none where it is something else."""
    try:
        names = json.loads(text or "[]")
    except ValueError:
        return ()
    return tuple(name for name in names if isinstance(name, str)) if isinstance(names, list) else ()
