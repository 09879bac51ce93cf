"""Terms of a sentence: stems within a language, numbers and 4-grams across."""

from __future__ import annotations

import pytest

from tosprog.pipeline.terms import STOP_WORDS, bare, ngrams, stems


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("The libraries don't lend the library's tools", "en", {"en:librari": 2, "en:lend": 1, "en:tool": 1}),
        ("Kommunens og kommunernes frivillige", "da", {"da:kommun": 2, "da:frivil": 1}),
        (
            "Pris: 1.234,56 kr. kl. 9.30",
            "da",
            {"da:pris": 1, "da:kr": 1, "da:kl": 1, "1.234,56": 1, "9.30": 1},
        ),
        ("Mail a@b.dk or https://example.org/x now", "en", {"en:mail": 1}),
        ("die Bibliothek", "de", {"de:die": 1, "de:bibliothek": 1}),
        ("og at i", "da", {}),
    ],
)
def test_stems(text: str, language: str, expected: dict[str, int]) -> None:
    assert dict(stems(text, language)) == expected


def test_cognates_and_names_share_ngrams_across_languages() -> None:
    danish = ngrams("Organisationen NLGN mødtes i kommunen", "da")
    english = ngrams("The organisation met NLGN in the community", "en")
    assert {"#orga", "#isat", "#nlgn", "#komm"} <= set(danish)
    assert {"#orga", "#isat", "#nlgn"} <= set(danish) & set(english)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see [the plan](https://example.org/plan) today", ["see", "[the", "plan]", "today"]),
        ("see www.example.org, and <b>this</b>", ["see", "and", "this"]),
    ],
)
def test_bare(text: str, expected: list[str]) -> None:
    assert bare(text).split() == expected


def test_stop_words_are_lower_case_words() -> None:
    for words in STOP_WORDS.values():
        assert all(word == word.lower() and word.replace("'", "").isalpha() for word in words)
