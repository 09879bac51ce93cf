from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tosprog.models.training.corpora import Pair
from tosprog.models.training.freedict import Entry, read_entries, read_freedict
from tosprog.models.training.lexicon import forms_of, inflected, plural_of

DICTIONARY = """\
nabo /nˈabo/ <n>
neighbour, neighbor, person next door
arbejde /ˈɑbɑjdə/ <n>
1. work
2. job
stå /sd/ <v>
[lodret] stand
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with gzip.open(tmp_path / "freedict-dan-eng.dict.dz", "wt", encoding="utf-8") as file:
        file.write(DICTIONARY)
    with gzip.open(tmp_path / "freedict-eng-dan.dict.dz", "wt", encoding="utf-8") as file:
        file.write("wood /wˈʊd/ <n>\nskov, træ\n")
    return tmp_path


def test_entries(folder: Path) -> None:
    assert list(read_entries(folder)) == [
        Entry("nabo", ("neighbour", "neighbor"), "n"),
        Entry("arbejde", ("work",), "n"),
        Entry("stå", ("stand",), "v"),
        Entry("skov", ("wood",), "n"),
        Entry("træ", ("wood",), "n"),
    ]
    assert next(read_freedict(folder)) == Pair("neighbour", "nabo", "freedict")


@pytest.mark.parametrize(
    ("noun", "attested", "forms"),
    [
        ("nabo", "naboen naboer naboerne", {"common": "naboen", "many": "naboer", "these": "naboerne"}),
        ("hal", "hallen haller", {"common": "hallen", "many": "haller"}),
        ("cykel", "cyklen cyklerne", {"common": "cyklen", "these": "cyklerne"}),
        ("æble", "æblet æbler", {"neuter": "æblet", "many": "æbler"}),
        ("ting", "tinget tingen", {}),
        ("ord", "", {}),
    ],
)
def test_forms(noun: str, attested: str, forms: dict[str, str]) -> None:
    assert forms_of(noun, set(attested.split())) == forms


@pytest.mark.parametrize(
    ("noun", "plural"),
    [("wife", "wives"), ("key", "keys"), ("bus", "buses"), ("police officer", "police officers")],
)
def test_plurals(noun: str, plural: str) -> None:
    assert plural_of(noun) == plural


def test_a_noun_comes_in_forms_and_sentences() -> None:
    pairs = list(inflected([Entry("nabo", ("neighbour",), "n")], {"naboen", "naboer"}))
    assert pairs[:3] == [
        Pair("the neighbour", "naboen", "lexicon"),
        Pair("a neighbour", "en nabo", "lexicon"),
        Pair("neighbours", "naboer", "lexicon"),
    ]
    assert len(pairs) == 6
    assert all("neighbour" in pair.english and "nabo" in pair.danish.lower() for pair in pairs)


def test_what_is_not_attested_is_not_made_up() -> None:
    assert list(inflected([Entry("nabo", ("neighbour",), "n")], set())) == []
    assert list(inflected([Entry("stå", ("stand",), "v")], set())) == [Pair("to stand", "at stå", "lexicon")]
