"""What is asked for again, and how."""

from __future__ import annotations

from collections.abc import Sequence

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import DecodingOptions, Hypothesis
from tosprog.models.languages import parse_direction
from tosprog.pipeline.ask import AskOptions, ask


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
