from __future__ import annotations

import pytest

from tosprog.models.languages import DIRECTIONS, Direction
from tosprog.pipeline.numerals import clocked, localize_numbers, spell_currencies
from tosprog.pipeline.protect import numbers_of


@pytest.mark.parametrize(
    ("danish", "english"),
    [
        ("1.234,56 kr.", "1,234.56 kr."),
        ("4.200.000 people", "4,200,000 people"),
        ("up 3,5 % in 2016", "up 3.5 % in 2016"),
        ("(12,5)", "(12.5)"),
        ("kl. 9.30 on 4.5.2016", "kl. 9.30 on 4.5.2016"),
        ("12, 13 and 14", "12, 13 and 14"),
        ("2010-12, 3/4", "2010-12, 3/4"),
    ],
)
def test_both_ways(danish: str, english: str) -> None:
    assert localize_numbers(danish, Direction("da", "en")) == english
    assert localize_numbers(english, Direction("en", "da")) == danish


@pytest.mark.parametrize(
    "text", ["3.2 Velfærd", "se afsnit 3.2 nedenfor", "version 1.5", "at 9.30", "192.168.1.1", "figur 2.1"]
)
def test_labels_and_times_stay(text: str) -> None:
    assert localize_numbers(text, Direction("en", "da")) == text


@pytest.mark.parametrize(
    "text",
    [
        "Python 3.12 er ude",
        "Siden Ubuntu 22.04 går det",
        "fra 9.30 til 10.15",
        "Web 2.0",
        "Det kræver gcc 4.8 eller frobnik 2.1",
        "Kl. 9.30 km efter km",
    ],
)
def test_what_could_be_a_version_or_a_time_stays(text: str) -> None:
    assert localize_numbers(text, Direction("en", "da")) == text


@pytest.mark.parametrize(
    ("english", "danish"),
    [
        ("Omkring 3,000 miles", "Omkring 3.000 miles"),
        ("Omkring 2.5 millioner", "Omkring 2,5 millioner"),
        ("12.50 kroner", "12,50 kroner"),
        ("for $12.50", "for $12,50"),
        ("kr. 9.30", "kr. 9,30"),
        ("0.25 procent, 3.14159 og 34.75", "0,25 procent, 3,14159 og 34,75"),
        ("2.5 børn", "2.5 børn"),  # at the start it may be a section's number
        ("i snit 2.5 børn", "i snit 2,5 børn"),
        ("det nye gennemsnit steg 2.5 (mod 1.5 før)", "det nye gennemsnit steg 2,5 (mod 1,5 før)"),
    ],
)
def test_measures_and_money_are_no_labels(english: str, danish: str) -> None:
    assert localize_numbers(english, Direction("en", "da")) == danish


@pytest.mark.parametrize(
    ("source", "text", "danish"),
    [
        ("See Figure 3.1.", "Se graf 3.1.", "Se graf 3.1."),
        (
            "See sections 3.2 and page 4.5.",
            "Se afsnittene 3.2 og side 4.5.",
            "Se afsnittene 3.2 og side 4,5.",
        ),
        ("2.1 Methods", "2.1 Meter", "2.1 Meter"),
    ],
)
def test_the_source_tells_labels(source: str, text: str, danish: str) -> None:
    assert localize_numbers(text, Direction("en", "da"), source) == danish


@pytest.mark.parametrize(
    ("text", "danish"),
    [
        ("for $2,3 million", "for 2,3 millioner dollar"),
        ("for $1 milliard", "for 1 milliard dollar"),
        ("£14.587,30.", "14.587,30 pund."),
        ("omkring €2 mia. til", "omkring 2 mia. euro til"),
        ("US$30, eller $10", "30 amerikanske dollar, eller 10 dollar"),
        ("$1 sider, $5", "$1 sider, $5"),
        ("£3bn", "3 mia. pund"),
        ("£30k", "£30k"),
        ("A$30", "A$30"),
        ("$5-$10, £15–20", "$5-$10, £15–20"),
        ("$10^5$ og $12$, $12.", "$10^5$ og $12$, 12 dollar."),
        ("$12x", "$12x"),
    ],
)
def test_danish_prose_spells_currencies(text: str, danish: str) -> None:
    assert spell_currencies(text) == danish


@pytest.mark.parametrize("direction", DIRECTIONS, ids=str)
def test_the_value_is_the_same(direction: Direction) -> None:
    for number in ("1.234,5", "1,234.5", "0,25", "0.25", "1.000", "1,000", "12.345.678,90"):
        assert numbers_of(localize_numbers(f"x {number} y", direction)) == numbers_of(f"x {number} y")


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("We are open 10-17 a.m.", "We are open 10-17"),
        ("from 13.30 p.m. on", "from 13.30 on"),
        ("at 22 am", "at 22"),
        ("at 9.30 a.m.", "at 9.30 a.m."),
        ("It is 12 p.m. now.", "It is 12 p.m. now."),
        ("22 amateurs and 1.13 a.m.", "22 amateurs and 1.13 a.m."),
    ],
)
def test_an_hour_past_noon_has_no_half_of_the_day(text: str, clock: str) -> None:
    assert clocked(text) == clock
