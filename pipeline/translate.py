"""Segments into translations: what is in the target language already is kept, the rest goes through a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tosprog.models.base import Backend, DecodingOptions
from tosprog.models.languages import LANGUAGES, Direction, LanguageCode
from tosprog.pipeline.checks import failed_checks
from tosprog.pipeline.clauses import split_long
from tosprog.pipeline.detect import language_of
from tosprog.pipeline.document import Block, Segment, Translation, TranslationKind
from tosprog.pipeline.proper_names import with_names
from tosprog.pipeline.protect import Piece, split_protected
from tosprog.pipeline.segment import unwrap
from tosprog.pipeline.typography import dressed, lowered, plain

LoadBackend = Callable[[Direction], Backend]
SegmentedBlock = tuple[Block, Sequence[Segment]]

_TITLE_WORDS, _TITLE_SURE = 2, 0.95  # shorter or less sure: the sentence's own language
_COPY_SURE = 0.8
_UNSURE = -1.0  # mean log probability: below it most answers to a single word are wrong
_LONE = re.compile(r"[^\W\d_][a-zæøå]{2,}")  # a heading of one word
_WORD = re.compile(r"[^\W\d_]+")
OTHER_LANGUAGE = "other language"  # a note, not a failure: the segment is in neither language


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslateOptions:
    """What to translate into, and how.

    Attributes:
        target: The language that everything is put into.
        source: Taken for the language of every segment that bears one; None is what was detected.
        decoding: How hypotheses are searched for.
    """

    target: LanguageCode
    source: LanguageCode | None = None
    decoding: DecodingOptions = field(default_factory=DecodingOptions)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A rung of the ladder: how a text is put to the model."""

    decoding: DecodingOptions
    split_numbers: bool = False
    lowered: bool = False


def translate_segments(
    blocks: Sequence[SegmentedBlock], load: LoadBackend, options: TranslateOptions
) -> list[tuple[Translation, ...]]:
    """Translates the segments of many blocks in as few model calls as there are directions and retries.

    A segment whose hypotheses all fail a check keeps its source text, as `TranslationKind.FAILED`.

    Args:
        blocks: Blocks with their segments, languages detected.
        load: Gives the backend of a direction; called only for directions that occur.
        options: Target language and decoding.

    Returns:
        For each block its translations, same length and order as its segments.
    """
    wanted: dict[Direction, dict[str, None]] = {}
    for block, segments in blocks:
        for segment in segments:
            direction = _direction_of(block, segment, options)
            if direction is not None:
                wanted.setdefault(direction, {})[unwrap(segment.text, block.line_prefix)] = None
    answers = {
        direction: _translate_texts(list(texts), load(direction), options.decoding)
        for direction, texts in wanted.items()
    }
    return [
        tuple(_outcome(block, segment, answers, options) for segment in segments)
        for block, segments in blocks
    ]


def _language_of(segment: Segment, options: TranslateOptions) -> str | None:
    if segment.language is None or options.source is None:
        return segment.language
    return options.source


def _direction_of(block: Block, segment: Segment, options: TranslateOptions) -> Direction | None:
    language = _language_of(segment, options)
    if not block.kind.is_translated or language == options.target:
        return None
    for source in LANGUAGES:
        if language == source:
            return Direction(source, options.target)
    return None


def _outcome(
    block: Block,
    segment: Segment,
    answers: dict[Direction, dict[str, _Answer]],
    options: TranslateOptions,
) -> Translation:
    direction = _direction_of(block, segment, options)
    if direction is None:
        language = _language_of(segment, options)
        foreign = block.kind.is_translated and language is not None and language not in LANGUAGES
        checks = (OTHER_LANGUAGE,) if foreign else ()
        return Translation(segment, segment.text, TranslationKind.KEPT, None, checks)
    answer = answers[direction][unwrap(segment.text, block.line_prefix)]
    if answer.text is None:
        return Translation(segment, segment.text, TranslationKind.FAILED, answer.score, answer.checks)
    kind = TranslationKind.KEPT if answer.kept else TranslationKind.TRANSLATED
    return Translation(segment, answer.text, kind, answer.score)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What became of a text: None where every attempt failed; then the checks of the last. A name may be kept."""

    text: str | None
    score: float | None
    checks: tuple[str, ...] = ()
    kept: bool = False


def _translate_texts(texts: Sequence[str], backend: Backend, decoding: DecodingOptions) -> dict[str, _Answer]:
    """Climbs the ladder: as it is, without repetitions, in pieces around numbers; failures only go on."""
    ladder = (
        _Attempt(decoding),
        _Attempt(replace(decoding, repetition_ngram=3)),
        _Attempt(replace(decoding, repetition_ngram=3), split_numbers=True),
    )
    done: dict[str, _Answer] = {}
    for attempt in ladder:
        open_texts = [text for text in texts if text not in done or done[text].text is None]
        for text, (target, score) in zip(open_texts, _attempt(open_texts, backend, attempt), strict=True):
            checks = failed_checks(text, target)
            done[text] = _Answer(None if checks else target, score, checks)
    return done | _asked_again(done, backend, decoding)


def _asked_again(done: dict[str, _Answer], backend: Backend, decoding: DecodingOptions) -> dict[str, _Answer]:
    """Headings asked in small letters, as models know their words, where that answer is the better one."""
    doubtful = [
        text
        for text, one in done.items()
        if _LONE.fullmatch(text) or _is_copy(text, one.text, backend.direction)
    ]
    better: dict[str, _Answer] = {}
    again = _attempt(doubtful, backend, _Attempt(decoding, lowered=True))
    for text, (target, score) in zip(doubtful, again, strict=True):
        first = done[text]
        sound = not failed_checks(text, target) and not _is_same(text, target)
        if score is None or (first.score is None and not sound):
            continue
        # A word that the model has whole is a translation; one that it spells may be a name, and misspelled.
        known = _has_words(target, backend)
        copied = _is_same(text, first.text)
        was = _UNSURE - 1 if first.score is None or first.text is None else first.score
        if sound and (known if copied else score > max(was, _UNSURE)):
            better[text] = _Answer(target, score)
        elif (
            _LONE.fullmatch(text) and max(was, score) < _UNSURE and not _has_words(first.text or "", backend)
        ):
            better[text] = _Answer(text, score, kept=True)  # unknown in either form, and spelled: a name
    return better


def _has_words(target: str, backend: Backend) -> bool:
    return all(backend.is_whole(word.lower()) for word in _WORD.findall(target))


def _is_same(source: str, target: str | None) -> bool:
    return target is not None and source.casefold() == target.casefold()


def _is_copy(source: str, target: str | None, direction: Direction) -> bool:
    """Whether a source came back as it was, as short headings do, and is no name or title.

    Several words with capitals may be one ("Novo Nordisk"), unless they are surely of the source language.
    """
    if not _is_same(source, target):
        return False
    if source.islower() or len(source.split()) == 1:
        return True
    language, confidence = language_of(source)
    return language == direction.source and confidence >= _COPY_SURE


def _is_title_in(target: LanguageCode) -> Callable[[str], bool]:
    """Whether a passage set off within a sentence is in the target language already, as a cited title may be."""

    def keep(passage: str) -> bool:
        if len(passage.split()) < _TITLE_WORDS:
            return False
        language, confidence = language_of(passage)
        return language == target and confidence >= _TITLE_SURE

    return keep


def _attempt(texts: Sequence[str], backend: Backend, attempt: _Attempt) -> list[tuple[str, float | None]]:
    keep = _is_title_in(backend.direction.target)

    def fits(part: str) -> bool:
        return backend.count_tokens(part) <= backend.max_tokens

    cut: list[tuple[Piece, ...]] = []
    for text in texts:
        pieces: list[Piece] = []
        for piece in split_protected(text, numbers=attempt.split_numbers, keep=keep):
            if piece.kept:
                pieces.append(piece)
                continue
            for i, part in enumerate(split_long(piece.text, fits)):
                if i:
                    pieces.append(Piece(" ", kept=True))
                pieces.append(Piece(part, kept=not fits(part)))
        cut.append(tuple(pieces))
    asked = lowered if attempt.lowered else plain
    sources = [asked(piece.text) for pieces in cut for piece in pieces if not piece.kept]
    hypotheses = iter(backend.translate(sources, attempt.decoding) if sources else [])
    results: list[tuple[str, float | None]] = []
    for done in cut:
        parts: list[str] = []
        scores: list[float] = []
        for piece in done:
            if piece.kept:
                parts.append(piece.text)
            else:
                hypothesis = next(hypotheses)
                named = with_names(
                    plain(piece.text), hypothesis.text, backend.direction.target, backend.is_whole
                )
                parts.append(dressed(piece.text, named))
                scores.append(hypothesis.score)
        results.append(("".join(parts), min(scores) if scores else None))
    return results
