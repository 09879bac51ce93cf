"""The words that text has, counted where the weights are trained: the list that answers are held against.

Source of the words: both sides of real pairs, the real side of synthetic ones, and prose of one language; and for
English the lists of SCOWL, as Debian's wamerican and wbritish install them, whose licence lets anybody copy them.
Other dictionaries are left out: what they list belongs to them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tosprog.models.languages import LanguageCode
from tosprog.models.training.corpora import SYNTHETIC, Pair, kind_of
from tosprog.models.wordlist import Wordlist

_WORD = re.compile(r"[^\W\d_]{2,30}")
_LISTS: dict[LanguageCode, tuple[str, ...]] = {"da": (), "en": ("american-english", "british-english")}
_LISTED = frozenset(("everyday", "headings"))  # words of our own
FREQUENT = 3  # times; rarer ones are slips as often as words, and make no compounds
_TRUSTED = ("sentences", "prose", "back-translated")  # a word that comes once is one


def count_words(
    pairs: Iterable[Pair], prose: Iterable[str], language: LanguageCode
) -> tuple[Counter[str], set[str]]:
    """How often each word comes, in small letters, and those that are in text which was written with care.

    Args:
        pairs: Of packs.
        prose: Lines of the language.
        language: Whose words.
    """
    counts: Counter[str] = Counter()
    trusted: set[str] = set()
    for pair in pairs:
        kind = kind_of(pair.corpus)
        if kind == "words" and pair.corpus not in _LISTED:
            continue
        if kind == "back-translated" and pair.corpus.partition(":")[0] != SYNTHETIC + language:
            continue
        words = [w.lower() for w in _WORD.findall(pair.danish if language == "da" else pair.english)]
        counts.update(words)
        if kind in _TRUSTED or kind == "words":
            trusted.update(words)
    for line in prose:
        counts.update(w.lower() for w in _WORD.findall(line))
    return counts, trusted


def listed_words(folder: Path, language: LanguageCode) -> set[str]:
    """The words of the lists of a language that are in a folder, names and genitives left out."""
    paths = [folder / name for name in _LISTS[language]]
    lines = [
        line for path in paths if path.is_file() for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return {line for line in lines if line.islower() and _WORD.fullmatch(line)}


def chosen_words(
    counts: Counter[str], trusted: set[str], language: LanguageCode, listed: Iterable[str] = ()
) -> tuple[list[str], list[str]]:
    """The frequent words, and the rarer ones that are not made of those; one that comes once where it is trusted.

    Args:
        counts: From `count_words`.
        trusted: Likewise.
        language: Whose words.
        listed: More words, however rare.
    """
    frequent = [word for word, count in counts.items() if count >= FREQUENT]
    made = Wordlist(language, frequent)
    rare = [
        word
        for word, count in counts.items()
        if count < FREQUENT and (count > 1 or word in trusted) and not made.has(word)
    ]
    return frequent, [*rare, *(word for word in set(listed) - set(rare) if not made.has(word))]
