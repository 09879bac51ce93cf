from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tosprog.models.languages import LanguageCode
from tosprog.models.training.corpora import Pair
from tosprog.models.training.words import chosen_words, count_words, listed_words
from tosprog.models.wordlist import Wordlist, read_wordlist, wordlist_of, write_wordlist
from tosprog.pipeline.unknown_words import unknown_words

ROOT = Path(__file__).parent.parent
bundled = pytest.mark.skipif(
    not (ROOT / "models" / "weights" / "words" / "da.txt.xz").is_file(), reason="needs the bundled lists"
)


def danish() -> Wordlist:
    return Wordlist("da", ["hat", "hus", "båd", "rabarber", "bold", "kat", "mig"], ["tærte", "migræne"])


@pytest.mark.parametrize(
    ("word", "is_there"),
    [
        ("hus", True),
        ("Husbåd", True),  # a compound of two frequent words
        ("husets", True),
        ("kattens", True),  # the consonant is doubled
        ("rabarbertærte", True),  # its last part is rare
        ("husbådskat", True),  # three parts, a linking s
        ("genhus", True),  # a prefix
        ("byhuset", True),  # a part of two letters, which are few
        ("syhuset", False),
        ("mighus", False),  # a pronoun begins no compound
        ("tærtehus", False),  # it begins with a rare word
        ("rabarbertært", False),
        ("migranne", False),
        ("isalderen", False),
        ("xyz", True),  # short ones are abbreviations as often as words
    ],
)
def test_what_danish_makes_of_words(word: str, is_there: bool) -> None:
    assert danish().has(word) is is_there


@pytest.mark.parametrize(
    ("word", "is_there"),
    [
        ("stories", True),
        ("stopped", True),
        ("making", True),
        ("unmaking", True),
        ("storystop", True),
        ("makely", True),
        ("trøphle", False),
        ("storie", False),
        ("staphet", False),
    ],
)
def test_what_english_makes_of_words(word: str, is_there: bool) -> None:
    assert Wordlist("en", ["story", "stop", "make"]).has(word) is is_there


def test_a_list_comes_back_as_it_was_written() -> None:
    packed = write_wordlist(["hus", "båd"], ["migræne"])
    words = read_wordlist("da", packed)
    assert [words.has(word) for word in ("husbåd", "migræne", "migrænehus")] == [True, True, False]
    assert packed == write_wordlist(["båd", "hus"], ["migræne"])  # the order of a set is no part of it


def test_words_are_taken_where_they_are_real() -> None:
    pairs = [
        Pair("The barn owl hooted.", "Sløruglen tudede.", "sentences"),
        Pair("The barn owl hoots.", "Slørslyngel tuder.", "bt-en:x"),  # a model wrote the Danish
        Pair("barn owl", "slørugle", "freedict"),  # another's dictionary
        Pair("Owls", "Uglerr", "interface-x"),  # once, and in an interface: as likely a slip
    ]
    counts, trusted = count_words(pairs, ["Sløruglen sov."], "da")
    assert counts == Counter({"sløruglen": 2, "tudede": 1, "uglerr": 1, "sov": 1})
    frequent, rare = chosen_words(counts + Counter({"ugle": 3}), trusted, "da")
    assert (frequent, set(rare)) == (["ugle"], {"sløruglen", "tudede"})


def test_lists_that_anybody_may_copy_add_to_english(tmp_path: Path) -> None:
    (tmp_path / "american-english").write_text("awry\nBob\nbob's\nbobs\n", encoding="utf-8")
    assert listed_words(tmp_path, "en") == {"awry", "bobs"}
    assert listed_words(tmp_path, "da") == set()
    assert chosen_words(Counter({"bob": 3}), set(), "en", {"awry", "bobs"}) == (["bob"], ["awry"])


def test_what_the_source_has_is_no_made_up_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tosprog.pipeline.unknown_words.wordlist_of", lambda language: danish())
    assert unknown_words("Zxqvard's house", "Zxqvards hus", "da") == ()
    assert unknown_words("Zxqvard's hat", "Zxqvards hatæk og hatæk", "da") == ("hatæk",)
    monkeypatch.setattr("tosprog.pipeline.unknown_words.wordlist_of", lambda language: None)
    assert unknown_words("Zxqvard's hat", "hatæk", "da") == ()


@bundled
@pytest.mark.parametrize(
    ("source", "target", "language", "left"),
    [
        ("Det var et makabert syn.", "It was a makabert sight.", "en", ("makabert",)),
        ("Nowadays few people knit.", "Nowadays er der få, der strikker.", "da", ("Nowadays",)),
        ("Kullen and Stevns can be seen.", "Kullen og Stevns kan ses.", "da", ()),  # names
        ("Ordet »pigge« er dansk.", "The word “pigge” is Danish.", "en", ()),  # quoted
        ("Planten har pigge, siger Pigge.", "The plant has pigge, says Pigge.", "en", ("pigge",)),
        ("Run grep first.", "Kør grep først.", "da", ()),  # no English word either
    ],
)
def test_a_word_that_was_left_in_the_sources_language_is_told_from_a_name(
    source: str, target: str, language: LanguageCode, left: tuple[str, ...]
) -> None:
    assert unknown_words(source, target, language) == left


@bundled
def test_what_an_address_has_is_no_word_that_was_left() -> None:
    source, target = "Se [siden](https://a.dk/pigge).", "See [the page](https://a.dk/pigge)."
    assert unknown_words(source, target, "en", "Se siden.") == ()
    assert unknown_words(source, target, "en") == ("pigge",)


@bundled
@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "da",
            "Kommunen vil lægge en afgift på hotelværelser for at betale for vedligeholdelsen af strandene.",
        ),
        ("da", "Da istiden var forbi, trak isen sig tilbage, og rensdyrjægerne fulgte efter."),
        ("da", "Bedstemor bagte rabarbertærte, mens børnene legede i sandkassen bag cykelskuret."),
        ("en", "The council wants to put a levy on hotel rooms to pay for the upkeep of the beaches."),
        ("en", "Grandmother baked a rhubarb tart while the children played behind the bicycle shed."),
        ("en", "Unsurprisingly, the migraine sufferers outnumbered the others at the acupuncturist's."),
    ],
)
def test_the_bundled_lists_know_plain_prose(language: LanguageCode, text: str) -> None:
    assert unknown_words("", text, language) == ()


@bundled
@pytest.mark.parametrize(
    ("language", "text", "made_up"),
    [
        ("da", "Kraner har ynglet der siden isalderen.", "isalderen"),
        ("da", "Nogle sværger til akupunktur mod migranne.", "migranne"),
        ("da", "Kronen lå i en hatæk.", "hatæk"),
        ("en", "The treasure lay in a trøphle.", "trøphle"),
        ("en", "She is one of the psychiatists.", "psychiatists"),
    ],
)
def test_the_bundled_lists_tell_made_up_words(language: LanguageCode, text: str, made_up: str) -> None:
    assert unknown_words("", text, language) == (made_up,)


@bundled
def test_the_lists_are_read_once() -> None:
    assert wordlist_of("da") is wordlist_of("da")
