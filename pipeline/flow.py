"""The one thing that every runner calls: a document in, a document in one language (and its summary) out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tosprog.models.languages import LANGUAGES
from tosprog.pipeline.detect import detect_segments
from tosprog.pipeline.document import Block, BlockKind, Document, Segment, Translation, TranslationKind
from tosprog.pipeline.formats import FORMATS
from tosprog.pipeline.segment import segment_block
from tosprog.pipeline.translate import LoadBackend, TranslateOptions, translate_segments

if TYPE_CHECKING:
    from tosprog.pipeline.summarize import Summary, SummaryOptions


@dataclass(frozen=True, slots=True)
class Processed:
    """What became of a document.

    Attributes:
        document: In the target language; what was not translated is byte for byte as it was.
        translations: For each block, its segments' outcomes.
        summary: In the target language, or None if none was asked for.
    """

    document: Document
    translations: tuple[tuple[Translation, ...], ...]
    summary: Summary | None = None

    @property
    def counts(self) -> Counter[TranslationKind]:
        """Segments by outcome."""
        return Counter(translation.kind for row in self.translations for translation in row)


SegmentedBlocks = list[tuple[Block, tuple[Segment, ...]]]


def segment_document(document: Document) -> SegmentedBlocks:
    """Each block with its segments, languages and confidences filled in."""
    blocks = [(block, segment_block(block)) for block in document.blocks]
    return [
        (block, tuple(segments)) for (block, _), segments in zip(blocks, detect_segments(blocks), strict=True)
    ]


def assemble(
    document: Document,
    translations: Sequence[Sequence[Translation]],
    relabel: tuple[tuple[str, str], ...] = (),
) -> Document:
    """Puts translations in the places of their segments; a block where nothing changed stays as it was.

    Args:
        document: As read.
        translations: For each block its segments' outcomes.
        relabel: What languages become; told to the document if anything was translated.
    """
    escape = FORMATS[document.format].escape
    blocks = []
    for block, row in zip(document.blocks, translations, strict=True):
        if any(translation.kind is TranslationKind.TRANSLATED for translation in row):
            if block.kind is BlockKind.LABEL:  # one value as a whole
                text = escape("".join(t.text + t.segment.gap for t in row), block)
            else:
                text = "".join(
                    (escape(t.text, block) if t.kind is TranslationKind.TRANSLATED else t.text)
                    + t.segment.gap
                    for t in row
                )
            block = replace(block, text=text)
        blocks.append(block)
    changed = any(t.kind is TranslationKind.TRANSLATED for row in translations for t in row)
    return replace(document, blocks=tuple(blocks), relabel=relabel if changed else ())


def _relabel(options: TranslateOptions) -> tuple[tuple[str, str], ...]:
    return tuple((code, target) for code in LANGUAGES if (target := options.target_of(code)) is not None)


def _as_read(segmented: SegmentedBlocks) -> SegmentedBlocks:
    """The same without tags, for whoever reads the sentences rather than writes them back."""
    return [(block, tuple(replace(s, text=s.plain) for s in segments)) for block, segments in segmented]


def process_document(
    document: Document,
    load: LoadBackend,
    options: TranslateOptions,
    summary: SummaryOptions | None = None,
) -> Processed:
    """Reads languages, translates, assembles and, if asked to, summarises.

    The summary quotes sentences of the source, in their translation. A document without text calls no model.

    Args:
        document: As read.
        load: Gives the backend of a direction.
        options: Target language and decoding.
        summary: Length of the summary; None makes none.
    """
    segmented = segment_document(document)
    translations = translate_segments(segmented, load, options, markup=not document.origin)
    made = None
    if summary is not None:
        from tosprog.pipeline.summarize import summarize  # numpy: a line at the prompt goes without

        chosen = summarize(_as_read(segmented), summary)
        quoted = (
            replace(s, text=_quoted(s.text, translations[s.source_block][s.source_segment]))
            for s in chosen.sentences
        )
        made = replace(chosen, sentences=tuple(quoted))
    return Processed(assemble(document, translations, _relabel(options)), tuple(translations), made)


def process_lines(
    lines: Sequence[str], load: LoadBackend, options: TranslateOptions
) -> list[tuple[str, tuple[Translation, ...]]]:
    """Translates lines that belong together, each by itself, in one go.

    Args:
        lines: Without their ends; blank ones come back as they are.
        load: Gives the backend of a direction.
        options: Target language and decoding.

    Returns:
        Each line's text, its blanks at both ends kept, and its translations; same length and order.
    """
    bare = [line.strip() for line in lines]
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in bare if text)
    done = process_document(Document(blocks), load, options)
    results = iter(zip(done.document.blocks, done.translations, strict=True))
    answers: list[tuple[str, tuple[Translation, ...]]] = []
    for line, text in zip(lines, bare, strict=True):
        if not text:
            answers.append((line, ()))
            continue
        block, row = next(results)
        start = line.index(text)
        answers.append((line[:start] + block.text + line[start + len(text) :], row))
    return answers


def summarize_document(
    document: Document, load: LoadBackend, summary: SummaryOptions, options: TranslateOptions | None = None
) -> Summary:
    """Summarises a document; with ``options`` only the quoted sentences are translated."""
    from tosprog.pipeline.summarize import summarize

    segmented = segment_document(document)
    chosen = summarize(_as_read(segmented), summary)
    if options is None:
        return chosen
    rows = [
        (segmented[s.source_block][0], (segmented[s.source_block][1][s.source_segment],))
        for s in chosen.sentences
    ]
    translations = translate_segments(rows, load, options, markup=not document.origin)
    quoted = (
        replace(s, text=_quoted(s.text, row[0]))
        for s, row in zip(chosen.sentences, translations, strict=True)
    )
    return replace(chosen, sentences=tuple(quoted))


def _quoted(source: str, translation: Translation) -> str:
    return translation.plain if translation.kind is TranslationKind.TRANSLATED else source
