"""Checks on a hypothesis, each a function with a name. A check that fires returns True."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tosprog.models.base import Backend
from tosprog.models.languages import Direction
from tosprog.pipeline.detect import is_small_word, language_of
from tosprog.pipeline.nordic import nordic_evidence
from tosprog.pipeline.protect import PATTERNS, Role, find_protected, numbers_of

_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")
# "skabskabskab": three letters or more that come three times within a word, or two that come four times. Danish has
# "refererer".
_SPELLED_LOOP = re.compile(r"([^\W\d_]{3,6}?)\1{2,}|([^\W\d_]{2})\2{3,}", re.IGNORECASE)
# A target of n characters is odd outside of these lines: slope and grace, for the shortest and for the longest. They
# leave out one of 2,000 of the 72,000 prose pairs that the bundled models are trained on, a pair in 1,000 on each side.
_SHORTEST = {"da-en": (0.59, 8), "en-da": (0.65, 8)}
_LONGEST = {"da-en": (1.4, 16), "en-da": (1.5, 18)}
_LANGUAGE_SURE, _LANGUAGE_WORDS = 0.97, 5
_PLAIN_WORDS = 2
_STOP_WITHIN = re.compile(r"(?<=[^\W\d_]{3})[.!?][\"'”»’)]*\s+[\"'“«»‘(]*(?=[A-ZÆØÅ])")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))
_QUOTES = re.compile(r"[\"“”„«»]")
# What a network writes of bytes and characters that it has no piece for: outside Latin letters and their marks.
_STRAY = re.compile(r"[^\x20-\u024f\u2010-\u203a\u20ac\u2212\s\ufdd0-\ufdef]|\u2047|<unk>")


@dataclass(frozen=True, slots=True)
class Hypothesized:
    """A source, what a model made of it, and what checks may want to know beside them.

    Attributes:
        source: As it stands in the document.
        target: As it would stand there.
        direction: From which language, into which.
        is_word: Whether the target language has a word, as far as the model knows it; in small letters.
        is_source_word: The same of the source language.
    """

    source: str
    target: str
    direction: Direction
    is_word: Callable[[str], bool]
    is_source_word: Callable[[str], bool]


def hypothesized(source: str, target: str, backend: Backend) -> Hypothesized:
    """What a backend made of a source, with the words that it knows."""

    def is_source_word(word: str) -> bool:
        return backend.count_tokens(word) <= backend.count_tokens("a")  # one token

    return Hypothesized(source, target, backend.direction, backend.is_whole, is_source_word)


def is_empty(one: Hypothesized) -> bool:
    """Nothing came out of something."""
    return any(c.isalnum() for c in one.source) and not any(c.isalnum() for c in one.target)


def is_repetitive(one: Hypothesized) -> bool:
    """A run of words or letters comes over and over, and oftener than in the source."""
    return has_loop(one.target, one.source)


def has_loop(text: str, source: str = "") -> bool:
    """Whether a run of one to four words, or of letters within a word, comes three times in a row or more.

    Args:
        text: Any text.
        source: What it was made of; what loops there too may loop, but no oftener.
    """
    spelled = _SPELLED_LOOP.search(text)
    if spelled and not _SPELLED_LOOP.search(source) and spelled[0] not in source:
        return True
    return _longest_loop(text) >= max(3, _longest_loop(source) + 1)


def _longest_loop(text: str) -> int:
    words = [word.lower() for word in _WORD.findall(text)]
    longest = 1
    for size in range(1, 5):
        run = size
        for i in range(size, len(words)):
            run = run + 1 if words[i] == words[i - size] else size
            longest = max(longest, run // size)
    return longest


def has_odd_length(one: Hypothesized) -> bool:
    """Longer or shorter than all but one in a thousand translations of a text so long, by direction."""
    length, direction = len(one.source), str(one.direction)
    least, grace = _SHORTEST[direction]
    most, more = _LONGEST[direction]
    return not least * length - grace <= len(one.target) <= most * length + more


def is_copy(one: Hypothesized) -> bool:
    """The source came back as it was, and is neither a name nor made of words that both languages have.

    A name has a capital, and is no word that the source language has ("Ebeltoft"). Several words, each with a capital,
    are one in Danish ("Novo Nordisk"), where titles have small letters, and in English where most of them are no
    English words ("Leeds, Bristol, Cardiff"). Appendix 4 is none.
    """
    if one.source.casefold() != one.target.casefold():
        return False
    written = _LETTERS.findall(one.source)
    words = [word.lower() for word in written]
    own = [is_small_word(word, one.direction.source) for word in words]
    if not any(own) and all(map(one.is_word, words)):
        return False
    if one.source.islower() or one.source.isupper() or any(own):
        return True
    if one.direction.source == "da" and len(words) > 1 and all(word[0].isupper() for word in written):
        return False
    known = sum(map(one.is_source_word, words))
    return 2 * known > len(words) or (len(words) == 1 and one.source != written[0])


def is_in_other_language(one: Hypothesized) -> bool:
    """Five words or more, names of the source left out, that are surely not of the target language, and no copy."""
    names = {word for word in _LETTERS.findall(one.source) if word[0].isupper() and not word.isupper()}
    words = [word for word in _LETTERS.findall(one.target) if word not in names]
    if len(words) < _LANGUAGE_WORDS or one.source.casefold() == one.target.casefold():
        return False
    if _is_plainly(words, one.direction):
        return False
    language, confidence = language_of(one.target)
    return language not in (None, one.direction.target) and confidence >= _LANGUAGE_SURE


def _is_plainly(words: list[str], direction: Direction) -> bool:
    """Whether small words leave no doubt that they are of the target language: a hundredth of a detector's time."""
    own = sum(is_small_word(word, direction.target) for word in words)
    strange = sum(is_small_word(word, direction.source) for word in words)
    if own < _PLAIN_WORDS or 3 * strange > own:
        return False
    return direction.target != "da" or max(nordic_evidence([word.lower() for word in words]).values()) < 1


def has_other_numbers(one: Hypothesized) -> bool:
    """A number was lost, made up or changed."""
    return numbers_of(one.source) != numbers_of(one.target)


def has_other_protected(one: Hypothesized) -> bool:
    """An address, a placeholder, code, a hashtag or a note mark was lost, made up or changed."""
    return _protected(one.source) != _protected(one.target)


_SCALE = (
    r"\d[\s\u00a0]?"
    r"(?:(?:mill?ion(?:er)?|milliard(?:er)?|billion(?:er)?|thousand|tusinde?|mi[oa]\.|bn|m)[\s\u00a0])?"
)
# An amount of a currency, and whatever names it, in either language.
_CURRENCIES = {
    "krone": (
        re.compile(rf"{_SCALE}(?:kr\b|kroner\b|DKK\b)|\bDKK[\s\u00a0]?\d", re.IGNORECASE),
        re.compile(
            r"\b(?:[dsni]?kr|[dns]kk|nok|sek|isk|kroner?s?|kronor|kronur?|crowns?)\b|kron(?:er|or|e)\b|,-",
            re.IGNORECASE,
        ),
    ),
    "dollar": (
        re.compile(rf"\$\d|{_SCALE}(?:(?:US|american|amerikanske)[\s-])?dollars?\b", re.IGNORECASE),
        re.compile(r"\$|dollars?\b|\busd\b|\bbucks?\b", re.IGNORECASE),
    ),
    "euro": (
        re.compile(rf"€\s?\d|{_SCALE}euros?\b", re.IGNORECASE),
        re.compile(r"€|euros?(?:cents?)?\b|\beur\b", re.IGNORECASE),
    ),
    "pound": (re.compile(r"£\s?\d"), re.compile(r"£|pund\b|pounds?\b|\bgbp\b", re.IGNORECASE)),
}
# Amounts whose currency must come through: by its sign, which nothing else has.
_SIGNED = {
    name: re.compile(rf"{re.escape(sign)}\s?\d")
    for name, sign in (("dollar", "$"), ("euro", "€"), ("pound", "£"))
}
_CURRENCY = re.compile("[$€£]")
_SEPARATOR = re.compile(r"[.,\u00a0]")


def _protected(text: str) -> Counter[str]:
    spans = [(span.kind, text[span.start : span.end]) for span in find_protected(text)]
    return Counter(
        # Languages write a measure otherwise; whether its value is the same, `has_other_numbers` says.
        _SEPARATOR.sub("", content) if kind == "quantity" else content
        for kind, content in spans
        if PATTERNS.get(kind, (Role.MARK,))[0] is not Role.MARK
        and not (kind == "quantity" and _CURRENCY.search(content))  # "$12" is "12 dollar" in Danish
    )


def has_other_currency(one: Hypothesized) -> bool:
    """An amount is in a currency that the source does not name ("$2 million", "2 mio. kr."), or lost its own."""
    return any(
        (amount.search(one.target) and not name.search(one.source))
        or (currency in _SIGNED and _SIGNED[currency].search(one.source) and not name.search(one.target))
        for currency, (amount, name) in _CURRENCIES.items()
    )


def is_unbalanced(one: Hypothesized) -> bool:
    """A quotation mark or bracket is left alone in the target, and none was in the source."""
    return not _is_balanced(one.target) and _is_balanced(one.source)


def _is_balanced(text: str) -> bool:
    return len(_QUOTES.findall(text)) % 2 == 0 and all(
        text.count(opens) == text.count(closes) for opens, closes in _BRACKETS
    )


def has_lost_sentence(one: Hypothesized) -> bool:
    """Of several sentences within a text fewer came out, and less text."""
    there = len(_STOP_WITHIN.findall(one.source))
    if not there or len(one.target) >= 0.75 * len(one.source):
        return False
    return len(_STOP_WITHIN.findall(one.target)) < there


def has_stray_characters(one: Hypothesized) -> bool:
    """A character that neither language is written with, and that the source has not."""
    return any(found not in one.source for found in _STRAY.findall(one.target))


CHECKS: dict[str, Callable[[Hypothesized], bool]] = {
    "empty": is_empty,
    "repetition": is_repetitive,
    "length": has_odd_length,
    "copy": is_copy,
    "language": is_in_other_language,
    "numbers": has_other_numbers,
    "protected": has_other_protected,
    "currency": has_other_currency,
    "unbalanced": is_unbalanced,
    "sentence": has_lost_sentence,
    "characters": has_stray_characters,
}


_OF_LANGUAGE = frozenset(("copy", "language", "characters"))


def failed_checks(one: Hypothesized, *, of_language: bool = True) -> tuple[str, ...]:
    """The names of the checks that fire.

    Args:
        one: What is checked.
        of_language: Whether the target is to be read as language; a double's is not.

    Example:
        >>> danish, english = {"salat"}.__contains__, {"salad"}.__contains__
        >>> failed_checks(Hypothesized("Salat", "salad salad salad", Direction("da", "en"), english, danish))
        ('repetition',)
    """
    return tuple(
        name for name, fires in CHECKS.items() if (of_language or name not in _OF_LANGUAGE) and fires(one)
    )
