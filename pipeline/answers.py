"""What a model answered, as sentences, and why an answer cannot be used."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tosprog.models.generation import Generation
from tosprog.models.languages import LanguageCode
from tosprog.pipeline.checks import has_loop
from tosprog.pipeline.detect import language_of
from tosprog.pipeline.document import Block, BlockKind
from tosprog.pipeline.segment import segment_block
from tosprog.pipeline.terms import stems

_ECHO = 0.7  # share of a sentence's terms that are the instruction's
MOST_WORDS = 60  # of a sentence; what runs on was not written as one
_SURE = 0.8  # confidence from which an answer is in another language
_LABEL = re.compile(
    r"^\W*(?:(?:here is|here's|sure|certainly|of course|her er|selvfølgelig)\b[^.:!\n]*[:.!]\s*|"
    r"(?:summary|resumé|sammenfatning|answer|svar)\W*:\s*|text:\s*)+",
    re.IGNORECASE,
)
_MARK = re.compile(r"^\s*(?:[-*•]\s+|\d{1,2}[.)]\s+|#+\s+)", re.MULTILINE)
_EMPHASIS = re.compile(r"\*\*|__|`")
_END = (".", "!", "?", "…", '"', "”", "»", ")")


@dataclass(frozen=True, slots=True)
class Answer:
    """Whole sentences of an answer, or why there are none.

    Attributes:
        sentences: On one line each, in order, none twice.
        problem: The name of the check that fired, None where the answer can be used.
    """

    sentences: tuple[str, ...]
    problem: str | None = None


def read_answer(answer: Generation, instruction: str, language: LanguageCode) -> Answer:
    """Cuts an answer into sentences; labels, list marks and sentences that run on or were not ended are left out.

    Example:
        >>> read_answer(Generation("Summary: It rained. It poured. And th", False), "Summarise.", "en").sentences
        ('It rained.', 'It poured.')
    """
    text = _EMPHASIS.sub("", _MARK.sub("", _LABEL.sub("", answer.text.strip())))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [
        " ".join(segment.text.split())
        for line in lines
        for segment in segment_block(Block(BlockKind.PARAGRAPH, line), language)
    ]
    sentences = tuple(s for s in dict.fromkeys(found) if s.endswith(_END) and len(s.split()) <= MOST_WORDS)
    if not any(c.isalnum() for c in text):
        return Answer((), "empty")
    for name, fires in ANSWER_CHECKS.items():
        if fires(found, instruction, language):
            return Answer((), name)
    return Answer(sentences, None if sentences else "unfinished")


def is_loop(found: list[str], instruction: str, language: LanguageCode) -> bool:
    """Words come again and again, or half of the sentences are repetitions."""
    return has_loop(" ".join(found)) or len(set(found)) * 2 <= len(found) - 1


def is_echo(found: list[str], instruction: str, language: LanguageCode) -> bool:
    """Most of the sentences are made of the words of the instruction."""
    asked = set(stems(instruction, language))
    shares = []
    for sentence in found:
        terms = set(stems(sentence, language))
        shares.append(bool(terms) and len(terms & asked) >= _ECHO * len(terms))
    return bool(shares) and sum(shares) * 2 > len(shares)


def is_other_language(found: list[str], instruction: str, language: LanguageCode) -> bool:
    """The answer is surely in another language than the one that was asked for."""
    # Danish names do not make English Danish.
    own, confidence = language_of(" ".join(w for w in " ".join(found).split() if not w[:1].isupper()))
    return own is not None and own != language and confidence >= _SURE


ANSWER_CHECKS: dict[str, Callable[[list[str], str, LanguageCode], bool]] = {
    "loop": is_loop,
    "echo": is_echo,
    "language": is_other_language,
}
