"""Names that text knows: not lost, not taken for words, and not seen where a word is meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import DecodingOptions, Hypothesis
from tosprog.models.known_names import KnownNames, read_names, write_names
from tosprog.models.languages import LanguageCode, parse_direction
from tosprog.models.training.corpora import Pair
from tosprog.models.training.known_names import chosen_names, count_names
from tosprog.pipeline.ask import NAME, AskOptions, ask
from tosprog.pipeline.known_names import exchanged, lost_names, put_back, stand_ins

bundled = pytest.mark.skipif(
    not (Path(__file__).parent.parent / "models" / "weights" / "words" / "da-names.txt.xz").is_file(),
    reason="needs the bundled lists of names",
)


def test_names_are_told_by_their_capitals_and_by_the_other_side() -> None:
    pairs = [
        Pair("They moved to Ribe.", "De flyttede til Ribe.", "sentences"),
        Pair("Then Ribe burned.", "Så brændte Ribe.", "sentences"),
        Pair("They moved to Tønder.", "De flyttede til Tønder.", "sentences"),
        Pair("In Tønder there were barrels of beer.", "I Tønder var der tønder med øl.", "sentences"),
        Pair("They went to Rome.", "De tog til Rom.", "sentences"),
        Pair("He saw Rome again.", "Han så Rom igen.", "sentences"),
        Pair("Once in Xby.", "Engang i Xbyerne.", "sentences"),
        Pair("Open the Editor.", "Åbn Editor.", "yast"),
        Pair("Save in Editor.", "Gem i Editor.", "yast"),
    ]
    names = chosen_names(count_names(pairs, "da"))
    assert names == KnownNames(frozenset(["Ribe"]), frozenset(["Tønder"]))
    assert read_names(write_names(names)) == names


@bundled
@pytest.mark.parametrize(
    ("source", "target", "language", "lost"),
    [
        ("Slagelse ligger ved vandet.", "Slagel lies by the water.", "da", ("Slagelse",)),
        ("Slagelses kirke er gammel.", "Slagelse's church is old.", "da", ()),
        ("De bor i Tønder.", "They live in barrels.", "da", ("Tønder",)),
        ("Tønder, Aabenraa og Ribe", "Barrels, Aabenraa and Ribe", "da", ("Tønder",)),
        ("Tønder af øl stod i gården.", "Barrels of beer stood in the yard.", "da", ()),
        ("Tønder Og Fade Til Salg", "Barrels and Casks for Sale", "da", ()),
        ("SLAGELSE", "ABATTOIR", "da", ()),
        ("De tog til Rom.", "They went to Rome.", "da", ()),
        ("To Check the victim, look.", "Se efter offeret.", "en", ()),
        ("Blake was convicted.", "Blækket blev dømt.", "en", ("Blake",)),
    ],
)
def test_what_is_lost(source: str, target: str, language: LanguageCode, lost: tuple[str, ...]) -> None:
    assert lost_names(source, target, language) == lost


def test_stand_ins_go_and_come_back() -> None:
    source = "Ribes havn og Wales' kyst ved Odense."
    others = stand_ins(source, ("Ribe", "Wales"), "da")
    assert others == {"Ribe": "Roskilde", "Wales": "Horsens"}
    assert exchanged(source, others) == "Roskildes havn og Horsens' kyst ved Odense."
    assert put_back("Roskilde's harbour and the coast of Horsens by Odense.", others, source) == (
        "Ribe's harbour and the coast of Wales by Odense."
    )
    assert put_back("A harbour and Horsens.", others, source) is None
    assert put_back("Chicagos kyst", {"Wales": "Chicago"}, "The coast of Wales") == "Wales' kyst"
    assert stand_ins(source, ("A", "B", "C", "D"), "da") == {}


class Confused(DoubleBackend):
    """Takes every town but Odense for a word."""

    is_double = False

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        known = {
            "Odense ligger ved vandet.": "Odense lies by the water.",
            "Slagelse ligger ved vandet.": "Slagel lies by the water.",
            "Slagelse": "Abattoir",
            "Odense": "Odense",
        }
        return [Hypothesis(known.get(text, "Something else."), -0.5) for text in texts]


@bundled
def test_a_lost_name_is_asked_for_under_another() -> None:
    texts = ["Slagelse ligger ved vandet.", "Slagelse"]
    answers = ask(texts, Confused(parse_direction("da-en")), AskOptions(decoding=DecodingOptions()))
    sentence, lone = (answers[text] for text in texts)
    assert (sentence.text, sentence.kept) == ("Slagelse lies by the water.", False)
    assert [(step.name, step.checks) for step in sentence.steps] == [("plain", (NAME,)), ("known names", ())]
    assert (lone.text, lone.kept) == ("Slagelse", True)
