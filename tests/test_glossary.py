"""Terms are found in their forms, and nothing else is."""

from __future__ import annotations

import pickle
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.languages import Direction
from tosprog.pipeline.glossary import Glossary, Term
from tosprog.pipeline.glossary_finder import TermFinder, matches_of
from tosprog.pipeline.glossary_forms import Form, written

FROM_DANISH, FROM_ENGLISH = Direction("da", "en"), Direction("en", "da")
TERMS = (
    Term("ydelse", "benefit"),
    Term("social ydelse", "social benefit"),
    Term("bus", "coach"),
    Term("man", "one"),
    Term("cykel", "cycle"),
    Term("mand", "fellow", ("mænd", "mændene")),
    Term("leder af afdeling", "head of department"),
    Term("C++", "C++"),
    Term("IT", "IT"),
    Term("kommune", "council"),
    Term("nummer", "number"),
    Term("lejer", "renter"),
    Term("leje", "rent"),
    Term("gymnasium", "upper secondary school"),
    Term("tv", "television"),
    Term("Apple", "Apple", case_sensitive=True),
    Term("bruger", "end user"),
    Term("formand", "chair"),
    Term("tal", "figure"),
    Term("åben fil", "open file"),
    Term("hotel", "inn"),
    Term("prøve", "trial"),
)
GLOSSARY = Glossary(TERMS)


def found(text: str, direction: Direction = FROM_DANISH) -> list[str]:
    """What is found: as it stands, a star behind a compound."""
    return [
        text[match.start : match.end] + "*" * match.is_compound
        for match in matches_of(GLOSSARY, text, direction)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bussen, bussernes og en bus", ["Bussen", "bussernes", "bus"]),
        ("en buste, mange busker, busen og buste", []),
        ("Man kan mange ting, sagde manden", ["Man", "manden"]),
        ("Cyklen og cyklernes hjul", ["Cyklen", "cyklernes"]),
        ("Mænd og mændenes koner", ["Mænd", "mændenes"]),
        ("mandag og mandatet", []),
        ("Sociale ydelser og ydelserne", ["Sociale ydelser", "ydelserne"]),
        ("den sociale  ydelses størrelse", ["sociale  ydelses"]),
        ("social, ydelse", ["ydelse"]),
        ("Lederen af afdelingen", []),  # only the head takes endings
        ("Lederne af afdeling", ["Lederne af afdeling"]),
        ("Skriv det i C++.", ["C++"]),
        ("Skriv det i C.", []),
        ("it er IT, og ITs", ["IT", "ITs"]),
        ("Kommunekontoret ligger i hovedkommunen", ["Kommunekontoret*", "hovedkommunen*"]),
        ("kommune- og amtsskat", ["kommune-*"]),
        ("forbrydelse og indflydelse", []),
        ("Numrene, nummeret og numre", ["Numrene", "nummeret", "numre"]),
        ("lejerens leje og lejen", ["lejerens", "leje", "lejen"]),
        ("gymnasiet, gymnasierne, gymnasium", ["gymnasiet", "gymnasierne", "gymnasium"]),
        ("tv'et og tv’ets lyd", ["tv'et", "tv’ets"]),
        ("apple og Apples", ["Apples"]),
        ("Vores far bruger olie", []),
        ("En bruger og brugeren", ["bruger", "brugeren"]),
        ("Kurset prøver, og vi prøver; alle prøver uden prøver", ["prøver", "prøver"]),
        ("tallene, men ikke taler og tale", ["tallene"]),
        ("åbne filer og en åben fil", ["åbne filer", "åben fil"]),
        ("hotellet og hotellernes", ["hotellet", "hotellernes"]),
        ("", []),
        ("   ", []),
    ],
)
def test_danish_terms(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The benefits, the benefit's and the benefits' size", ["benefits", "benefit's", "benefits'"]),
        ("the 'benefits' here", ["benefits"]),
        ("Coaches leave; a coachman does not.", ["Coaches"]),
        ("Heads of department's meeting", ["Heads of department's"]),
        ("Social benefits", ["Social benefits"]),
        ("It is about IT.", ["IT"]),
        ("He chairs the meeting; the chairs are new.", ["chairs"]),
        ("We number the pages, and want to number them.", ["number"]),
        ("upper secondary schools", ["upper secondary schools"]),
        ("benefit-cost", []),
    ],
)
def test_english_terms(text: str, expected: list[str]) -> None:
    assert found(text, FROM_ENGLISH) == expected


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("bus", Form()),
        ("bussen", Form(definite=True)),
        ("bussens", Form(definite=True, genitive=True)),
        ("busser", Form(plural=True)),
        ("busserne", Form(plural=True, definite=True)),
        ("bussernes", Form(plural=True, definite=True, genitive=True)),
        ("mændene", Form(plural=True, definite=True)),
        ("mænds", Form(plural=True, genitive=True)),
        ("sociale ydelser", Form(plural=True)),
    ],
)
def test_what_a_form_says(text: str, form: Form) -> None:
    assert [match.form for match in matches_of(GLOSSARY, text, FROM_DANISH)] == [form]


def test_of_two_terms_that_are_the_same_the_first_holds() -> None:
    finder = TermFinder((Term("sag", "case"), Term("Sag", "matter")), "da")
    assert [match.term.english for match in finder.find("Sagen")] == ["case"]


@pytest.mark.parametrize(
    ("word", "form", "expected"),
    [
        ("ydelse", Form(definite=True), "ydelsen"),
        ("tilskud", Form(definite=True), "tilskuddet"),
        ("lejer", Form(plural=True), "lejere"),
        ("lejer", Form(plural=True, definite=True, genitive=True), "lejernes"),
        ("museum", Form(definite=True), "museet"),
        ("bus", Form(plural=True, definite=True), "busserne"),
        ("kontrol", Form(definite=True), "kontrollen"),
        ("nyhed", Form(plural=True), "nyheder"),
        ("IT", Form(genitive=True), "ITs"),
        ("hus", Form(genitive=True), "hus'"),
    ],
)
def test_danish_forms_written(word: str, form: Form, expected: str) -> None:
    assert written(word, form, "da") == expected


def test_a_form_that_is_named_or_known_goes_first() -> None:
    assert written("fyr", Form(definite=True), "da", ["fyret"]) == "fyret"
    assert written("fyr", Form(definite=True), "da", (), {"fyret"}.__contains__) == "fyret"
    assert written("fyr", Form(definite=True), "da") == "fyren"
    assert written("mand", Form(plural=True), "da", ["mænd", "mændene"]) == "mænd"


def test_a_glossary_is_its_terms() -> None:
    same = Glossary(TERMS, ("line 3: odd",))
    assert same == GLOSSARY
    assert hash(GLOSSARY) == hash(same)
    assert pickle.loads(pickle.dumps(GLOSSARY)) == GLOSSARY
    assert pickle.loads(pickle.dumps(same)).notices == ("line 3: odd",)
    assert Glossary(TERMS[1:]) != GLOSSARY
    assert GLOSSARY != "glossary"
    assert len(GLOSSARY.checksum) == 16
    assert Glossary((Term("a", "b", case_sensitive=True),)) != Glossary((Term("a", "b"),))


@given(st.text(max_size=60))
def test_any_text_may_come(text: str) -> None:
    for direction in (FROM_DANISH, FROM_ENGLISH):
        matches = matches_of(GLOSSARY, text, direction)
        assert all(0 <= match.start < match.end <= len(text) for match in matches)
        assert all(a.end <= b.start for a, b in pairwise(matches))


def test_many_terms_cost_little() -> None:
    terms = tuple(Term(f"{a}{b}else", f"{b}{a}ing") for a in _syllables() for b in _syllables())
    finder = TermFinder(terms, "da")
    text = "De unge mennesker fra den lille by ved kysten ville gerne have haft et større hus i sommerferien."
    finder.find(text)
    start = time.perf_counter()
    for _ in range(100):
        finder.find(text)
    assert (time.perf_counter() - start) / 100 < 0.02  # a model takes as long for a word or two


def test_a_word_without_end_costs_little() -> None:
    start = time.perf_counter()
    assert found("kommune" * 50_000 + " " + "'" * 50_000 + "s" * 50_000) == []
    assert time.perf_counter() - start < 2


def _syllables() -> list[str]:
    return [a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in "nr"]
