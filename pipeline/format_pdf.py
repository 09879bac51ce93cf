"""PDF, read and written as Markdown: its lines are put together to paragraphs, headings, lists and notes.

pdfminer.six finds the lines and their order; what makes a document of them is here. A PDF knows neither words nor
paragraphs: what stands where on a page is all there is.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Document
from tosprog.pipeline.format_markdown import read as read_markdown
from tosprog.pipeline.pdf_tables import PdfTable, find_tables

if TYPE_CHECKING:
    from pdfminer.layout import LTPage

_MAX_PAGES = 5_000
_EDGE = 0.12  # of a page's height: running titles and page numbers stand there
_LARGER, _SMALLER = 1.12, 0.92  # of the size of ordinary text: a heading, a note
_RAISED = 0.8  # of its line's size: a mark such as a footnote's
_RULES = 4  # on a page with a table
_MAX_HEADING = 150  # characters
_CID = re.compile(r"\(cid:\d+\)")
_MOST_CID = 0.05
_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "ft",
    0xFB06: "st",
}
_PAGE_NUMBER = re.compile(
    r"\W*(?:side|page|s\.|p\.)?\s*(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:af|of|/)\s*\d{1,4})?\W*", re.IGNORECASE
)
_WITH_PAGE_NUMBER = re.compile(
    r".{0,80}\b(?:side|page)\s+\d{1,4}(?:\s*(?:af|of|/)\s*\d{1,4})?", re.IGNORECASE
)
_BULLET = re.compile(r"(?:[•◦▪●‣·\uf0b7]|[–-](?=\s))\s*")
_NUMBERED = re.compile(r"\(?(\d{1,2}|[a-z])[.)]\s+")
_SECTION = re.compile(r"\d{1,2}(?:\.\d{1,2})*\.?\s+\S")
_NOTE = re.compile(r"(\d{1,3})[.)]?\s*(?=[^\W\d_])")
_NOTE_MARK = re.compile(r"\[\^(\d{1,3})\]")
_ENDS = re.compile(r"[.!?:…][\"”»’)\]]*(?:\[\^\d+\])*$")
_HYPHEN = re.compile(r"([^\W\d_]+)[-\u00ad]$")
_SUSPENDED = ("og ", "eller ", "and ", "or ", "samt ")  # "for- og eftermiddag"
_MARKUP = re.compile(r"([\\`*]|<(?=[a-zA-Z/!])|(?<!\w)_|_(?!\w))")
_AT_START = re.compile(r"^(\d{1,9}(?=[.)]\s)|[#>+=-](?=\s|$)|#{2,6}(?=\s)|[-=~]{3,})")


def looks_like(data: bytes) -> bool:
    """Whether the bytes say that they are a PDF."""
    return b"%PDF-" in data[:1024]


def read(data: bytes) -> Document:
    """Reads a PDF; the document is Markdown, and is written as that.

    Raises:
        FormatError: no PDF, a broken or encrypted one, or one without a text layer.
    """
    return read_markdown(to_markdown(data).encode("utf-8"))


def to_markdown(data: bytes) -> str:
    """The text of a PDF as Markdown.

    Raises:
        FormatError: as for `read`.
    """
    if not data.strip():
        return ""
    pages, tables = _read_pages(data)
    lines = [line for page in pages for line in page]
    text = "".join(line.text for line in lines)
    if not any(char.isalnum() for char in text):
        raise FormatError(
            "it has no text layer: its pages are pictures; add one with an OCR program, such as: "
            "ocrmypdf -l dan+eng IN.pdf OUT.pdf"
        )
    garbled = sum(len(match) for match in _CID.findall(text)) + text.count("\ufffd")
    if garbled > _MOST_CID * len(text):
        raise FormatError(
            "its fonts do not say which letters they show; read it with an OCR program, such as: "
            "ocrmypdf --force-ocr -l dan+eng IN.pdf OUT.pdf"
        )
    body = _with_markers(_without_furniture(pages))
    return _render(_paragraphs(*_with_tables(body, tables)))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page, its marks written as ``[^1]``; places in points, from the page's lower left corner.

    Attributes:
        text: Without blanks at the ends.
        left: Where it begins.
        right: Where it ends.
        top: Its upper edge.
        bottom: Its lower edge.
        size: Of most of its letters.
        bold: Whether all of its letters are.
        box: Number of the group of lines that it stands in, over all pages.
        page: From 0.
        height: Of its page.
    """

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    box: int
    page: int
    height: float


def _read_pages(data: bytes) -> tuple[list[list[_Line]], dict[int, list[PdfTable]]]:
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LAParams, LTCurve
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.psexceptions import PSException

    failures = (
        PSException,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        AssertionError,
        struct.error,
    )
    others = (RecursionError, zlib.error, NotImplementedError, OverflowError, EOFError, MemoryError)
    pages: list[list[_Line]] = []
    ruled: list[int] = []
    boxes = 0
    try:
        for number, page in enumerate(
            extract_pages(io.BytesIO(data), maxpages=_MAX_PAGES, laparams=LAParams(boxes_flow=0.5))
        ):
            lines, boxes = _read_lines(page, number, boxes)
            pages.append(lines)
            if (
                lines and sum(isinstance(item, LTCurve) for item in page) >= _RULES
            ):  # lines and rectangles too
                ruled.append(number)
        tables = find_tables(data, ruled)
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise FormatError(
            "the document is encrypted; remove its password first: qpdf --password=SECRET --decrypt IN.pdf OUT.pdf"
        ) from error
    except (*failures, *others) as error:
        reason = " ".join(str(error).split())[:80] or type(error).__name__
        raise FormatError(f"the PDF is broken ({reason}); repair it with: qpdf IN.pdf OUT.pdf") from error
    if not pages:
        raise FormatError("the PDF is broken (it has no pages); repair it with: qpdf IN.pdf OUT.pdf")
    return pages, tables


def _read_lines(page: LTPage, number: int, boxes: int) -> tuple[list[_Line], int]:
    from pdfminer.layout import LTTextBox, LTTextLine

    lines: list[_Line] = []
    for box in page:
        if not isinstance(box, LTTextBox):
            continue
        boxes += 1
        for line in box:
            if isinstance(line, LTTextLine) and (read := _read_line(line, boxes, number, page.height)):
                lines.append(read)
    return lines, boxes


def _read_line(line: Any, box: int, page: int, height: float) -> _Line | None:
    from pdfminer.layout import LTChar

    letters = [item for item in line if isinstance(item, LTChar) and not item.get_text().isspace()]
    if not letters:
        return None
    size = Counter(round(2 * letter.size) / 2 for letter in letters).most_common(1)[0][0]
    parts: list[str] = []
    mark = ""
    for item in line:
        piece = item.get_text().translate(_LIGATURES)
        raised = (
            isinstance(item, LTChar)
            and piece.isdigit()
            and item.size < _RAISED * size
            and item.y0 > line.y0 + 0.15 * size
        )
        if raised:
            mark += piece
            continue
        if mark:
            parts.append(f"[^{mark}]" if parts else mark + " ")
            mark = ""
        parts.append(piece)
    parts.append(f"[^{mark}]" if mark else "")
    text = " ".join("".join(parts).replace("\u00a0", " ").split())
    bold = all("bold" in letter.fontname.lower() or "black" in letter.fontname.lower() for letter in letters)
    return _Line(text, line.x0, line.x1, line.y1, line.y0, size, bold, box, page, height) if text else None


def _with_markers(lines: Sequence[_Line]) -> list[_Line]:
    """The lines, a bullet that stands alone put before the text on its height."""
    alone = [line for line in lines if _BULLET.fullmatch(line.text)]
    taken: dict[int, str] = {}
    for mark in alone:
        beside = [
            line
            for line in lines
            if line.page == mark.page
            and line.left >= mark.right
            and line.left - mark.right < 4 * line.size
            and abs((line.top + line.bottom) - (mark.top + mark.bottom)) < line.size
        ]
        if beside:
            taken[id(min(beside, key=lambda line: line.left))] = mark.text
    return [
        replace(line, text=f"{taken[id(line)]} {line.text}") if id(line) in taken else line
        for line in lines
        if not _BULLET.fullmatch(line.text)
    ]


def _without_furniture(pages: Sequence[Sequence[_Line]]) -> list[_Line]:
    """The lines without running titles and page numbers: what stands at an edge, and again on other pages."""

    def is_at_edge(line: _Line) -> bool:
        return line.bottom > (1 - _EDGE) * line.height or line.top < _EDGE * line.height

    def shape(line: _Line) -> tuple[str, int]:
        return re.sub(r"\d+|\b[ivxl]+\b", "#", line.text.lower()), round(line.bottom / 4)

    seen = Counter(key for page in pages for key in {shape(line) for line in page if is_at_edge(line)})
    often = max(2, len(pages) // 3)
    return [
        line
        for page in pages
        for line in page
        if not (
            is_at_edge(line)
            and (
                seen[shape(line)] >= often
                or _PAGE_NUMBER.fullmatch(line.text)
                or _WITH_PAGE_NUMBER.fullmatch(line.text)
            )
        )
    ]


def _with_tables(
    lines: Sequence[_Line], tables: dict[int, list[PdfTable]]
) -> tuple[list[_Line], dict[int, PdfTable]]:
    """The lines without those of tables, but for the first of each; by its box, each table."""
    kept: list[_Line] = []
    at: dict[int, PdfTable] = {}
    done: set[int] = set()
    for line in lines:
        across, up = (line.left + line.right) / 2, (line.bottom + line.top) / 2
        table = next(
            (
                table
                for table in tables.get(line.page, ())
                if table.left <= across <= table.right and table.bottom <= up <= table.top
            ),
            None,
        )
        if table is None:
            kept.append(line)
        elif id(table) not in done:
            done.add(id(table))
            box = -len(done)
            kept.append(replace(line, box=box))
            at[box] = table
    return kept, at


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Lines that belong together: ``level`` above 0 is a heading's, ``marker`` a list item's, ``note`` a note's."""

    lines: tuple[_Line, ...]
    level: int = 0
    marker: str = ""
    note: str = ""
    table: PdfTable | None = None

    def plus(self, line: _Line) -> _Paragraph:
        return replace(self, lines=(*self.lines, line))


def _paragraphs(lines: Sequence[_Line], tables: dict[int, PdfTable]) -> list[_Paragraph]:
    body = Counter[float]()
    for line in lines:
        body[line.size] += len(line.text)
    size = body.most_common(1)[0][0] if body else 0.0
    edges = _left_edges(lines)
    widths = _right_edges(lines)
    marks = {mark for line in lines for mark in _NOTE_MARK.findall(line.text)}
    levels = _heading_levels(lines, size)
    found: list[_Paragraph] = []
    for before, line in zip([None, *lines], lines, strict=False):
        if line.box in tables:
            found.append(_Paragraph((line,), table=tables[line.box]))
            continue
        last = found[-1] if found else None
        level = levels.get((line.size, line.bold), 0) if _may_be_heading(line, size) else 0
        if level:
            same = last is not None and before is not None and last.level == level and _follows(before, line)
            if same and last is not None and not _SECTION.match(line.text):
                found[-1] = last.plus(line)
            else:
                found.append(_Paragraph((line,), level))
            continue
        note = _NOTE.match(line.text) if line.top < line.height / 2 else None
        if note and (line.size < _SMALLER * size or note[1] in marks):
            found.append(_Paragraph((replace(line, text=line.text[note.end() :]),), note=note[1]))
            continue
        if marker := _marker_of(line):
            found.append(_Paragraph((replace(line, text=line.text[len(marker) :]),), marker=marker.strip()))
            continue
        if last is not None and before is not None and _goes_on(last, before, line, edges, widths):
            found[-1] = last.plus(line)
            continue
        earlier = _open_paragraph(found, line, size)
        if earlier is not None:
            found[earlier] = found[earlier].plus(line)
        else:
            found.append(_Paragraph((line,)))
    notes = [one for one in found if one.note]
    return [one for one in found if not one.note] + notes


def _left_edges(lines: Iterable[_Line]) -> dict[int, float]:
    """For each box where its lines begin, indented ones aside."""
    edges: dict[int, float] = {}
    for line in lines:
        edges[line.box] = min(edges.get(line.box, line.left), line.left)
    return edges


def _right_edges(lines: Iterable[_Line]) -> dict[tuple[int, int], float]:
    """For each page and left edge (in tenths of an inch) where the longest line ends: the column's width."""
    edges: dict[tuple[int, int], float] = {}
    for line in lines:
        key = _column(line)
        edges[key] = max(edges.get(key, line.right), line.right)
    return edges


def _column(line: _Line) -> tuple[int, int]:
    return line.page, round(line.left / 7.2)


def _heading_levels(lines: Sequence[_Line], size: float) -> dict[tuple[float, bool], int]:
    """A level for each size above ordinary text; bold lines of its size come last."""
    sizes = sorted({line.size for line in lines if line.size > _LARGER * size}, reverse=True)
    levels = {(one, bold): min(6, i + 1) for i, one in enumerate(sizes) for bold in (False, True)}
    for one in {line.size for line in lines if line.bold and line.size <= _LARGER * size}:
        levels[one, True] = min(6, len(sizes) + 1)
    return levels


def _may_be_heading(line: _Line, size: float) -> bool:
    is_set_off = line.size > _LARGER * size or (line.bold and line.size >= _SMALLER * size)
    is_sentence = line.text.endswith((".", ",", ";")) and not _SECTION.fullmatch(line.text)
    return (
        is_set_off
        and len(line.text) <= _MAX_HEADING
        and any(c.isalpha() for c in line.text)
        and not is_sentence
    )


def _follows(before: _Line, line: _Line) -> bool:
    """Whether a line stands right below another."""
    gap = before.bottom - line.top
    return before.page == line.page and -0.5 * line.size < gap < 0.8 * line.size


def _marker_of(line: _Line) -> str:
    if match := _BULLET.match(line.text):
        return match[0] if line.text[match.end() :] else ""
    match = _NUMBERED.match(line.text)
    # A wrapped line may begin with a number: "1921. Siden da"; a list's is short.
    return match[0] if match and line.text[match.end() :][:1].isupper() else ""


def _goes_on(
    paragraph: _Paragraph,
    before: _Line,
    line: _Line,
    edges: dict[int, float],
    widths: dict[tuple[int, int], float],
) -> bool:
    """Whether a line continues the paragraph above it in the same box."""
    if paragraph.level or before.box != line.box or abs(before.size - line.size) > 0.2 * line.size:
        return False
    indented = line.left > edges[line.box] + 0.7 * line.size
    was_indented = before.left > edges[before.box] + 0.7 * before.size
    if indented and not was_indented and not paragraph.marker and _ENDS.search(before.text):
        return False
    if not _ENDS.search(before.text):
        return before.bottom - line.top < 3 * line.size
    # A last line is short: the next word would have fitted behind it.
    room = max(widths[_column(before)], widths[_column(line)]) - before.right
    first_word = (line.right - line.left) * (len(line.text.split(None, 1)[0]) + 1) / max(1, len(line.text))
    return before.bottom - line.top < 0.9 * line.size and room < 1.5 * first_word


def _open_paragraph(found: Sequence[_Paragraph], line: _Line, size: float) -> int | None:
    """The paragraph that breaks off at the end of a column or page, and goes on in small letters here."""
    if not line.text[:1].islower():
        return None
    for index in range(len(found) - 1, max(-1, len(found) - 6), -1):
        one = found[index]
        if one.note or one.table:
            continue
        last = one.lines[-1]
        is_open = not one.level and not _ENDS.search(last.text) and last.box != line.box
        return index if is_open and abs(last.size - line.size) < 0.2 * size else None
    return None


def _render(paragraphs: Sequence[_Paragraph]) -> str:
    words = Counter(
        word.lower() for one in paragraphs for line in one.lines for word in re.findall(r"[\w-]+", line.text)
    )
    parts: list[str] = []
    for before, one in zip([None, *paragraphs], paragraphs, strict=False):
        text = _table(one.table, words) if one.table else _marked(one, words)
        is_tight = before is not None and bool(before.marker) and bool(one.marker)
        parts.append(("\n" if is_tight else "\n\n") + text)
    return "".join(parts).strip() + "\n"


def _marked(one: _Paragraph, words: Counter[str]) -> str:
    text = _escaped(_joined([line.text for line in one.lines], words))
    if one.level:
        return f"{'#' * one.level} {text}"
    if one.note:
        return f"[^{one.note}]: {text}"
    if one.marker:
        number = re.sub(r"\W", "", one.marker)
        return f"{number}. {text}" if number.isdigit() else f"- {number + ') ' if number else ''}{text}"
    if text[:1].isdigit():
        return re.sub(r"^(\d{1,9})([.)]\s)", r"\1\\\2", text)
    return _AT_START.sub(r"\\\1", text)


def _table(table: PdfTable, words: Counter[str]) -> str:
    rows = [
        "| " + " | ".join(_escaped(_joined(cell, words)).replace("|", "\\|") for cell in row) + " |"
        for row in table.rows
    ]
    return "\n".join([rows[0], "|" + "---|" * len(table.rows[0]), *rows[1:]])


def _joined(lines: Sequence[str], words: Counter[str]) -> str:
    """Lines as one, words that were hyphenated at an end put together."""
    text = ""
    for line in lines:
        hyphen = _HYPHEN.search(text)
        if not text:
            text = line
        elif hyphen is None or line.startswith(_SUSPENDED):
            text += f" {line}"
        else:
            rest = re.match(r"[^\W\d_]*", line)
            second = rest[0] if rest else ""
            whole, split = (hyphen[1] + second).lower(), f"{hyphen[1]}-{second}".lower()
            is_soft = text.endswith("\u00ad")
            keeps = not is_soft and (not second[:1].islower() or (words[split] > 0 and words[whole] == 0))
            text = (text if keeps else text[:-1]) + line
    return text.replace("\u00ad", "")


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
