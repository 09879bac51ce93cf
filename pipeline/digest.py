"""A folder in one page: a paragraph for each text, the themes that run across them, and what is there twice.

Each text is read and summarised by itself. For themes and duplicates a text is its terms, in the language of the
digest: texts in the other one are translated for that, the long ones in part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tosprog.models.base import DecodingOptions
from tosprog.models.errors import InputError, TosprogError
from tosprog.models.generation import Generator
from tosprog.models.languages import LanguageCode
from tosprog.pipeline.document import Block, BlockKind, Document, Segment
from tosprog.pipeline.duplicates import Duplicate, find_duplicates
from tosprog.pipeline.files import read_bytes, shown
from tosprog.pipeline.flow import (
    main_language,
    process_lines,
    put_into,
    segment_document,
    summarize_document,
    title_of,
)
from tosprog.pipeline.formats import read_document
from tosprog.pipeline.keywords import Rarity, find_keywords
from tosprog.pipeline.plan import skip_reason
from tosprog.pipeline.prose import prose_of
from tosprog.pipeline.stream import is_large
from tosprog.pipeline.summary import Summary, SummaryOptions
from tosprog.pipeline.support import Entails
from tosprog.pipeline.terms import stems
from tosprog.pipeline.themes import Theme, find_themes
from tosprog.pipeline.translate import LoadBackend, TranslateOptions

PARAGRAPH = SummaryOptions(sentences=3)
SAMPLE = 60  # sentences that stand for a text in themes and duplicates, evenly from its whole
_CANDIDATES = 25  # keywords of a text that may name its theme
_SHOWN = 5  # keywords of a text that are shown

SegmentRows = list[tuple[Block, tuple[Segment, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestOptions:
    """What a digest is to be like.

    Attributes:
        target: Its language. None leaves each paragraph in its text's own, and everything else is in that of most.
        summary: Length of a paragraph.
        themes: Number of themes to look for; None finds it.
        decoding: How paragraphs and titles are translated.
    """

    target: LanguageCode | None = None
    summary: SummaryOptions = PARAGRAPH
    themes: int | None = None
    decoding: DecodingOptions = field(default_factory=DecodingOptions)


@dataclass(frozen=True, slots=True)
class Entry:
    """A text of the folder.

    Attributes:
        path: Its file.
        title: Its first heading, else its file's name; in the digest's language.
        language: Its main one; None where that is neither Danish nor English.
        words: What stands between blanks in its prose.
        summary: Its paragraph.
        keywords: What it is about, in the digest's language, best first.
    """

    path: Path
    title: str
    language: LanguageCode | None
    words: int
    summary: Summary
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that is not in the digest, why, and whether it should have been."""

    path: Path
    reason: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """A folder in one page.

    Attributes:
        language: That of titles, themes and labels.
        entries: The texts, in the order of their paths.
        themes: With indices into ``entries``.
        duplicates: With indices into ``entries``.
        unread: The files that were passed over or could not be read.
    """

    language: LanguageCode
    entries: tuple[Entry, ...]
    themes: tuple[Theme, ...]
    duplicates: tuple[Duplicate, ...]
    unread: tuple[Unread, ...]

    @property
    def alone(self) -> tuple[int, ...]:
        """Indices of the texts without a theme."""
        placed = {i for theme in self.themes for i in theme.members}
        return tuple(i for i in range(len(self.entries)) if i not in placed)


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text that was read and summarised, before it is laid beside the others.

    Attributes:
        entry: Its title is as it stands in the document, its keywords are still to be found.
        text: Its prose and headings, one after the other.
        sample: Sentences in its main language that stand for it.
    """

    entry: Entry
    text: str
    sample: tuple[str, ...]


def read_texts(
    sources: Sequence[Path],
    load: LoadBackend,
    options: DigestOptions,
    *,
    generator: Generator | None = None,
    entailment: Entails | None = None,
) -> Iterator[ReadText | Unread]:
    """Reads and summarises each file; what cannot be read stops nothing. Same length and order as ``sources``."""
    for source in sources:
        reason = skip_reason(source)
        if reason is None and is_large(source):
            reason = "too large to be summarised"
        if reason is not None:
            yield Unread(source, reason, False)
            continue
        try:
            document = read_document(read_bytes(source), source)
            yield read_document_text(
                source, document, load, options, generator=generator, entailment=entailment
            )
        except TosprogError as error:
            yield Unread(source, str(error).removeprefix(f"{source}: "), True)
        except Exception as error:  # noqa: BLE001 - one bad file must not stop a folder
            yield Unread(source, f"unexpected {type(error).__name__}: {error}", True)


def read_document_text(
    source: Path,
    document: Document,
    load: LoadBackend,
    options: DigestOptions,
    *,
    generator: Generator | None = None,
    entailment: Entails | None = None,
) -> ReadText:
    """Summarises a document, and keeps what is needed to lay it beside others."""
    segmented = segment_document(document)
    plain: SegmentRows = [
        (block, tuple(Segment(s.plain, s.gap, s.language, s.confidence) for s in row))
        for block, row in segmented
    ]
    prose = prose_of(plain)
    main = main_language(segmented) if prose else None
    translate = None if options.target is None else _into(options.target, options.decoding)
    summary = summarize_document(
        document, load, options.summary, translate, generator=generator, entailment=entailment
    )
    own = [one.text for one in prose if one.language == main]
    step = max(1.0, len(own) / SAMPLE)
    sample = tuple(own[int(i * step)] for i in range(min(SAMPLE, len(own)))) if main else ()
    words = sum(len(one.text.split()) for one in prose)
    entry = Entry(source, title_of(document, source), main, words, summary)
    texts = [
        s.text for block, row in plain for s in row if block.kind.is_prose or block.kind is BlockKind.HEADING
    ]
    return ReadText(entry, "\n".join(texts), sample)


def _into(target: LanguageCode, decoding: DecodingOptions) -> TranslateOptions:
    return TranslateOptions(target=target, decoding=decoding)


def make_digest(
    read: Sequence[ReadText | Unread],
    load: LoadBackend,
    rarity: Callable[[LanguageCode], Rarity],
    options: DigestOptions,
) -> Digest:
    """Lays texts beside each other.

    Args:
        read: What `read_texts` yielded.
        load: Gives the backend of a direction.
        rarity: Gives, for a language, the -log probability of its words.
        options: The same as for `read_texts`.

    Raises:
        InputError: nothing was read.
    """
    texts = [one for one in read if isinstance(one, ReadText)]
    unread = tuple(one for one in read if isinstance(one, Unread))
    if not texts:
        raise InputError(_nothing(unread))
    languages = Counter(one.entry.language for one in texts if one.entry.language is not None)
    language: LanguageCode = options.target or (languages.most_common(1)[0][0] if languages else "en")
    # Across languages texts are compared in English, which the bundled models write better, and which has no compounds.
    compared: LanguageCode = "en" if len(languages) > 1 else language
    known = rarity(language)
    keywords = [keywords_of(one, language, load, known) for one in texts]
    bags = [terms_of(one, compared, load) for one in texts]
    titles = _titles([one.entry for one in texts], options, load)
    entries = tuple(
        Entry(
            one.entry.path,
            title,
            one.entry.language,
            one.entry.words,
            one.entry.summary,
            tuple(found)[:_SHOWN],
        )
        for one, title, found in zip(texts, titles, keywords, strict=True)
    )
    duplicates = find_duplicates([one.text for one in texts], [one.entry.language for one in texts], bags)
    themes = _themes(bags, keywords, duplicates, options.themes)
    return Digest(language, entries, tuple(themes), tuple(duplicates), unread)


def _nothing(unread: Sequence[Unread]) -> str:
    if not unread:
        return "the folder holds no files"
    first = unread[0]
    return f"none of {len(unread)} files could be read; the first, {first.path.name}: {first.reason}"


def _themes(
    bags: Sequence[Counter[str]],
    keywords: Sequence[Mapping[str, float]],
    duplicates: Sequence[Duplicate],
    count: int | None,
) -> list[Theme]:
    """Themes of the texts as if each were there once; the others go with the one that they are like."""
    like = list(range(len(bags)))
    for one in duplicates:  # sorted, so that what ``first`` is like is known
        like[one.second] = like[one.first]
    single = [bag if like[i] == i else Counter[str]() for i, bag in enumerate(bags)]
    return [
        replace(theme, members=tuple(j for i in theme.members for j in range(len(bags)) if like[j] == i))
        for theme in find_themes(single, keywords, count)
    ]


def terms_of(one: ReadText, language: LanguageCode, load: LoadBackend) -> Counter[str]:
    """The terms of a text's sample with their counts, in this language."""
    rows = _sample_in(one, language, load)
    return sum((stems(s.text, language) for _, segments in rows for s in segments), Counter[str]())


def keywords_of(one: ReadText, language: LanguageCode, load: LoadBackend, rarity: Rarity) -> dict[str, float]:
    """What a text is about, in this language, with scores, best first."""
    found = find_keywords(_sample_in(one, language, load), language, rarity, _CANDIDATES)
    return {keyword.text: keyword.score for keyword in found}


def _sample_in(one: ReadText, language: LanguageCode, load: LoadBackend) -> SegmentRows:
    """The sample as it is, or else translated: greedily, as only its words are looked at."""
    own = one.entry.language
    rows: SegmentRows = [
        (Block(BlockKind.PARAGRAPH, text), (Segment(text, "", own, 1.0),)) for text in one.sample
    ]
    if not rows or own == language:
        return rows
    document = Document(tuple(block for block, _ in rows))
    return put_into(rows, document, load, _into(language, DecodingOptions(beam_size=1)))


def _titles(entries: Sequence[Entry], options: DigestOptions, load: LoadBackend) -> list[str]:
    """In the language asked for; the name of a file stays what it is."""
    lines = [" ".join(one.title.split()) for one in entries]
    if options.target is None:
        return lines
    named = [one.title == shown(one.path.stem) for one in entries]
    headings = [line for line, is_name in zip(lines, named, strict=True) if not is_name]
    done = iter(process_lines(headings, load, _into(options.target, options.decoding)))
    return [line if is_name else next(done)[0] for line, is_name in zip(lines, named, strict=True)]
