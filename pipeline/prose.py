"""The sentences of a document's prose, each with its place: what a summary is made from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tosprog.pipeline.document import Block, BlockKind, Segment
from tosprog.pipeline.terms import bare

MIN_WORDLIKE = 0.6  # share of a sentence's tokens that must be words, not numbers, URLs or signs
_URL = re.compile(r"(?<!\()(?:https?://|www\.)\S+|\S+@\S+\.\w+")


@dataclass(frozen=True, slots=True)
class ProseSentence:
    """A sentence of prose.

    Attributes:
        text: On one line: line breaks and the markup of further lines are one space.
        language: Of its segment.
        block: Index of its block, from 0.
        segment: Index of its segment in that block, from 0.
        number: Among the sentences of prose, from 1.
        opens: What it opens: ``document``, ``section``, ``paragraph``, or nothing, an empty string.
        section: Headings that came before, 0 before the first.
    """

    text: str
    language: str | None
    block: int
    segment: int
    number: int
    opens: str
    section: int


def prose_of(document_segments: Sequence[tuple[Block, Sequence[Segment]]]) -> list[ProseSentence]:
    """The sentences of paragraphs, list items and quotations, in reading order."""
    sentences: list[ProseSentence] = []
    section_start = False
    section = 0
    for i, (block, segments) in enumerate(document_segments):
        if block.kind is BlockKind.HEADING:
            section_start = True
            section += 1
        if not block.kind.is_prose:
            continue
        # The items of a list and the lines of a quotation do not open a thought.
        paragraph_start = block.kind is BlockKind.PARAGRAPH
        for j, segment in enumerate(segments):
            text = _one_line(segment.text, block.line_prefix)
            if not text:  # white space that opens a block
                continue
            opens = "paragraph" if paragraph_start else ""
            if not sentences:
                opens = "document"
            elif section_start:
                opens = "section"
            section_start = paragraph_start = False
            sentences.append(ProseSentence(text, segment.language, i, j, len(sentences) + 1, opens, section))
    return sentences


def _one_line(text: str, line_prefix: str) -> str:
    first, *rest = text.splitlines() or [""]
    prefix = line_prefix.strip()
    return " ".join(" ".join([first, *(line.strip().removeprefix(prefix) for line in rest)]).split())


def is_wordlike(text: str) -> bool:
    """Whether a sentence is made of words, not of numbers, links or signs."""
    tokens = bare(text).split()
    # URLs that `bare` took away count: a line of three and a word is no sentence. Those behind a Markdown
    # link do not, as a reader never sees them.
    removed = len(_URL.findall(text))
    wordlike = sum(1 for token in tokens if sum(c.isalpha() for c in token) * 2 > len(token))
    return wordlike > 0 and wordlike >= MIN_WORDLIKE * (len(tokens) + removed)
