"""What is asked for again, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import DecodingOptions, Hypothesis
from tosprog.models.languages import parse_direction
from tosprog.pipeline.ask import AskOptions, ask
from tosprog.pipeline.keep import KeepPattern


class Bytes(DoubleBackend):
    """Spells a character by bytes that make none, unless that is forbidden."""

    is_double = False

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        text = "The \ufffd house is red." if options.spell_bytes else "The house is red."
        return [Hypothesis(text, -0.5) for _ in texts]


def test_bytes_that_went_astray_are_done_without() -> None:
    source = "Huset er rødt."
    how = AskOptions(decoding=DecodingOptions())
    one = ask([source], Bytes(parse_direction("da-en")), how)[source]
    assert one.text == "The house is red."
    assert [(step.name, step.checks) for step in one.steps] == [
        ("plain", ("characters",)),
        ("other hypotheses", ("characters",)),
        ("without bytes", ()),
    ]


class Copying(DoubleBackend):
    """Answers with what it is asked, carriers and all."""

    is_double = False

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        return [Hypothesis(text.replace("costs", "koster").replace("and", "og"), -0.3) for text in texts]


@pytest.mark.parametrize(
    ("localize", "keep", "answer"),
    [
        (True, (), "Det koster 1.200,50 euro og 3.000 kr."),
        (False, (), "Det koster €1,200.50 og 3,000 kr."),
        (True, (KeepPattern("€[0-9.,]+"),), "Det koster €1,200.50 og 3.000 kr."),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(
    localize: bool, keep: tuple[KeepPattern, ...], answer: str
) -> None:
    source = "Det costs €1,200.50 and 3,000 kr."
    how = AskOptions(decoding=DecodingOptions(), localize_numbers=localize, keep=keep)
    assert ask([source], Copying(parse_direction("en-da")), how)[source].text == answer


class Losing(Copying):
    """Loses what it is to carry."""

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        return [replace(one, text=one.text.replace("%1", "")) for one in super().translate(texts, options)]


def test_amounts_are_so_in_pieces_too() -> None:
    source = "Det costs €1,200.50 and 3,000 kr."
    how = AskOptions(decoding=DecodingOptions(), localize_numbers=True)
    one = ask([source], Losing(parse_direction("en-da")), how)[source]
    assert (one.text, one.steps[-1].name) == ("Det koster 1.200,50 euro og 3.000 kr.", "in pieces")
