from __future__ import annotations

import re

from tosprog.models.training.corpora import Pair
from tosprog.models.training.names import gather, listed, substituted, worldwide

PROSE = (
    "I går talte vi med Karen Lund om det.",
    "Det sagde også Karen Lund, og Odense er enig.",
    "De rejser til Odense, og derfra til Tyskland.",
    "Man mødte ham i Tyskland.",
    "En fremmed kom til Ribe.",
)
PAIRS = (
    Pair("They live in Germany now.", "De bor i Tyskland nu.", "x"),
    Pair("We like Debian most.", "Vi holder mest af Debian her.", "x"),
    Pair("Nothing to see.", "Der er intet at se.", "x"),
)


def test_gathers_what_is_seen_twice_and_not_translated() -> None:
    assert gather(PROSE, PAIRS) == ["Karen Lund", "Odense"]


def test_a_shared_name_is_replaced_on_both_sides() -> None:
    assert list(substituted(PAIRS, ["Karen Lund", "Ribe"])) == [
        Pair("We like Ribe most.", "Vi holder mest af Ribe her.", "names")
    ]


def test_a_name_of_one_word_is_not_replaced_by_one_of_two() -> None:
    assert list(substituted(PAIRS, ["Karen Lund"])) == []


def test_a_name_that_comes_twice_is_left_alone() -> None:
    pair = Pair("We like Debian, and Debian likes us.", "Vi kan lide Debian, og Debian kan lide os.", "x")
    assert list(substituted([pair], ["Karen Lund"])) == []


def test_without_names_nothing_is_substituted() -> None:
    assert list(substituted([Pair("I saw Bo Lund.", "Jeg så Bo Lund.", "x")], [])) == []


def test_lists_of_names() -> None:
    pairs = list(listed(["Karen Lund", "Odense", "Ribe"], 200))
    assert len(pairs) == 200
    bare = [re.sub(r"^[\w ]+: ", "", pair.danish) for pair in pairs]
    assert all(
        re.sub(r"^[\w ]+: ", "", pair.english) == danish.replace(" og ", " and ")
        for pair, danish in zip(pairs, bare, strict=True)
    )
    assert {len(danish.replace(" og ", ", ").split(", ")) for danish in bare} == {2, 3}
    assert Pair("Ribe, Odense, Karen Lund", "Ribe, Odense, Karen Lund", "name lists") in pairs
    assert any(
        pair.english.startswith("Cast: ") and pair.danish.startswith("Medvirkende: ") for pair in pairs
    )
    assert list(listed(["Ribe"], 5)) == []


def test_names_from_all_over_the_world_are_the_same_each_time_and_none_is_translated() -> None:
    munich = Pair("We went to Munich together.", "Vi tog til München sammen.", "x")
    names = worldwide(3000, [munich])
    assert len(names) == 6000
    assert names == worldwide(3000, [munich])
    assert "Munich" not in worldwide(20_000, [munich])
    assert "Munich" in worldwide(20_000, [])
    assert sum(" " in name for name in names) >= 3000
