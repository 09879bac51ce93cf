"""Markdown (CommonMark and tables): markdown-it-py says which lines are what; the source stays as it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.metadata import is_metadata
from tosprog.pipeline.spans import Line, Span, common_prefix, read_text, split_lines, write_text

if TYPE_CHECKING:
    from markdown_it.token import Token

_CONTAINERS = {"list_item_open": BlockKind.LIST_ITEM, "blockquote_open": BlockKind.QUOTATION}
_CONTAINER_ENDS = ("list_item_close", "blockquote_close")
_CODE_TOKENS = ("fence", "code_block", "html_block")
_CHECKBOX = re.compile(r"\[[ xX]\][ \t]+(?=\S)")
_ATX = re.compile(r"#{1,6}[ \t]\s*")
_ATX_END = re.compile(r"\s*#*\s*")
_MARKUP = re.compile(r"[\s>+*.)\d-]*")
_BLANKS = re.compile(r"\s*")
_INLINE_MARKUP = re.compile(r"`+|\*+|_+|~+|[\[\]<>]")
# The parser takes a pipe after any backslash as escaped, and leaves that backslash out of the cell.
_PIPE = re.compile(r"(?<!\\)\|")
# Keys of YAML front matter whose value is written for readers, and those that name the language.
_TITLE_LINE = re.compile(
    r"(?:title|subtitle|description|abstract|summary|subject|caption)[ \t]*:[ \t]+"
    r"(?P<value>\"[^\"\\]+\"|'[^']+'|[^\s\"'\[{|>&*!%#@`-][^#]*?)[ \t]*",
    re.IGNORECASE,
)
_LANGUAGE_LINE = re.compile(
    r"^((?:lang|language|locale)[ \t]*:[ \t]*[\"']?)([a-z]{2})\b", re.IGNORECASE | re.MULTILINE
)
_UNSAFE_IN_YAML = re.compile(
    r":(?:\s|$)|\s#|^[\s\"'\[{|>&*!%#@`,?:-]|^(?:yes|no|true|false|null|on|off|~)$|^[\d.]+$", re.I
)
_FRONT_MATTER_LINE = re.compile(r"[\w.-]+[ \t]*:(?:\s|$)|#|-(?:\s|$)|[ \t]")


def read(data: bytes) -> Document:
    """Reads Markdown; see `read_text` for what it raises.

    Link definitions, thematic breaks, hard breaks and empty elements stand in gaps. Code and HTML blocks, and
    elements whose place in the source is not certain, are `BlockKind.CODE`: kept. Inline markup stays in the
    text.
    """
    return read_text(data, "markdown", find_spans)


def find_spans(text: str) -> list[Span]:
    """The blocks of a Markdown text, in order."""
    # Most runs need no Markdown; importing it costs more than reading a short text.
    from markdown_it import MarkdownIt

    lines = split_lines(text)
    spans: list[Span] = []
    body = 0
    if last := _front_matter_end(lines):
        spans += _find_front_matter(lines[: last + 1])
        body = last + 1
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    tokens = parser.parse("\n" * body + "\n".join(line.text for line in lines[body:]))
    return spans + sorted(_walk(tokens, lines), key=lambda span: span.start)


def _front_matter_end(lines: Sequence[Line]) -> int:
    """Index of the line that closes YAML front matter, 0 where there is none."""
    if lines[0].text.rstrip() != "---":
        return 0
    for index, line in enumerate(lines[1:], start=1):
        if line.text.rstrip() in ("---", "..."):
            return index if any(":" in inner.text for inner in lines[1:index]) else 0
        if not line.is_blank and not _FRONT_MATTER_LINE.match(line.text):
            return 0
    return 0


def _find_front_matter(lines: Sequence[Line]) -> Iterator[Span]:
    """What its readers read, such as the title, as labels, and the rest as metadata."""
    start = lines[0].start
    for line in lines[1:-1]:
        if match := _TITLE_LINE.fullmatch(line.text):
            yield Span(start, line.start + match.start("value"), BlockKind.METADATA)
            yield Span(line.start + match.start("value"), line.start + match.end("value"), BlockKind.LABEL)
            start = line.start + match.end("value")
    yield Span(start, lines[-1].end, BlockKind.METADATA)


def write(document: Document) -> bytes:
    """The text in its encoding; front matter names its language anew where `Document.relabel` says so."""
    if document.relabel and document.blocks and document.blocks[0].kind is BlockKind.METADATA:
        new = dict(document.relabel)

        def relabelled(match: re.Match[str]) -> str:
            return match[1] + new.get(match[2].lower(), match[2])

        blocks = []
        in_front = document.head == "" and document.blocks[0].text.startswith("---")
        for block in document.blocks:
            if in_front and block.kind is BlockKind.METADATA:
                block = replace(block, text=_LANGUAGE_LINE.sub(relabelled, block.text))
            in_front = in_front and block.kind in (BlockKind.METADATA, BlockKind.LABEL)
            blocks.append(block)
        document = replace(document, blocks=tuple(blocks))
    return write_text(document)


def _walk(tokens: Sequence[Token], lines: Sequence[Line]) -> Iterator[Span]:
    """The spans of the leaf elements: headings, paragraphs, table rows, code."""
    containers: list[BlockKind] = []
    leaf: Token | None = None
    cells: list[str] | None = None
    for token in tokens:
        if token.type in _CONTAINERS:
            containers.append(_CONTAINERS[token.type])
        elif token.type in _CONTAINER_ENDS:
            containers.pop()
        elif token.type in _CODE_TOKENS:
            yield from _find_code(token, lines)
        elif token.type in ("heading_open", "paragraph_open"):
            leaf = token
        elif token.type == "tr_open":
            leaf, cells = token, []
        elif token.type == "tr_close":
            if leaf is not None and cells is not None:
                yield from _find_cells(leaf, cells, lines)
            cells = None
        elif token.type == "inline" and cells is not None:
            cells.append(token.content)
        elif token.type == "inline" and leaf is not None and leaf.type == "heading_open":
            yield from _find_heading(leaf, token.content, lines)
        elif token.type == "inline" and leaf is not None:
            kind = containers[-1] if containers else BlockKind.PARAGRAPH
            yield from _find_paragraph(leaf, token.content, lines, kind)
            # The paragraphs that follow in a list item are paragraphs.
            if containers and kind is BlockKind.LIST_ITEM:
                containers[-1] = BlockKind.PARAGRAPH


def _keep(token: Token, lines: Sequence[Line]) -> Iterator[Span]:
    """The element's lines as code, where its parts cannot be found in the source."""
    if token.map:
        first, last = token.map
        yield Span(lines[first].start, lines[min(last, len(lines)) - 1].end, BlockKind.CODE)


def _find_lines(token: Token, content: str, lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
    """An element's lines in the source, and the markup before each; none where that is not certain."""
    found: list[Line] = []
    prefixes: list[str] = []
    first, last = token.map or (0, 0)
    # The parser counts a line of other white space (U+00A0) in, but strips it from the content.
    while first < last and lines[first].is_blank:
        first += 1
    for index, inner in enumerate(content.split("\n"), start=first):
        if index >= min(last, len(lines)):
            return [], []
        line = lines[index]
        # The parser shows NUL as U+FFFD.
        source = line.text.replace("\0", "\ufffd").rstrip()
        bare = inner.strip()
        start = len(source) - len(bare)
        if not source.endswith(bare) or not _MARKUP.fullmatch(source, 0, start):
            return [], []
        found.append(Line(line.start + start, line.end, line.text[start:]))
        prefixes.append(line.text[:start])
    return found, prefixes


def _find_code(token: Token, lines: Sequence[Line]) -> Iterator[Span]:
    """A fenced block with its fences; an indented or HTML block."""
    if token.map is None:
        return
    first, last = token.map
    end = lines[min(last, len(lines)) - 1].end
    if token.type == "fence":
        start = lines[first].text.find(token.markup)
    else:
        head = token.content.split("\n", 1)[0].strip()
        start = len(lines[first].text.rstrip()) - len(head)
    yield Span(lines[first].start + max(0, start), end, BlockKind.CODE)


def _find_heading(token: Token, content: str, lines: Sequence[Line]) -> Iterator[Span]:
    if not content:
        return
    level = int(token.tag[1:])
    if token.markup in ("=", "-"):
        found, prefixes = _find_lines(token, content, lines)
        if found:
            yield Span(found[0].start, found[-1].end, BlockKind.HEADING, level, common_prefix(prefixes[1:]))
        else:
            yield from _keep(token, lines)
        return
    line = lines[token.map[0]] if token.map else None
    source = line.text.replace("\0", "\ufffd") if line else ""
    # Containers have no "#" in their markup, so the first one is the heading's.
    mark = _ATX.search(source)
    if line and mark and source.startswith(content, mark.end()):
        end = mark.end() + len(content)
        if _ATX_END.fullmatch(source, end):
            yield Span(line.start + mark.end(), line.start + end, BlockKind.HEADING, level)
            return
    yield from _keep(token, lines)


def _find_paragraph(token: Token, content: str, lines: Sequence[Line], kind: BlockKind) -> Iterator[Span]:
    found, prefixes = _find_lines(token, content, lines)
    if not found:
        yield from _keep(token, lines)
        return
    # What a further line of this block has to begin with: a list's marker becomes its indent.
    expected = re.sub(r"[^>\s]", " ", prefixes[0])
    if kind is BlockKind.LIST_ITEM and (box := _CHECKBOX.match(found[0].text)):
        found[0] = Line(found[0].start + box.end(), found[0].end, found[0].text[box.end() :])
    if len(found) == 1 and is_metadata(found[0].text):
        yield Span(found[0].start, found[0].end, BlockKind.METADATA)
        return
    begin = 0
    marks: Counter[str] = Counter()
    for stop, line in enumerate(found, start=1):
        marks.update(mark[0] for mark in _INLINE_MARKUP.findall(line.text))
        end = len(line.text)
        if stop < len(found):
            break_at = _find_hard_break(line.text)
            if break_at is not None and _is_balanced(marks):
                end = break_at
            # A lazy line after quoted ones: its markup, or the lack of it, must not stand in the text.
            elif stop - begin == 1 or prefixes[stop].split() == prefixes[stop - 1].split():
                continue
        prefix = common_prefix(prefixes[begin + 1 : stop]) if stop - begin > 1 else expected
        yield Span(found[begin].start, line.start + end, kind, 0, prefix)
        begin = stop
        marks.clear()
        kind = BlockKind.PARAGRAPH if kind is BlockKind.LIST_ITEM else kind


def _find_hard_break(text: str) -> int | None:
    """Where the line's hard break begins: two spaces or more, or a backslash, at its end."""
    bare = text.rstrip(" ")
    if len(text) - len(bare) >= 2:
        return len(bare)
    return len(text) - 1 if text.endswith("\\") and not text.endswith("\\\\") else None


def _is_balanced(marks: Counter[str]) -> bool:
    """Whether no inline markup seems to reach past what was counted."""
    even = all(marks[mark] % 2 == 0 for mark in "`*_~")
    return even and marks["["] == marks["]"] and marks["<"] == marks[">"]


def _find_cells(row: Token, contents: Sequence[str], lines: Sequence[Line]) -> Iterator[Span]:
    """The cells of a row that are not empty; pipes and padding stay outside."""
    if row.map is None:
        return
    line = lines[row.map[0]]
    source = line.text.replace("\0", "\ufffd")
    pipes = [match.start() for match in _PIPE.finditer(source)]
    edges = [-1, *pipes, len(source)]
    raws = [(left + 1, right) for left, right in pairwise(edges)]
    # Before a leading pipe stands at most the markup of containers; without one, it precedes the first cell.
    for skip in (1, 0):
        if len(raws) <= skip or (skip and not _MARKUP.fullmatch(source, 0, raws[1][0] - 1)):
            continue
        spans = _match_cells(source, raws[skip:], contents)
        if spans is not None:
            for start, end in spans:
                yield Span(line.start + start, line.start + end, BlockKind.TABLE_CELL)
            return
    yield from _keep(row, lines)


def _match_cells(
    source: str, raws: Sequence[tuple[int, int]], contents: Sequence[str]
) -> list[tuple[int, int]] | None:
    """Start and end of each cell that is not empty; None if the cells do not hold the contents."""
    found: list[tuple[int, int]] = []
    for index, content in enumerate(contents):
        start, end = raws[index] if index < len(raws) else (len(source), len(source))
        raw = source[start:end].rstrip()
        bare = content.replace("|", "\\|")
        begin = len(raw) - len(bare)
        # Only the first cell, where no pipe leads the row, has the markup of containers before it.
        allowed = _MARKUP if start == 0 else _BLANKS
        if begin < 0 or not raw.endswith(bare) or not allowed.fullmatch(raw, 0, begin):
            return None
        if bare:
            found.append((start + begin, start + len(raw)))
    return found


_STARTS_BLOCK = re.compile(r"(?:[-+*]|#{1,6}|\d{1,9}[.)]|>|=+|-+|~{3,}|`{3,})(?=\s|$)")


def escape(text: str, block: Block) -> str:
    r"""A new text made safe: no bar opens a table cell, its start makes no heading, list or quotation.

    A label, which stands in front matter, is written as one YAML value.

    Example:
        >>> escape("a | b", Block(BlockKind.TABLE_CELL, "x"))
        'a \\| b'
    """
    if block.kind is BlockKind.LABEL:
        quote = block.text[:1]
        if quote in ("'", '"') and text[:1] == quote == text[-1:]:
            text = text[1:-1]
        if quote == "'":
            return "'" + text.replace("'", "’") + "'"
        if quote == '"' or _UNSAFE_IN_YAML.search(text):
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return text
    if block.kind is BlockKind.TABLE_CELL:
        return re.sub(r"(?<!\\)\|", r"\\|", text)
    if _STARTS_BLOCK.match(text) and not _STARTS_BLOCK.match(block.text):
        return re.sub(r"^(\d*)(.)", r"\1\\\2", text, count=1)
    return text
