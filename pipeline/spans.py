"""Spans of a text, and the cutting of a text into blocks along them: what all text formats share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.encoding import decode, encode

# Only these three end a line; str.splitlines also breaks at form feeds, U+0085, U+2028 and others.
_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text: ``text`` is ``whole[start:end]``, the line end left out."""

    start: int
    end: int
    text: str

    @property
    def is_blank(self) -> bool:
        """Whether it holds white space only."""
        return not self.text or self.text.isspace()


@dataclass(frozen=True, slots=True)
class Span:
    """Where a block stands in a text, and what it is; the attributes are those of `Block`."""

    start: int
    end: int
    kind: BlockKind
    level: int = 0
    line_prefix: str = ""


def split_lines(text: str) -> list[Line]:
    r"""The lines of a text, which end at ``\n``, ``\r\n`` or ``\r``; the last may be empty.

    Example:
        >>> [line.text for line in split_lines("a\r\nb\n")]
        ['a', 'b', '']
    """
    lines = []
    start = 0
    for end in _LINE_END.finditer(text):
        lines.append(Line(start, end.start(), text[start : end.start()]))
        start = end.end()
    lines.append(Line(start, len(text), text[start:]))
    return lines


def common_prefix(strings: Iterable[str]) -> str:
    """What all strings begin with; nothing of none."""
    ordered = sorted(set(strings))
    if not ordered:
        return ""
    first, last = ordered[0], ordered[-1]
    length = 0
    while length < len(first) and first[length] == last[length]:
        length += 1
    return first[:length]


def cut_blocks(text: str, spans: Iterable[Span]) -> tuple[str, tuple[Block, ...]]:
    """Cuts a text along spans, given in order: the head, then the blocks; joined, they are the text.

    Spans are trimmed of white space; one that is then empty, or overlaps the one before, makes no block, so
    that its characters stand in a gap or in that block.
    """
    kept: list[Span] = []
    for span in spans:
        piece = text[span.start : span.end]
        start = span.end - len(piece.lstrip())
        end = span.start + len(piece.rstrip())
        if start < end and (not kept or kept[-1].end <= start):
            kept.append(Span(start, end, span.kind, span.level, span.line_prefix))
    nexts = [span.start for span in kept[1:]] + [len(text)]
    blocks = tuple(
        Block(span.kind, text[span.start : span.end], text[span.end : after], span.level, span.line_prefix)
        for span, after in zip(kept, nexts, strict=False)
    )
    return text[: kept[0].start if kept else len(text)], blocks


def read_text(data: bytes, name: str, find_spans: Callable[[str], Iterable[Span]]) -> Document:
    """Decodes a text and cuts it along the spans that a format finds in it.

    Args:
        data: The file's bytes; none give a document without blocks.
        name: The format's name.
        find_spans: What the format adds: the spans of its blocks, in order.

    Raises:
        FormatError: the bytes are not text.
        EncodingError: no supported encoding explains them.
    """
    decoded = decode(data)
    head, blocks = cut_blocks(decoded.text, find_spans(decoded.text))
    return Document(blocks, head, name, decoded.codec, decoded.bom)


def write_text(document: Document) -> bytes:
    """The document's text in its encoding, or in UTF-8 where that lacks a character (see `encode`)."""
    return encode(document.text, document.encoding, bom=document.bom)
