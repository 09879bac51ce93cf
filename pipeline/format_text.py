"""Plain text: paragraphs, headings, lists and quotations, found without markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tosprog.pipeline.document import BlockKind, Document
from tosprog.pipeline.metadata import is_metadata, is_month
from tosprog.pipeline.spans import Line, Span, common_prefix, read_text, split_lines, write_text

write = write_text

_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_MARKER = re.compile(
    r"[ \t]*(?:(?P<bullet>[-*•‣▪·–+])|(?P<number>\d{1,3}[.)])|\(?(?P<letter>[a-zæøå]|[ivx]{2,4})\))"
    r"[ \t]+(?=\S)"
)
_RULE = re.compile(r"[ \t]*([-=_*~#])(?:[ \t]*\1){2,}[ \t]*")
_UNDERLINE = re.compile(r"[ \t]*(={3,}|-{3,}|~{3,})[ \t]*")
_NUMBERED = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)[.)]?[ \t]+(?=[^\W\d_])")
_CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:\$ |>>> |#include|def \w+\(|import \w+$|return\b|</?\w)"
    r"|\w\([^()]*\)\s*:?$|\w\s*[:=!]=|\w = "
)
_SENTENCE_STOPS = (".", "!", "?", "…", ":", ";")
_CLOSING = "\"'”’»)]*_"

_MAX_HEADING_WORDS, _MAX_HEADING_CHARS = 12, 100
# The first lines of a document may be longer: a title, or a subtitle that is a sentence without a stop.
_MAX_TITLE_WORDS, _MAX_TITLE_CHARS, _MAX_TITLE_LINES = 25, 160, 3
# More short lines in a row than this are a poem or a dialogue, not headings.
_MAX_HEADINGS_IN_A_ROW, _MAX_TITLES_IN_A_ROW = 3, 5
# Lines of hard-wrapped prose are this long: the narrowest column, the widest terminal.
_MIN_WRAP_CHARS, _MAX_COLUMN_CHARS, _MAX_WRAP_CHARS = 45, 100, 140
_MIN_CONTINUED_CHARS = 25


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block to be: lines of a chunk, from the character ``start`` on; no kind is heading or paragraph."""

    lines: Sequence[Line]
    start: int
    kind: BlockKind | None = None
    level: int = 0
    line_prefix: str = ""
    opens: bool = False
    closes: bool = False

    @property
    def text(self) -> str:
        """The first line, without what stands before the block."""
        line = self.lines[0]
        return line.text[self.start - line.start :].strip()


def read(data: bytes) -> Document:
    """Reads plain text; see `read_text` for what it raises."""
    return read_text(data, "text", find_spans)


def find_spans(text: str) -> Iterator[Span]:
    """The blocks of a plain text, in order."""
    chunks = list(_chunks(split_lines(text)))
    width = _wrap_width(chunks)
    pieces: list[_Piece] = []
    for index, chunk in enumerate(chunks):
        around = [chunks[other][0] for other in (index - 1, index + 1) if 0 <= other < len(chunks)]
        found = list(
            _cut_chunk(chunk, width, numbered_around=any(_is_numbered_item(line) for line in around))
        )
        if found:
            found[0] = replace(found[0], opens=True)
            found[-1] = replace(found[-1], closes=True)
        pieces += found
    for piece in _name_headings(pieces):
        yield Span(
            piece.start,
            piece.lines[-1].end,
            piece.kind or BlockKind.PARAGRAPH,
            piece.level,
            piece.line_prefix,
        )


def _chunks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines between blank ones."""
    chunk: list[Line] = []
    for line in lines:
        if not line.is_blank:
            chunk.append(line)
        elif chunk:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _wrap_width(chunks: Sequence[Sequence[Line]]) -> int:
    """The column at which the document's lines are wrapped; 0 where most text stands in longer lines."""
    lengths = [len(line.text) for chunk in chunks for line in chunk]
    short = [length for length in lengths if length <= _MAX_WRAP_CHARS]
    if 2 * sum(short) < sum(lengths):
        return 0
    return max(short, default=0)


def _cut_chunk(chunk: Sequence[Line], width: int, *, numbered_around: bool) -> Iterator[_Piece]:
    """Cuts lines without a blank one among them into pieces."""
    if _is_code(chunk):
        yield _Piece(chunk, chunk[0].start, BlockKind.CODE)
        return
    joins = _Joins.of(chunk, width)
    markers = _find_markers(chunk, numbered_around=numbered_around)
    index = 0
    while index < len(chunk):
        line = chunk[index]
        quote = _QUOTE.match(line.text)
        stop = index + 1
        if quote:
            while stop < len(chunk) and _quote_prefix(chunk[stop]) == quote[0]:
                stop += 1
            yield from _cut_quotation(chunk[index:stop], quote[0])
        elif _RULE.fullmatch(line.text) or not any(char.isalnum() for char in line.text):
            pass
        elif stop < len(chunk) and _is_underlined(line, chunk[stop]):
            level = 1 if "=" in chunk[stop].text else 2
            yield _Piece([line], line.start, BlockKind.HEADING, level)
            stop += 1
        else:
            marker = None if is_metadata(line.text) else markers[index]
            while stop < len(chunk) and _goes_on(chunk, stop, joins, markers, marker):
                stop += 1
            start = line.start + marker.end() if marker else line.start
            kind = BlockKind.LIST_ITEM if marker else None
            if stop == index + 1 and is_metadata(line.text[start - line.start :]):
                kind = BlockKind.METADATA
            yield _Piece(chunk[index:stop], start, kind, 0, _indent(chunk[index + 1 : stop]))
        index = stop


def _goes_on(
    chunk: Sequence[Line],
    index: int,
    joins: _Joins,
    markers: Sequence[re.Match[str] | None],
    item: re.Match[str] | None,
) -> bool:
    """Whether the line belongs to the piece before it."""
    line = chunk[index]
    if markers[index] or _QUOTE.match(line.text) or _RULE.fullmatch(line.text):
        return False
    if index + 1 < len(chunk) and _is_underlined(line, chunk[index + 1]):
        return False
    indent, before = len(_indent([line])), len(_indent([chunk[index - 1]]))
    if item:
        return indent >= item.end() or joins.holds(chunk[index - 1], line)
    # An indented first line begins a paragraph.
    if indent > before and _ends_sentence(chunk[index - 1].text):
        return False
    return joins.holds(chunk[index - 1], line)


@dataclass(frozen=True, slots=True)
class _Joins:
    """Which lines of a chunk are one wrapped paragraph, and which stand alone (an address, a poem)."""

    width: int

    @classmethod
    def of(cls, chunk: Sequence[Line], width: int) -> _Joins:
        """Takes the width from the chunk itself where most of its lines go on in lower case."""
        longest = max(len(line.text) for line in chunk)
        lower = sum(_starts_lower(line.text) for line in chunk[1:])
        if 2 * lower >= len(chunk) - 1 and longest >= _MIN_CONTINUED_CHARS:
            return cls(longest)
        return cls(max(width, _MIN_WRAP_CHARS) if width else 0)

    def holds(self, first: Line, second: Line) -> bool:
        """Whether the second line goes on with the first one's paragraph.

        It does where its first word would not have fitted on the first line (with a fifth of slack for lines
        broken by hand), or where it begins in lower case after a line that is not short and has no stop.
        """
        if "\t" in first.text.strip() or "\t" in second.text.strip():
            return False
        length = len(first.text.rstrip())
        if _starts_lower(second.text) and not _ends_sentence(first.text) and length >= _MIN_CONTINUED_CHARS:
            return True
        if not self.width or length > _MAX_WRAP_CHARS or len(second.text) > _MAX_WRAP_CHARS:
            return False
        # Wider than any usual column, a line that ends in a stop is a paragraph that nobody wrapped.
        if length > _MAX_COLUMN_CHARS and _ends_sentence(first.text):
            return False
        return length + 1 + len(second.text.split(None, 1)[0]) > 0.8 * self.width


def _find_markers(chunk: Sequence[Line], *, numbered_around: bool) -> list[re.Match[str] | None]:
    """The list markers of a chunk's lines, None for a line that is no item.

    In running text, a wrapped line may begin with a dash or a number, and a Danish ordinal ("2. verdenskrig")
    looks like a numbered item; so a marker counts only in the company of others, or where a list can begin.
    """
    found = [_MARKER.match(line.text) for line in chunk]
    numbers = sum(match is not None and match["number"] is not None for match in found)
    bullets = sum(match is not None and match["bullet"] is not None for match in found)
    markers: list[re.Match[str] | None] = []
    for index, (line, match) in enumerate(zip(chunk, found, strict=True)):
        if match is None:
            markers.append(None)
            continue
        rest = line.text[match.end() :]
        if match["number"]:
            company = numbers > 1 or numbered_around
            # Alone, "1. Indledning" is a heading; "2. verdenskrig begyndte" and "1. maj" are prose.
            alone = match["number"].endswith(")") or (len(chunk) > 1 and not rest[0].islower())
            is_item = (company or alone) and not is_month(rest.split(None, 1)[0])
        else:
            company = bullets > 1 or bool(match["letter"])
            is_item = True
        begins = index == 0 or markers[0] is not None or chunk[index - 1].text.rstrip().endswith(":")
        markers.append(match if is_item and (begins or company) else None)
    return markers


def _is_numbered_item(line: Line) -> bool:
    match = _MARKER.match(line.text)
    return match is not None and match["number"] is not None and not is_metadata(line.text)


def _quote_prefix(line: Line) -> str:
    match = _QUOTE.match(line.text)
    return match[0] if match else ""


def _cut_quotation(lines: Sequence[Line], prefix: str) -> Iterator[_Piece]:
    """The paragraphs of quoted lines, which all begin with the prefix."""
    inner = [Line(line.start + len(prefix), line.end, line.text[len(prefix) :]) for line in lines]
    for chunk in _chunks(inner):
        yield _Piece(chunk, chunk[0].start, BlockKind.QUOTATION, 0, prefix)


def _is_underlined(line: Line, below: Line) -> bool:
    under = _UNDERLINE.fullmatch(below.text)
    text = line.text.strip()
    return (
        under is not None
        and any(char.isalpha() for char in text)
        and len(text) <= _MAX_HEADING_CHARS
        and 2 * len(under[1]) >= len(text)
        and not text.endswith((".", ",", ";"))
    )


def _is_code(chunk: Sequence[Line]) -> bool:
    """Whether all lines are indented and half of them look like code; in doubt they are prose."""
    if not all(line.text.startswith(("    ", "\t")) for line in chunk):
        return False
    return 2 * sum(_CODE.search(line.text) is not None for line in chunk) >= len(chunk)


def _indent(lines: Sequence[Line]) -> str:
    """The white space that all lines begin with."""
    return common_prefix(line.text[: len(line.text) - len(line.text.lstrip())] for line in lines)


def _starts_lower(text: str) -> bool:
    return text.lstrip()[:1].islower()


def _ends_sentence(text: str) -> bool:
    return text.rstrip().rstrip(_CLOSING).endswith(_SENTENCE_STOPS)


def _name_headings(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """Makes headings of the pieces that look, and stand, like one."""
    candidates = _find_candidates(pieces)
    run: list[int] = []
    headings: set[int] = set()
    first_run = True
    for index, piece in enumerate(pieces):
        if index in candidates:
            run.append(index)
        elif piece.kind is not BlockKind.METADATA:
            headings |= _headings_of_run(pieces, run, first=first_run)
            first_run = False
            run = []
    # What is left in the run stands at the end and heads nothing: a signature, a single line.
    for index, piece in enumerate(pieces):
        if index not in headings:
            yield piece
            continue
        numbered = _NUMBERED.match(piece.text)
        level = min(6, numbered[1].count(".") + 1) if numbered else 1 if index == 0 else 2
        yield replace(piece, kind=BlockKind.HEADING, level=level)


def _headings_of_run(pieces: Sequence[_Piece], run: Sequence[int], *, first: bool) -> set[int]:
    if len(run) <= (_MAX_TITLES_IN_A_ROW if first else _MAX_HEADINGS_IN_A_ROW):
        return set(run)
    return {index for index in run if pieces[index].text.isupper() or _NUMBERED.match(pieces[index].text)}


def _find_candidates(pieces: Sequence[_Piece]) -> set[int]:
    """Pieces of one line that could be headings by their look and by the lines around."""
    candidates: set[int] = set()
    is_opening = True
    for index, piece in enumerate(pieces):
        before = pieces[index - 1] if index else None
        after = pieces[index + 1] if index + 1 < len(pieces) else None
        above = piece.opens or (before is not None and _is_prose(before))
        below = piece.closes or (after is not None and _is_prose(after)) or (index == 0 and _is_title(pieces))
        led_in = before is not None and before.lines[-1].text.rstrip().endswith((":", ","))
        if (
            piece.kind is None
            and len(piece.lines) == 1
            and (above and below)
            and not led_in
            and _looks_like_heading(piece.text, is_opening=is_opening and piece.closes)
        ):
            candidates.add(index)
        elif piece.kind is not BlockKind.METADATA and piece.kind is not BlockKind.HEADING:
            is_opening = False
    return candidates


def _is_title(pieces: Sequence[_Piece]) -> bool:
    """Whether the first line stands over a subtitle, a byline or a date, no blank line between."""
    top = pieces[:_MAX_TITLE_LINES]
    plain = not any(char.isdigit() or char in ":@" for char in top[0].text)
    return plain and any(piece.closes for piece in top) and not any(_is_prose(piece) for piece in top)


def _is_prose(piece: _Piece) -> bool:
    """Whether a heading may stand right above, no blank line between: plainly a paragraph by its length."""
    if piece.kind is not None:
        return False
    return len(piece.lines) > 1 or (len(piece.text) > _MAX_HEADING_CHARS and _ends_sentence(piece.text))


def _looks_like_heading(text: str, *, is_opening: bool) -> bool:
    words = len(text.split())
    bare = text.rstrip(_CLOSING)
    if "\t" in text or (bare.endswith((".", ",", ";", ":", "…", "!")) and not text.isupper()):
        return False
    if is_opening:
        return words <= _MAX_TITLE_WORDS and len(text) <= _MAX_TITLE_CHARS
    return words <= _MAX_HEADING_WORDS and len(text) <= _MAX_HEADING_CHARS and not _starts_lower(text)
