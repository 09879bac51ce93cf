"""The language of each segment, from its own words and, where these leave a doubt, from what stands around it.

Three sources, added up as log-odds (positive is Danish): character n-grams (lingua, restricted to Danish and
English), words that only one of the two has, and for unsure segments the sure ones nearby. docs/detection.md
has the figures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tosprog.pipeline.document import Block, BlockKind, Segment
from tosprog.pipeline.neutral import bears_language
from tosprog.pipeline.protect import split_protected
from tosprog.pipeline.segment import unwrap

if TYPE_CHECKING:
    from lingua import LanguageDetector

# Words of one language that the other does not have, or hardly.
_DANISH = frozenset(
    "og er ikke det som af på til med jeg hun vi en et den de har var blev bliver kan skal vil være været også efter "
    "mellem hvor hvad hvem når fra eller om dig mig sig du han min din sin der dette denne disse meget mange nogle "
    "noget ingen alle hans hendes deres vores jer sammen så nu ved uden gennem mod blandt samt siden mens fordi hvis "
    "hvordan hvorfor ind ud op ned kun må havde kunne skulle ville sådan derfor dog bare mere mest anden andet andre "
    "hver dem ham hende os selv lige nej igen altid aldrig ifølge".split()
)
_ENGLISH = frozenset(
    "the and of to is was were are be been a an that this these those it he she they we you my your his their our its "
    "with from by on as or but not have has had does did will would could should can may might must which who what "
    "when where how why there than into about between because while if no all very in out up such more most other "
    "another some any only them him us also just being through after before since".split()
)
_SHARED = frozenset("at for over under men her i so then do fat for man ten".split())
_WORD_WEIGHT = 1.2
_LIMIT = 8.0  # of a segment's log-odds: 0.9997
_SETTLED = 6.0  # 0.9975: the fast detector made no error there in 6000 lines
_SURE = 3.0  # 0.95: from here on a segment needs no neighbours
_PRIOR = 1.5  # the most that they can add: 0.82

# Languages that a text may be in instead. Norwegian is left out: short Danish would be taken for it.
_OTHERS = (
    "GERMAN FRENCH SPANISH ITALIAN DUTCH POLISH PORTUGUESE FINNISH SWEDISH ICELANDIC TURKISH "
    "RUSSIAN UKRAINIAN GREEK ARABIC HEBREW PERSIAN HINDI CHINESE JAPANESE KOREAN"
)
_OTHER_SURE = 0.97
_OTHER_MIN_WORDS = 5
_DOUBTFUL = 5.0  # log-odds between Danish and English that five words or more of either nearly always pass
_WORDS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
# In a word that is no name: "Müslüm" proves nothing.
_FOREIGN_LETTER = re.compile(r"\b[a-zæøå]\w*[À-ɏ](?<![æøåÆØÅéÉ×÷])|\b[À-ɏ](?<![æøåÆØÅéÉ×÷])")


def detect_segments(blocks: Sequence[tuple[Block, Sequence[Segment]]]) -> list[tuple[Segment, ...]]:
    """Fills in language and confidence.

    Args:
        blocks: The blocks of one document, in order, each with its segments.

    Returns:
        For each block its segments, same length and order. Code, metadata and what bears no language get None.
    """
    evidence = [[_evidence(block, segment) for segment in segments] for block, segments in blocks]
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


# Log-odds; or another language's code and confidence; or None.
_Evidence = float | tuple[str, float] | None


def _evidence(block: Block, segment: Segment) -> _Evidence:
    if not block.kind.is_translated:
        return None
    text = unwrap(segment.text, block.line_prefix)
    if not bears_language(text):
        return None
    free = " ".join(piece.text for piece in split_protected(text) if not piece.kept)
    if free.isupper():
        free = free.lower()
    words = [word.lower() for word in _WORDS.findall(free)]
    odds = _log_odds(free, words)
    return _other_language(free, words, odds) or odds


def _log_odds(text: str, words: Sequence[str]) -> float:
    """Trigrams alone settle nine sentences of ten; only for the rest the larger models are loaded and asked."""
    counted = _WORD_WEIGHT * sum((word in _DANISH) - (word in _ENGLISH) for word in words)
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
    if latin:
        known = sum(word in _DANISH or word in _ENGLISH or word in _SHARED for word in words)
        doubtful = _FOREIGN_LETTER.search(text) or (abs(odds) < _DOUBTFUL and known <= len(words) / 3)
        if len(words) < _OTHER_MIN_WORDS or not doubtful:
            return None
    best = _broad().compute_language_confidence_values(text)[0]
    code = best.language.iso_code_639_1.name.lower()
    return (code, best.value) if code not in ("da", "en") and best.value >= _OTHER_SURE else None


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

    languages = [Language.DANISH, Language.ENGLISH, *(getattr(Language, name) for name in _OTHERS.split())]
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()
