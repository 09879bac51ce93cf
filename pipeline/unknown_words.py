"""Words of a translation that its language does not have: made up by a model, or left as they were."""

from __future__ import annotations

import re

from tosprog.models.languages import LanguageCode, other
from tosprog.models.wordlist import wordlist_of

_WORD = re.compile(r"[^\W\d_¹²³⁰-₉]+")  # no figure, be it set high or low
_GENITIVE = "s"
_QUOTED = re.compile(r"[\"“„»«][^\"”“«»]*[\"”“«»]|(?<!\w)['‘][^'’]*['’](?!\w)")


def unknown_words(
    source: str, target: str, language: LanguageCode, prose: str | None = None
) -> tuple[str, ...]:
    """The words that the language does not have, as they stand, each once.

    A word that the source has too is a name, or what a document quotes, unless it stands there as a word of the
    source's language: in small letters, or as the first of the sentence, where it is a common one.

    Args:
        source: As it stands in the document.
        target: What a model made of it.
        language: Of the target.
        prose: The source without addresses, code and the like, which stay as they are; None is all of it.

    Example:
        >>> unknown_words("The Ice Age ended.", "Isalderen sluttede, men istiden var lang.", "da")
        ('Isalderen',)
        >>> unknown_words("Det var et makabert syn.", "It was a makabert sight.", "en")
        ('makabert',)
    """
    words = wordlist_of(language)
    if words is None:
        return ()
    odd = dict.fromkeys(word for word in _WORD.findall(target) if not words.has(word))
    if not odd:
        return ()
    there = {word.lower().removesuffix(_GENITIVE) for word in _WORD.findall(source)}
    left = _left_words(source if prose is None else prose, target, other(language))
    return tuple(word for word in odd if word in left or word.lower().removesuffix(_GENITIVE) not in there)


def _left_words(source: str, target: str, language: LanguageCode) -> set[str]:
    """The words of the source's language that a translation has too, outside quotation marks."""
    words = wordlist_of(language)
    if words is None:
        return set()
    plain = _WORD.findall(_QUOTED.sub(" ", source))
    left = {word for word in plain if word.islower() and words.has(word)}
    first, *_ = _WORD.findall(source) or [""]
    if words.is_frequent(first) and _WORD.findall(target)[:1] == [first]:
        left.add(first)
    return left
