from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from tosprog.models.training.corpora import Pair
from tosprog.models.training.forms import (
    Reading,
    analyse,
    borne_out,
    by_swedish,
    meanings_of,
    pairs_of,
    read_cohorts,
)
from tosprog.models.training.freedict import Entry

APERTIUM = Path("/usr/share/apertium")
with_apertium = pytest.mark.skipif(
    shutil.which("lt-proc") is None or not (APERTIUM / "apertium-swe-dan").is_dir(),
    reason="needs lttoolbox, apertium-dan-nor and apertium-swe-dan",
)


def test_unknown_words_and_compounds_have_no_reading() -> None:
    output = (
        "^gik/gå<vblex><past><actv>$\n^xyz/*xyz$\n^idet/i<pr>+det<prn>$\n^hus/hus<n><nt><compound-only-L>$"
    )
    assert read_cohorts(output) == {"gik": [Reading("gå", ("vblex", "past", "actv"))]}


@pytest.mark.parametrize(
    ("word", "lemma", "tags", "meaning", "pairs"),
    [
        ("hus", "hus", "n nt sg ind", "house", {"hus": "house", "et hus": "a house"}),
        ("æble", "æble", "n nt sg ind", "apple", {"æble": "apple", "et æble": "an apple"}),
        ("huset", "hus", "n nt sg def", "house", {"huset": "the house"}),
        ("byer", "by", "n ut pl ind", "city", {"byer": "cities"}),
        ("børnene", "barn", "n nt pl def", "child", {"børnene": "the children"}),
        ("byens", "by", "n ut sg def gen", "city", {"byens": "the city's"}),
        ("skrev", "skrive", "vblex past actv", "write", {"de skrev": "they wrote", "han skrev": "he wrote"}),
        ("går", "gå", "vblex pres actv", "go", {"jeg går": "I go", "det går": "it goes"}),
        ("gået", "gå", "vblex pp", "go", {"vi har gået": "we have gone"}),
        ("skrives", "skrive", "vblex pres pasv", "write", {}),
        ("opgive", "opgive", "vblex inf actv", "give up", {"at opgive": "to give up"}),
        (
            "opgav",
            "opgive",
            "vblex past actv",
            "give up",
            {"de opgav": "they gave up", "han opgav": "he gave up"},
        ),
        ("smukkeste", "smuk", "adj sint sup un sp def", "beautiful", {"smukkeste": "most beautiful"}),
        ("gladere", "glad", "adj sint comp un sp", "happy", {"gladere": "happier"}),
        ("ældste", "gammel", "adj sint sup un sp def", "old", {"ældste": "oldest"}),
        ("større", "stor", "adj sint comp un sp", "big", {"større": "bigger"}),
        ("ofte", "ofte", "adv", "often", {"ofte": "often"}),
        ("hans", "han", "prn pos", "his", {}),
    ],
)
def test_forms(word: str, lemma: str, tags: str, meaning: str, pairs: dict[str, str]) -> None:
    kind = tags.split()[0]
    found = pairs_of({word: [Reading(lemma, tuple(tags.split()))]}, {(lemma, kind): [meaning]})
    assert {pair.danish: pair.english for pair in found} == pairs
    assert {pair.corpus for pair in found} <= {"forms"}


def test_meanings_are_short_and_of_a_known_kind() -> None:
    entries = [
        Entry("gå", ("to walk", "go"), "v"),
        Entry("hus", ("house",), "n"),
        Entry("London", ("London",), "n"),
        Entry("dvs", ("i.e.",), "abbr"),
        Entry("tante", ("sister of a parent",), "n"),
    ]
    assert meanings_of(entries) == {("gå", "vblex"): ["walk", "go"], ("hus", "n"): ["house"]}


def test_real_sentences_overrule_a_dictionary() -> None:
    pairs = [Pair("the tongue", "sproget", "forms"), Pair("the language", "sproget", "forms")]
    text = [Pair("Choose the language.", "Vælg sproget.", "x")] * 6
    assert borne_out(pairs, text) == pairs[1:]
    assert borne_out(pairs, text[:5]) == pairs  # too few to tell


@with_apertium
def test_apertium_reads_danish() -> None:
    found = analyse(["huset", "skrev", "qqq"], APERTIUM)
    assert Reading("hus", ("n", "nt", "sg", "def")) in found["huset"]
    assert any(reading.lemma == "skrive" and "past" in reading.tags for reading in found["skrev"])
    assert "qqq" not in found


@with_apertium
def test_a_word_that_only_swedish_explains(tmp_path: Path) -> None:
    swedish = tmp_path / "freedict-swe-eng.dict.dz"
    with gzip.open(swedish, "wt", encoding="utf-8") as lines:
        lines.write("äpple /ˈɛplə/\n1. apple, pome\nhus /hˈʉs/\nhouse\n")
    readings = analyse(["æblet", "huset"], APERTIUM)
    found = by_swedish(readings, {("hus", "n"): ["house"]}, APERTIUM, swedish)
    assert found == {("æble", "n"): ["apple"]}
