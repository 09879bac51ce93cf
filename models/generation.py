"""The seam between the pipeline and a model that writes: a summariser, or a small instruction model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tosprog.models.languages import LanguageCode


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationOptions:
    """What is asked of a model.

    Attributes:
        instruction: What to do with the text; a model that cannot be told does what it was trained for.
        sentences: Most sentences that it may write; None leaves it to the model. Not every model can be held to it.
        max_tokens: Most tokens that it may write.
        temperature: 0 takes the likeliest token at each step; above that the choice is by chance.
        seed: Of that chance.
        beam_size: Hypotheses kept at each step, where the model searches by beams.
    """

    instruction: str = ""
    sentences: int | None = None
    max_tokens: int = 256
    temperature: float = 0.0
    seed: int = 1
    beam_size: int = 4

    def __post_init__(self) -> None:
        if self.max_tokens < 1 or self.beam_size < 1 or not 0 <= self.temperature <= 2:
            raise ValueError(f"generation options out of range: {self}")
        if self.sentences is not None and self.sentences < 1:
            raise ValueError(f"sentences is {self.sentences}; legal is a whole number from 1")


@dataclass(frozen=True, slots=True)
class Generation:
    """What a model wrote.

    Attributes:
        text: The answer, as it came.
        complete: Whether the model ended it; otherwise it stops in the middle.
    """

    text: str
    complete: bool


@runtime_checkable
class Generator(Protocol):
    """A loaded model that writes. It knows nothing of documents.

    Attributes:
        languages: What it writes well.
        max_tokens: The longest text with its instruction, in its own tokens, that it reads without cutting.
        follows_instructions: Whether it reads ``GenerationOptions.instruction``.
        signature: Engine, model, checksum: enough to get the same output again.
    """

    languages: tuple[LanguageCode, ...]
    max_tokens: int
    follows_instructions: bool
    signature: str

    def count_tokens(self, text: str) -> int:
        """The number of tokens of a text, or a figure above it where the engine does not say."""
        ...

    def generate(self, text: str, options: GenerationOptions) -> Generation:
        """Writes what is asked for about the text.

        Raises:
            ValueError: the text is longer than ``max_tokens``; nothing is ever cut off silently.
            ModelError: the engine failed.
        """
        ...
