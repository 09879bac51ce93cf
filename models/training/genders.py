"""Which gender a Danish noun has, counted in the text that the weights are trained on.

Two kinds of evidence have to agree: the article ("en tank", "den nye tank", "min tank") and the ending of the definite
form ("tanken"). What text has with both genders, as "en øl" and "et øl", is sure of none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from tosprog.models.genders import Gender, Genders
from tosprog.models.training.corpora import SYNTHETIC, Pair, kind_of

_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[^\w\s]|\d+")
_ARTICLES: dict[str, Gender] = {
    "en": "common",
    "et": "neuter",
    "den": "common",
    "det": "neuter",
    "min": "common",
    "mit": "neuter",
    "din": "common",
    "dit": "neuter",
    "sin": "common",
    "sit": "neuter",
}
_PRONOUNS = frozenset(("den", "det"))  # no evidence without an adjective behind: "det hus", "det er"
_VOWELS = frozenset("aeiouyæøå")
_LEAST_SEEN = 5  # times, articles and endings together
_LEAST_WITH_ARTICLE = 2
_SLIPS = 0.05  # of what is seen with articles may be of the other gender
_LIKE_ENDINGS = 0.25  # of the endings: "regnet" is no form of the noun "regn"
_SLIPS_IN_ALL = 0.05
_LEAST_SHARE = 0.01  # of all its uses: "et andet jeg" makes no noun of "jeg"
_FORM_SEEN = 2  # times, of each form of an adjective
_BEFORE_NOUN = 0.25  # of its uses behind an article: "det ikke" has no noun behind it
_AS_NOUN = 0.02  # of "dele" may be "delen": more, and "del" is no adjective
_NO_NOUN_FROM = 20  # times without an article: "udover" is no kind of "over"


@dataclass(frozen=True, slots=True)
class Counts:
    """How often words come, behind which articles, and how often with one word between; all in small letters."""

    words: Counter[str] = field(default_factory=Counter)
    behind: Counter[tuple[str, str]] = field(default_factory=Counter)
    after_one: Counter[tuple[str, str, str]] = field(default_factory=Counter)


def danish_texts(pairs: Iterable[Pair]) -> set[str]:
    """The Danish sides that people wrote, each once: no dictionary's, and none with a name put in another's place."""
    return {
        pair.danish
        for pair in pairs
        if kind_of(pair.corpus) in ("sentences", "prose", "interface")
        or pair.corpus.startswith(f"{SYNTHETIC}da")
    }


def count_articles(texts: Iterable[str]) -> Counts:
    """Counts Danish sentences, each of which should come once."""
    counts = Counts()
    for text in texts:
        words = [token.lower() for token in _TOKEN.findall(text)]
        counts.words.update(words)
        for at, word in enumerate(words[:-1]):
            if word in _ARTICLES:
                counts.behind[word, words[at + 1]] += 1
                if at + 2 < len(words):
                    counts.after_one[word, words[at + 1], words[at + 2]] += 1
    return counts


def chosen_genders(counts: Counts, is_word: Callable[[str], bool]) -> Genders:
    """The nouns whose gender is beyond doubt, and the adjectives.

    Args:
        counts: From `count_articles`.
        is_word: Tells what a compound may begin with.
    """
    some = Genders(adjectives=frozenset(_adjectives(counts)))
    seen = _with_articles(counts, some)
    nouns = {word: _gender_of(word, seen, counts.words) for _, word in seen}
    some = replace(
        some,
        common=frozenset(word for word, gender in nouns.items() if gender == "common"),
        neuter=frozenset(word for word, gender in nouns.items() if gender == "neuter"),
    )
    unsure = (word for word in counts.words if word not in some.common and word not in some.neuter)
    unsure = (word for word in unsure if _contradicts(word, seen, counts.words[word], some.of(word, is_word)))
    return replace(
        some,
        unsure=frozenset(unsure),
        same=frozenset(_between(counts, some, "en", "et") - some.adjectives),
        weak=frozenset(_between(counts, some, "den", "det")),
    )


def _adjectives(counts: Counts) -> Iterable[str]:
    """Those that have all their forms: "en stor", "et stort", "store"."""
    for (article, word), times in counts.behind.items():
        if (
            article == "en"
            and times >= _FORM_SEEN
            and counts.behind["et", f"{word}t"] >= _FORM_SEEN
            and counts.words[f"{word}e"] >= _FORM_SEEN
            and counts.words[f"{word}en"] <= _AS_NOUN * counts.words[f"{word}e"]
        ):
            yield word


def _with_articles(counts: Counts, some: Genders) -> Counter[tuple[Gender, str]]:
    """How often each word is the noun of an article of a gender."""
    seen: Counter[tuple[Gender, str]] = Counter()
    for (article, word), times in counts.behind.items():
        if article not in _PRONOUNS:
            seen[_ARTICLES[article], word] += times
    for (article, between, word), times in counts.after_one.items():
        is_indefinite = article in ("en", "et")
        if some.is_adjective(between, definite=not is_indefinite):
            seen[_ARTICLES[article], word] += times
    return seen


def _definite(word: str, words: Mapping[str, int]) -> tuple[int, int]:
    """How often the definite forms come, common and neuter."""
    stems = [word]
    if word[-1] not in _VOWELS and len(word) > 2 and word[-2] in _VOWELS:
        stems.append(word + word[-1])  # "katten"
    if word.endswith(("el", "er")):
        stems.append(word[:-2] + word[-1])  # "cyklen"
    if word.endswith("um"):
        stems.append(word[:-2])  # "museet"
    common = sum(words.get(f"{stem}en", 0) for stem in stems)
    neuter = sum(words.get(f"{stem}et", 0) for stem in stems)
    if word.endswith("e"):
        common, neuter = common + words.get(f"{word}n", 0), neuter + words.get(f"{word}t", 0)
    return common, neuter


def _gender_of(word: str, seen: Mapping[tuple[Gender, str], int], words: Mapping[str, int]) -> Gender | None:
    if len(word) < 2 or not word.isalpha():
        return None
    articles = seen.get(("common", word), 0), seen.get(("neuter", word), 0)
    endings = _definite(word, words)
    genders: tuple[Gender, Gender] = ("common", "neuter")
    for own, other in ((0, 1), (1, 0)):
        total, against = articles[own] + endings[own], articles[other] + endings[other]
        if (
            articles[own] >= _LEAST_WITH_ARTICLE
            and endings[own] > 0
            and total >= max(_LEAST_SEEN, _LEAST_SHARE * words.get(word, 0))
            and articles[other] <= _SLIPS * articles[own]
            and endings[other] <= _LIKE_ENDINGS * endings[own]
            and against <= _SLIPS_IN_ALL * total
        ):
            return genders[own]
    return None


def _contradicts(word: str, seen: Mapping[tuple[Gender, str], int], times: int, guess: Gender | None) -> bool:
    """Whether text has a word otherwise than its last part would let one think, or so often with no article at all."""
    if guess is None:
        return False
    own, other = (
        seen.get((gender, word), 0) for gender in (guess, "neuter" if guess == "common" else "common")
    )
    return other > 0 or (own == 0 and times >= _NO_NOUN_FROM)


def _between(counts: Counts, some: Genders, common: str, neuter: str) -> set[str]:
    """The words that stand between articles and nouns of either gender: "en lille tank", "det store hus"."""
    before: Counter[tuple[str, str]] = Counter()
    for (article, between, word), times in counts.after_one.items():
        if (article == common and word in some.common) or (article == neuter and word in some.neuter):
            before[article, between] += times
    nouns = some.common | some.neuter
    return {
        word
        for article, word in before
        if article == common
        and word not in nouns
        and all(
            before[one, word] >= max(_FORM_SEEN, _BEFORE_NOUN * counts.behind[one, word])
            for one in (common, neuter)
        )
    }
