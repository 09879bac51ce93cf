"""The one seam between the pipeline and a translation engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tosprog.models.languages import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodingOptions:
    """How hypotheses are searched for.

    Attributes:
        beam_size: Hypotheses kept at each step; 1 is greedy.
        repetition_ngram: No n-gram of this many tokens comes twice in an output; 0 allows all.
        max_length_ratio: An output ends after this many times the source's tokens, plus 10.
        batch_tokens: Source tokens in one batch, padding included.
        align: Whether hypotheses are to say which words come from which; not every backend can.
        hypotheses: How many a text is to have, the best first; the others are its `Hypothesis.others`. A search as
            wide is made for them, whatever ``beam_size``.
        spell_bytes: Whether a character that the model has no piece for may be spelled byte by byte.
    """

    beam_size: int = 4
    repetition_ngram: int = 0
    max_length_ratio: float = 2.5
    batch_tokens: int = 1024
    align: bool = False
    hypotheses: int = 1
    spell_bytes: bool = True

    def __post_init__(self) -> None:
        if (
            self.beam_size < 1
            or self.batch_tokens < 1
            or self.hypotheses < 1
            or self.repetition_ngram < 0
            or self.max_length_ratio <= 0
        ):
            raise ValueError(f"decoding options out of range: {self}")

    @property
    def width(self) -> int:
        """Hypotheses kept at each step: as many as are asked for, or more."""
        return max(self.beam_size, self.hypotheses)


# For each word of the target its share of each word of the source, 0 to 1; words are what blanks part.
Alignment = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a model answers.

    Attributes:
        text: The translation.
        score: Its mean log probability per token (0 is certain).
        alignment: Which words come from which, None where the backend cannot say or was not asked.
        others: The next best, in order, where more than one was asked for; fewer where the search found fewer.
    """

    text: str
    score: float
    alignment: Alignment | None = None
    others: tuple[Hypothesis, ...] = ()


@runtime_checkable
class Backend(Protocol):
    """A loaded model for one direction. It knows nothing of documents.

    Attributes:
        direction: What it translates from and into.
        max_tokens: The longest source, in its own tokens, that it translates without cutting.
        signature: Engine, model, revision, checksum: enough to get the same output again.
        is_double: Whether its answers stand for translations, as in tests, and are not to be read as language.
    """

    direction: Direction
    max_tokens: int
    signature: str
    is_double: bool

    def count_tokens(self, text: str) -> int:
        """The number of source tokens of the text, the end token included."""
        ...

    def is_whole(self, word: str) -> bool:
        """Whether the model has the word as one token of its target side; others it spells, and may misspell."""
        ...

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        """Translates each text; same length and order as ``texts``. An empty text gives an empty one.

        Raises:
            ValueError: a text is longer than ``max_tokens``; nothing is ever cut off silently.
        """
        ...


@runtime_checkable
class ScoringBackend(Backend, Protocol):
    """A backend that can say, too, how likely it finds a translation that is not its own."""

    def count_target_tokens(self, text: str) -> int:
        """The number of tokens of a translation, the end token included."""
        ...

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each source and translation the mean log probability of a token of the translation, 0 or less.

        Raises:
            ValueError: a source is longer than ``max_tokens``, or a translation than the network can be.
        """
        ...


class BackendWrapper:
    """A backend that asks another one; whoever wraps it says what `translate` does.

    Attributes:
        direction: That of the other.
        max_tokens: That of the other.
        signature: That of the other.
        is_double: That of the other.
    """

    def __init__(self, backend: Backend) -> None:
        self.direction = backend.direction
        self.max_tokens = backend.max_tokens
        self.signature = backend.signature
        self.is_double = backend.is_double
        self._backend = backend

    def count_tokens(self, text: str) -> int:
        """As of the other."""
        return self._backend.count_tokens(text)

    def is_whole(self, word: str) -> bool:
        """As of the other."""
        return self._backend.is_whole(word)
