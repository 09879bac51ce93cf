from __future__ import annotations

from collections.abc import Sequence

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import DecodingOptions, Hypothesis
from tosprog.models.languages import parse_direction
from tosprog.models.registry import load_backend
from tosprog.pipeline.alternatives import Alternative, Alternatives, alternatives_of
from tosprog.pipeline.translate import TranslateOptions

TO_ENGLISH = TranslateOptions(target="en")


class Wide(DoubleBackend):
    """Answers with several, one of which changes a number, and one in a comma alone."""

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        words = ("I have 3 dogs.", "I have, 3 dogs.", "I have 4 dogs.", "I own 3 dogs.", "I keep 3 dogs.")
        others = tuple(Hypothesis(word, -0.1 * i) for i, word in enumerate(words))
        return [Hypothesis(words[0], 0.0, others=others[1 : options.hypotheses]) for _ in texts]


def test_alternatives_differ_and_pass_the_checks() -> None:
    (row,) = alternatives_of(["Jeg har 3 hunde."], Wide, TO_ENGLISH, 3)
    assert (row.source, row.language) == ("Jeg har 3 hunde.", "da")
    assert [one.text for one in row.alternatives] == ["I have 3 dogs.", "I own 3 dogs.", "I keep 3 dogs."]
    (row,) = alternatives_of(["Jeg har 3 hunde."], Wide, TO_ENGLISH, 1)
    assert row.alternatives == (Alternative("I have 3 dogs.", 0.0),)


def test_what_needs_no_translation_has_none() -> None:
    rows = list(alternatives_of(["", "The house is very old.", "12.3"], Wide, TO_ENGLISH, 2))
    assert rows == [Alternatives("The house is very old.", "en", ()), Alternatives("12.3", None, ())]


def test_the_bundled_model_gives_several() -> None:
    direction = parse_direction("da-en")
    backend = load_backend(direction)
    (row,) = alternatives_of(["Børnene legede i haven."], lambda _: backend, TO_ENGLISH, 4)
    texts = [one.text for one in row.alternatives]
    scores = [one.score for one in row.alternatives]
    assert 2 <= len(texts) <= 4
    assert len(set(texts)) == len(texts)
    assert scores == sorted(scores, reverse=True)
