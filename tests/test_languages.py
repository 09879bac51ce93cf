"""Two languages, two directions, one clear line for anything else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.errors import LanguageError, TosprogError, UsageError
from tosprog.models.languages import (
    DIRECTIONS,
    LANGUAGES,
    NAMES,
    Direction,
    LanguageCode,
    other,
    parse_direction,
    parse_language,
)


def test_the_two_languages() -> None:
    assert LANGUAGES == ("da", "en")
    assert NAMES == {"da": "Danish", "en": "English"}


@pytest.mark.parametrize(("language", "expected"), [("da", "en"), ("en", "da")])
def test_other(language: LanguageCode, expected: str) -> None:
    assert other(language) == expected


@pytest.mark.parametrize(("name", "source", "target"), [("da-en", "da", "en"), ("en-da", "en", "da")])
def test_direction(name: str, source: str, target: str) -> None:
    direction = parse_direction(name)
    assert (direction.source, direction.target) == (source, target)
    assert str(direction) == name
    assert direction in DIRECTIONS


def test_directions_are_all_there_are() -> None:
    assert [str(direction) for direction in DIRECTIONS] == ["da-en", "en-da"]


@pytest.mark.parametrize("code", ["", "DA", "dan", "da ", "de", "da-en", "sv", "None"])
def test_an_unknown_language_is_refused_with_what_is_legal(code: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_language(code)
    assert (
        str(caught.value)
        == f"unknown language {code!r}; legal is da (Danish) or en (English), as in: --to en"
    )


@pytest.mark.parametrize("name", ["", "da", "da-", "-en", "en_da", "da-en-da", "da-de", "DA-EN"])
def test_an_unknown_direction_is_refused(name: str) -> None:
    with pytest.raises(LanguageError, match="unknown language"):
        parse_direction(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_direction_leads_somewhere_else(language: LanguageCode) -> None:
    with pytest.raises(LanguageError, match="source and target are both"):
        Direction(language, language)
    with pytest.raises(LanguageError, match="source and target are both"):
        parse_direction(f"{language}-{language}")


@given(st.text(max_size=8).filter(lambda code: code not in LANGUAGES))
def test_any_other_code_is_refused_in_one_line(code: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_language(code)
    assert len(str(caught.value).splitlines()) == 1


def test_the_error_is_wrong_usage() -> None:
    assert issubclass(LanguageError, UsageError)
    assert issubclass(UsageError, TosprogError)
