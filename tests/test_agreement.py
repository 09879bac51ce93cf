from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import DecodingOptions, Hypothesis
from tosprog.models.genders import Genders, genders_of, read_genders, write_genders
from tosprog.models.languages import Direction
from tosprog.models.training.corpora import Pair
from tosprog.models.training.genders import chosen_genders, count_articles, danish_texts
from tosprog.models.wordlist import Wordlist
from tosprog.pipeline import agreement
from tosprog.pipeline.agreement import agreed
from tosprog.pipeline.ask import AskOptions, ask
from tosprog.pipeline.glossary import Glossary, Term

WORDS = Path(__file__).parent.parent / "models" / "weights" / "words"
bundled = pytest.mark.skipif(
    not (WORDS / "da-genders.txt.xz").is_file(), reason="needs the bundled list of genders"
)
GENDERS = Genders(
    common=frozenset(["tank", "identitet", "båd", "top"]),
    neuter=frozenset(["hus", "skab"]),
    unsure=frozenset(["badehus"]),
    adjectives=frozenset(["stor", "uafhængig", "rød"]),
    same=frozenset(["lille"]),
    weak=frozenset(["nye", "gamle"]),
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    words = Wordlist("da", ["tænke", "husbåd", "karriere", "karrieres", "stop", "kende"])
    monkeypatch.setattr(agreement, "genders_of", lambda language: GENDERS if language == "da" else None)
    monkeypatch.setattr(agreement, "wordlist_of", lambda language: words)
    agreement._gender_of.cache_clear()
    monkeypatch.setattr(agreement, "_gender_of", agreement._gender_of.__wrapped__)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Det er det nye identitet.", "Det er den nye identitet."),
        ("det enestående identitet", "den enestående identitet"),
        ("NLGN, et uafhængigt tænketank, skriver", "NLGN, en uafhængig tænketank, skriver"),
        ("Den store gamle hus", "Det store gamle hus"),  # a capital stays one
        ("DEN GAMLE hus", "DET GAMLE hus"),
        ("en stor, en lille hus", "en stor, et lille hus"),
        ("Min hus og dit båd", "Mit hus og din båd"),
        ("sin egen hus", "sit eget hus"),
        ("denne gamle hus", "dette gamle hus"),
        ("en rød tog-hus", "et rødt tog-hus"),  # the last part of a compound with a hyphen
        ("en tålelig hus, et tåleligt båd", "et tåleligt hus, en tålelig båd"),
    ],
)
def test_articles_and_adjectives_take_the_gender_of_their_noun(text: str, right: str) -> None:
    assert agreed(text, "da") == right
    assert agreed(right, "da") == right


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "text",
    [
        "Gav det identitet?",  # a pronoun
        "Er dette identitet?",
        "en Hus",  # a name
        "et badehus, en badehus",  # text has both
        "sin karrierestop",  # no "karrieres-top"
        "et ukendt",  # the end of the text comes before a noun
        "en, hus",
        "en stor x hus",
        "en kendeskab hus",  # what stands before a noun is an adjective, known or not
        "en 4 hus",
        "et",
    ],
)
def test_what_is_not_sure_is_left(text: str) -> None:
    assert agreed(text, "da") == text


class Slipping(DoubleBackend):
    """Has genders wrong."""

    is_double = False

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        return [Hypothesis("Den gamle hus har en stor tank.", -0.3) for _ in texts]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        ("tank", "Det gamle hus har en stor tank."),
        ("den gamle hus", "Den gamle hus har en stor tank."),  # what a user asks for stays
    ],
)
def test_answers_agree_unless_a_glossary_wants_them_otherwise(wanted: str, answer: str) -> None:
    source = "The old house has a big tank."
    english = {"tank": "tank", "den gamle hus": "the old house"}[wanted]
    backend = Slipping(Direction("en", "da"))
    for glossary in (None, Glossary((Term(wanted, english),))):
        how = AskOptions(decoding=DecodingOptions(), glossary=glossary)
        found = ask([source], backend, how)[source].text
        assert found == (answer if glossary else "Det gamle hus har en stor tank.")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("A inspector walks with an device.", "An inspector walks with a device."),
        ("It began in a interaction. An device failed.", "It began in an interaction. A device failed."),
        ("“An test,” she said.", "“A test,” she said."),
        *(
            (text, text)
            for text in (
                "An hour, a use, a European, a one-off, a oneness, a unit, an honest man, an heir",
                "Option a or b, a and c; vitamin A is good; Hoi An will sew it; Frankfurt an der Oder",
                "an MP, an X-ray, an 8, a U-turn, an LED, a 1980s hit",
                "a European and an African; den hus",
            )
        ),
    ],
)
def test_english_articles_go_by_sound(text: str, right: str) -> None:
    assert agreed(text, "en") == right


def test_text_shows_genders() -> None:
    genders = chosen_genders(
        count_articles(
            [
                *["en tank", "en stor tank", "min tank", "tanken", "Den store tank."],
                *["et hus", "et stort hus", "mit hus", "huset", "Det store hus.", "det store hus"],
                *["en øl", "et øl", "øllet", "øllen", "en øl", "et øl"],
                *["en lille tank", "en lille tank lakkede", "et lille hus", "et lille hus er nok"],
                *["store tanke", "den store tank i dag", "en stor dag", "et stort skib"],
                *["Det ikke hus"] * 2,
                *["en søtank", "et søtank"],
                *["jeg"] * 900,
                *["et jeg", "mit jeg", "jeget"] * 2,
            ]
        ),
        lambda first: first == "sø",
    )
    assert genders.common == {"tank"}
    assert genders.neuter == {"hus"}
    assert genders.unsure == {"søtank"}
    assert genders.adjectives == {"stor"}
    assert genders.same == {"lille"}
    assert genders.weak == {"store"}


def test_dictionaries_and_made_pairs_show_none() -> None:
    pairs = [
        Pair("the house", "huset", "freedict"),
        Pair("Anna sleeps.", "Anna sover.", "world names"),
        Pair("The house is old.", "Huset er gammelt.", "sentences"),
        Pair("The ship is old.", "Skibet er gammelt.", "bt-da:prose"),
        Pair("The boat is old.", "Båden er gammel.", "bt-en:prose"),
    ]
    assert danish_texts(pairs) == {"Huset er gammelt.", "Skibet er gammelt."}


def test_a_list_comes_back_as_it_was_written() -> None:
    packed = write_genders(GENDERS)
    assert read_genders(packed) == GENDERS
    assert read_genders(write_genders(Genders())) == Genders()


@bundled
@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Byen mister det enestående identitet.", "Byen mister den enestående identitet."),
        ("Demos er et uafhængigt tænketank.", "Demos er en uafhængig tænketank."),
        ("Frankrig er en livlig demokrati.", "Frankrig er et livligt demokrati."),
        (
            "I går spiste jeg en æble på den lokale bibliotek.",
            "I går spiste jeg et æble på det lokale bibliotek.",
        ),
    ],
)
def test_the_bundled_genders_put_slips_right(text: str, right: str) -> None:
    assert agreed(text, "da") == right


@bundled
@pytest.mark.parametrize(
    "text",
    [
        "Det giver mening, men er det sandhed, og fik det betydning for den enkelte?",
        "En dyb sø, en isfugls næb, en håndfuld salt og et helt brød.",
        "Den ene af de to fik sit eget værelse, den anden en seng i det gamle hus.",
        "Et elementært kendskab til sit karrierestop er en god ting, når en blev syg.",
        "Det er ikke alle, der kan tage det hele tid, og i det mindste forstand har han.",
        "Kun et ud af ti børn læser det samme digt; det overvejende flertal gør det sidste.",
    ],
)
def test_the_bundled_genders_leave_sound_danish(text: str) -> None:
    assert genders_of("da") is not None
    assert agreed(text, "da") == text
