"""Putting texts back into the source of a document: everything around them stays as it was, byte for byte."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Block, Document

Range = tuple[int, int]
Piece = str | Range


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands in the source of a document.

    Attributes:
        start: Offset of its first character (or byte) in the source.
        end: Offset behind its last one.
        block: The block as read; its text may hold tags.
        tags: For each number that a tag of the text has, what stands in the source for it: the raw opening and
            closing markup of a pair, of any other kind the raw markup and an empty string.
        part: The member of a package that it stands in, empty where a document is one file.
        base: Raw opening and closing markup of all text that stands in no pair.
    """

    start: int
    end: int
    block: Block
    tags: tuple[tuple[str, str], ...] = ()
    part: str = ""
    base: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Edit:
    """A replacement of ``source[start:end]`` by strings and by ranges of the source, which have edits of their own."""

    start: int
    end: int
    pieces: tuple[Piece, ...]


def splice(source: str, replacements: Iterable[tuple[int, int, str]]) -> str:
    """The source with each ``source[start:end]`` replaced; none may overlap another.

    Example:
        >>> splice("<p>Hej</p>", [(3, 6, "Hello")])
        '<p>Hello</p>'
    """
    parts: list[str] = []
    done = 0
    for start, end, text in sorted(replacements):
        parts += [source[done:start], text]
        done = end
    return "".join([*parts, source[done:]])


def changed_places(document: Document, places: Sequence[Place]) -> list[tuple[Place, str]]:
    """The places whose block has another text now, with that text.

    Args:
        document: As it is to be written.
        places: Of the document as read from ``document.origin``: one for each block, in order.

    Raises:
        FormatError: the document has other blocks than its origin.
    """
    if len(places) != len(document.blocks):
        raise FormatError(
            f"the document has {len(document.blocks)} blocks, and what it was read from {len(places)}; read it again"
        )
    return [
        (place, block.text)
        for place, block in zip(places, document.blocks, strict=True)
        if block.text != place.block.text
    ]


def render(source: str, edits: Sequence[Edit]) -> str:
    """The source with all edits made; one that lies within a range that another edit keeps is made there.

    Example:
        >>> render("abcd", [Edit(0, 4, ("<", (1, 3), ">")), Edit(2, 3, ("C",))])
        '<bC>'
    """
    edits = sorted(edits, key=lambda edit: (edit.start, -edit.end))
    starts = [edit.start for edit in edits]

    def rendered(start: int, end: int) -> Iterator[str]:
        done = start
        for number in range(bisect_left(starts, start), len(edits)):
            edit = edits[number]
            if edit.start >= end:
                break
            if edit.start < done or edit.end > end:  # within the last one; or the one that the range is of
                continue
            yield source[done : edit.start]
            for piece in edit.pieces:
                if isinstance(piece, str):
                    yield piece
                else:
                    yield from rendered(*piece)
            done = edit.end
        yield source[done:end]

    return "".join(rendered(0, len(source)))
