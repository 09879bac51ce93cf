from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from tosprog.models.training.corpora import Held, Pair, clean, fault_of, read_corpora, read_pack, write_pack

HELD = Held(["The old bridge over the river was closed for repairs last night.", "Good morning."])


@pytest.mark.parametrize(
    ("english", "danish", "fault"),
    [
        ("The bridge is old.", "Broen er gammel.", None),
        ("", "Broen er gammel.", "empty"),
        ("Debian", "Debian", "copy"),
        ("See <b>here</b>.", "Se her.", "markup"),
        ("Open %s now", "Åbn nu", "markup"),
        ("12 + 3", "12 - 3", "no letters"),
        ("Yes.", "Ja, det kan man i høj grad sige om den sag.", "length ratio"),
        ("It costs 1,200 kroner.", "Det koster 1.200 kroner.", None),
        ("It costs 1,200 kroner.", "Det koster 1.300 kroner.", "numbers"),
        ("See http://example.org for it.", "Se hjemmesiden for mere om det.", "url"),
        ("x" * 601, "y" * 601, "too long"),
    ],
)
def test_faults(english: str, danish: str, fault: str | None) -> None:
    assert fault_of(Pair(english, danish, "x")) == fault


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("Good morning!", "exact"),
        ("good MORNING", "exact"),
        ("Good morning, all.", None),
        ("The old bridge over the river was closed for repairs last night, he said.", "near"),
        ("An old bridge over the river was closed.", None),
        ("The old bridge over the river is open.", None),
    ],
)
def test_evaluation_text_is_found(text: str, match: str | None) -> None:
    assert HELD.match(text) == match


def test_clean_keeps_order_and_counts_what_it_drops() -> None:
    pairs = [
        Pair("The bridge is old.", "Broen er gammel.", "a"),
        Pair("The bridge is old!", "Broen er gammel!", "b"),
        Pair("Good morning.", "Godmorgen.", "a"),
        Pair("Debian", "Debian", "a"),
        Pair("Dette her er også en dansk linje.", "Det her er en dansk linje.", "a"),
        Pair("The river is wide.", "Floden er bred.", "a"),
    ]
    kept, dropped = clean(pairs, HELD)
    assert kept == [pairs[0], pairs[5]]
    assert dropped == {"duplicate": 1, "evaluation text, exact": 1, "copy": 1, "language": 1}


def test_an_empty_evaluation_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="--eval"):
        Held.from_folder(tmp_path)


def test_pack_round_trip(tmp_path: Path) -> None:
    pairs = [Pair('He said "no".', "Han sagde »nej«.", "cdt"), Pair("Open", "Åbn", "elsewhere")]
    write_pack(pairs, tmp_path / "pack.tsv.xz")
    assert read_pack(tmp_path / "pack.tsv.xz") == [(3.0, pairs[0]), (0.2, pairs[1])]


def test_malformed_lines_are_left_out(tmp_path: Path) -> None:
    with lzma.open(tmp_path / "a.en-da.tsv.xz", "wt", encoding="utf-8") as file:
        file.write("one\ten\nno tab here\na\tb\tc\n two  words\tto ord\n")
    assert list(read_corpora(tmp_path)) == [Pair("one", "en", "a"), Pair("two words", "to ord", "a")]
