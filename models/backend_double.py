"""A backend without a model: for tests, dry runs and demonstrations. It never translates anything."""

from __future__ import annotations

from collections.abc import Sequence

from tosprog.models.base import DecodingOptions, Hypothesis
from tosprog.models.batches import refuse_too_long
from tosprog.models.languages import Direction


class DoubleBackend:
    """Marks each text with the target language: ``Hej`` becomes ``[en] Hej``. A token is a word."""

    is_double = True

    def __init__(self, direction: Direction, *, max_tokens: int = 128) -> None:
        """Needs no file.

        Args:
            direction: What it claims to translate.
            max_tokens: Longest text in words, plus 1 for the end token.
        """
        self.direction = direction
        self.max_tokens = max_tokens
        self.signature = f"double/{direction}"

    def count_tokens(self, text: str) -> int:
        """The number of words, plus 1."""
        return len(text.split()) + 1

    def is_whole(self, word: str) -> bool:
        """Every word is: it spells nothing."""
        return True

    def count_target_tokens(self, text: str) -> int:
        """The number of words, plus 1."""
        return self.count_tokens(text)

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Any translation is as good as another."""
        return [0.0] * len(pairs)

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        """Marks each text; the options change nothing.

        Raises:
            ValueError: a text is longer than ``max_tokens``.
        """
        for text in texts:
            refuse_too_long(text, self.count_tokens(text), self.max_tokens)
        return [
            Hypothesis(f"[{self.direction.target}] {text}" if text.strip() else "", 0.0) for text in texts
        ]
