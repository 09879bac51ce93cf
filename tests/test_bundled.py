"""The weights that the repository carries, as a user meets them: offline, small, and worth their name."""

from __future__ import annotations

from functools import lru_cache

import pytest
import sacrebleu

from tosprog.models.base import Backend, DecodingOptions
from tosprog.models.catalog import load_catalog
from tosprog.models.languages import Direction, parse_direction
from tosprog.models.registry import default_entry, load_backend
from tosprog.models.store import Store
from tosprog.pipeline.document import Document, TranslationKind
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.formats import read_document, write_document
from tosprog.pipeline.summary import SummaryOptions
from tosprog.pipeline.translate import TranslateOptions

# Our own sentences, in the manner of essays; neither training nor evaluation text has them.
PAIRS = (
    ("Det er en god dag for os alle.", "It is a good day for all of us."),
    ("Kommunen har besluttet at lukke biblioteket.", "The council has decided to close the library."),
    ("Vi har brug for mere tid.", "We need more time."),
    ("Hun skrev en lang artikel om sundhed.", "She wrote a long article about health."),
    ("Mange mennesker arbejder hjemme i dag.", "Many people work at home today."),
    ("Regeringen vil bruge flere penge på uddannelse.", "The government will spend more money on education."),
    ("Hvorfor er det så svært at finde en løsning?", "Why is it so hard to find a solution?"),
    ("Projektet blev færdigt i 2019.", "The project was finished in 2019."),
    ("Det første spørgsmål er, hvem der skal betale.", "The first question is who is to pay."),
    ("De nye regler gælder fra næste år.", "The new rules apply from next year."),
    ("Børn lærer bedst sammen med andre børn.", "Children learn best together with other children."),
    ("Der er ingen grund til at vente.", "There is no reason to wait."),
)
MIXED = (
    "Regeringen og de frivillige\r\n\r\nPlaces and people\r\n\r\nWed, 23/11/2016\r\n\r\n"
    "“Public services” are under pressure, and the money is short.  The volunteers have stepped in, and most of them "
    "stay.\r\nNobody asked them to do it; they saw what was needed.\r\n\r\n"
    "The council should listen to the people who do the work. It can't pay for it, but it can open its doors.\r\n"
)


@lru_cache(maxsize=2)
def backend(direction: Direction) -> Backend:
    return load_backend(direction)


def mixed() -> Document:
    return read_document(MIXED.encode("cp1252"), "essay.txt")


def test_checksums_and_size(direction: Direction) -> None:
    entry = default_entry(direction, load_catalog())
    store = Store()
    assert "model.bin" in store.verify(entry)
    assert sum(path.stat().st_size for path in store.path_of(entry).iterdir()) < 60_000_000


def test_translates(direction: Direction) -> None:
    """A floor, far above what copying or a broken file would reach."""
    sources, references = zip(
        *(pair if direction.source == "da" else pair[::-1] for pair in PAIRS), strict=True
    )
    answers = [answer.text for answer in backend(direction).translate(sources, DecodingOptions())]
    assert sacrebleu.corpus_chrf(answers, [list(references)]).score > FLOOR, answers


FLOOR = 60.0


@pytest.mark.usefixtures("no_sockets")
def test_a_danish_heading_over_an_english_essay() -> None:
    done = process_document(mixed(), load_backend, TranslateOptions(target="en"), SummaryOptions())
    heading, rest = write_document(done.document).decode("cp1252").split("\r\n", 1)
    assert rest == MIXED.split("\r\n", 1)[1]
    assert "government" in heading.lower()
    assert done.counts[TranslationKind.TRANSLATED] == 1
    assert done.counts[TranslationKind.FAILED] == 0
    assert done.summary is not None
    assert 3 <= len(done.summary.sentences) <= 5
    assert all(sentence.text in MIXED for sentence in done.summary.sentences)


def test_the_other_way_round() -> None:
    done = process_document(mixed(), load_backend, TranslateOptions(target="da"))
    text = write_document(done.document).decode("cp1252")
    assert text.startswith("Regeringen og de frivillige\r\n\r\n")
    assert "\r\n\r\nWed, 23/11/2016\r\n\r\n" in text
    assert text.count("\r\n") == MIXED.count("\r\n")
    assert done.counts[TranslationKind.TRANSLATED] >= 5


def test_one_answer_does_not_depend_on_its_batch() -> None:
    da_en = backend(parse_direction("da-en"))
    alone = da_en.translate([PAIRS[0][0]], DecodingOptions())[0].text
    among = da_en.translate([pair[0] for pair in PAIRS], DecodingOptions())[0].text
    assert alone == among
