"""Regular expressions of the user's, which may be wrong, or never come to an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import regex

from tosprog.models.errors import UsageError

TIMEOUT_S = 2.0  # for a text: a sentence takes microseconds


class Span(Protocol):
    """A match."""

    def span(self) -> tuple[int, int]:
        """Where it begins and ends."""
        ...


class Finder(Protocol):
    """What finds spans in a text: a compiled pattern."""

    def finditer(self, text: str, /) -> Iterator[Span]:
        """The matches, in order, none overlapping another."""
        ...


class KeepPattern:
    """A regular expression whose search ends.

    Example:
        >>> [match.span() for match in KeepPattern("[A-Z]{2,}").finditer("EU og NATO")]
        [(0, 2), (6, 10)]
    """

    def __init__(self, pattern: str) -> None:
        """Compiles it.

        Raises:
            UsageError: it is no regular expression.
        """
        self._pattern = pattern
        try:
            self._compiled = regex.compile(pattern)
        except regex.error as error:
            raise UsageError(
                f"--keep {pattern!r} is no regular expression ({error}); "
                "put a backslash before each of .^$*+?{}[]|() that is meant as it stands"
            ) from error

    def finditer(self, text: str, /) -> Iterator[Span]:
        """The matches, in order.

        Raises:
            UsageError: finding them takes longer than `TIMEOUT_S`.
        """
        try:
            yield from self._compiled.finditer(text, timeout=TIMEOUT_S)
        except TimeoutError as error:
            raise UsageError(
                f"--keep {self._pattern!r} takes more than {TIMEOUT_S:.0f} s on {text[:40]!r}; "
                "a repetition within a repetition, as in (a+)+, is the usual cause: write a+"
            ) from error
