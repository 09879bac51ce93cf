"""Words of a translation that its language does not have: what a model spelled, and likely made up."""

from __future__ import annotations

import re

from tosprog.models.languages import LanguageCode
from tosprog.models.wordlist import wordlist_of

_WORD = re.compile(r"[^\W\d_¹²³⁰-₉]+")  # no figure, be it set high or low
_GENITIVE = "s"


def unknown_words(source: str, target: str, language: LanguageCode) -> tuple[str, ...]:
    """The words that neither the language nor the source has, as they stand, each once.

    A name is in the source, and so is what a document quotes; a word that is in neither was spelled by a model.

    Args:
        source: As it stands in the document.
        target: What a model made of it.
        language: Of the target.

    Example:
        >>> unknown_words("The Ice Age ended.", "Isalderen sluttede, men istiden var lang.", "da")
        ('Isalderen',)
    """
    words = wordlist_of(language)
    if words is None:
        return ()
    there = {word.lower().removesuffix(_GENITIVE) for word in _WORD.findall(source)}
    found = (word for word in _WORD.findall(target) if word.lower().removesuffix(_GENITIVE) not in there)
    return tuple(dict.fromkeys(word for word in found if not words.has(word)))
