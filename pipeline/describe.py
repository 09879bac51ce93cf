"""What a catalogue asks of a document: title, keywords and abstract, in both languages.

Keywords are found in the document's main language. Each is then read off the translation of a sentence that has it,
where word alignment says which words it became: a word has its right sense only in its sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tosprog.models.errors import InputError
from tosprog.models.generation import Generation, GenerationOptions, Generator
from tosprog.models.languages import LANGUAGES, LanguageCode, other
from tosprog.pipeline.document import Block, BlockKind, Document, Segment, Translation, TranslationKind
from tosprog.pipeline.flow import main_language, put_into, segment_document, summarize_document
from tosprog.pipeline.inline import TAG, TagKind, make_tag, without_tags
from tosprog.pipeline.keywords import Keyword, Rarity, find_keywords
from tosprog.pipeline.summary import Summary, SummaryOptions
from tosprog.pipeline.support import Entails, SourceText
from tosprog.pipeline.terms import stems
from tosprog.pipeline.translate import LoadBackend, TranslateOptions, translate_segments

ABSTRACT = SummaryOptions(sentences=3)
_CONTEXTS = 3  # sentences in which a keyword is translated; what most of them say counts
_CONTEXT_WORDS = (5, 30)  # of such a sentence, where there is one
_MOST_WORDS = 4  # of a keyword's translation; more is an alignment gone wrong
_TITLE_WORDS = 12
_TITLE_TOKENS = 40
_SUBJECT = 12  # keywords that a heading is held against
_SHARED = 0.2  # share of a heading's terms that these must have, for it to be the document's title
_ARTICLES = {
    "da": re.compile(r"^(?:en|et|den|det|de)\s+(?=\w)", re.IGNORECASE),
    "en": re.compile(r"^(?:an?|the)\s+(?=\w)", re.IGNORECASE),
}
_JOINED = {"da": "{0} og {1}", "en": "{0} and {1}"}
_TITLE_INSTRUCTION = {
    "en": "Write a title of at most eight words for the text below. Answer with the title alone.",
    "da": "Skriv en titel på højst otte ord til teksten nedenfor. Svar kun med titlen.",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A keyword in both languages.

    Attributes:
        texts: By language.
        keyword: As it was found, in the document's main language.
    """

    texts: Mapping[LanguageCode, str]
    keyword: Keyword


@dataclass(frozen=True, slots=True)
class Description:
    """What a catalogue asks of a document.

    Attributes:
        language: The document's main one.
        titles: By language.
        title_from: ``heading``: the document's own; ``model``: written by one; ``keywords``: made of the best two.
        subjects: Keywords, best first.
        abstracts: By language.
    """

    language: LanguageCode
    titles: Mapping[LanguageCode, str]
    title_from: str
    subjects: tuple[Subject, ...]
    abstracts: Mapping[LanguageCode, Summary]


def describe_document(
    document: Document,
    load: LoadBackend,
    rarity: Callable[[LanguageCode], Rarity],
    *,
    count: int = 8,
    abstract: SummaryOptions = ABSTRACT,
    options: TranslateOptions | None = None,
    generator: Generator | None = None,
    entailment: Entails | None = None,
) -> Description:
    """Suggests a title, keywords and an abstract, each in Danish and English.

    The title is the document's first heading, if its words are what the document is about; else a model's, where one
    is given and the text supports what it wrote; else the two best keywords.

    Args:
        document: As read.
        load: Gives the backend of a direction.
        rarity: Gives, for a language, the -log probability of its words.
        count: Most keywords.
        abstract: Length of the abstracts.
        options: How is translated; its target is not used.
        generator: A model that writes the abstract; None quotes.
        entailment: What checks it.

    Raises:
        InputError: the document has no text in Danish or English.
    """
    segmented = segment_document(document)
    main = main_language(segmented)
    if main is None or not any(s.language in LANGUAGES for _, row in segmented for s in row):
        raise InputError("there is no Danish or English text to describe")
    far = other(main)
    options = options or TranslateOptions(target=far)
    into = {language: replace(options, target=language) for language in LANGUAGES}
    near = put_into(segmented, document, load, into[main])
    found = find_keywords(near, main, rarity(main), max(count, _SUBJECT))
    translated = _in_context(found[:count], near, main, load, into[far])
    subjects = tuple(
        Subject({main: keyword.text, far: text}, keyword)
        for keyword, text in zip(found, translated, strict=False)
    )
    if generator is not None:
        generator = _Remembering(generator)
    titles, title_from = _titles(segmented, near, main, document, load, into, found, subjects, generator)
    abstracts = {
        language: summarize_document(
            document, load, abstract, into[language], generator=generator, entailment=entailment
        )
        for language in LANGUAGES
    }
    return Description(main, titles, title_from, subjects, abstracts)


def _in_context(
    keywords: Sequence[Keyword],
    document_segments: Sequence[tuple[Block, Sequence[Segment]]],
    language: LanguageCode,
    load: LoadBackend,
    options: TranslateOptions,
) -> list[str]:
    """Each keyword's translation, same length and order: what it most often becomes in its sentences."""
    rows: list[tuple[Block, tuple[Segment, ...]]] = []
    for keyword in keywords:
        word = re.compile(rf"(?<!\w){re.escape(keyword.text)}(?!\w)", re.IGNORECASE)
        texts = [" ".join(document_segments[i][1][j].plain.split()) for i, j in keyword.places]
        having = [text for text in dict.fromkeys(texts) if word.search(text)]
        having.sort(key=lambda text: not _CONTEXT_WORDS[0] <= len(text.split()) <= _CONTEXT_WORDS[1])
        marked = [
            word.sub(lambda m: make_tag(TagKind.OPEN, 0) + m[0] + make_tag(TagKind.CLOSE, 0), text, count=1)
            for text in having[:_CONTEXTS]
        ]
        segments = (Segment(text, "", language, 1.0) for text in (*marked, keyword.text))
        rows.append((Block(BlockKind.PARAGRAPH, keyword.text), tuple(segments)))
    answers = translate_segments(rows, load, options, markup=False)
    target = other(language)
    return [
        _most_common([_marked(done.text, target) for done in row[:-1]]) or _alone(row[-1], keyword, target)
        for keyword, row in zip(keywords, answers, strict=True)
    ]


def _marked(text: str, language: LanguageCode) -> str:
    """What stands between the tags, without an article and signs; empty where it is no keyword."""
    begin, end = make_tag(TagKind.OPEN, 0), make_tag(TagKind.CLOSE, 0)
    start, stop = text.find(begin), text.rfind(end)
    if not 0 <= start < stop:
        return ""
    words = " ".join(TAG.sub("", text[start:stop]).split()).strip(" .,;:!?\"'”“»«()[]-–")
    words = _ARTICLES[language].sub("", words)
    return words if 0 < len(words.split()) <= _MOST_WORDS else ""


def _most_common(texts: Sequence[str]) -> str:
    """The text that comes most often, the earliest of those that do; in lower case if it ever is."""
    counts = Counter(text.lower() for text in texts if text)
    if not counts:
        return ""
    best = max(counts, key=lambda text: counts[text])
    forms = [text for text in texts if text.lower() == best]
    return best if best in forms else forms[0]


def _alone(done: Translation, keyword: Keyword, language: LanguageCode) -> str:
    text = _ARTICLES[language].sub("", done.plain.strip(" .,;:!?"))
    return text if keyword.text[:1].isupper() else text[:1].lower() + text[1:]


def _titles(
    segmented: Sequence[tuple[Block, tuple[Segment, ...]]],
    near: Sequence[tuple[Block, tuple[Segment, ...]]],
    main: LanguageCode,
    document: Document,
    load: LoadBackend,
    into: Mapping[LanguageCode, TranslateOptions],
    found: Sequence[Keyword],
    subjects: Sequence[Subject],
    generator: Generator | None,
) -> tuple[dict[LanguageCode, str], str]:
    prose = {i for i, (block, _) in enumerate(near) if block.kind.is_prose}
    about = {
        stem
        for keyword in found
        if any(i in prose for i, _ in keyword.places)
        for stem in stems(keyword.text, main)
    }
    heading = next((i for i, (block, _) in enumerate(segmented) if block.kind is BlockKind.HEADING), None)
    if heading is not None:
        own = " ".join(segment.plain for segment in near[heading][1])
        terms = set(stems(own, main))
        if len(about & terms) >= max(1, _SHARED * len(terms)):
            return _in_both([segmented[heading]], document, load, into), "heading"
    if generator is not None:
        title, language = _written(near, main, document, load, into, generator)
        if title:
            row = (Block(BlockKind.HEADING, title), (Segment(title, "", language, 1.0),))
            return _in_both([row], Document((row[0],)), load, into), "model"
    texts = {code: [subject.texts[code] for subject in subjects[:2]] for code in LANGUAGES}
    joined = {
        code: (_JOINED[code].format(*two) if len(two) == 2 else "".join(two)) for code, two in texts.items()
    }
    return {code: text[:1].upper() + text[1:] for code, text in joined.items()}, "keywords"


def _in_both(
    rows: Sequence[tuple[Block, tuple[Segment, ...]]],
    document: Document,
    load: LoadBackend,
    into: Mapping[LanguageCode, TranslateOptions],
) -> dict[LanguageCode, str]:
    titles: dict[LanguageCode, str] = {}
    for code in LANGUAGES:
        (row,) = translate_segments(rows, load, into[code], markup=not document.origin)
        texts = (
            without_tags(t.text if t.kind is TranslationKind.TRANSLATED else t.segment.text) for t in row
        )
        titles[code] = " ".join(" ".join(texts).split())
    return titles


def _written(
    near: Sequence[tuple[Block, tuple[Segment, ...]]],
    main: LanguageCode,
    document: Document,
    load: LoadBackend,
    into: Mapping[LanguageCode, TranslateOptions],
    generator: Generator,
) -> tuple[str, LanguageCode]:
    """A title by a model, in a language that it writes; empty where the text does not support it."""
    language = main if main in generator.languages else generator.languages[0]
    if not generator.follows_instructions:
        return "", language
    rows = near if language == main else put_into(near, document, load, into[language])
    sentences = [" ".join(s.plain.split()) for block, row in rows if block.kind.is_prose for s in row]
    text = ""
    for sentence in sentences:  # the beginning says enough for a title
        longer = f"{text} {sentence}".strip()
        if generator.count_tokens(longer) > generator.max_tokens // 2:
            break
        text = longer
    if not text:
        return "", language
    asked = GenerationOptions(instruction=_TITLE_INSTRUCTION[language], sentences=1, max_tokens=_TITLE_TOKENS)
    answer = generator.generate(text, asked)
    title = " ".join(answer.text.split()).strip(" .\"'”“»«*#").removeprefix("Title:").strip()
    if (
        not title
        or len(title.split()) > _TITLE_WORDS
        or SourceText(sentences, language).support(title).failed
    ):
        return "", language
    return title, language


class _Remembering:
    """A generator that is asked the same only once: the abstract in the second language is the first one's."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._answers: dict[tuple[str, GenerationOptions], Generation] = {}
        self.languages = generator.languages
        self.max_tokens = generator.max_tokens
        self.follows_instructions = generator.follows_instructions
        self.signature = generator.signature

    def count_tokens(self, text: str) -> int:
        return self._generator.count_tokens(text)

    def generate(self, text: str, options: GenerationOptions) -> Generation:
        key = text, options
        if key not in self._answers:
            self._answers[key] = self._generator.generate(text, options)
        return self._answers[key]
