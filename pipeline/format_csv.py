"""CSV and TSV: cells are found by their place in the source; delimiters, quotes and rows stay as they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.encoding import decode, encode
from tosprog.pipeline.fields import check_fields, plain_name
from tosprog.pipeline.inline import clean
from tosprog.pipeline.splice import Place, changed_places, splice

_DELIMITERS = ("\t", ";", ",", "|")
_SEPARATOR_LINE = re.compile(r"sep=([^\r\n])(?:\r\n|\r|\n)", re.IGNORECASE)  # Excel's own first line
_LINE = re.compile(r"[^\r\n]+")
_SENTENCE = re.compile(r"[.!?…][\"”»’)]*(?:\s|$)")
_FORMULA = tuple("=+-@")  # a spreadsheet would compute what begins so
_MOST_HEADER = 60
_SAMPLE_ROWS = 200


@dataclass(frozen=True, slots=True)
class _Cell:
    """``source[start:end]``, the quotes around it included."""

    start: int
    end: int
    quoted: bool


def read(data: bytes, fields: tuple[str, ...] = ()) -> Document:
    """Reads a table; every line of a cell is a block. A first row that looks like one is a header, and is kept.

    Args:
        data: The file's bytes. The delimiter is found: tab, semicolon, comma or bar.
        fields: Columns to translate, by header or number from 1; none are all.

    Raises:
        FormatError: a quotation mark that is not closed, or a column that is not there.
        EncodingError: no supported encoding explains the bytes.
    """
    decoded = decode(data)
    blocks = tuple(place.block for place in _find_places(decoded.text, fields))
    return Document(blocks, "", "csv", decoded.codec, decoded.bom, data, fields)


def write(document: Document) -> bytes:
    """The bytes as read, with the cells of changed blocks put in; quoted where they need it.

    A new text that a spreadsheet would compute (``=1+1``) is not written: the cell stays.
    """
    source = decode(document.origin).text
    _, delimiter = _start_and_delimiter(source)
    replacements = [
        (place.start, place.end, _written(place, text, delimiter))
        for place, text in changed_places(document, _find_places(source, document.fields))
        if not text.startswith(_FORMULA) or place.block.text.startswith(_FORMULA)
    ]
    if not replacements:
        return document.origin
    return encode(splice(source, replacements), document.encoding, bom=document.bom)


def _written(place: Place, text: str, delimiter: str) -> str:
    if place.tags:  # within quotes already
        return text.replace('"', '""')
    if any(char in text for char in (delimiter, '"', "\n", "\r")):
        return '"' + text.replace('"', '""') + '"'
    return text


def _find_places(source: str, fields: tuple[str, ...]) -> list[Place]:
    if not source.strip():
        return []
    start, delimiter = _start_and_delimiter(source)
    rows = list(_rows(source, start, delimiter))
    first = [_value(source, cell) for cell in rows[0]] if rows else []
    has_header = len(rows) > 1 and (bool(fields) or _is_header(first))
    numbers = [str(number) for number in range(1, 1 + max(map(len, rows), default=0))]
    check_fields(fields, [*(first if has_header else ()), *numbers])
    wanted = {plain_name(field) for field in fields}
    columns = {
        index
        for index, number in enumerate(numbers)
        if not wanted
        or number in wanted
        or (has_header and index < len(first) and plain_name(first[index]) in wanted)
    }
    places = [
        place
        for row in rows[has_header:]
        for index, cell in enumerate(row)
        if index in columns
        for place in _lines(source, cell)
    ]
    last = len(places) - 1
    return [
        replace(place, block=replace(place.block, gap="\n\n" if i < last else ""))
        for i, place in enumerate(places)
    ]


def _is_header(cells: Sequence[str]) -> bool:
    """Short names, each another one, none a number or a sentence."""
    names = [cell.strip() for cell in cells]
    return (
        len(names) > 1
        and all(
            name
            and len(name) <= _MOST_HEADER
            and any(c.isalpha() for c in name)
            and not _SENTENCE.search(name)
            for name in names
        )
        and len(set(names)) == len(names)
    )


def _start_and_delimiter(source: str) -> tuple[int, str]:
    """Where the table begins, and the delimiter that gives most rows the same number of cells."""
    if separator := _SEPARATOR_LINE.match(source):
        return separator.end(), separator[1]
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        try:
            sizes = Counter(
                len(row) for row, _ in zip(_rows(source, 0, delimiter), range(_SAMPLE_ROWS), strict=False)
            )
        except FormatError:
            continue
        size, rows = max(sizes.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        score = (rows / sizes.total() if size > 1 else 0.0, size)
        if score > best_score:
            best, best_score = delimiter, score
    return 0, best


def _rows(source: str, start: int, delimiter: str) -> Iterator[list[_Cell]]:
    """The cells of each row; blank lines are no rows.

    Raises:
        FormatError: a quotation mark is not closed.
    """
    at, row = start, list[_Cell]()
    plain = re.compile(rf"[^{re.escape(delimiter)}\r\n]*")
    quoted = re.compile(r'"[^"]*(?:""[^"]*)*"')
    while at < len(source):
        if source[at] == '"':
            match = quoted.match(source, at)
            if match is None:
                line = source.count("\n", 0, at) + 1
                raise FormatError(f"the quotation mark in line {line} is not closed; close it")
            end = plain.match(source, match.end()).end()  # type: ignore[union-attr]  # it matches the empty string
            row.append(_Cell(at, end, end == match.end()))
        else:
            end = plain.match(source, at).end()  # type: ignore[union-attr]
            row.append(_Cell(at, end, quoted=False))
        at = end
        if source.startswith(delimiter, at):
            at += 1
            if at == len(source) or source[at] in "\r\n":
                row.append(_Cell(at, at, quoted=False))
            else:
                continue
        if at < len(source):
            at += 2 if source.startswith("\r\n", at) else 1
        if len(row) > 1 or row[0].end > row[0].start:
            yield row
        row = []
    if row:
        yield row


def _value(source: str, cell: _Cell) -> str:
    raw = source[cell.start : cell.end]
    return raw[1:-1].replace('""', '"') if cell.quoted else raw


def _lines(source: str, cell: _Cell) -> Iterator[Place]:
    """A place for each line of a cell that has a letter in it."""
    start, end = (cell.start + 1, cell.end - 1) if cell.quoted else (cell.start, cell.end)
    for match in _LINE.finditer(source, start, end):
        raw = match[0]
        bare = raw.strip()
        text = clean(bare.replace('""', '"') if cell.quoted else bare)
        if not any(char.isalpha() for char in text):
            continue
        at = match.start() + raw.index(bare)
        kind = BlockKind.PARAGRAPH if _SENTENCE.search(text) else BlockKind.TABLE_CELL
        tags = (('"', '"'),) if cell.quoted else ()
        yield Place(at, at + len(bare), Block(kind, text), tags)
