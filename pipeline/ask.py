"""Puts texts to a model, and says what came of each: a ladder of attempts, of which only failures climb on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tosprog.models.base import Backend, DecodingOptions, Hypothesis
from tosprog.models.languages import LanguageCode
from tosprog.pipeline.agreement import agreed
from tosprog.pipeline.carry import Carried, carry
from tosprog.pipeline.checks import failed_checks, hypothesized
from tosprog.pipeline.clauses import split_long
from tosprog.pipeline.confidence import confidence_of, evidence_of
from tosprog.pipeline.detect import language_of
from tosprog.pipeline.document import Step, TermUse
from tosprog.pipeline.glossary import Glossary
from tosprog.pipeline.glossary_enforce import enforcer_of
from tosprog.pipeline.inline import without_tags
from tosprog.pipeline.keep import Finder
from tosprog.pipeline.known_names import exchanged, lost_names, put_back, stand_ins
from tosprog.pipeline.numerals import clocked, localize_numbers, spell_currencies
from tosprog.pipeline.proper_names import with_names
from tosprog.pipeline.protect import NUMBER, QUANTITY, Piece, split_protected
from tosprog.pipeline.switches import titles_in
from tosprog.pipeline.typography import dressed, lowered, plain
from tosprog.pipeline.unknown_words import unknown_words

_TITLE_WORDS, _TITLE_SURE = 2, 0.95  # shorter or less sure: the sentence's own language
_HEADING_WORDS = 12
_STOPS = tuple(".!?…:;")
NAME = "lost name"  # of a step whose answer gave way to one that has the name
UNKNOWN = "unknown word"  # of a step whose answer gave way to one of known words
_OTHERS = 4  # hypotheses looked at, at least, where the best one fails
# An answer with known words may be worse by so much, in mean log probability, and keeps so many of the other words:
# it is the same sentence, better spelled.
_MOST_LOST, _LEAST_KEPT = 0.3, 0.75
_UNSURE = -1.0  # mean log probability: below it most answers to a single word are wrong
_LONE = re.compile(r"[^\W\d_][a-zæøå]{2,}")  # a heading of one word
# Words, and no names, by how they end: "Sammenfatning", "Forgængelighed", "Togetherness".
_FORMED = re.compile(r"\w{6,}(?:ning|else|hed|tion|skab|isme|ness|ment|ship|ism|hood)(?:en|n|er|s)?")
# Names after a colon: "Ida Buch, Rasmus Toft".
_LABELLED = re.compile(r"(?<=\w: )[A-ZÆØÅ][\w.'-]*(?:,? [A-ZÆØÅ][\w.'-]*)+$")
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
        glossary: Terms with the translation that they are to have, or None.
    """

    decoding: DecodingOptions
    keep: tuple[Finder, ...] = ()
    localize_numbers: bool = False
    markup: bool = True
    glossary: Glossary | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a text.

    Attributes:
        text: The translation, None where every attempt failed.
        score: Of the last attempt.
        checks: Those that failed, of the last attempt.
        kept: Whether the text is a name, and stays.
        steps: Each attempt, in order; the last one is that which the text is from, where there is one.
        confidence: Of a model's answer, see `tosprog.pipeline.confidence`; None of a name, and of a double's.
        terms: What became of the glossary's terms in it.
        unknown: Words of it that the language does not have, see `tosprog.pipeline.unknown_words`.
    """

    text: str | None
    score: float | None
    checks: tuple[str, ...] = ()
    kept: bool = False
    steps: tuple[Step, ...] = ()
    confidence: float | None = None
    terms: tuple[TermUse, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A rung of the ladder: how a text is put to the model.

    Attributes:
        name: What people read of it.
        decoding: How hypotheses are searched for.
        applies: To which texts.
        most: How many of the hypotheses are looked at, of which the first that passes is taken; None is all.
        carried: Whether the whole sentence is put to the model, with what is protected carried through.
        around_numbers: Whether numbers are protected too.
        lowered: Whether in small letters.
        label: Whether names after a colon are protected too.
    """

    name: str
    decoding: DecodingOptions
    applies: Callable[[Asker, str, Answer | None], bool] = lambda asker, text, before: True
    most: int | None = None
    carried: bool = True
    around_numbers: bool = False
    lowered: bool = False
    label: bool = False


_Result = tuple[str | None, float | None]


def _has_number(asker: Asker, text: str, before: Answer | None) -> bool:
    return bool(NUMBER.search(asker.taken(text).plain))


def _is_headed(asker: Asker, text: str, before: Answer | None) -> bool:
    """Whether a text is a heading, in capitals or copied: no final stop, and small letters are something else."""
    bare = asker.taken(text).plain
    words = bare.split()
    if len(words) > _HEADING_WORDS or bare[-1:] in _STOPS:
        return False
    copied = before is not None and "copy" in before.checks
    return copied or sum(word[0].isupper() for word in words) > max(1, len(words) // 2)


def _is_labelled(asker: Asker, text: str, before: Answer | None) -> bool:
    """Whether names with something before them ("Present: Ida Buch") came back as they were."""
    return before is not None and "copy" in before.checks and bool(_LABELLED.search(text))


def _is_garbled(asker: Asker, text: str, before: Answer | None) -> bool:
    return before is not None and "characters" in before.checks


def _is_marked(asker: Asker, text: str, before: Answer | None) -> bool:
    return not asker.taken(text).is_bare


def ladder_of(decoding: DecodingOptions) -> tuple[Attempt, ...]:
    """The attempts, in order: each is for the texts that no one before it got through.

    Whole sentences first, with what is protected carried through (`tosprog.pipeline.carry`); the other hypotheses of
    the beam; without characters spelled by bytes, where those went astray; headings in small letters, as models know
    their words; what stands before names; without repetitions;
    with numbers carried as well; then in pieces between the protected spans, and at last in pieces around numbers too.
    """
    # A search has its other hypotheses at hand: to ask for them costs next to nothing, to search again all of it.
    whole = replace(decoding, hypotheses=decoding.width)
    once = replace(decoding, repetition_ngram=3)
    return (
        Attempt("plain", whole, most=1),
        Attempt("other hypotheses", _others(decoding)),
        Attempt("without bytes", replace(decoding, spell_bytes=False), _is_garbled),
        Attempt("small letters", decoding, _is_headed, lowered=True),
        Attempt("before the names", decoding, _is_labelled, carried=False, label=True),
        Attempt("no repetition", once),
        Attempt("around numbers", decoding, _has_number, around_numbers=True),
        Attempt("in pieces", decoding, _is_marked, carried=False),
        Attempt("in pieces, around numbers", once, carried=False, around_numbers=True),
    )


def _others(decoding: DecodingOptions) -> DecodingOptions:
    return replace(decoding, hypotheses=max(_OTHERS, decoding.width))


def ask(
    texts: Sequence[str],
    backend: Backend,
    options: AskOptions,
    fallback: Callable[[], Backend | None] = lambda: None,
) -> dict[str, Answer]:
    """Translates texts, each of which is asked once.

    Args:
        texts: Sentences, each on one line.
        backend: The model of a direction.
        options: How they are put to it.
        fallback: Gives another model of that direction, or None: asked for what fails on every rung of the ladder.
    """
    texts = list(dict.fromkeys(texts))
    asker = Asker(backend, options, _with_descriptions(texts, backend, options))
    done: dict[str, Answer] = {}
    for attempt in ladder_of(options.decoding):
        chosen = [text for text in texts if text not in done or done[text].text is None]
        chosen = [text for text in chosen if attempt.applies(asker, text, done.get(text))]
        _climb(chosen, asker, attempt, done)
    failed = [text for text in texts if done[text].text is None]
    if failed and (other := fallback()) is not None:
        stranger = Asker(other, options, _with_descriptions(failed, other, options))
        _climb(failed, stranger, Attempt("other model", options.decoding), done)
    done |= _asked_again(done, asker, options.decoding)
    done |= _with_names_kept(done, asker, options.decoding)
    return done | _known(done, asker, options.decoding)


def _climb(texts: Sequence[str], asker: Asker, attempt: Attempt, done: dict[str, Answer]) -> None:
    """Puts texts to a model once more, and writes down what came of it."""
    for text, candidates in zip(texts, asker.attempt(texts, attempt), strict=True):
        first = True
        for target, score in candidates:
            checks = asker.faults_of(text, target)
            if first or not checks:
                best = (target, score, checks)
            if not checks:
                break
            first = False
        target, score, checks = best
        before = done[text].steps if text in done else ()
        steps = (*before, Step(attempt.name, score, checks))
        name = asker.is_name(text, target)
        if target is None or checks or name:
            terms = () if checks else asker.terms_of(text, target)
            done[text] = Answer(None if checks else target, score, checks, name, steps, terms=terms)
        else:
            done[text] = asker.accepted(text, target, score, steps)


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
        self._asked: dict[tuple[str, DecodingOptions], Hypothesis] = {}
        self._enforcer = (
            enforcer_of(options.glossary, backend.direction, backend.is_whole) if options.glossary else None
        )

    def taken(self, text: str, around_numbers: bool = False) -> Carried:
        """The text with what is protected taken out."""
        key = (text, around_numbers)
        if key not in self._taken:
            patterns = self._patterns(text)
            if around_numbers:
                patterns = (*patterns, NUMBER)
            taken = carry(
                self._described[text], keep=self._keep, patterns=patterns, markup=self._options.markup
            )
            self._taken[key] = replace(taken, atoms=tuple(self._localized(atom) for atom in taken.atoms))
        return self._taken[key]

    def _localized(self, kept: str) -> str:
        """What is protected as it stands in the translation: an amount or a measure as the language writes it."""
        if not self._options.localize_numbers or not QUANTITY.fullmatch(kept.strip()):
            return kept
        return kept if self._is_kept(kept) else localize_numbers(kept, self.backend.direction)

    def _spelled(self, target: str | None) -> str | None:
        """A translation with its currencies as the language has them, unless the user keeps such things."""
        if target is None or not self._options.localize_numbers or self.backend.direction.target != "da":
            return target
        spelled = spell_currencies(target)
        return target if spelled == target or self._is_kept(target) else spelled

    def _is_kept(self, text: str) -> bool:
        """Whether the user wants something of a text kept as it is."""
        return any(True for finder in self._options.keep for _ in finder.finditer(text))

    def _patterns(self, text: str) -> tuple[Finder, ...]:
        """What is kept of a text: what the user says, and titles in the target language."""
        titles = titles_in(text, self.backend.direction.source)
        return (*self._options.keep, *(re.compile(re.escape(title)) for title in titles))

    def faults_of(self, text: str, target: str | None) -> tuple[str, ...]:
        """The names of the checks that a translation fails; ``markup`` where there is none."""
        if target is None:
            return ("markup",)
        made = hypothesized(text, target, self.backend)
        return failed_checks(made, of_language=not self.backend.is_double)

    def accepted(self, text: str, target: str, score: float | None, steps: tuple[Step, ...]) -> Answer:
        """The answer that a translation makes which passed the checks, with what is known of it."""
        terms = self.terms_of(text, target)
        unknown = self.unknown_in(text, target, terms)
        return Answer(
            target,
            score,
            steps=steps,
            confidence=self._confidence_of(text, target, unknown, steps),
            terms=terms,
            unknown=unknown,
        )

    def _confidence_of(
        self, text: str, target: str, unknown: Sequence[str], steps: Sequence[Step]
    ) -> float | None:
        """How good a translation is likely to be, by its last step; None where that says nothing."""
        score = steps[-1].score
        if score is None or self.backend.is_double:
            return None
        failures = sum(bool(step.checks) for step in steps)
        evidence = evidence_of(text, target, score, failures, unknown, self.backend)
        return confidence_of(evidence, self.backend.signature)

    def unknown_in(self, text: str, target: str, terms: Sequence[TermUse]) -> tuple[str, ...]:
        """The words of a translation that its language, the source and the glossary's terms in it do not have."""
        if self.backend.is_double:
            return ()
        own = " ".join(use.target for use in terms).lower()
        found = unknown_words(text, target, self.backend.direction.target, self.taken(text).plain)
        return tuple(word for word in found if word.lower() not in own)

    def stand_ins_for(self, text: str, target: str) -> Mapping[str, str]:
        """Lost known names, and others for them; none where a glossary or a picture has its say."""
        if self.backend.is_double or self._described[text] != text:
            return {}
        bare, language = self.taken(text).plain, self.backend.direction.source
        return {} if self._has_terms(bare) else stand_ins(text, lost_names(bare, target, language), language)

    def with_others(self, text: str, others: Mapping[str, str]) -> str:
        """The text with other names, ready to be asked."""
        new = exchanged(text, others)
        self._described[new] = new
        return new

    def is_name(self, text: str, target: str | None) -> bool:
        """Whether a text of one word, which came back as it was, is a name."""
        return target == text and bool(_LONE.fullmatch(self.taken(text).plain)) and not self.is_word(text)

    def is_word(self, text: str) -> bool:
        """Whether the source language has the word, as far as the model knows it."""
        return hypothesized(text, text, self.backend).is_source_word(text.lower())

    def attempt(self, texts: Sequence[str], attempt: Attempt) -> list[list[_Result]]:
        """Each text's translations, the best first, None where a mark found no place; same length and order."""
        results: dict[str, list[_Result]] = {}
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
        """The hypothesis with the source's names, capitals, quotation marks and numbers, its own words agreeing."""
        direction = self.backend.direction
        named = with_names(plain(source), hypothesis.text, direction.target, self.backend.is_whole)
        named = clocked(named) if direction.target == "en" else named
        target = dressed(source, self._agreed(source, named))
        return localize_numbers(target, direction, source) if self._options.localize_numbers else target

    def _agreed(self, source: str, target: str) -> str:
        """The target with its articles in the gender of their nouns, unless a glossary wants them otherwise."""
        if self.backend.is_double:
            return target
        better = agreed(target, self.backend.direction.target)
        if better == target or self._enforcer is None:
            return better
        before, after = self.terms_of(source, target), self.terms_of(source, better)
        return better if before == after else target

    def _carried(self, texts: Sequence[str], attempt: Attempt) -> list[list[_Result]]:
        results: dict[str, list[_Result]] = {}
        takens = {text: self.taken(text, attempt.around_numbers) for text in texts}
        termed = {text for text in texts if self._has_terms(self._put(takens[text].plain, attempt))}
        marked = {text for text in texts if takens[text].needs_alignment}
        plain_ones = [text for text in texts if text not in termed and text not in marked]
        for chosen, aligned in (
            (plain_ones, False),
            ([text for text in texts if text in marked and text not in termed], True),
            ([text for text in texts if text in termed], True),
        ):
            asked = [text for text in chosen if _has_letters(takens[text].plain)]
            results.update((text, [(self._described[text], None)]) for text in chosen)
            sources = [self._put(takens[text].plain, attempt) for text in asked]
            decoding = replace(attempt.decoding, align=True) if aligned else attempt.decoding
            if chosen and chosen[0] in termed:
                hypotheses = self._enforced(sources, decoding)
            else:
                hypotheses = self._ask(sources, decoding)
            for text, hypothesis in zip(asked, hypotheses, strict=True):
                taken = takens[text]
                results[text] = [
                    (self._spelled(taken.weave(self._finished(taken.plain, one), one.alignment)), one.score)
                    for one in (hypothesis, *hypothesis.others)[: attempt.most]
                ]
        return [results[text] for text in texts]

    def _ask(self, sources: Sequence[str], decoding: DecodingOptions) -> list[Hypothesis]:
        """As of the backend, which is asked once for what two rungs need."""
        new = [source for source in dict.fromkeys(sources) if (source, decoding) not in self._asked]
        if new:
            found = self.backend.translate(new, decoding)
            self._asked.update(zip(((source, decoding) for source in new), found, strict=True))
        return [self._asked[source, decoding] for source in sources]

    def _has_terms(self, source: str) -> bool:
        return self._enforcer is not None and any(
            not one.is_compound for one in self._enforcer.matches(source)
        )

    def _enforced(self, sources: Sequence[str], decoding: DecodingOptions) -> list[Hypothesis]:
        """Translations with the glossary's terms: looked for in the beam, exchanged for other words, or carried."""
        enforcer = self._enforcer
        if enforcer is None or not sources:
            return []
        wide = replace(decoding, hypotheses=max(_OTHERS, decoding.hypotheses))
        done = [
            enforcer.enforce(source, hypothesis)
            for source, hypothesis in zip(sources, self._ask(sources, wide), strict=True)
        ]
        masks = {
            i: mask
            for i, (source, one) in enumerate(zip(sources, done, strict=True))
            if one.violations and (mask := enforcer.mask(source)) is not None and self._fits(mask.text)
        }
        answers = self._ask([mask.text for mask in masks.values()], wide)
        for (i, mask), answer in zip(masks.items(), answers, strict=True):
            filled = enforcer.fill(mask, answer)
            if filled is not None:
                done[i] = filled
        return [one.hypothesis for one in done]

    def terms_of(self, text: str, target: str | None) -> tuple[TermUse, ...]:
        """What became of the glossary's terms in a translation."""
        if self._enforcer is None or target is None:
            return ()
        return self._enforcer.enforce(
            without_tags(text), Hypothesis(without_tags(target), 0.0), rewrite=False
        ).uses

    def _in_pieces(self, texts: Sequence[str], attempt: Attempt) -> list[list[_Result]]:
        """Translates the pieces between protected spans, long ones cut at clauses: nothing can be lost."""
        cut: list[tuple[Piece, ...]] = []
        for text in texts:
            pieces: list[Piece] = []
            for piece in split_protected(
                self._described[text],
                numbers=attempt.around_numbers,
                keep=self._keep,
                patterns=(*self._patterns(text), *((_LABELLED,) if attempt.label else ())),
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
        hypotheses = iter(self._ask(sources, attempt.decoding))
        results: list[list[_Result]] = []
        for done in cut:
            parts: list[str] = []
            scores: list[float] = []
            for piece in done:
                if piece.kept:
                    parts.append(self._localized(piece.text))
                else:
                    hypothesis = next(hypotheses)
                    parts.append(self._finished(piece.text, hypothesis))
                    scores.append(hypothesis.score)
            results.append([(self._spelled("".join(parts)), min(scores) if scores else None)])
        return results


def _has_letters(plain_text: str) -> bool:
    return any(char.isalpha() for char in plain_text)


def _asked_again(done: dict[str, Answer], asker: Asker, decoding: DecodingOptions) -> dict[str, Answer]:
    """Headings of one word asked in small letters, as models know their words, where that answer is the better one."""
    attempt = Attempt("small letters", decoding, lowered=True)
    lone = [
        text
        for text, one in done.items()
        if _LONE.fullmatch(asker.taken(text).plain) and one.text is not None and not one.kept
    ]
    better: dict[str, Answer] = {}
    for text, ((target, score), *_) in zip(lone, asker.attempt(lone, attempt), strict=True):
        first = done[text]
        if score is None or target is None or first.score is None or first.text is None:
            continue
        checks = asker.faults_of(text, target)
        steps = (*first.steps, Step(attempt.name, score, checks))
        was = first.score
        is_word = bool(_FORMED.fullmatch(text)) or asker.is_word(text)
        if not checks and score > was and (score > _UNSURE or is_word):
            better[text] = asker.accepted(text, target, score, steps)
        elif max(was, score) < _UNSURE and not is_word and not _has_words(first.text, asker.backend):
            better[text] = Answer(
                text, score, kept=True, steps=steps
            )  # unknown in either form, and spelled: a name
    return better


def _with_names_kept(done: dict[str, Answer], asker: Asker, decoding: DecodingOptions) -> dict[str, Answer]:
    """Answers that have the known names that the first ones lost, asked with other names in their place."""
    asked = {
        text: others
        for text, one in done.items()
        if one.text is not None and not one.kept and (others := asker.stand_ins_for(text, one.text))
    }
    attempt = Attempt("known names", decoding, most=1)
    found_for = asker.attempt([asker.with_others(text, others) for text, others in asked.items()], attempt)
    better: dict[str, Answer] = {}
    for (text, others), ((target, score), *_) in zip(asked.items(), found_for, strict=True):
        found = None if target is None else put_back(target, others, text)
        if found is None:
            continue
        steps = (*_given_way(done[text], NAME), Step(attempt.name, score))
        if found == text and text in others:
            better[text] = Answer(found, score, kept=True, steps=steps)
        elif found != text and not asker.faults_of(text, found):
            better[text] = asker.accepted(text, found, score, steps)
    return better


def _known(done: dict[str, Answer], asker: Asker, decoding: DecodingOptions) -> dict[str, Answer]:
    """Answers with fewer words that the language does not have, for those with some: from the beam, or a wider one."""
    better: dict[str, Answer] = {}
    size = 2 * max(_OTHERS, decoding.beam_size)
    for searched in (_others(decoding), replace(decoding, beam_size=size, hypotheses=size)):
        attempt = Attempt("known words", searched)
        odd = [text for text, one in done.items() if one.unknown and text not in better]
        for text, candidates in zip(odd, asker.attempt(odd, attempt), strict=True):
            found = _best_known(text, done[text], candidates, attempt.name, asker)
            if found is not None:
                better[text] = found
    return better


def _best_known(
    text: str, first: Answer, candidates: Sequence[_Result], name: str, asker: Asker
) -> Answer | None:
    """Of the candidates that are the same sentence the one with the fewest such words, if that is fewer than before."""
    steps = _given_way(first, UNKNOWN)
    best: Answer | None = None
    for target, score in candidates:
        if target is None or score is None or first.score is None or score < first.score - _MOST_LOST:
            continue
        one = asker.accepted(text, target, score, (*steps, Step(name, score)))
        fewer = len(one.unknown) < len((best or first).unknown)
        if fewer and _is_near(first, target) and not asker.faults_of(text, target):
            best = one
    return best


def _given_way(first: Answer, reason: str) -> tuple[Step, ...]:
    """The steps of an answer whose last one gives way to another."""
    return (*first.steps[:-1], replace(first.steps[-1], checks=(reason,)))


def _is_near(first: Answer, target: str) -> bool:
    """Whether a translation has most of the known words of another one."""
    words = Counter(_WORD.findall(first.text or "")) - Counter(first.unknown)
    return (words & Counter(_WORD.findall(target))).total() >= _LEAST_KEPT * words.total()


def _has_words(target: str, backend: Backend) -> bool:
    return all(backend.is_whole(word.lower()) for word in _WORD.findall(target))


def _is_title_in(target: LanguageCode) -> Callable[[str], bool]:
    """Whether a passage set off within a sentence is in the target language already, as a cited title may be."""

    def keep(passage: str) -> bool:
        if len(passage.split()) < _TITLE_WORDS:
            return False
        language, confidence = language_of(passage)
        return language == target and confidence >= _TITLE_SURE

    return keep
