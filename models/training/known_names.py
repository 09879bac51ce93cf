"""Names that come over as they are, counted in the pairs that the weights are trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tosprog.models.known_names import WORD, KnownNames, is_within
from tosprog.models.languages import LanguageCode
from tosprog.models.training.corpora import Pair, kind_of

_LEAST_LETTERS = 4
_LEAST_SEEN = 2  # sentences
_LEAST_ALIKE = 0.9  # of them whose other side has the name too
_MOST_SMALL = 0.02  # of its uses; more, and it is a word as well
_KINDS = ("sentences", "prose")  # written with care, and with no name put in another's place


@dataclass(frozen=True, slots=True)
class NameCounts:
    """How often a word comes within a sentence with a capital, so on the other side too, and in small letters."""

    capital: Counter[str] = field(default_factory=Counter)
    alike: Counter[str] = field(default_factory=Counter)
    small: Counter[str] = field(default_factory=Counter)


def _capitals_within(text: str) -> Iterator[str]:
    """The words that have a capital, and not for opening something."""
    for found in list(WORD.finditer(text))[1:]:
        word = found[0]
        if word[0].isupper() and word[1:].islower() and is_within(text, found.start()):
            yield word


def count_names(pairs: Iterable[Pair], language: LanguageCode) -> NameCounts:
    """Counts one side of the pairs.

    Args:
        pairs: Of packs; those of other kinds of text than prose count for small letters only.
        language: Of the side whose names are wanted.
    """
    counts = NameCounts()
    for pair in pairs:
        kind = kind_of(pair.corpus)
        if kind not in (*_KINDS, "interface"):
            continue
        own, theirs = (pair.danish, pair.english) if language == "da" else (pair.english, pair.danish)
        counts.small.update(word for word in WORD.findall(own) if word.islower())
        if kind not in _KINDS or own.istitle():
            continue
        there: set[str] | None = None
        for word in set(_capitals_within(own)):
            if len(word) < _LEAST_LETTERS:
                continue
            there = set(WORD.findall(theirs)) if there is None else there
            counts.capital[word] += 1
            counts.alike[word] += word in there or f"{word}s" in there
    return counts


def chosen_names(counts: NameCounts) -> KnownNames:
    """Those that text shows to be names, and to be the same in the other language."""
    names = {
        word
        for word, seen in counts.capital.items()
        if seen >= _LEAST_SEEN and counts.alike[word] >= _LEAST_ALIKE * seen
    }
    sure = {word for word in names if counts.small[word.lower()] <= _MOST_SMALL * counts.capital[word]}
    return KnownNames(frozenset(sure), frozenset(names - sure))
