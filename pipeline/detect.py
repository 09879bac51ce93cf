"""The language of each segment, from its own words and, where these leave a doubt, from what stands around it.

Three sources, added up as log-odds (positive is Danish): character n-grams (lingua, restricted to Danish and
English), words that only one of the two has, and for unsure segments the sure ones nearby. docs/detection.md
has the figures.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tosprog.models.languages import LANGUAGES, NAMES, LanguageCode, parse_language
from tosprog.pipeline.document import Block, BlockKind, Segment
from tosprog.pipeline.function_words import DANISH, ENGLISH, SHARED
from tosprog.pipeline.neutral import bears_language
from tosprog.pipeline.nordic import NORDIC, nordic_evidence, nordic_languages
from tosprog.pipeline.protect import split_protected
from tosprog.pipeline.segment import unwrap

if TYPE_CHECKING:
    from lingua import LanguageDetector

_WORD_WEIGHT = 1.2
_LIMIT = 8.0  # of a segment's log-odds: 0.9997
_SETTLED = 6.0  # 0.9975: the fast detector made no error there in 6000 lines
_SURE = 3.0  # 0.95: from here on a segment needs no neighbours
_PRIOR = 1.5  # the most that they can add: 0.82

# Languages that a text may be in instead; for Norwegian, whose n-grams are those of Danish, see nordic.py.
_OTHERS = {
    "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch", "pl": "Polish",
    "pt": "Portuguese", "fi": "Finnish", "sv": "Swedish", "is": "Icelandic", "tr": "Turkish", "ru": "Russian",
    "uk": "Ukrainian", "el": "Greek", "ar": "Arabic", "he": "Hebrew", "fa": "Persian", "hi": "Hindi",
    "zh": "Chinese", "ja": "Japanese", "ko": "Korean",
}  # fmt: skip
_NAMES: dict[str, str] = {**_OTHERS, "nb": "Norwegian", "nn": "Norwegian (Nynorsk)"}
_OTHER_SURE = 0.97
_OTHER_SURER = 0.99  # where the n-grams are sure that it is Danish or English: German has those of Danish
_OTHER_LIKELY = 0.9  # in a text that has other sentences of that language
_OTHER_MIN_WORDS = 5
_AGAINST_OTHERS = 3.0  # pieces of Nordic evidence, where the broad detector found a language
_DOUBTFUL = 5.0  # log-odds between Danish and English that five words or more of either nearly always pass
_WORDS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
# In a word that is no name: "Müslüm" proves nothing.
_DANISH_LETTER = re.compile("[æøåÆØÅ]")
_FOREIGN_LETTER = re.compile(r"\b[a-zæøå]\w*[À-ɏ](?<![æøåÆØÅéÉ×÷])|\b[À-ɏ](?<![æøåÆØÅéÉ×÷])")


def detect_segments(blocks: Sequence[tuple[Block, Sequence[Segment]]]) -> list[tuple[Segment, ...]]:
    """Fills in language and confidence.

    Args:
        blocks: The blocks of one document, in order, each with its segments.

    Returns:
        For each block its segments, same length and order. Code, metadata and what bears no language get None.
    """
    words = [[_free_text(block, segment) for segment in segments] for block, segments in blocks]
    evidence = [[None if text is None else _evidence(text) for text in row] for row in words]
    evidence = _with_nordic(words, _with_neighbours(words, evidence))
    priors = _priors(blocks, evidence)
    return [
        tuple(
            _filled(segment, own, prior) for segment, own, prior in zip(segments, row, prior_row, strict=True)
        )
        for (_, segments), row, prior_row in zip(blocks, evidence, priors, strict=True)
    ]


def language_of(text: str) -> tuple[str | None, float]:
    """Language and confidence of a text by itself.

    Example:
        >>> language_of("The Old Man and the Sea")[0]
        'en'
    """
    ((segment,),) = detect_segments([(Block(BlockKind.PARAGRAPH, text), [Segment(text)])])
    return segment.language, segment.confidence


def is_small_word(word: str, language: LanguageCode) -> bool:
    """Whether a word is one of those that make a sentence of names and nouns, and is of that language alone."""
    if word in _EITHER:
        return False
    return language == "da" if word == "i" else word.lower() in _SMALL_WORDS[language]


_EITHER = frozenset(("to", "To"))  # two
_SMALL_WORDS: dict[LanguageCode, frozenset[str]] = {"da": DANISH, "en": ENGLISH}
_WORD_LIMIT = 2.0  # of a word's n-grams: many words could be either
_FUNCTION_WORD = 5.0


@lru_cache(maxsize=100_000)
def word_odds(word: str, closely: bool = False) -> float:
    """Log-odds of a single word, positive for Danish.

    Args:
        word: Letters only.
        closely: Whether to ask the larger models.
    """
    small = word.lower()
    if word == "i" or small in DANISH or small in ENGLISH:  # "I" is English
        return _FUNCTION_WORD * (is_small_word(word, "da") - is_small_word(word, "en"))
    if small in SHARED:
        return 0.0
    return max(-_WORD_LIMIT, min(_WORD_LIMIT, _grams(small, _accurate() if closely else _fast())))


def language_name(code: str) -> str:
    """A language's English name; of a code that `detect_segments` never gives, the code.

    Example:
        >>> language_name("nb")
        'Norwegian'
    """
    return NAMES[parse_language(code)] if code in LANGUAGES else _NAMES.get(code, code)


# Log-odds; or another language's code and confidence; or None.
_Evidence = float | tuple[str, float] | None


def _free_text(block: Block, segment: Segment) -> str | None:
    """What of a segment tells its language; None where nothing does."""
    if not block.kind.is_translated:
        return None
    text = unwrap(segment.text, block.line_prefix)
    if not bears_language(text):
        return None
    free = " ".join(piece.text for piece in split_protected(text) if not piece.kept)
    return free.lower() if free.isupper() else free


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(text)]


def _evidence(text: str) -> float | tuple[str, float]:
    words = _words(text)
    odds = _log_odds(text, words)
    return _other_language(text, words, odds) or odds


def _with_nordic(
    texts: Sequence[Sequence[str | None]], evidence: Sequence[Sequence[_Evidence]]
) -> list[list[_Evidence]]:
    """The evidence with what passes for Danish, or for no other language, tried for its neighbours."""
    asked = [
        [None if text is None else _nordic_evidence(text, own) for text, own in zip(row, owns, strict=True)]
        for row, owns in zip(texts, evidence, strict=True)
    ]
    return [
        [found or own for found, own in zip(row, owns, strict=True)]
        for row, owns in zip(nordic_languages(asked), evidence, strict=True)
    ]


def _nordic_evidence(text: str, own: _Evidence) -> dict[str, float] | None:
    """None where another language is more likely: English by its n-grams, or one that the broad detector found."""
    if own is None or (isinstance(own, float) and own <= -_SURE):
        return None
    found = nordic_evidence(_words(text))
    is_other = isinstance(own, tuple) and own[0] not in NORDIC
    return None if is_other and max(found.values()) < _AGAINST_OTHERS else found


def _log_odds(text: str, words: Sequence[str]) -> float:
    """Trigrams alone settle nine sentences of ten; only for the rest the larger models are loaded and asked."""
    counted = _WORD_WEIGHT * sum((word in DANISH) - (word in ENGLISH) for word in words)
    odds = _grams(text, _fast()) + counted
    if abs(odds) < _SETTLED:
        odds = _grams(text, _accurate()) + counted
    return max(-_LIMIT, min(_LIMIT, odds))


def _grams(text: str, detector: LanguageDetector) -> float:
    values = detector.compute_language_confidence_values(text)
    of = {value.language.iso_code_639_1.name: value.value for value in values}
    floor = math.exp(-_LIMIT)
    return math.log(max(of["DA"], floor) / max(of["EN"], floor))


def _other_language(text: str, words: Sequence[str], odds: float) -> tuple[str, float] | None:
    """Asks the broad detector only where something speaks against both languages: it is slower, and errs more."""
    latin = len(_LATIN.findall(text)) >= sum(map(len, words)) / 2
    if not latin:
        return _foreign(text, _OTHER_SURE)
    if len(words) < _OTHER_MIN_WORDS:
        return None
    known = sum(word in DANISH or word in ENGLISH or word in SHARED for word in words)
    if _FOREIGN_LETTER.search(text) or (abs(odds) < _DOUBTFUL and known <= len(words) / 3):
        return _foreign(text, _OTHER_SURE)
    if known <= len(words) / 3 and not _DANISH_LETTER.search(text):
        other = _foreign(text, _OTHER_SURER)
        return other if other and other[0] not in (*NORDIC, "is") else None  # nordic.py knows them better
    return None


def _foreign(text: str, least: float) -> tuple[str, float] | None:
    best = _broad().compute_language_confidence_values(text)[0]
    code = best.language.iso_code_639_1.name.lower()
    return (code, best.value) if code not in LANGUAGES and best.value >= least else None


def _with_neighbours(
    texts: Sequence[Sequence[str | None]], evidence: Sequence[Sequence[_Evidence]]
) -> list[list[_Evidence]]:
    """The evidence with what two sentences of another language say of the shorter ones beside them."""
    found = Counter(own[0] for row in evidence for own in row if isinstance(own, tuple))
    usual = {code for code, count in found.items() if count > 1} - set(NORDIC)

    def asked(text: str | None, own: _Evidence) -> _Evidence:
        if text is None or not isinstance(own, float) or _DANISH_LETTER.search(text):
            return own
        words = _words(text)
        if len(words) < 2 or sum(word in DANISH or word in ENGLISH for word in words) > len(words) / 3:
            return own
        other = _foreign(text, _OTHER_LIKELY)
        return other if other and other[0] in usual else own

    if not usual:
        return [list(row) for row in evidence]
    return [
        [asked(text, own) for text, own in zip(row, owns, strict=True)]
        for row, owns in zip(texts, evidence, strict=True)
    ]


def _priors(
    blocks: Sequence[tuple[Block, Sequence[Segment]]], evidence: Sequence[Sequence[_Evidence]]
) -> list[list[float]]:
    """What the sure segments around each say of it: its own block most, then the next ones, then the document."""
    block_means: list[float | None] = []
    signed = total = 0
    for (_, segments), row in zip(blocks, evidence, strict=True):
        sure = [
            (len(segment.text), own > 0)
            for segment, own in zip(segments, row, strict=True)
            if isinstance(own, float) and abs(own) >= _SURE
        ]
        length = sum(size for size, _ in sure)
        balance = sum(size if danish else -size for size, danish in sure)
        block_means.append(balance / length if length else None)
        signed, total = signed + balance, total + length
    document = signed / total if total else 0.0
    before = _carried(block_means)
    after = _carried(block_means[::-1])[::-1]
    priors = []
    for i, row in enumerate(evidence):
        heading = blocks[i][0].kind is BlockKind.HEADING
        around = (0.2 if heading else 0.4) * before[i] + (0.6 if heading else 0.4) * after[i]
        mean = _PRIOR * (0.7 * around + 0.3 * document)
        own = block_means[i]
        priors.append([mean if own is None else (mean + 2 * _PRIOR * own) / 3] * len(row))
    return priors


def _carried(means: Sequence[float | None]) -> list[float]:
    """For each block the mean of the nearest earlier block that has one; 0 where none has."""
    carried, last = [], 0.0
    for mean in means:
        carried.append(last)
        last = last if mean is None else mean
    return carried


def _filled(segment: Segment, own: _Evidence, prior: float) -> Segment:
    if own is None:
        return replace(segment, language=None, confidence=0.0)
    if isinstance(own, tuple):
        return replace(segment, language=own[0], confidence=round(own[1], 4))
    odds = own + prior if abs(own) < _SURE else own
    confidence = 1 / (1 + math.exp(-abs(odds)))
    return replace(segment, language="da" if odds > 0 else "en", confidence=round(confidence, 4))


@lru_cache(maxsize=1)
def _fast() -> LanguageDetector:
    from lingua import Language, LanguageDetectorBuilder

    builder = LanguageDetectorBuilder.from_languages(Language.DANISH, Language.ENGLISH)
    return builder.with_low_accuracy_mode().build()


@lru_cache(maxsize=1)
def _accurate() -> LanguageDetector:
    from lingua import Language, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Language.DANISH, Language.ENGLISH).build()


@lru_cache(maxsize=1)
def _broad() -> LanguageDetector:
    from lingua import Language, LanguageDetectorBuilder

    languages = [
        Language.DANISH,
        Language.ENGLISH,
        *(getattr(Language, name.upper()) for name in _OTHERS.values()),
    ]
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()
