"""The two languages, and the direction from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from tosprog.models.errors import LanguageError

LanguageCode = Literal["da", "en"]
LANGUAGES: tuple[LanguageCode, ...] = get_args(LanguageCode)
NAMES: dict[LanguageCode, str] = {"da": "Danish", "en": "English"}


def parse_language(code: str) -> LanguageCode:
    """Returns the code as a `LanguageCode`.

    Raises:
        LanguageError: any code but ``da`` and ``en``.

    Example:
        >>> parse_language("da")
        'da'
    """
    if (language := known_language(code)) is not None:
        return language
    legal = " or ".join(f"{code_} ({name})" for code_, name in NAMES.items())
    raise LanguageError(f"unknown language {code!r}; legal is {legal}, as in: --to en")


def known_language(code: str | None) -> LanguageCode | None:
    """The code as a `LanguageCode`; None of any code but ``da`` and ``en``."""
    return next((language for language in LANGUAGES if language == code), None)


def other(language: LanguageCode) -> LanguageCode:
    """The other of the two languages."""
    return "en" if language == "da" else "da"


@dataclass(frozen=True, slots=True)
class Direction:
    """From a source language into a target language."""

    source: LanguageCode
    target: LanguageCode

    def __post_init__(self) -> None:
        if parse_language(self.source) == parse_language(self.target):
            raise LanguageError(f"source and target are both {self.source!r}; legal is da-en or en-da")

    def __str__(self) -> str:
        return f"{self.source}-{self.target}"

    @property
    def reverse(self) -> Direction:
        """The same pair of languages the other way round."""
        return Direction(self.target, self.source)


DIRECTIONS = (Direction("da", "en"), Direction("en", "da"))


def parse_direction(name: str) -> Direction:
    """Reads ``da-en`` or ``en-da``.

    Raises:
        LanguageError: any other name.
    """
    source, _, target = name.partition("-")
    return Direction(parse_language(source), parse_language(target))
