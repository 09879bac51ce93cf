"""The words of a language, as text knows them: what a network spells and no text has is likely made up.

A small network writes rare words by their pieces, and some of them come out as words that nobody has ever used
("isalderen" for "istiden"). A list of words tells them, if it knows what a language makes of its words: compounds,
prefixes and endings. It is built from the text that the bundled weights are trained on: `training/words.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from tosprog.models.languages import LanguageCode
from tosprog.models.packed_words import bundled_words, pack_words, unpack_words

_LEAST = 4  # letters; shorter ones are abbreviations as often as words
_MOST = 40  # letters; a longer one is a loop, for other checks
_PART = 3  # letters of a part of a compound
_DEPTH = 3  # parts of a compound


@dataclass(frozen=True, slots=True)
class _Rules:
    """How a language makes words of words: what it puts behind, before and between them."""

    endings: tuple[str, ...]
    prefixes: tuple[str, ...]
    links: tuple[str, ...]
    lost: tuple[str, ...] = ("",)  # what a word may have lost before an ending ("making")
    short: frozenset[str] = frozenset()  # words of less than three letters that begin compounds
    never: frozenset[str] = frozenset()  # longer ones that begin none, though text is full of them


_RULES: dict[LanguageCode, _Rules] = {
    "da": _Rules(
        endings=tuple("s en et n t e er r ere est erne ne ens ets ede ende te".split()),
        prefixes=tuple("u mis gen for anti ikke super multi mini mikro makro ultra pro eks".split()),
        links=("", "s", "e"),
        short=frozenset("by ko bi ur æg øl tv".split()),
        never=frozenset(
            "jeg mig dig sig ham den det der dem som hvad hvem men eller har var blev skal vil kan mit dit sit".split()
        ),
    ),
    "en": _Rules(
        endings=tuple("s es d ed r er rs ers ing ings ly ness ist ists ism al able less ful".split()),
        prefixes=tuple("un re in non pre over under out anti co mis dis inter sub super semi ultra".split()),
        links=("",),
        lost=("", "e", "y"),
        never=frozenset(
            "the and that this was were has had his him its they them she you are but not".split()
        ),
    ),
}


class Wordlist:
    """The words of a language, in small letters, and what can be made of them."""

    def __init__(self, language: LanguageCode, frequent: Iterable[str], rare: Iterable[str] = ()) -> None:
        """Takes the words.

        Args:
            language: Whose rules hold.
            frequent: Words in small letters; compounds may begin with them.
            rare: Others.
        """
        self._rules = _RULES[language]
        self._frequent = frozenset(frequent)
        self._words = self._frequent.union(rare)
        self._known: dict[str, bool] = {}

    def has(self, word: str) -> bool:
        """Whether text has the word, or may be expected to.

        Example:
            >>> words = Wordlist("da", ["hus", "båd"], ["migræne"])
            >>> words.has("Husbåden"), words.has("migrænen"), words.has("migranne")
            (True, True, False)
        """
        word = word.lower()
        if len(word) < _LEAST or len(word) > _MOST or word in self._words:
            return True
        if word not in self._known:
            self._known[word] = self._is_made(word)
        return self._known[word]

    def is_frequent(self, word: str) -> bool:
        """Whether text has the word three times or more."""
        return word.lower() in self._frequent

    def begins_compounds(self, word: str) -> bool:
        """Whether compounds may begin with a word, which is in small letters."""
        if word in self._rules.never:
            return False
        return word in (self._frequent if len(word) >= _PART else self._rules.short)

    def _is_made(self, word: str) -> bool:
        return (
            self._is_inflected(word)
            or any(
                word.startswith(prefix)
                and len(word) >= len(prefix) + _PART
                and (word[len(prefix) :] in self._words or self._is_inflected(word[len(prefix) :]))
                for prefix in self._rules.prefixes
            )
            or self._is_compound(word, _DEPTH)
        )

    def _is_inflected(self, word: str) -> bool:
        for ending in self._rules.endings:
            base = word.removesuffix(ending)
            if len(base) < _PART or base == word:
                continue
            forms = {base + lost for lost in self._rules.lost}
            if base[-1] == "i":
                forms.add(base[:-1] + "y")  # "stories"
            if len(base) > _PART and base[-1] == base[-2]:
                forms.add(base[:-1])  # "stopped", "kattens"
            if forms & self._frequent:
                return True
        return False

    def _is_compound(self, word: str, parts: int) -> bool:
        if parts < 2:
            return False
        for end in range(2, len(word) - _PART + 1):
            if not self.begins_compounds(word[:end]):
                continue
            for link in self._rules.links:
                rest = word[end:].removeprefix(link) if word[end:].startswith(link) else ""
                if len(rest) >= _PART and (
                    rest in self._frequent
                    or (len(rest) > _PART and (rest in self._words or self._is_inflected(rest)))
                    or self._is_compound(rest, parts - 1)
                ):
                    return True
        return False


def read_wordlist(language: LanguageCode, packed: bytes) -> Wordlist:
    """Reads what `write_wordlist` wrote."""
    return Wordlist(language, *unpack_words(packed))


def write_wordlist(frequent: Iterable[str], rare: Iterable[str]) -> bytes:
    """Frequent words, and the others."""
    return pack_words((frequent, rare))


@cache
def wordlist_of(language: LanguageCode) -> Wordlist | None:
    """The list that goes with the bundled weights; None where there is none."""
    packed = bundled_words(language)
    return read_wordlist(language, packed) if packed else None
