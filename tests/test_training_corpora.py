from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from tosprog.models.languages import Direction, LanguageCode, parse_direction
from tosprog.models.training.corpora import (
    DEFAULT_WEIGHT,
    SHARES,
    SYNTHETIC_WEIGHT,
    WEIGHTS,
    Held,
    Pair,
    clean,
    fault_of,
    fullness,
    kind_of,
    read_corpora,
    read_pack,
    rows_for,
    write_pack,
)

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
    assert read_pack(tmp_path / "pack.tsv.xz") == [(WEIGHTS["cdt"], pairs[0]), (DEFAULT_WEIGHT, pairs[1])]


def test_malformed_lines_are_left_out(tmp_path: Path) -> None:
    with lzma.open(tmp_path / "a.en-da.tsv.xz", "wt", encoding="utf-8") as file:
        file.write("one\ten\nno tab here\na\tb\tc\n two  words\tto ord\n")
    assert list(read_corpora(tmp_path)) == [Pair("one", "en", "a"), Pair("two words", "to ord", "a")]


def test_words_that_a_treebank_ties_are_two(tmp_path: Path) -> None:
    for name in ("cdt", "manual"):
        with lzma.open(tmp_path / f"{name}.en-da.tsv.xz", "wt", encoding="utf-8") as file:
            file.write("See it_ now, or i_x\tVi så det i_går_aftes_ x_1\n")
    assert [pair.danish for pair in read_corpora(tmp_path)] == [
        "Vi så det i går aftes_ x_1",
        "Vi så det i_går_aftes_ x_1",
    ]


def test_each_direction_learns_to_write_the_real_side(direction: Direction, tmp_path: Path) -> None:
    pairs = [
        Pair("The road is long and winding.", "Vejen er lang og snoet.", "cdt"),
        Pair("A road.", "En vej.", "bt-da"),
        Pair("One road.", "Vejen.", "bt-da:parole_dk"),
        Pair("The road.", "En vej.", "bt-en:essays"),
    ]
    write_pack(pairs, tmp_path / "pack.tsv.xz")
    rows = read_pack(tmp_path / "pack.tsv.xz")
    assert [weight for weight, _ in rows] == [
        WEIGHTS["cdt"],
        SYNTHETIC_WEIGHT,
        WEIGHTS["bt-da:parole_dk"],
        SYNTHETIC_WEIGHT,
    ]
    learned = {"en-da": [pairs[0], pairs[1], pairs[2]], "da-en": [pairs[0], pairs[3]]}
    assert [pair for _, pair in rows_for(direction, rows)] == learned[str(direction)]


def test_each_kind_has_its_share_of_the_text() -> None:
    rows = [
        (9.0, Pair("a" * 30, "b" * 30, "sentences")),
        (9.0, Pair("a" * 20, "c" * 20, "sentences")),
        (0.5, Pair("a" * 10, "d" * 30, "bt-da:x")),
        (1.0, Pair("a", "e" * 5, "everyday")),
        (0.0, Pair("a", "f" * 5, "cdt")),
    ]
    text = dict.fromkeys("bcde", 0.0)
    balanced = rows_for(parse_direction("en-da"), rows)
    for weight, pair in balanced:
        if weight:
            text[pair.danish[0]] += weight * len(pair.danish)
    whole = sum(text.values())
    assert whole == pytest.approx(sum(weight * len(pair.danish) for weight, pair in rows))
    asked = SHARES["da"]
    there = asked["sentences"] + asked["back-translated"] + asked["words"]
    assert (text["b"] + text["c"]) / whole == pytest.approx(asked["sentences"] / there)
    assert text["d"] / whole == pytest.approx(asked["back-translated"] / there)
    assert text["e"] / whole == pytest.approx(asked["words"] / there)
    assert text["b"] / text["c"] == pytest.approx(1.5)  # within a kind, weights and lengths decide
    assert rows_for(parse_direction("en-da"), []) == []


@pytest.mark.parametrize("language", ["da", "en"])
def test_shares_make_a_whole_and_name_every_kind(language: LanguageCode) -> None:
    assert sum(SHARES[language].values()) == pytest.approx(1)
    assert {kind_of(corpus) for corpus in (*WEIGHTS, "anything")} == set(SHARES[language])


def test_pairs_that_leave_out_are_drawn_less() -> None:
    english = "The council has decided to close the old bridge over the fjord for good."
    full = "Kommunalbestyrelsen har besluttet at lukke den gamle bro over fjorden for altid."
    short = "Byrådet lukker den gamle fjordbro."
    assert fullness(Pair(english, full, "x")) > 1 > fullness(Pair(english, short, "x"))
    assert fullness(Pair("The old bridge over the fjord", "Den gamle bro", "x")) == 1  # a phrase
