"""The terms of a sentence: what two sentences are compared by.

Within a language terms are Snowball stems without stop words. Stems say nothing across languages, so
there are language-free terms as well: numbers, and the 4-grams of the longer words, which names and
cognates share ("organisation", "kommune" and "community", "2016").
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

import snowballstemmer

# Compact lists of function words, written for this file. They carry no topic in either language.
_STOP_WORDS = {
    "da": (
        "ad af aldrig alle alt altid altså at bare begge blev blive bliver blot både da de dem den denne "
        "der deres derfor det dette dig din dine disse dit dog du efter ej eller en end endnu er et ethvert "
        "flere for fordi fra få får før gennem gør gøre ham han hans har havde have heller helt hen hende "
        "hendes her hos hun hvad hvem hver hvert hvilke hvilken hvilket hvis hvor hvordan hvorfor i ifølge "
        "igen ikke imod ind ingen intet ja jeg jer jeres jo kan kom kommer kun kunne lige man mange med "
        "meget mellem men mens mere mest mig min mindre mine mit mod må måske måtte ned nej nogen noget "
        "nogle nok nu når næsten og også om omkring op os over på samme sammen samt se selv ses siden sig "
        "sin sine sit skal skulle som stadig så sådan således tage til ud uden under var ved vi vil ville "
        "vore vores være været"
    ),
    "en": (
        "a about above after again all almost already also although always am an and another any are as at "
        "be because been before being below between both but by can can't cannot could did do does doesn "
        "doesn't doing don don't down during each either even ever every few for from further get gets had "
        "has have having he her here hers him his how however i if in into is isn isn't it it's its itself "
        "just less let like made make makes many may me might more most much must my neither never no nor "
        "not now of off often on once one only or other our ours out over own per quite rather same she "
        "should since so some still such than that the their theirs them themselves then there therefore "
        "these they this those though through thus to too under until up upon us use used using very was we "
        "well were what when where whether which while who whose why will with within without would yet you "
        "your yours"
    ),
}
STOP_WORDS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}
_ALGORITHMS = {"da": "danish", "en": "english"}
_NGRAM = 4
_NOT_LANGUAGE = re.compile(
    r"(?<=\])\([^()\s]*(?:\s\"[^\"]*\")?\)"  # the target of a Markdown link
    r"|\b(?:https?://|www\.)\S+|\S+@\S+\.\w+|<[^<>]*>"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")


def bare(text: str) -> str:
    """The text without URLs, e-mail addresses, tags and the targets of Markdown links."""
    return _NOT_LANGUAGE.sub(" ", text)


def stems(text: str, language: str | None) -> Counter[str]:
    """Counts the stems of the words that are no stop words, each marked with the language, and the numbers.

    In a language without a stemmer (any but Danish and English) a word is its own stem.

    Example:
        >>> sorted(stems("The libraries lend 20 tools", "en"))
        ['20', 'en:lend', 'en:librari', 'en:tool']
    """
    text = bare(text)
    stop = STOP_WORDS.get(language or "", frozenset())
    words = (word.lower().replace("’", "'") for word in _WORD.findall(text))
    counts = Counter(
        f"{language}:{stem(word, language)}" for word in words if word not in stop and len(word) > 1
    )
    counts.update(_NUMBER.findall(text))
    return counts


def ngrams(text: str, language: str | None) -> Counter[str]:
    """Counts the character 4-grams of the words that are no stop words; shorter words give none.

    Example:
        >>> sorted(ngrams("en kommune", "da"))
        ['#komm', '#mmun', '#mune', '#ommu']
    """
    stop = STOP_WORDS.get(language or "", frozenset())
    counts: Counter[str] = Counter()
    for word in _WORD.findall(bare(text).lower()):
        if word not in stop:
            counts.update("#" + word[i : i + _NGRAM] for i in range(len(word) - _NGRAM + 1))
    return counts


@lru_cache(maxsize=65536)
def stem(word: str, language: str | None) -> str:
    """A word in lower case by its stem; in a language without a stemmer, itself."""
    algorithm = _ALGORITHMS.get(language or "")
    return str(snowballstemmer.stemmer(algorithm).stemWord(word)) if algorithm else word
