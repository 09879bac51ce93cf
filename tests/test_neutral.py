from __future__ import annotations

import pytest

from tosprog.pipeline.neutral import bears_language, is_name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "—",
        "12",
        "3.2",
        "Wed, 23/11/2016",
        "d. 4. maj 2021",
        "kl. 9.30",
        "1.234,56 kr.",
        "45 %",
        "https://example.org/a?b=c",
        "www.dr.dk",
        "info@example.org",
        "`x = 1`",
        "{name}",
        "src/main/app.py",
        "README.md",
        "A4",
        "B-12a",
        "snake_case",
        "camelCase()",
        "IV",
        "EU",
        "U.N.",
        "Hans Jensen",
        "Dr. Ellen van der Berg",
        "Mogens P. Sørensen-Holm",
        "https://example.org, 23/11/2016",
    ],
)
def test_bears_none(text: str) -> None:
    assert not bears_language(text)


@pytest.mark.parametrize(
    "text",
    [
        "Velfærd",
        "Place Leadership",
        "KRIG",
        "3.2 Velfærd",
        "Af Hans Jensen",
        "Hans hus",
        "Hans er her",
        "Se https://example.org",
        "The 3rd floor",
        "Nej",
        "`x` er et tal",
        "**Bold**",
    ],
)
def test_bears_some(text: str) -> None:
    assert bears_language(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Anna", True),
        ("anna", False),
        ("Jens, Ole", True),
        ("Wonderful Copenhagen", False),
        ("Will Power", False),
        ("Peter og Anna", False),
        ("Anna Bo Carl David Erik Finn", False),
    ],
)
def test_names(text: str, name: bool) -> None:
    assert is_name(text) is name


@pytest.mark.parametrize("text", ["HAN ER DUM SOM EN DØR", "NOT BAD!", "TOM VAR STOR", "TOM IS OUT COLD"])
def test_a_sentence_in_capitals_is_neither_codes_nor_a_name(text: str) -> None:
    assert bears_language(text)


@pytest.mark.parametrize("text", ["HANS JENSEN", "ANNA VON DER BERG", "EU", "DR NO", "A4 BMI XII"])
def test_capitals_may_still_be_codes_or_a_name(text: str) -> None:
    assert not bears_language(text)
