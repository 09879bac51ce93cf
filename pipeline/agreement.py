"""Articles and adjectives put right where they do not agree with their noun: "det nye identitet", "en stor hus".

A network of this size slips in one Danish sentence of thirty, on nouns whose gender the text that it was trained on
shows beyond doubt. Only what stands before such a noun is changed, and only from one gender to the other. In English
it is one sentence of three hundred, where "a" stands before a vowel: "a inspector", "an device".
"""

from __future__ import annotations

import re
from functools import cache

from tosprog.models.genders import Gender, Genders, genders_of
from tosprog.models.languages import LanguageCode
from tosprog.models.wordlist import wordlist_of

_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*|[^\w\s]|\d+")
_MOST_BETWEEN = 3  # adjectives
_INDEFINITE = {"en": "et"}
# Behind these an adjective must stand: "det" and "dette" are pronouns as often ("gav det mening").
_DEFINITE = {"den": "det", "denne": "dette"}
_POSSESSIVE = {"min": "mit", "din": "dit", "sin": "sit"}
_COMMON = _INDEFINITE | _DEFINITE | _POSSESSIVE
_NEUTER = {neuter: common for common, neuter in _COMMON.items()}
_INDEFINITES = frozenset(_INDEFINITE) | frozenset(_INDEFINITE.values())
_DEFINITES = frozenset(_DEFINITE) | frozenset(_DEFINITE.values())

# English by its letters, where those are sure of the sound ("hour", "use", "European", "one" are not), and no letter of
# a list ("a or b") or name ("Hoi An").
_ENGLISH = re.compile(
    r"(?<![\w'’.-])(?:"
    r"(?P<a>a|(?<![\w,;] )A)(?= (?!(?:and|any|all|are|also|other|into)\b|one|once|eu|ew|oui)[aeio][a-z]{2,}\b(?!['’]))|"
    r"(?P<an>an|(?<![\w,;] )An)(?= (?!der\b)[bcdfgjklmnpqrstvwyz][a-z]{2,}\b(?!['’])))"
)


def agreed(text: str, language: LanguageCode) -> str:
    """The text with its articles and adjectives in the gender of their noun, as many words as before.

    Args:
        text: A translation.
        language: Its own; one without genders, or whose genders are not known, is left alone.

    Example:
        >>> agreed("Det er det nye identitet og en stort hus.", "da")
        'Det er den nye identitet og et stort hus.'
        >>> agreed("A inspector had an device.", "en")
        'An inspector had a device.'
    """
    if language == "en":
        return _ENGLISH.sub(lambda match: f"{match['a']}n" if match["a"] else match["an"][0], text)
    genders = genders_of(language)
    if genders is None:
        return text
    tokens = list(_TOKEN.finditer(text))
    words = [token[0].lower() for token in tokens]
    edits: list[tuple[re.Match[str], str]] = []
    for at, word in enumerate(words):
        if word not in _COMMON and word not in _NEUTER:
            continue
        noun = _noun_behind(words, at, genders)
        if noun == len(words) or not tokens[noun][0].islower():
            continue  # a name has a gender of its own
        if noun + 1 < len(words) and genders.has(words[noun + 1]):
            continue  # rather an adjective: "det eneste overlevende eksemplar"
        gender = _gender_of(words[noun], language)
        if gender is None or (gender == "common") == (word in _COMMON):
            continue
        edits.append((tokens[at], (_NEUTER if gender == "common" else _COMMON)[word]))
        if word not in _DEFINITES:
            edits += [(tokens[i], genders.inflected(words[i], gender)) for i in range(at + 1, noun)]
    for token, new in reversed(edits):
        text = text[: token.start()] + _in_case_of(token[0], new) + text[token.end() :]
    return text


def _noun_behind(words: list[str], at: int, genders: Genders) -> int:
    """Where the noun of an article should be, behind its adjectives; the end of the words where there is none."""
    definite = words[at] not in _INDEFINITES
    noun = at + 1
    while (
        noun < len(words)
        and noun - at <= _MOST_BETWEEN
        and genders.is_adjective(words[noun], definite=definite)
    ):
        noun += 1
    is_bare = noun == at + 1
    return len(words) if is_bare and words[at] in _DEFINITES else noun


@cache
def _gender_of(word: str, language: LanguageCode) -> Gender | None:
    genders, words = genders_of(language), wordlist_of(language)
    if genders is None or words is None or not word.replace("-", "").isalpha():
        return None
    return genders.of(word.rpartition("-")[2], words.begins_compounds)


def _in_case_of(old: str, new: str) -> str:
    if old.isupper() and len(old) > 1:
        return new.upper()
    return new.capitalize() if old[0].isupper() else new
