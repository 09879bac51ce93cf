"""A call that never ends costs its own text, no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import Backend, DecodingOptions, Hypothesis
from tosprog.models.languages import Direction
from tosprog.models.timed import TimedBackend

TO_ENGLISH = Direction("da", "en")


class Hanging(DoubleBackend):
    """Waits for ever on one text; refuses another."""

    loads = 0

    def __init__(self) -> None:
        super().__init__(TO_ENGLISH)
        Hanging.loads += 1

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        if "hæng" in texts:
            threading.Event().wait()
        if "fejl" in texts:
            raise ValueError("fejl")
        return super().translate(texts, options)


def test_the_other_texts_are_answered() -> None:
    Hanging.loads = 0
    model = TimedBackend(Hanging, timeout_s=0.1)
    assert isinstance(model, Backend)
    texts = [*(f"tekst {i}" for i in range(100)), "hæng", "tekst 3"]
    answers = model.translate(texts, DecodingOptions())
    assert [answer.text for answer in answers] == ["" if t == "hæng" else f"[en] {t}" for t in texts]
    assert model.gave_up == ["hæng"]
    assert Hanging.loads == 3
    started = time.monotonic()
    assert model.translate(["hæng"], DecodingOptions())[0].text == ""
    assert time.monotonic() - started < 0.1


def test_errors_are_those_of_the_model() -> None:
    with pytest.raises(ValueError, match="fejl"):
        TimedBackend(Hanging, timeout_s=5).translate(["fejl"], DecodingOptions())
