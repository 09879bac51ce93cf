"""Duplicates: the same, nearly the same, translations; and what only looks alike."""

from __future__ import annotations

from collections import Counter

from tosprog.pipeline.duplicates import Duplicate, DuplicateKind, find_duplicates
from tosprog.pipeline.terms import stems

HARBOUR = (
    "The ferry sails to the island in the morning, and the harbour master counts the boats. Most of them are small. "
    "In 2019 a storm sank eleven, and the village paid for new ones. Nobody asked whether it was wise."
)
BAKER = (
    "The baker kneads the dough at four, and the oven is hot at five. His father did the same, and his daughter will "
    "not. She studies law in Aarhus, and comes home on Sundays to eat."
)


def found(texts: list[str], languages: list[str | None] | None = None) -> list[Duplicate]:
    return find_duplicates(texts, languages or ["en"] * len(texts), [stems(text, "en") for text in texts])


def test_the_same_text_is_found_whatever_its_line_breaks_and_case() -> None:
    assert found([HARBOUR, BAKER, HARBOUR.replace(" ", "\n").upper(), HARBOUR]) == [
        Duplicate(0, 2, DuplicateKind.SAME, 1.0),
        Duplicate(0, 3, DuplicateKind.SAME, 1.0),
    ]


def test_a_text_that_stands_in_a_longer_one_is_nearly_the_same() -> None:
    (one,) = found(
        [BAKER, HARBOUR, f"Read before you print. {HARBOUR.replace('eleven', 'twelve')} Thank you."]
    )
    assert (one.first, one.second, one.kind) == (1, 2, DuplicateKind.NEAR)
    assert 0.8 < one.likeness < 1


def test_half_a_text_is_enough_and_a_quarter_is_not() -> None:
    words = HARBOUR.split()
    for share, alike in ((0.75, True), (0.25, False)):
        kept = words[: int(len(words) * share)]
        other = [f"other{i}" for i in range(len(words) - len(kept))]
        assert bool(found([HARBOUR, " ".join(kept + other)])) is alike


def test_short_and_empty_texts_are_only_ever_the_same() -> None:
    assert found(["", "", "...", "...", "- - -"]) == []
    assert found(["No more news.", "No more news today."]) == []
    assert [one.kind for one in found(["No more news.", "no more NEWS"])] == [DuplicateKind.SAME]


def test_a_translation_is_told_by_its_terms_in_one_language() -> None:
    bags = [stems(text, "en") for text in (HARBOUR, BAKER)]
    rough = Counter(list(bags[0].elements())[3:])  # what a translation leaves of them
    danish = (
        "Færgen sejler til øen om morgenen, og havnefogeden tæller bådene. De fleste er små. Ingen spurgte. "
        * 2
    )
    texts, languages = [HARBOUR, BAKER, danish], ["en", "en", "da"]
    (one,) = find_duplicates(texts, languages, [*bags, rough])
    assert (one.first, one.second, one.kind) == (0, 2, DuplicateKind.TRANSLATION)
    assert find_duplicates(texts, ["en", "en", "en"], [*bags, rough]) == []
    assert find_duplicates([*texts[:2], danish * 4], languages, [*bags, rough]) == []


def test_two_texts_that_are_as_near_to_a_third_are_not_told_apart() -> None:
    bag = stems(HARBOUR, "en")
    danish = [
        "Færgen sejler til øen om morgenen, og havnefogeden tæller bådene i havnen. " * 3 + str(i)
        for i in (1, 2)
    ]
    assert DuplicateKind.TRANSLATION not in [
        one.kind for one in find_duplicates([HARBOUR, *danish], ["en", "da", "da"], [bag, bag, bag])
    ]


def test_every_pair_of_many_texts() -> None:
    texts = [f"{HARBOUR} {' '.join(f'word{i}-{j}' for j in range(8))}" for i in range(40)]
    pairs = [(one.first, one.second) for one in found(texts)]
    assert pairs == [(i, j) for i in range(40) for j in range(i + 1, 40)]
