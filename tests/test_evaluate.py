from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import Backend, DecodingOptions, Hypothesis
from tosprog.models.errors import InputError
from tosprog.models.languages import Direction
from tosprog.pipeline.evaluate import evaluate
from tosprog.pipeline.report_html import render_evaluations
from tosprog.pipeline.translate import TranslateOptions

OPTIONS = TranslateOptions(target="en", source="da")
SOURCE = ["Huset er stort og gult.", "KRIGEN MOD NARKOTIKA", "byen og havet", "Den Store Bastian", ""]
REFERENCE = [f"[en] {line}" if line else "" for line in SOURCE]
REFERENCE[1] = "[EN] KRIGEN MOD NARKOTIKA"


class Copying(DoubleBackend):
    """Answers with the source."""

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        return [Hypothesis(text, -0.1) for text in texts]


def test_a_perfect_model() -> None:
    (one,) = evaluate(SOURCE, REFERENCE, [("double", DoubleBackend)], OPTIONS)
    assert (round(one.bleu, 6), round(one.chrf, 6)) == (100, 100)
    assert (one.empty, one.loops, one.copies, one.failed, one.bleu_p) == (0, 0, 0, 0, None)
    assert [(group.name, group.lines) for group in one.by_length] == [("1-4 words", 4), ("5-9 words", 1)]
    assert {group.name: group.lines for group in one.by_form} == {
        "capitals": 1,
        "title case": 1,
        "no capital": 1,
        "ordinary": 2,
    }
    assert one.bleu_signature.startswith("nrefs:1|case:mixed")
    assert one.tokens_per_second > 0


def test_copies_are_counted_and_models_compared() -> None:
    models: list[tuple[str, type[Backend]]] = [("a", DoubleBackend), ("b", Copying), ("c", DoubleBackend)]
    good, bad, same = evaluate(SOURCE * 20, REFERENCE * 20, models, OPTIONS)
    assert (good.copies, bad.copies) == (0, 80)
    assert bad.bleu < good.bleu
    assert bad.bleu_p is not None
    assert bad.bleu_p < 0.05
    assert same.bleu_p == 1.0


@pytest.mark.parametrize(
    ("source", "reference", "message"),
    [(["a", "b"], ["a"], "2 lines and --reference 1"), (["", " "], ["", ""], "no text")],
)
def test_what_cannot_be_scored(source: list[str], reference: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluate(source, reference, [("double", DoubleBackend)], OPTIONS)


def test_the_page_is_well_formed_and_safe() -> None:
    source = ["<script>alert(1)</script> og hus", *SOURCE]
    done = evaluate(source, source, [("a<b", DoubleBackend), ("b", Copying)], OPTIONS)
    page = render_evaluations("x & y", done, source, source)
    assert "<script" not in page
    assert "http" not in page
    svg = page[page.index("<svg") : page.index("</svg>") + 6]
    assert len(ElementTree.fromstring(svg).findall("polyline")) == 2


def test_the_direction_asked_for_is_the_one_of_the_target() -> None:
    asked: list[Direction] = []

    def load(direction: Direction) -> Backend:
        asked.append(direction)
        return DoubleBackend(direction)

    evaluate(["The house."], ["Huset."], [("x", load)], TranslateOptions(target="da", source="en"))
    assert {str(direction) for direction in asked} == {"en-da"}
