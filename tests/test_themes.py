"""Themes: texts about the same come together, under words that are theirs."""

from __future__ import annotations

from collections import Counter

import pytest

from tosprog.pipeline.terms import stems
from tosprog.pipeline.themes import Theme, find_themes

SEA = [
    "The ferry sails to the island in the morning, and the harbour master counts the boats.",
    "On the island the harbour is full of boats when the ferry has left.",
    "Fishermen mend nets in the harbour, and the ferry brings ice for their boats.",
    "A new ferry is built for the island; the old boat stays in the harbour.",
]
BREAD = [
    "The baker kneads the dough at four, and the oven is hot at five.",
    "Rye bread needs a slow oven and a sour dough, says the baker.",
    "Flour, salt and water make the dough; the oven makes the bread.",
    "The baker sells bread from the oven to the whole street.",
]
CHOIR = [
    "The choir sings a hymn, and the organist plays too slowly.",
    "A conductor taught the choir to sing the hymn without notes.",
    "The organist left, and the choir had to sing alone.",
    "Each hymn that the choir sings has four voices and a conductor.",
]


def themes_of(texts: list[str], count: int | None = None) -> list[Theme]:
    bags = [stems(text, "en") for text in texts]
    keywords = [Counter(text.lower().replace(",", "").replace(".", "").split()) for text in texts]
    return find_themes(bags, [{w: n for w, n in k.items() if len(w) > 4} for k in keywords], count)


def test_texts_about_the_same_come_together_and_the_number_is_found() -> None:
    texts = [text for row in zip(SEA, BREAD, CHOIR, strict=True) for text in row]
    themes = themes_of(texts)
    assert sorted(sorted(theme.members) for theme in themes) == [[0, 3, 6, 9], [1, 4, 7, 10], [2, 5, 8, 11]]
    names = {min(theme.members): theme.name.lower() for theme in themes}
    assert "harbour" in names[0]
    assert "baker" in names[1]
    assert "choir" in names[2]
    assert themes == themes_of(texts)


def test_a_text_that_is_like_no_other_has_no_theme() -> None:
    texts = [*SEA, *BREAD, "Quarterly tax forms must reach accountants electronically."]
    placed = {i for theme in themes_of(texts) for i in theme.members}
    assert placed == set(range(8))


@pytest.mark.parametrize("texts", [[], SEA[:1], SEA[:3], ["", "", "", "", ""], ["One two."] * 2 + [""] * 9])
def test_too_few_texts_have_no_themes(texts: list[str]) -> None:
    assert themes_of(texts) == []


def test_the_same_text_many_times_is_no_error() -> None:
    assert [theme.members for theme in themes_of([SEA[0]] * 6)] == [(0, 1, 2, 3, 4, 5)]
    twice = themes_of([SEA[0]] * 4 + [BREAD[0]] * 4)
    assert sorted(sorted(theme.members) for theme in twice) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_a_number_of_themes_can_be_asked_for() -> None:
    assert len(themes_of([*SEA, *BREAD, *CHOIR], 3)) == 3
    assert len(themes_of([*SEA, *BREAD], 99)) <= 4
