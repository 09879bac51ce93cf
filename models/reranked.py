"""Translations chosen with the reverse model's help: of the beam's hypotheses the one that leads back to its source.

Noisy-channel reranking (Yee et al. 2019, "Simple and Effective Noisy Channel Modeling for Neural Machine
Translation"): a hypothesis that has lost or changed a word makes the source unlikely, however fluent it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tosprog.models.base import Backend, BackendWrapper, DecodingOptions, Hypothesis, ScoringBackend

# Weight of the reverse model's mean log probability beside the model's own, which is 1. Chosen on
# benchmarks/held_out.tsv, where 0.2 to 0.5 are much the same (docs/results.md).
_WEIGHT = 0.3


class RerankedBackend(BackendWrapper):
    """A backend whose hypotheses are put in another order by the model of the reverse direction.

    Scores stay the backend's own: mean log probabilities of its tokens.
    """

    def __init__(self, backend: Backend, reverse: ScoringBackend) -> None:
        """Takes two loaded models.

        Args:
            backend: Who translates.
            reverse: Who looks back; of the reverse direction.

        Raises:
            ValueError: it is of another one.
        """
        if reverse.direction != backend.direction.reverse:
            raise ValueError(f"{reverse.direction} is not the reverse of {backend.direction}")
        super().__init__(backend)
        self.signature = reranked_signature(backend.signature, reverse.signature)
        self._reverse = reverse

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        """As of the backend, from all hypotheses of its beam."""
        found = self._backend.translate(texts, replace(options, hypotheses=options.width))
        rows = [(one, *one.others) for one in found]
        scores = self._looked_back(texts, rows)
        return [self._first(row, back, options.hypotheses) for row, back in zip(rows, scores, strict=True)]

    def _first(self, row: Sequence[Hypothesis], back: Sequence[float], most: int) -> Hypothesis:
        order = sorted(range(len(row)), key=lambda i: -row[i].score - _WEIGHT * back[i])  # stable: ties stay
        first, *others = (replace(row[i], others=()) for i in order[:most])
        return replace(first, others=tuple(others))

    def _looked_back(self, texts: Sequence[str], rows: Sequence[Sequence[Hypothesis]]) -> list[list[float]]:
        """How likely each hypothesis makes its source; none is better than another where they cannot be compared."""
        backs = [[0.0] * len(row) for row in rows]
        places = [
            (i, j)
            for i, (text, row) in enumerate(zip(texts, rows, strict=True))
            if len(row) > 1
            and self._reverse.count_target_tokens(text) <= self._reverse.max_tokens
            and all(self._fits(one.text) for one in row)
            for j in range(len(row))
        ]
        scores = self._reverse.score([(rows[i][j].text, texts[i]) for i, j in places]) if places else []
        for (i, j), score in zip(places, scores, strict=True):
            backs[i][j] = score
        return backs

    def _fits(self, text: str) -> bool:
        return bool(text.strip()) and self._reverse.count_tokens(text) <= self._reverse.max_tokens


def reranked_signature(own: str, reverse: str) -> str:
    """The signature of a backend with that of the reverse model, on which its answers depend too."""
    return f"{own} reranked by {reverse}/{_WEIGHT}"
