from __future__ import annotations

from tosprog.models.training.corpora import Pair
from tosprog.models.training.names import gather, listed, substituted

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
    assert list(substituted(PAIRS, ["Karen Lund"])) == [
        Pair("We like Karen Lund most.", "Vi holder mest af Karen Lund her.", "names")
    ]


def test_a_name_that_comes_twice_is_left_alone() -> None:
    pair = Pair("We like Debian, and Debian likes us.", "Vi kan lide Debian, og Debian kan lide os.", "x")
    assert list(substituted([pair], ["Karen Lund"])) == []


def test_without_names_nothing_is_substituted() -> None:
    assert list(substituted([Pair("I saw Bo Lund.", "Jeg så Bo Lund.", "x")], [])) == []


def test_lists_of_names() -> None:
    pairs = list(listed(["Karen Lund", "Odense", "Ribe"], 50))
    assert len(pairs) == 50
    assert all(
        " og " in pair.danish and pair.danish.replace(" og ", " and ") == pair.english for pair in pairs
    )
    assert {len(pair.danish.replace(" og ", ", ").split(", ")) for pair in pairs} == {2, 3}
    assert list(listed(["Ribe"], 5)) == []
