"""How good a translation is likely to be: the chrF that it may be expected to reach, 0 to 1.

A linear reading of what is known without a reference: how sure the model was, how long the text is, how many words
were spelled rather than known, how many the language does not have, whether a check had fired before. Fitted on
sentences that no model was trained on, and measured on others (docs/reliability.md). For a model without a fit of its
own that of the bundled ones is taken.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tosprog.models.base import Backend

_WORD = re.compile(r"[^\W\d_]+")
_MODEL = re.compile(r"/([^/@]+)@")
_DEFAULT = "default"
_LEAST, _MOST = 0.01, 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a translation without a reference.

    Attributes:
        score: Mean log probability of a token.
        words: Of the source.
        spelled: Share of the target's words that the model has not whole, 0 to 1.
        unknown: Share of the target's words that its language does not have, 0 to 1.
        failures: Attempts before this one.
    """

    score: float
    words: int
    spelled: float
    unknown: float
    failures: int

    def features(self) -> dict[str, float]:
        """The numbers that a fit weighs, by name."""
        return {
            "score": max(-4.0, self.score),
            "probability": math.exp(self.score),
            "short": 1 / max(1, self.words),
            "long": math.log(max(1, self.words)),
            "spelled": self.spelled,
            "unknown": self.unknown,
            "failed": float(self.failures > 0),
        }


def evidence_of(
    source: str, target: str, score: float, failures: int, unknown: Sequence[str], backend: Backend
) -> Evidence:
    """What is known of a translation by a backend.

    Args:
        source: As it was asked.
        target: As it was answered.
        score: Mean log probability of a token.
        failures: Attempts before this one.
        unknown: Words of the target that its language does not have (`tosprog.pipeline.unknown_words`).
        backend: Whose answer it is.
    """
    words = _WORD.findall(target)
    spelled = sum(not backend.is_whole(word) and not backend.is_whole(word.lower()) for word in words)
    return Evidence(
        score=score,
        words=len(source.split()),
        spelled=spelled / max(1, len(words)),
        unknown=len(unknown) / max(1, len(words)),
        failures=failures,
    )


def confidence_of(evidence: Evidence, signature: str) -> float:
    """The expected chrF, 0 to 1.

    Args:
        evidence: Of a translation.
        signature: Of the backend, which names the model.

    Example:
        >>> sure = Evidence(score=-0.1, words=8, spelled=0, unknown=0, failures=0)
        >>> unsure = Evidence(score=-1.5, words=8, spelled=0.5, unknown=0.1, failures=1)
        >>> confidence_of(sure, "x/tosprog-da-en@0/int8") > confidence_of(unsure, "x/tosprog-da-en@0/int8")
        True
    """
    found = _MODEL.search(signature)
    fits = _fits()
    weights = fits.get(found[1] if found else _DEFAULT, fits[_DEFAULT])
    total = weights["constant"] + sum(weights[name] * value for name, value in evidence.features().items())
    return max(_LEAST, min(_MOST, total))


@cache
def _fits() -> dict[str, dict[str, float]]:
    data = json.loads((files("tosprog.pipeline") / "confidence.json").read_text(encoding="utf-8"))
    fits: dict[str, dict[str, float]] = data["fits"]
    return fits
