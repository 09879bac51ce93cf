"""What a sentence of a summary rests on, and what gives an invented one away."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.pipeline.support import SourceText

ENGLISH = (
    "In 2019 the parish council of Skovby asked 34 associations what they need.",
    "Mette Halkjær, who chairs the choir, said that rooms matter more than money.",
    "The council did not raise the rent of the old dairy.",
    "Three of the associations have moved into the dairy since May.",
    "Cyclists, however, lost their shed when the yard was paved.",
)
DANISH = (
    "I 2019 spurgte Skovby Kommune 34 foreninger, hvad de har brug for.",
    "Mette Halkjær, der leder koret, sagde, at lokaler betyder mere end penge.",
    "Kommunen satte ikke huslejen på det gamle mejeri op.",
    "Tre af foreningerne er flyttet ind på mejeriet siden maj.",
)


@pytest.mark.parametrize(
    ("claim", "sources"),
    [
        ("Skovby's council asked 34 associations about their needs in 2019.", [0]),
        ("Rooms matter more than money, according to Mette Halkjær.", [1]),
        ("Since May 3 associations have moved into the old dairy, whose rent was not raised.", [3, 2]),
        ("The cyclists lost their shed.", [4]),
    ],
)
def test_sources_are_found(claim: str, sources: list[int]) -> None:
    support = SourceText(ENGLISH, "en").support(claim)
    assert support.failed == ()
    assert [i for i, _ in support.sources] == sources
    assert support.coverage >= 0.5


@pytest.mark.parametrize(
    ("claim", "sources"),
    [
        ("Skovby Kommune spurgte i 2019 34 foreninger om deres behov.", [0]),
        ("Ifølge Mette Halkjær, korets leder, betyder lokalerne mere end pengene.", [1]),
        ("3 foreninger er siden maj flyttet ind på det gamle mejeri.", [3, 2]),
    ],
)
def test_sources_are_found_in_danish(claim: str, sources: list[int]) -> None:
    support = SourceText(DANISH, "da").support(claim)
    assert support.failed == ()
    assert [i for i, _ in support.sources][:1] == sources[:1]


@pytest.mark.parametrize(
    ("claim", "failed"),
    [
        ("In 2019 the council of Skovby asked 43 associations what they need.", ("numbers",)),
        ("In 2018 the council of Skovby asked 34 associations what they need.", ("numbers",)),
        ("Four of the associations have moved into the old dairy since May.", ("numbers",)),
        ("Mette Holm, who chairs the choir, said that rooms matter more than money.", ("names",)),
        ("In 2019 the council of Nykøbing asked 34 associations what they need.", ("names",)),
        ("Three of the associations have moved into the dairy since June.", ("dates",)),
        ("The council raised the rent of the old dairy.", ("negation",)),
        ("Three of the associations have not moved into the dairy.", ("negation",)),
        ("The weather was lovely for everybody who came along.", ("source",)),
        ("The text is easy to follow and well written.", ("source",)),
    ],
)
def test_inventions_are_named(claim: str, failed: tuple[str, ...]) -> None:
    assert SourceText(ENGLISH, "en").support(claim).failed == failed


@pytest.mark.parametrize(
    ("claim", "failed"),
    [
        ("I 2019 spurgte Skovby Kommune 43 foreninger, hvad de har brug for.", ("numbers",)),
        ("Mette Holm, der leder koret, sagde, at lokaler betyder mere end penge.", ("names",)),
        ("Kommunen satte huslejen på det gamle mejeri op.", ("negation",)),
        ("Tre af foreningerne er flyttet ind på mejeriet siden juni.", ("dates",)),
        ("Vejret var dejligt for alle, der kom forbi.", ("source",)),
    ],
)
def test_inventions_are_named_in_danish(claim: str, failed: tuple[str, ...]) -> None:
    assert SourceText(DANISH, "da").support(claim).failed == failed


def test_a_name_may_come_from_a_heading() -> None:
    claim = "In 2019 the parish council of Skovby in Fjordland asked 34 associations what they need."
    assert SourceText(ENGLISH, "en").support(claim).failed == ("names",)
    assert SourceText(ENGLISH, "en", context="Voices from Fjordland").support(claim).failed == ()


def test_a_model_of_inference_has_the_last_word() -> None:
    class Says:
        def __init__(self, probability: float) -> None:
            self.probability = probability
            self.pairs: list[tuple[str, str]] = []

        def probabilities(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
            self.pairs += pairs
            return [self.probability for _ in pairs]

    claim = "The cyclists lost their shed."
    for probability, failed in ((0.9, ()), (0.1, ("entailment",))):
        model = Says(probability)
        assert SourceText(ENGLISH, "en", entailment=model).support(claim).failed == failed
        assert model.pairs == [(ENGLISH[4], claim)]
    model = Says(0.9)  # is not asked about what has failed already
    assert SourceText(ENGLISH, "en", entailment=model).support("It rained.").failed == ("source",)
    assert model.pairs == []


@given(st.sampled_from(ENGLISH + DANISH))
def test_a_quotation_supports_itself(sentence: str) -> None:
    language = "en" if sentence in ENGLISH else "da"
    support = SourceText(ENGLISH if language == "en" else DANISH, language).support(sentence)
    assert support.failed == ()
    assert support.coverage == pytest.approx(1.0)


@given(st.lists(st.text(max_size=40), max_size=4), st.text(max_size=60), st.sampled_from(["da", "en", None]))
def test_any_text(sentences: list[str], claim: str, language: str | None) -> None:
    support = SourceText(sentences, language).support(claim)
    assert 0 <= support.coverage <= 1.0001
    assert len(support.sources) <= min(3, len(sentences))
    assert support.failed or support.sources
