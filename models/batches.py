"""What every backend does alike: empty texts, length limits, batches by tokens, the order of the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tosprog.models.base import DecodingOptions, Hypothesis

Token = TypeVar("Token")  # a piece or its number: each engine's own


@dataclass(frozen=True, slots=True)
class Answer:
    """A hypothesis and its length in target tokens, the end token left out."""

    hypothesis: Hypothesis
    tokens: int


def sendable(text: str) -> str:
    """The text as UTF-8 can carry it: lone surrogates, which a terminal may send, become ``?``."""
    return text.encode("utf-8", "replace").decode("utf-8")


def refuse_too_long(text: str, tokens: int, max_tokens: int) -> None:
    """Nothing is ever cut off silently.

    Raises:
        ValueError: the text has more than ``max_tokens`` tokens.
    """
    if tokens > max_tokens:
        raise ValueError(
            f"text of {tokens} tokens, at most {max_tokens} are legal; split it at clause ends: {text[:40]!r}"
        )


def by_tokens(lengths: Sequence[int], batch_tokens: int) -> Iterator[list[int]]:
    """Yields indices of texts that go together, shortest first: rows times the longest fit ``batch_tokens``.

    A text longer than ``batch_tokens`` is a batch of its own.

    Example:
        >>> list(by_tokens([9, 2, 3, 2], 8))
        [[1, 3], [2], [0]]
    """
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[index] > batch_tokens:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def translate_in_batches(
    texts: Sequence[str],
    options: DecodingOptions,
    *,
    encode: Callable[[str], list[Token]],
    run: Callable[[list[list[Token]], int], list[Answer]],
    max_tokens: int,
    max_output: int | None = None,
) -> list[Hypothesis]:
    """Translates each text once, in batches; same length and order as ``texts``.

    A text's own output limit holds in a batch as it does alone: an answer that ran past it (the batch's limit
    is that of its longest source) is asked for again by itself. This happens only to outputs that loop.

    Args:
        texts: What to translate.
        options: How.
        encode: Text -> source tokens, end token included; no token but the end for a text that has none.
        run: Translates one batch: its sources and the most tokens of an output -> an answer for each source.
        max_tokens: Longest source.
        max_output: Longest output that the network has positions for.

    Raises:
        ValueError: a text has more than ``max_tokens`` tokens.
    """
    sources = {text: encode(text) for text in dict.fromkeys(texts)}
    for text, tokens in sources.items():
        refuse_too_long(text, len(tokens), max_tokens)

    def limit_of(length: int) -> int:
        limit = int(options.max_length_ratio * length) + 10
        return min(limit, max_output) if max_output else limit

    answers = {text: Hypothesis("", 0.0) for text in sources}
    asked = [text for text, tokens in sources.items() if text and len(tokens) > 1]
    lengths = [len(sources[text]) for text in asked]
    for batch in by_tokens(lengths, options.batch_tokens):
        batch_limit = limit_of(lengths[batch[-1]])
        for index, answer in zip(batch, run([sources[asked[i]] for i in batch], batch_limit), strict=True):
            own_limit = limit_of(lengths[index])
            if answer.tokens >= own_limit and own_limit < batch_limit:
                (answer,) = run([sources[asked[index]]], own_limit)
            answers[asked[index]] = answer.hypothesis
    return [answers[text] for text in texts]
