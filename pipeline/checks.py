"""Checks on a hypothesis, each a function with a name. A check that fires returns True."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from tosprog.pipeline.protect import PATTERNS, Role, find_protected, numbers_of

_WORD = re.compile(r"\w+")


def is_empty(source: str, target: str) -> bool:
    """Nothing came out of something."""
    return any(c.isalnum() for c in source) and not any(c.isalnum() for c in target)


def is_repetitive(source: str, target: str) -> bool:
    """A run of one to four words comes three times in a row or more, and oftener than in the source."""
    return _longest_loop(target) >= max(3, _longest_loop(source) + 1)


def _longest_loop(text: str) -> int:
    words = [word.lower() for word in _WORD.findall(text)]
    longest = 1
    for size in range(1, 5):
        run = size
        for i in range(size, len(words)):
            run = run + 1 if words[i] == words[i - size] else size
            longest = max(longest, run // size)
    return longest


def has_odd_length(source: str, target: str) -> bool:
    """Three times longer than the source or more, or shorter than a third; ten characters of grace."""
    return len(target) > 3 * len(source) + 10 or len(source) > 3 * len(target) + 10


def has_other_numbers(source: str, target: str) -> bool:
    """A number was lost, made up or changed."""
    return numbers_of(source) != numbers_of(target)


def has_other_protected(source: str, target: str) -> bool:
    """An address, a placeholder, code, a hashtag or a note mark was lost, made up or changed."""
    return _protected(source) != _protected(target)


def _protected(text: str) -> Counter[str]:
    return Counter(
        text[span.start : span.end]
        for span in find_protected(text)
        if PATTERNS.get(span.kind, (Role.MARK,))[0] is not Role.MARK
    )


CHECKS: dict[str, Callable[[str, str], bool]] = {
    "empty": is_empty,
    "repetition": is_repetitive,
    "length": has_odd_length,
    "numbers": has_other_numbers,
    "protected": has_other_protected,
}


def failed_checks(source: str, target: str) -> tuple[str, ...]:
    """The names of the checks that fire.

    Example:
        >>> failed_checks("Salat", "salad salad salad")
        ('repetition',)
    """
    return tuple(name for name, fires in CHECKS.items() if fires(source, target))
