"""What a model answered: whole sentences, or the name of what is wrong with it."""

from __future__ import annotations

import pytest

from tosprog.models.generation import Generation
from tosprog.models.languages import LanguageCode
from tosprog.pipeline.answers import read_answer

ASKED = (
    "Summarise the text below in 3 short sentences of at most 25 words each. Say only what the text says, keep its "
    "names and numbers, and cover its end as well as its beginning."
)


@pytest.mark.parametrize(
    ("text", "complete", "sentences"),
    [
        ("It rained all day. The river rose.", True, ("It rained all day.", "The river rose.")),
        ("It rained all day. The river rose and", False, ("It rained all day.",)),
        ("Here is a summary of the text:\nIt rained all day.", True, ("It rained all day.",)),
        ("Sure! It rained all day.", True, ("It rained all day.",)),
        ("**Summary:** It rained all day.", True, ("It rained all day.",)),
        ("- It rained all day.\n- The river rose.", True, ("It rained all day.", "The river rose.")),
        ("1. It rained all day.\n2. The river rose.", True, ("It rained all day.", "The river rose.")),
        ("# Rain\n\nIt rained all day.", True, ("It rained all day.",)),
        (
            "It rained all day. It rained all day. The river rose.",
            True,
            ("It rained all day.", "The river rose."),
        ),
        ("It rained 3.5 cm on Mr. Lund’s roof.", True, ("It rained 3.5 cm on Mr. Lund’s roof.",)),
        (
            "It rained " + "and rained over hill and dale " * 12 + ". The river rose.",
            True,
            ("The river rose.",),
        ),
    ],
)
def test_whole_sentences(text: str, complete: bool, sentences: tuple[str, ...]) -> None:
    answer = read_answer(Generation(text, complete), ASKED, "en")
    assert (answer.sentences, answer.problem) == (sentences, None)


@pytest.mark.parametrize(
    ("text", "language", "problem"),
    [
        ("", "en", "empty"),
        (" … ", "en", "empty"),
        ("It rained and", "en", "unfinished"),
        ("The text is summarised in 3 short sentences of 25 words each.", "en", "echo"),
        (ASKED, "en", "echo"),
        ("The river river river river rose.", "en", "loop"),
        ("The river rose. " * 5, "en", "loop"),
        ("Det regnede hele dagen, og åen gik over sine bredder om aftenen.", "en", "language"),
        ("It rained all day, and in the evening the river was over its banks.", "da", "language"),
        ("Es regnete den ganzen Tag, und am Abend trat der Fluss über die Ufer.", "en", "language"),
    ],
)
def test_what_cannot_be_used(text: str, language: LanguageCode, problem: str) -> None:
    answer = read_answer(Generation(text, False), ASKED, language)
    assert (answer.sentences, answer.problem) == ((), problem)
