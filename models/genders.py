"""The gender of Danish nouns, as text shows it: what "en" and "et", "den" and "det" have to agree with.

A small network often knows the noun and slips on the word before it ("det enestående identitet"). Which gender a noun
has is seen wherever text has it with an article or an ending ("en tank", "tanken"): `training/genders.py` counts that
where the weights are trained. A compound has the gender of its last part.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Literal

from tosprog.models.languages import LanguageCode
from tosprog.models.packed_words import bundled_words, pack_words, unpack_words

Gender = Literal["common", "neuter"]

_HEAD, _FIRST = 3, 2  # letters of the parts of a compound, at least
_LINKS = ("", "s", "e")
# Adjectives by how they end; "-t" is their neuter.
_STRONG = ("lig", "ig", "som", "bar")
_SAME = ("ende", "isk", "et")
_WEAK = ("ende", "ede", "lige", "iske")
_LONG = 6  # letters of such a word, at least: "vig" and "barn" are none
_OWN = {"egen": "eget"}
_OWN_COMMON = {neuter: common for common, neuter in _OWN.items()}
_PRONOUNS = frozenset(("hele",))  # "tage det hele hver gang"


@dataclass(frozen=True, slots=True)
class Genders:
    """Nouns by gender, and adjectives, in small letters.

    Attributes:
        common: Nouns that take "en".
        neuter: Nouns that take "et".
        unsure: Words that text has with both, or that are no nouns, though they end as one.
        adjectives: Those that take "-t" before a neuter noun, without it.
        same: Adjectives that stay as they are behind "en" and "et" ("lille").
        weak: Adjectives as they are behind "den" and "det" ("store").
    """

    common: frozenset[str] = field(default_factory=frozenset)
    neuter: frozenset[str] = field(default_factory=frozenset)
    unsure: frozenset[str] = field(default_factory=frozenset)
    adjectives: frozenset[str] = field(default_factory=frozenset)
    same: frozenset[str] = field(default_factory=frozenset)
    weak: frozenset[str] = field(default_factory=frozenset)

    def of(self, word: str, is_word: Callable[[str], bool]) -> Gender | None:
        """The gender of a noun, None where it is not known for sure.

        Args:
            word: In small letters.
            is_word: Tells what a compound may begin with.

        Example:
            >>> genders = Genders(frozenset(["tank"]), frozenset(["hus"]))
            >>> genders.of("tænketank", lambda first: first == "tænke"), genders.of("tak", lambda first: True)
            ('common', None)
        """
        found = self._listed(word)
        if found is not None or word in self.unsure or self.is_adjective(word, definite=False):
            return found
        for start in range(_FIRST, len(word) - _HEAD + 1):
            head = word[start:]
            gender = self._listed(head)
            if (gender is not None or is_word(head)) and _begins(word[:start], is_word):
                return gender  # the longest head says it, or that it is not known: "karriere-stop", no "karrieres-top"
        return None

    def has(self, word: str) -> bool:
        """Whether text has the word as a noun of one gender, which a compound rule need not guess."""
        return self._listed(word) is not None

    def _listed(self, word: str) -> Gender | None:
        if word in self.common:
            return "common"
        return "neuter" if word in self.neuter else None

    def is_adjective(self, word: str, *, definite: bool) -> bool:
        """Whether a word may stand between an article and its noun: behind "den" if definite, else behind "en"."""
        if self._listed(word) is not None or word in _PRONOUNS:
            return False
        if definite:
            return (
                word in self.weak
                or word in _OWN
                or word in _OWN_COMMON
                or _ends(word, _WEAK)
                or (word.endswith("e") and word[:-1] in self.adjectives)
            )
        return (
            word in self.adjectives
            or word.removesuffix("t") in self.adjectives
            or word in self.same
            or _ends(word, _SAME)
            or _ends(word.removesuffix("t"), _STRONG)
        )

    def inflected(self, adjective: str, gender: Gender) -> str:
        """An adjective as it stands behind "en" or "et"; one that has no such form stays.

        Example:
            >>> genders = Genders(adjectives=frozenset(["stor"]))
            >>> genders.inflected("stor", "neuter"), genders.inflected("politisk", "neuter")
            ('stort', 'politisk')
        """
        if gender == "neuter":
            takes_t = adjective in self.adjectives or _ends(adjective, _STRONG)
            return _OWN.get(adjective, f"{adjective}t" if takes_t else adjective)
        bare = adjective.removesuffix("t")
        loses_t = bare in self.adjectives or _ends(bare, _STRONG)
        return _OWN_COMMON.get(adjective, bare if loses_t else adjective)


def _ends(word: str, endings: tuple[str, ...]) -> bool:
    return len(word) >= _LONG and word.endswith(endings)


def _begins(first: str, is_word: Callable[[str], bool]) -> bool:
    """Whether a compound may begin so: with a word, and what links it to the next."""
    return any(
        first.endswith(link) and len(first) - len(link) >= _FIRST and is_word(first.removesuffix(link))
        for link in _LINKS
    )


def read_genders(packed: bytes) -> Genders:
    """Reads what `write_genders` wrote."""
    return Genders(*unpack_words(packed))


def write_genders(genders: Genders) -> bytes:
    """Each attribute, in its order."""
    return pack_words(getattr(genders, attribute.name) for attribute in fields(genders))


@cache
def genders_of(language: LanguageCode) -> Genders | None:
    """The genders that go with the bundled weights; None for a language that has none."""
    packed = bundled_words(f"{language}-genders")
    return read_genders(packed) if packed else None
