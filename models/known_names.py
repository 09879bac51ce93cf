"""Names that both languages write alike, as text shows them: what a translation must not lose.

A network that has seldom seen a name takes it for a word, above all where any word has a capital ("Ribe ligger ved
vandet": "Ribs lie by the water"). Which names come over as they are is seen in pairs of sentences:
`training/known_names.py` counts that where the weights are trained.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from tosprog.models.languages import LanguageCode
from tosprog.models.packed_words import bundled_words, pack_words, unpack_words

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_OPENERS = ".!?:;\"'“”»«(–-—"  # behind these any word may have a capital


def is_within(text: str, start: int) -> bool:
    """Whether a word of prose that starts there opens nothing, so that a capital is its own."""
    before = text[:start].rstrip()
    return bool(before) and before[-1] not in _OPENERS


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names of the text of one language.

    Attributes:
        sure: Those that are no word in small letters ("Ribe").
        others: Those that are one, too ("Tønder", barrels): a name where only a name has a capital.
    """

    sure: frozenset[str]
    others: frozenset[str]


def read_names(packed: bytes) -> KnownNames:
    """Reads what `write_names` wrote."""
    return KnownNames(*unpack_words(packed))


def write_names(names: KnownNames) -> bytes:
    """The names, packed."""
    return pack_words((names.sure, names.others))


@cache
def names_of(language: LanguageCode) -> KnownNames | None:
    """The list that goes with the bundled weights; None where there is none."""
    packed = bundled_words(f"{language}-names")
    return read_names(packed) if packed else None
