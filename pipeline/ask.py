"""Puts texts to a model, and says what came of each: a ladder of attempts, of which only failures climb on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tosprog.models.base import Backend, DecodingOptions, Hypothesis
from tosprog.models.languages import Direction, LanguageCode
from tosprog.pipeline.carry import Carried, carry
from tosprog.pipeline.checks import failed_checks
from tosprog.pipeline.clauses import split_long
from tosprog.pipeline.detect import language_of
from tosprog.pipeline.keep import Finder
from tosprog.pipeline.numerals import localize_numbers
from tosprog.pipeline.proper_names import with_names
from tosprog.pipeline.protect import NUMBER, Piece, split_protected
from tosprog.pipeline.switches import titles_in
from tosprog.pipeline.typography import dressed, lowered, plain

_TITLE_WORDS, _TITLE_SURE = 2, 0.95  # shorter or less sure: the sentence's own language
_COPY_SURE = 0.8
_UNSURE = -1.0  # mean log probability: below it most answers to a single word are wrong
_LONE = re.compile(r"[^\W\d_][a-zæøå]{2,}")  # a heading of one word
_WORD = re.compile(r"[^\W\d_]+")
_IMAGE = re.compile(r"(?<=!\[)[^\[\]]+(?=\]\()")  # the description of a picture in Markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOptions:
    """How texts are put to a model.

    Attributes:
        decoding: How hypotheses are searched for.
        keep: What matches one of these is kept as it is.
        localize_numbers: Whether numbers are written as the target language does.
        markup: Whether Markdown and HTML within the texts are markup.
    """

    decoding: DecodingOptions
    keep: tuple[Finder, ...] = ()
    localize_numbers: bool = False
    markup: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a text.

    Attributes:
        text: The translation, None where every attempt failed.
        score: Of the last attempt.
        checks: Those that failed, of the last attempt.
        kept: Whether the text is a name, and stays.
        attempts: How often it was put to the model.
    """

    text: str | None
    score: float | None
    checks: tuple[str, ...] = ()
    kept: bool = False
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Attempt:
    """A rung of the ladder: how a text is put to the model."""

    decoding: DecodingOptions
    carried: bool = True
    around_numbers: bool = False  # numbers are protected too
    lowered: bool = False


_Result = tuple[str | None, float | None]


def ask(texts: Sequence[str], backend: Backend, options: AskOptions) -> dict[str, Answer]:
    """Translates texts, each of which is asked once.

    Whole sentences first, with what is protected carried through (`tosprog.pipeline.carry`); those that fail a
    check, or lost something, without repetitions, then with their numbers carried as well; then in pieces between
    the protected spans, and at last in pieces around numbers too.

    Args:
        texts: Sentences, each on one line.
        backend: The model of a direction.
        options: How they are put to it.
    """
    texts = list(dict.fromkeys(texts))
    described = _with_descriptions(texts, backend, options)
    asker = Asker(backend, options, described)
    once = replace(options.decoding, repetition_ngram=3)
    ladder = (
        Attempt(options.decoding),
        Attempt(once),
        Attempt(options.decoding, around_numbers=True),
        Attempt(options.decoding, carried=False),
        Attempt(once, carried=False, around_numbers=True),
    )
    done: dict[str, Answer] = {}
    for attempt in ladder:
        open_texts = [text for text in texts if text not in done or done[text].text is None]
        # What has nothing in it to carry, or to go around, was asked just so before.
        if attempt == ladder[2]:
            open_texts = [text for text in open_texts if NUMBER.search(asker.taken(text).plain)]
        elif attempt == ladder[3]:
            open_texts = [text for text in open_texts if not asker.taken(text).is_bare]
        for text, (target, score) in zip(open_texts, asker.attempt(open_texts, attempt), strict=True):
            checks = ("markup",) if target is None else failed_checks(text, target)
            before = done[text].attempts if text in done else 0
            done[text] = Answer(None if checks else target, score, checks, attempts=before + 1)
    again = _asked_again(done, asker, options.decoding)
    return done | {text: replace(one, attempts=done[text].attempts + 1) for text, one in again.items()}


def _with_descriptions(texts: Sequence[str], backend: Backend, options: AskOptions) -> dict[str, str]:
    """Each text with the descriptions of its pictures translated: they are no part of its sentences."""
    source, target = backend.direction.source, backend.direction.target
    found: dict[str, None] = {}
    for text in texts if options.markup else ():
        for description in _IMAGE.findall(text):
            language, confidence = language_of(description)
            if language == source or (language == target and confidence < _TITLE_SURE):
                found[description] = None
    answers = ask(list(found), backend, options) if found else {}

    def translated(match: re.Match[str]) -> str:
        answer = answers.get(match[0])
        return match[0] if answer is None or answer.text is None else answer.text

    return {text: _IMAGE.sub(translated, text) if answers else text for text in texts}


class Asker:
    """Puts texts to one model; what was taken out of each is found once."""

    def __init__(self, backend: Backend, options: AskOptions, described: dict[str, str]) -> None:
        self.backend = backend
        self._options = options
        self._described = described
        self._keep = _is_title_in(backend.direction.target)
        self._taken: dict[tuple[str, bool], Carried] = {}

    def taken(self, text: str, around_numbers: bool = False) -> Carried:
        """The text with what is protected taken out."""
        key = (text, around_numbers)
        if key not in self._taken:
            patterns = self._patterns(text)
            if around_numbers:
                patterns = (*patterns, NUMBER)
            self._taken[key] = carry(
                self._described[text], keep=self._keep, patterns=patterns, markup=self._options.markup
            )
        return self._taken[key]

    def _patterns(self, text: str) -> tuple[Finder, ...]:
        """What is kept of a text: what the user says, and titles in the target language."""
        titles = titles_in(text, self.backend.direction.source)
        return (*self._options.keep, *(re.compile(re.escape(title)) for title in titles))

    def attempt(self, texts: Sequence[str], attempt: Attempt) -> list[_Result]:
        """Each text's translation, None where a mark found no place; same length and order."""
        results: dict[str, _Result] = {}
        if attempt.carried:
            whole = [text for text in texts if self._fits(self._put(self._plain(text, attempt), attempt))]
            results.update(zip(whole, self._carried(whole, attempt), strict=True))
        rest = [text for text in texts if text not in results]
        results.update(zip(rest, self._in_pieces(rest, attempt), strict=True))
        return [results[text] for text in texts]

    def _plain(self, text: str, attempt: Attempt) -> str:
        return self.taken(text, attempt.around_numbers).plain

    def _fits(self, text: str) -> bool:
        return self.backend.count_tokens(text) <= self.backend.max_tokens

    def _put(self, text: str, attempt: Attempt) -> str:
        """A text as the model is asked it."""
        return lowered(text) if attempt.lowered else plain(text)

    def _finished(self, source: str, hypothesis: Hypothesis) -> str:
        """The hypothesis with the source's names, capitals, quotation marks and numbers."""
        direction = self.backend.direction
        named = with_names(plain(source), hypothesis.text, direction.target, self.backend.is_whole)
        target = dressed(source, named)
        return localize_numbers(target, direction) if self._options.localize_numbers else target

    def _carried(self, texts: Sequence[str], attempt: Attempt) -> list[_Result]:
        results: dict[str, _Result] = {}
        for aligned in (False, True):
            takens = {text: self.taken(text, attempt.around_numbers) for text in texts}
            chosen = [text for text in texts if takens[text].needs_alignment is aligned]
            asked = [text for text in chosen if _has_letters(takens[text].plain)]
            results.update((text, (self._described[text], None)) for text in chosen)
            sources = [self._put(takens[text].plain, attempt) for text in asked]
            decoding = replace(attempt.decoding, align=True) if aligned else attempt.decoding
            hypotheses = self.backend.translate(sources, decoding) if sources else []
            for text, hypothesis in zip(asked, hypotheses, strict=True):
                taken = takens[text]
                target = taken.weave(self._finished(taken.plain, hypothesis), hypothesis.alignment)
                results[text] = (target, hypothesis.score)
        return [results[text] for text in texts]

    def _in_pieces(self, texts: Sequence[str], attempt: Attempt) -> list[_Result]:
        """Translates the pieces between protected spans, long ones cut at clauses: nothing can be lost."""
        cut: list[tuple[Piece, ...]] = []
        for text in texts:
            pieces: list[Piece] = []
            for piece in split_protected(
                self._described[text],
                numbers=attempt.around_numbers,
                keep=self._keep,
                patterns=self._patterns(text),
                markup=self._options.markup,
            ):
                if piece.kept:
                    pieces.append(piece)
                    continue
                for i, part in enumerate(split_long(piece.text, self._fits)):
                    if i:
                        pieces.append(Piece(" ", kept=True))
                    pieces.append(Piece(part, kept=not self._fits(part)))
            cut.append(tuple(pieces))
        sources = [self._put(piece.text, attempt) for pieces in cut for piece in pieces if not piece.kept]
        hypotheses = iter(self.backend.translate(sources, attempt.decoding) if sources else [])
        results: list[_Result] = []
        for done in cut:
            parts: list[str] = []
            scores: list[float] = []
            for piece in done:
                if piece.kept:
                    parts.append(piece.text)
                else:
                    hypothesis = next(hypotheses)
                    parts.append(self._finished(piece.text, hypothesis))
                    scores.append(hypothesis.score)
            results.append(("".join(parts), min(scores) if scores else None))
        return results


def _has_letters(plain_text: str) -> bool:
    return any(char.isalpha() for char in plain_text)


def _asked_again(done: dict[str, Answer], asker: Asker, decoding: DecodingOptions) -> dict[str, Answer]:
    """Headings asked in small letters, as models know their words, where that answer is the better one."""
    backend = asker.backend
    doubtful = [
        text
        for text, one in done.items()
        if _LONE.fullmatch(asker.taken(text).plain) or _is_copy(text, one.text, backend.direction)
    ]
    better: dict[str, Answer] = {}
    again = asker.attempt(doubtful, Attempt(decoding, lowered=True))
    for text, (target, score) in zip(doubtful, again, strict=True):
        first = done[text]
        if score is None or target is None:
            continue
        sound = not failed_checks(text, target) and not _is_same(text, target)
        if first.score is None and not sound:
            continue
        # A word that the model has whole is a translation; one that it spells may be a name, and misspelled.
        known = _has_words(target, backend)
        copied = _is_same(text, first.text)
        was = _UNSURE - 1 if first.score is None or first.text is None else first.score
        lone = _LONE.fullmatch(asker.taken(text).plain)
        if sound and (known if copied else score > max(was, _UNSURE)):
            better[text] = Answer(target, score)
        elif lone and max(was, score) < _UNSURE and not _has_words(first.text or "", backend):
            better[text] = Answer(text, score, kept=True)  # unknown in either form, and spelled: a name
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
