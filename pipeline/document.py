"""The records that flow through the pipeline. All frozen; tuples throughout."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from tosprog.pipeline.inline import without_tags


class BlockKind(str, Enum):
    """What a block is in its document.

    A note is a footnote or a comment, a label a short text about something: alternative text, a title.
    """

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    QUOTATION = "quotation"
    TABLE_CELL = "table_cell"
    NOTE = "note"
    LABEL = "label"
    CODE = "code"
    METADATA = "metadata"

    @property
    def is_translated(self) -> bool:
        """Whether text of this kind may be translated; code and metadata are kept byte for byte."""
        return self not in (BlockKind.CODE, BlockKind.METADATA)

    @property
    def is_prose(self) -> bool:
        """Whether sentences of this kind may enter a summary."""
        return self in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.QUOTATION)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document's text, and the characters between it and the next block.

    Attributes:
        kind: What it is.
        text: Its text, markup of the block itself (``# ``, ``- ``, ``> ``) left out. Markup within it stands there
            as it does in the file or, where the format is no plain text, as tags (`tosprog.pipeline.inline`).
        gap: What follows up to the next block: line ends, blank lines, the next block's own markup.
        level: 1-6 for a heading, otherwise 0.
        line_prefix: What begins each further line of the text and is markup, not language, such as
            ``> `` in a quotation or the indent of a list item.
    """

    kind: BlockKind
    text: str
    gap: str = ""
    level: int = 0
    line_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as read: ``head`` and each block's ``text + gap``, joined, are its text, to the character.

    That holds for plain text and Markdown. Other formats keep the bytes that they were read from as ``origin``:
    their writers put the texts of changed blocks into them, and touch nothing else.

    Attributes:
        blocks: In reading order.
        head: What stands before the first block.
        format: A format's name, a key of `tosprog.pipeline.formats.FORMATS`.
        encoding: Python codec name that the bytes were read with, and are written with.
        bom: Whether a byte order mark came first.
        origin: The bytes as read, of a format that is no plain text.
        fields: What to translate, where a format has named fields; none are all.
        relabel: Languages that the writer names anew where the format says a language: old and new code.
    """

    blocks: tuple[Block, ...]
    head: str = ""
    format: str = "text"
    encoding: str = "utf-8"
    bom: bool = False
    origin: bytes = field(default=b"", repr=False)
    fields: tuple[str, ...] = ()
    relabel: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The whole text, as it stands in the file; tags left out."""
        return without_tags(self.head + "".join(block.text + block.gap for block in self.blocks))


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence (or heading, cell, item) of a block, and the white space after it.

    Attributes:
        text: The sentence, no white space at either end.
        gap: What follows up to the next segment of the block.
        language: ``da``, ``en``, another ISO 639-1 code, or None where the text bears no language.
        confidence: 0 to 1, for ``language``.
    """

    text: str
    gap: str = ""
    language: str | None = None
    confidence: float = 0.0

    @property
    def plain(self) -> str:
        """The text as a reader sees it: without tags."""
        return without_tags(self.text)


class TranslationKind(str, Enum):
    """What became of a segment."""

    TRANSLATED = "translated"
    KEPT = "kept"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a segment that changes its language: its source, and what stands in the output in its place."""

    source: str
    language: str
    text: str
    gap: str = ""


MEMORY = "memory"  # how the names of steps begin that a translation memory took


@dataclass(frozen=True, slots=True)
class Step:
    """An attempt to translate a segment: its name, its score (None where no model was asked), the checks it failed."""

    name: str
    score: float | None = None
    checks: tuple[str, ...] = ()

    @property
    def is_recalled(self) -> bool:
        """Whether a translation memory answered, and no model."""
        return self.name.startswith(MEMORY)


class TermUseKind(str, Enum):
    """What became of a term of a glossary."""

    RESPECTED = "respected"
    REWRITTEN = "rewritten"  # put there in place of other words
    VIOLATED = "violated"
    COMPOUND = "compound"  # part of a longer word, where nothing is asked


@dataclass(frozen=True, slots=True)
class TermUse:
    """A term of a glossary in a sentence.

    Attributes:
        source: As it stands in the sentence; of a compound the whole word.
        target: The translation that the glossary has.
        kind: What became of it.
    """

    source: str
    target: str
    kind: TermUseKind


@dataclass(frozen=True, slots=True)
class Translation:
    """A segment's outcome; a failed one keeps its source text.

    Attributes:
        segment: The source; its language is that which it was translated from.
        text: What stands in the output in its place.
        kind: Translated, kept (already in the target language, or without one) or failed.
        score: Mean log probability per token, None unless a model was asked.
        checks: Names of the checks that fired.
        clauses: Of a segment that changes its language; else empty.
        steps: The attempts, in order, of the most often asked of its clauses; none where it was not asked.
        confidence: The chrF that it may be expected to reach, 0 to 1, the least of its clauses'; None where a model's
            answer is not what stands there.
        terms: What became of a glossary's terms in it.
        unknown: Words of it that the language does not have, and that a model likely made up.
    """

    segment: Segment
    text: str
    kind: TranslationKind
    score: float | None = None
    checks: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    steps: tuple[Step, ...] = ()
    confidence: float | None = None
    terms: tuple[TermUse, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def attempts(self) -> int:
        """How often it was put to a model."""
        return sum(not step.is_recalled for step in self.steps)

    @property
    def is_recalled(self) -> bool:
        """Whether all of it is from a translation memory."""
        return bool(self.steps) and self.attempts == 0

    def in_language(self, language: str) -> list[tuple[str, bool]]:
        """A segment that was put into the other language, in one of the two, as a reader sees it.

        Returns:
            Pieces that make up the text, each with whether a model wrote it.
        """
        if not self.clauses:
            own = self.segment.language == language
            return [(self.segment.plain, False) if own else (self.plain, self.text != self.segment.text)]
        return [
            (without_tags(source if own else text) + gap, not own and source != text)
            for source, text, gap, own in (
                (one.source, one.text, one.gap, one.language == language) for one in self.clauses
            )
        ]

    @property
    def plain(self) -> str:
        """The text as a reader sees it: without tags."""
        return without_tags(self.text)
