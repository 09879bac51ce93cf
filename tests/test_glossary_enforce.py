"""A translation gets the words that a glossary wants, in their form, and says what became of each."""

from __future__ import annotations

import pytest

from tosprog.models.base import DecodingOptions, Hypothesis
from tosprog.models.languages import Direction, parse_direction
from tosprog.models.registry import load_backend
from tosprog.pipeline.document import TermUse, TermUseKind
from tosprog.pipeline.glossary import Glossary, Term
from tosprog.pipeline.glossary_enforce import Enforcer, enforcer_of

GLOSSARY = Glossary(
    (
        Term("kommune", "council"),
        Term("ydelse", "benefit"),
        Term("lejer", "renter"),
        Term("ansøgning", "application"),
        Term("social indsats", "welfare measure"),
        Term("tilskud", "grant"),
        Term("årsag", "occasion"),
    )
)
WORDS = frozenset("kommune kommunen lejeren ydelsen tilskuddet ny nyt sag".split())
MANY = DecodingOptions(hypotheses=4, align=True)


def aligned(source: str, target: str, *places: int | None) -> Hypothesis:
    """A hypothesis each of whose words comes from one of the source's, or from all alike."""
    width = len(source.split())
    rows = tuple(
        tuple(1.0 if place == j else 1 / width if place is None else 0.0 for j in range(width))
        for place in places
    )
    assert len(rows) == len(target.split())
    return Hypothesis(target, -0.5, rows)


def enforced(direction: str, source: str, target: str, *places: int | None) -> str:
    done = Enforcer(GLOSSARY, parse_direction(direction), WORDS.__contains__).enforce(
        source, aligned(source, target, *places)
    )
    return f"{done.hypothesis.text} [{' '.join(use.kind.value for use in done.uses)}]"


@pytest.mark.parametrize(
    ("source", "target", "places", "expected"),
    [
        ("Kommunen svarer.", "The municipality answers.", (0, 0, 1), "The council answers. [rewritten]"),
        ("Kommunen svarer.", "Municipality answers.", (0, 1), "Council answers. [rewritten]"),
        ("Kommunen svarer.", "The councils answer.", (0, 0, 1), "The councils answer. [respected]"),
        ("kommunens svar", "the municipality's answer", (0, 0, 1), "the council's answer [rewritten]"),
        ("Se kommunerne!", 'See "the municipalities"!', (0, 1, 1), 'See "the councils"! [rewritten]'),
        ("En ansøgning.", "A petition.", (0, 1), "An application. [rewritten]"),
        ("En ny ansøgning.", "A new petition.", (0, 1, 2), "A new application. [rewritten]"),
        (
            "lejernes ydelser",
            "the tenants' allowances",
            (0, 0, 1),
            "the renters' benefits [rewritten rewritten]",
        ),
        ("Den sociale indsats.", "The social effort.", (0, 1, 2), "The welfare measure. [rewritten]"),
        ("Sociale indsatser.", "Efforts for society.", (1, 0, 0), "Welfare measures. [rewritten]"),
        ("KOMMUNEN", "MUNICIPALITY", (0,), "COUNCIL [rewritten]"),
        ("Kommunekontoret svarer.", "The office answers.", (0, 0, 1), "The office answers. [compound]"),
        ("Uden dem.", "Without them.", (0, 1), "Without them. []"),
        ("Kommunen svarer.", "It answers.", (0, 1), "It answers. [violated]"),
    ],
)
def test_into_english(source: str, target: str, places: tuple[int | None, ...], expected: str) -> None:
    assert enforced("da-en", source, target, *places) == expected


@pytest.mark.parametrize(
    ("source", "target", "places", "expected"),
    [
        ("The council answers.", "Rådet svarer.", (1, 2), "Kommunen svarer. [rewritten]"),
        ("The council's answer.", "Rådets svar.", (1, 2), "Kommunens svar. [rewritten]"),
        ("A benefit.", "Et gode.", (0, 1), "En ydelse. [rewritten]"),
        ("A new grant.", "En ny støtte.", (0, 1, 2), "Et nyt tilskud. [rewritten]"),
        ("The benefits rise.", "Goderne stiger.", (1, 2), "Ydelserne stiger. [rewritten]"),
        ("Our benefit.", "Vores gode.", (0, 1), "Vores ydelse. [rewritten]"),
        ("The welfare measure.", "Indgrebet.", (2,), "Den sociale indsats. [rewritten]"),
        ("Welfare measures.", "Velfærdstiltag.", (1,), "Sociale indsatser. [rewritten]"),
        ("The council office.", "Kommunekontoret.", (None,), "Kommunekontoret. [respected]"),
        ("The council.", "Det råd.", (0, 1), "Kommunen. [rewritten]"),
    ],
)
def test_into_danish(source: str, target: str, places: tuple[int | None, ...], expected: str) -> None:
    assert enforced("en-da", source, target, *places) == expected


def test_each_use_is_named() -> None:
    enforcer = enforcer_of(GLOSSARY, Direction("da", "en"))
    assert enforcer is enforcer_of(Glossary(GLOSSARY.terms), Direction("da", "en"))
    source = "Kommunekontoret svarer lejerne."
    done = enforcer.enforce(source, aligned(source, "The office answers the tenants.", 0, 0, 1, 2, 2))
    assert done.uses == (
        TermUse("Kommunekontoret", "council", TermUseKind.COMPOUND),
        TermUse("lejerne", "renter", TermUseKind.REWRITTEN),
    )
    assert done.violations == 0


def test_a_term_that_comes_twice_is_wanted_twice() -> None:
    source = "Kommunen hilser kommunen."
    done = Enforcer(GLOSSARY, Direction("da", "en")).enforce(
        source, aligned(source, "Municipality greets council.", 0, 1, 2)
    )
    assert done.hypothesis.text == "Council greets council."
    assert [use.kind.value for use in done.uses] == ["rewritten", "respected"]


def test_another_hypothesis_that_has_the_term_goes_before_rewriting() -> None:
    source = "Kommunen svarer."
    other = aligned(source, "Councils do answer.", 0, 1, 1)
    first = aligned(source, "The municipality answers.", 0, 0, 1)
    both = Hypothesis(first.text, first.score, first.alignment, (first, other))
    done = Enforcer(GLOSSARY, Direction("da", "en")).enforce(source, both)
    assert done.hypothesis == other
    assert done.uses[0].kind is TermUseKind.RESPECTED


def test_the_alignment_fits_what_is_written() -> None:
    source = "Indsatser og sociale indsatser."
    hypothesis = aligned(source, "Actions and interventions.", 0, 1, 3)
    done = Enforcer(GLOSSARY, Direction("da", "en")).enforce(source, hypothesis)
    assert done.hypothesis.text == "Actions and welfare measures."
    assert done.hypothesis.alignment == (
        *(hypothesis.alignment or ())[:2],
        (0, 0, 0.5, 0.5),
        (0, 0, 0.5, 0.5),
    )


def test_without_an_alignment_that_fits_nothing_is_exchanged() -> None:
    enforcer = Enforcer(GLOSSARY, Direction("da", "en"))
    for alignment in (None, ((1.0,),), ((1.0, 0.0), (0.0, 1.0))):
        hypothesis = Hypothesis("The municipality answers.", 0.0, alignment)
        done = enforcer.enforce("Kommunen svarer.", hypothesis)
        assert (done.hypothesis, done.violations) == (hypothesis, 1)
    assert enforcer.enforce("Kommunen.", Hypothesis("", 0.0)).violations == 1


@pytest.mark.parametrize(
    ("direction", "source", "masked", "answer", "expected"),
    [
        ("da-en", "Kommunen betaler %1.", "%2 betaler %1.", "%2 pays %1.", "The council pays %1."),
        ("da-en", "Kommunens svar", "%1s svar", "the %1's answer", "the council's answer"),
        ("en-da", "The council's benefits", "The %1's %2", "%1s %2", "Kommunens ydelser"),
        ("en-da", "We like the benefit.", "We like the %1.", "Vi kan lide den %1.", "Vi kan lide ydelsen."),
        ("da-en", "Kommunen svarer.", "%1 svarer.", "They answer.", None),
        ("da-en", "Kommunen svarer.", "%1 svarer.", "%1 %1 answers.", None),
        ("da-en", "De svarer.", None, "", None),
    ],
)
def test_carriers(direction: str, source: str, masked: str | None, answer: str, expected: str | None) -> None:
    enforcer = Enforcer(GLOSSARY, parse_direction(direction), WORDS.__contains__)
    made = enforcer.mask(source)
    assert (made and made.text) == masked
    if made is not None:
        filled = enforcer.fill(made, Hypothesis(answer, -1.0))
        assert (filled and filled.hypothesis.text) == expected


@pytest.mark.parametrize(
    ("direction", "source", "expected"),
    [
        (
            "da-en",
            "Kommunen betaler en ydelse til lejerne.",
            "The council is paying a benefit to the renters.",
        ),
        ("da-en", "Kommunens kontor er lukket.", "The council's office"),
        ("en-da", "The council received a hundred applications.", "Kommunen "),
        ("en-da", "The renters' complaints were read out at the meeting.", "Lejernes klager"),
    ],
)
def test_with_the_bundled_models(direction: str, source: str, expected: str) -> None:
    backend = load_backend(parse_direction(direction))
    enforcer = Enforcer(GLOSSARY, backend.direction, backend.is_whole)
    done = enforcer.enforce(source, backend.translate([source], MANY)[0])
    assert done.violations == 0
    assert done.hypothesis.text.startswith(expected)
    assert len(done.hypothesis.alignment or ()) == len(done.hypothesis.text.split())
