"""Which sentences of a text a claim rests on, and whether they say what it says.

A claim's sources are found by the terms that it shares with them, the rarer the heavier, names and numbers
heaviest; inflections and parts of compounds count in part. Then it is checked for names, numbers, dates and
negation, as Kryscinski et al. (2020), "Evaluating the Factual Consistency of Abstractive Text Summarization",
section 3, sort the faults of summarisers; and by a model of inference where one is given.
docs/summaries.md measures how many faults that finds.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from tosprog.pipeline.protect import numbers_of
from tosprog.pipeline.terms import stems

MOST_SOURCES = 3  # a sentence of a summary rarely joins more
LEAST_COVERAGE = 0.5  # of a claim's weight of terms; half of what it says must be there
LEAST_GAIN = 0.12  # of that weight, by which a further source must add
LEAST_ENTAILMENT = 0.5
_FACT_WEIGHT = 2.0  # of a name or number against a word
_RELATED = 0.6  # of a term's weight for a relative: the same word formed otherwise, or a part of a compound
_PREFIX = 5  # letters that relatives begin with alike
_GRAMS = 0.5  # share of 4-grams that relatives have in common

# What summaries say about a text, not from it.
_ABOUT = frozenset(
    "text essay articl author passag summari summar discuss highlight emphas describ explain mention state argu "
    "focus explor present note import tekst essay artikl forfatt handl beskriv forklar nævn omtal".split()
)
_NUMBER_WORDS = {  # from 2 on: "one" and "en" are as often no number
    "en": "two three four five six seven eight nine ten eleven twelve",
    "da": "to tre fire fem seks syv otte ni ti elleve tolv",
}
_VALUES = {
    language: {word: str(value) for value, word in enumerate(words.split(), start=2)}
    for language, words in _NUMBER_WORDS.items()
}
_DATES = frozenset(
    "january february march april may june july august september october november december monday tuesday "
    "wednesday thursday friday saturday sunday januar februar marts maj juni juli oktober mandag tirsdag onsdag "
    "torsdag fredag lørdag søndag".split()
)
_NEGATORS = frozenset(
    "not no never none nobody nothing neither nor without cannot hardly barely lack lacks lacked lacking fail fails "
    "failed refuse refused rarely seldom few little rather instead ikke ingen"
    " intet aldrig uden hverken næppe knap mangler "
    "manglede manglende undlod sjældent få ej frem stedet".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_GENITIVE = re.compile(r"['’]?s?$")


class Entails(Protocol):
    """What tells how likely a premise entails a hypothesis."""

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """One for each premise and hypothesis, 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Support:
    """What a claim rests on.

    Attributes:
        sources: Indices of sentences with the share of the claim's terms that each has, best first; at least one
            unless the text is empty.
        coverage: Share of the claim's terms that they have together.
        failed: Names of the checks that fired; empty where the claim is supported.
    """

    sources: tuple[tuple[int, float], ...]
    coverage: float
    failed: tuple[str, ...]


class SourceText:
    """Sentences prepared to be looked up in."""

    def __init__(
        self,
        sentences: Sequence[str],
        language: str | None,
        *,
        context: str = "",
        entailment: Entails | None = None,
    ) -> None:
        """Counts the terms.

        Args:
            sentences: Of the text, in one language.
            language: Theirs and the claims'.
            context: Headings and the like: names may come from there.
            entailment: A model of inference that reads the language.
        """
        self._sentences = tuple(sentences)
        self._language = language
        self._terms = [_terms(sentence, language) for sentence in sentences]
        self._frequency = Counter(term for terms in self._terms for term in terms)
        self._context = context
        self._entailment = entailment

    def support(self, claim: str) -> Support:
        """Finds the sources of a claim and checks it against them."""
        weights = {
            term: self._rarity(term) * (_FACT_WEIGHT if term[0] in "#@" else 1.0)
            for term in _terms(claim, self._language)
        }
        total = sum(weights.values())
        sources, coverage = self._cover(weights, total)
        premise = " ".join(self._sentences[i] for i, _ in sorted(sources))
        failed = tuple(
            name for name, fires in CHECKS.items() if fires(claim, premise, self._language, self._context)
        )
        if coverage < LEAST_COVERAGE or not sources:
            failed = ("source", *failed)
        if self._entailment is not None and not failed:
            (probability,) = self._entailment.probabilities([(premise, claim)])
            if probability < LEAST_ENTAILMENT:
                failed = ("entailment",)
        return Support(tuple((i, round(share, 4)) for i, share in sources), round(coverage, 4), failed)

    def _rarity(self, term: str) -> float:
        return math.log(1 + len(self._sentences) / max(1, self._frequency[term]))

    def _cover(self, weights: dict[str, float], total: float) -> tuple[list[tuple[int, float]], float]:
        """Takes sentences one by one, each time the one that adds most of the claim's weight."""
        if not total or not self._sentences:
            return [], 0.0
        shares = [
            {term: weight * _match(term, terms) for term, weight in weights.items()} for terms in self._terms
        ]
        covered = dict.fromkeys(weights, 0.0)
        chosen: list[tuple[int, float]] = []
        while len(chosen) < MOST_SOURCES:
            gains = [sum(max(0.0, share[t] - covered[t]) for t in weights) / total for share in shares]
            best = max(range(len(gains)), key=gains.__getitem__)
            if chosen and gains[best] < LEAST_GAIN:
                break
            chosen.append((best, sum(shares[best].values()) / total))
            covered = {term: max(covered[term], shares[best][term]) for term in weights}
        return chosen, sum(covered.values()) / total


def _terms(text: str, language: str | None) -> frozenset[str]:
    """Stems, with ``#`` before a number and ``@`` before a name."""
    found = {term.partition(":")[2] for term in stems(text, language) if ":" in term} - _ABOUT
    names = {_GENITIVE.sub("", name).lower() for name in _names(text)}
    for name in names:
        found = {term for term in found if not name.startswith(term)}
    return frozenset(
        found | {f"#{number}" for number in _numbers(text, language)} | {f"@{name}" for name in names}
    )


def _match(term: str, terms: frozenset[str]) -> float:
    """1 where a sentence has the term, less where it has a relative of it, 0 otherwise."""
    if term in terms:
        return 1.0
    if term[0] == "#":
        return 0.0
    bare = term.removeprefix("@")
    return _RELATED if any(_are_related(bare, other.removeprefix("@")) for other in terms) else 0.0


@lru_cache(maxsize=100_000)
def _are_related(left: str, right: str) -> bool:
    if left == right:
        return True
    short, long = sorted((left, right), key=len)
    if len(short) < _PREFIX:
        return False
    if short[:_PREFIX] == long[:_PREFIX] or long.endswith(short):
        return True
    grams = [{word[i : i + 4] for i in range(len(word) - 3)} for word in (left, right)]
    return len(grams[0] & grams[1]) >= _GRAMS * max(map(len, grams))


def _names(text: str) -> set[str]:
    """Words with a capital that no sentence start explains, abbreviations, and mixed case."""
    words = list(_WORD.finditer(text))
    names = set()
    for i, match in enumerate(words):
        word = match[0]
        opens = i == 0 or text[: match.start()].rstrip(" \"'“”‘’«»(")[-1:] in tuple(".!?:")
        inner = word[1:]
        if word in ("I", "De", "Dem", "Deres") or word.lower() in _DATES:
            continue
        if inner.lower() != inner or (word[0].isupper() and not opens):
            names.add(word)
    return names


def _numbers(text: str, language: str | None) -> set[str]:
    values = _VALUES.get(language or "", {})
    return {
        *numbers_of(text),
        *(values[word] for word in map(str.lower, _WORD.findall(text)) if word in values),
    }


def has_other_numbers(claim: str, premise: str, language: str | None, context: str) -> bool:
    """A number that the sources do not have, as digits or as a word."""
    return bool(_numbers(claim, language) - _numbers(premise, language) - _numbers(context, language))


def has_other_names(claim: str, premise: str, language: str | None, context: str) -> bool:
    """A name that neither the sources nor the headings have."""
    known = {_GENITIVE.sub("", word).lower() for word in _WORD.findall(f"{premise} {context}")}
    parts = {part for word in known for part in re.split(r"[-’']", word)}
    return any(
        _GENITIVE.sub("", name).lower() not in known | parts
        and not all(part in parts for part in re.split(r"[-’']", name.lower()))
        for name in _names(claim)
    )


def has_other_dates(claim: str, premise: str, language: str | None, context: str) -> bool:
    """A month or day of the week that the sources do not have. "may" is one only with a capital."""
    found = {
        w.lower() for w in _WORD.findall(claim) if w.lower() in _DATES and (w.lower() != "may" or w == "May")
    }
    return bool(found - {word.lower() for word in _WORD.findall(f"{premise} {context}")})


def has_other_negation(claim: str, premise: str, language: str | None, context: str) -> bool:
    """What one denies, the other does not: a negator whose next words the other has without one."""
    return _denies_more(claim, premise, language) or _denies_more(premise, claim, language)


def _denies_more(left: str, right: str, language: str | None) -> bool:
    """Whether the left denies what the right has, and has no negator near to."""
    shared = set(stems(right, language))
    denied = set().union(*_scopes(right, language, 2, 5))
    return any(
        len(scope) >= 2 and scope <= shared and not scope & denied for scope in _scopes(left, language, 1, 2)
    )


def _is_negator(word: str) -> bool:
    return word in _NEGATORS or word.endswith(("n't", "n’t"))


def _scopes(text: str, language: str | None, before: int, behind: int) -> list[set[str]]:
    """For each negator the stems of so many content words before and behind it, within its clause."""
    found = []
    for clause in re.split(r"[.;:!?]|, (?:but|men)\b", text):
        words = _WORD.findall(clause)
        for i, word in enumerate(map(str.lower, words)):
            if not _is_negator(word):
                continue
            if word in ("not", "ikke") and words[i + 1 : i + 2] in (["only"], ["kun"], ["just"], ["bare"]):
                continue
            first = [stem for one in words[:i] for stem in stems(one, language)][-before:]
            last = [stem for one in words[i + 1 :] for stem in stems(one, language)][:behind]
            found.append({*first, *last})
    return found


Check = Callable[[str, str, str | None, str], bool]
CHECKS: dict[str, Check] = {  # claim, sources, language, headings -> whether the claim is not what they say
    "numbers": has_other_numbers,
    "names": has_other_names,
    "dates": has_other_dates,
    "negation": has_other_negation,
}
