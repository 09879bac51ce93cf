"""The one thing that every runner calls: a document in, a document in one language (and its summary) out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tosprog.models.languages import LANGUAGES, LanguageCode
from tosprog.pipeline.detect import detect_segments
from tosprog.pipeline.document import Block, BlockKind, Document, Segment, Translation, TranslationKind
from tosprog.pipeline.files import shown
from tosprog.pipeline.formats import FORMATS
from tosprog.pipeline.inline import without_tags
from tosprog.pipeline.prose import prose_of
from tosprog.pipeline.segment import segment_block
from tosprog.pipeline.translate import LoadBackend, TranslateOptions, translate_segments

if TYPE_CHECKING:
    from tosprog.models.generation import Generator
    from tosprog.pipeline.summary import Summary, SummaryOptions
    from tosprog.pipeline.support import Entails


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
    def weighed(self) -> tuple[float, int]:
        """The sum of the translations' confidences, each times the words of its source, and that of the words."""
        found = [
            (one.confidence, len(one.segment.plain.split()))
            for row in self.translations
            for one in row
            if one.confidence is not None
        ]
        return sum(confidence * count for confidence, count in found), sum(count for _, count in found)

    @property
    def confidence(self) -> float | None:
        """The mean of the translations' confidences, by the words of their sources; None where no model was asked."""
        total, words = self.weighed
        return total / words if words else None

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
    *,
    generator: Generator | None = None,
    entailment: Entails | None = None,
) -> Processed:
    """Reads languages, translates, assembles and, if asked to, summarises.

    The summary quotes sentences of the source, in their translation, or is a model's (`summarize_document`). A
    document without text calls no model.

    Args:
        document: As read.
        load: Gives the backend of a direction.
        options: Target language and decoding.
        summary: Length of the summary; None makes none.
        generator: A model that writes the summary; None quotes.
        entailment: A model of inference that reads what the generator writes, or None.
    """
    segmented = segment_document(document)
    translations = translate_segments(segmented, load, options, markup=not document.origin)
    made = None
    if summary is not None and generator is not None:
        into = options if options.target is not None else None
        made = summarize_document(document, load, summary, into, generator=generator, entailment=entailment)
    elif summary is not None:
        from tosprog.pipeline.summarize import summarize  # numpy: a line at the prompt goes without

        readable = _as_read(segmented)

        def make(limits: SummaryOptions) -> Summary:
            chosen = summarize(readable, limits)
            return _with_texts(
                chosen, [translations[s.sources[0].block][s.sources[0].segment] for s in chosen.sentences]
            )

        made = _within(summary, make)
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
    document: Document,
    load: LoadBackend,
    summary: SummaryOptions,
    options: TranslateOptions | None = None,
    *,
    generator: Generator | None = None,
    entailment: Entails | None = None,
) -> Summary:
    """Summarises a document, in the language of ``options`` whatever its own.

    Extractive: the best sentences are quoted, and those alone translated. Abstractive: the document is put into a
    language that the model writes, the summary written and checked there, and put into the language asked for. Either
    way sources are sentences of the document as it stands. docs/summaries.md has the measurements behind the order.

    Args:
        document: As read.
        load: Gives the backend of a direction.
        summary: How long it may be.
        options: Target language and decoding; where None, quotations stay as they are, and a model's summary comes in
            the document's main language.
        generator: A model that writes; None quotes.
        entailment: A model of inference that reads what the generator writes, or None.
    """
    segmented = segment_document(document)
    main = main_language(segmented)
    if generator is None or main is None:
        from tosprog.pipeline.summarize import summarize
        from tosprog.pipeline.summary import Note

        def make(limits: SummaryOptions) -> Summary:
            chosen = summarize(_as_read(segmented), limits)
            if main is None and chosen.sentences:
                chosen = replace(chosen, notes=(*chosen.notes, Note.FOREIGN))
            return chosen if options is None else _in_target(chosen, segmented, document, load, options)

        return _within(summary, make)
    from tosprog.pipeline.abstract import write_summary

    target = (options.target if options else None) or main
    language = target if target in generator.languages else generator.languages[0]
    options = options or TranslateOptions(target=target)
    into = replace(options, target=language)
    translated = put_into(segmented, document, load, into)
    written = write_summary(translated, generator, language, summary, entailment)
    own = {(one.block, one.segment): one for one in prose_of(_as_read(segmented))}
    sentences = tuple(
        replace(one, sources=tuple(replace(s, text=own[s.block, s.segment].text) for s in one.sources))
        for one in written.sentences
    )
    back = replace(options, target=target)
    return _in_target(replace(written, sentences=sentences), segmented, document, load, back, language)


def _within(wanted: SummaryOptions, make: Callable[[SummaryOptions], Summary]) -> Summary:
    """A summary that keeps to the words wanted in its translation too: fewer are quoted until it does."""
    made, limits = make(wanted), wanted
    while limits.words is not None and wanted.words is not None and len(made.sentences) > 1:
        words = len(made.text.split())
        if words <= wanted.words:
            break
        limits = replace(limits, words=max(1, min(limits.words - 1, limits.words * wanted.words // words)))
        made = make(limits)
    return replace(made, options=wanted)


def put_into(
    segmented: Sequence[tuple[Block, tuple[Segment, ...]]],
    document: Document,
    load: LoadBackend,
    options: TranslateOptions,
) -> SegmentedBlocks:
    """The same blocks with their segments as a reader of the target language sees them.

    Args:
        segmented: The blocks of the document, or some of them.
        document: As read; what its texts are made of.
        load: Gives the backend of a direction.
        options: Target language and decoding.
    """
    rows = translate_segments(segmented, load, options, markup=not document.origin)
    return [
        (
            block,
            tuple(
                replace(t.segment, text=t.plain, language=t.segment.language and options.target) for t in row
            ),
        )
        for (block, _), row in zip(segmented, rows, strict=True)
    ]


def main_language(segmented: SegmentedBlocks) -> LanguageCode | None:
    """That of the two which has more words; None where other languages have most."""
    words: Counter[str | None] = Counter()
    for block, row in segmented:
        for segment in row:
            words[segment.language] += len(segment.text.split()) if block.kind.is_translated else 0
    ours = sum(words[code] for code in LANGUAGES)
    foreign = sum(count for code, count in words.items() if code is not None) - ours
    return None if foreign > ours else max(LANGUAGES, key=lambda code: words[code])


def _in_target(
    summary: Summary,
    segmented: SegmentedBlocks,
    document: Document,
    load: LoadBackend,
    options: TranslateOptions,
    written_in: LanguageCode | None = None,
) -> Summary:
    """The summary in the target language: quotations from their segments, what a model wrote from its own language."""
    from tosprog.pipeline.summary import SentenceKind

    rows: list[tuple[Block, tuple[Segment, ...]]] = []
    for one in summary.sentences:
        if one.kind is SentenceKind.WRITTEN:
            rows.append((Block(BlockKind.PARAGRAPH, one.text), (Segment(one.text, "", written_in, 1.0),)))
        else:
            block, segments = segmented[one.sources[0].block]
            rows.append((block, (segments[one.sources[0].segment],)))
    translations = translate_segments(rows, load, options, markup=not document.origin)
    return _with_texts(summary, [row[0] for row in translations])


def _with_texts(summary: Summary, translations: Sequence[Translation]) -> Summary:
    """The summary with its sentences as translated; those that could not be are counted."""
    from tosprog.pipeline.summary import Note, SentenceKind

    sentences = tuple(
        replace(
            one, text=_quoted(one.text if one.kind is SentenceKind.WRITTEN else one.sources[0].text, done)
        )
        for one, done in zip(summary.sentences, translations, strict=True)
    )
    failed = sum(done.kind is TranslationKind.FAILED for done in translations)
    notes = (*summary.notes, Note.UNTRANSLATED) if failed else summary.notes
    return replace(summary, sentences=sentences, notes=notes, untranslated=failed)


def _quoted(source: str, translation: Translation) -> str:
    return translation.plain if translation.kind is TranslationKind.TRANSLATED else source


def title_of(document: Document, source: Path) -> str:
    """The document's first heading, else its file name without the ending."""
    headings = (without_tags(block.text) for block in document.blocks if block.kind is BlockKind.HEADING)
    return next(headings, shown(source.stem))
