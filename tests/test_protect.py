from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.pipeline.protect import numbers_of, split_protected


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Se https://a.dk/x?y=1. Tak", ["https://a.dk/x?y=1"]),
        ("Skriv til ib@a-b.dk i dag", ["ib@a-b.dk"]),
        ("Kør `make dev` nu", ["`make dev`"]),
        ("Hej {name}, du har %s og ${x}", ["{name}", "%s", "${x}"]),
        ("Læs [bogen](http://b.dk/a_(b)) nu", ["[", "](http://b.dk/a_(b))"]),
        ("En ![kat](k.png) her", ["![", "](k.png)"]),
        ("Det er **meget** vigtigt", ["**", "**"]),
        ("Det er _meget_ vigtigt", ["_", "_"]),
        ("snake_case_navn er ét ord", []),
        ("En note[^1] her", ["[^1]"]),
        ("Et <b>fedt</b> ord &amp; mere", ["<b>", "</b>", "&amp;"]),
        ("Følg #velfærd nu", ["#velfærd"]),
        ("2 * 3 * 4 er 24 i alt", []),
        ("Det er −12 °C eller 45° nu", ["−12 °C", "45°"]),
        ("Den koster €3.50 eller 3,50 € nu", ["€3.50", "3,50 €"]),
        ("Der er $10^5$ af $n$, og $a_i = 2$ for $5 og $10", ["$10^5$", "$n$", "$a_i = 2$", "$5", "$10"]),
        ("Fra $5-$10 til $3 = $4", ["$5", "$10", "$3", "$4"]),
        ("Den koster £7.25, $5 eller US$1.5bn nu", ["£7.25", "$5", "US$1.5bn"]),
        ("Tag ½ liter og 4½ kilo nu", ["½", "4½"]),
        ("Et ± to ≈ tre → fire", ["±", "≈", "→"]),
        ("Ordet™ her", ["™"]),
        ("Den koster 3,50 kr. eller 5 % nu", []),
        ("Intet her", []),
    ],
)
def test_spans(text: str, kept: list[str]) -> None:
    pieces = split_protected(text)
    joined = [piece.text for piece in pieces if piece.kept]
    rest = "\0".join(joined)
    for span in kept:
        assert span in rest
        rest = rest.replace(span, "", 1)
    assert not any(c.isalpha() for c in rest)


@given(st.text(alphabet="ab æ*_`[](){}<>#!@./:%$1\n", max_size=80), st.booleans())
def test_pieces_join_to_the_text(text: str, numbers: bool) -> None:
    pieces = split_protected(text, numbers=numbers)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text == piece.text.strip() for piece in pieces if not piece.kept)


def test_numbers_are_kept_on_request() -> None:
    free = [
        piece.text
        for piece in split_protected("Den 4. maj kl. 9.30 kom 12 mand", numbers=True)
        if not piece.kept
    ]
    assert free == ["Den", "maj kl.", "kom", "mand"]


@pytest.mark.parametrize(
    ("danish", "english", "same"),
    [
        ("1.234,56 kr.", "1,234.56 kr.", True),
        ("kl. 9.30", "at 9:30", True),
        ("10 %", "10%", True),
        ("3 af 4", "3 of 5", False),
        ("1.234,56 kr.", "DKK 1.234.56", False),
        ("4.200.000", "4200000", True),
        ("2010-2012", "2010–2012", True),
        ("3,5", "35", False),
        ("i 2016", "", False),
    ],
)
def test_numbers_of(danish: str, english: str, same: bool) -> None:
    assert (numbers_of(danish) == numbers_of(english)) is same
