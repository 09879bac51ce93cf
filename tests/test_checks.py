from __future__ import annotations

import pytest

from tosprog.models.languages import Direction, parse_direction
from tosprog.pipeline.checks import Hypothesized, failed_checks

ENGLISH = frozenset("the house film problem sky over".split())
DANISH = frozenset("huset film problem indhold himlen over".split())


def checked(source: str, target: str, direction: str = "da-en") -> tuple[str, ...]:
    """With a few words that each language has."""
    to_english = direction == "da-en"
    source_words, target_words = (DANISH, ENGLISH) if to_english else (ENGLISH | {"contents"}, DANISH)
    return failed_checks(
        Hypothesized(
            source, target, parse_direction(direction), target_words.__contains__, source_words.__contains__
        )
    )


def test_verbs_that_end_alike_are_no_loop() -> None:
    assert checked("Most of them operate alone.", "De fleste af dem opererer selv.", "en-da") == ()
    assert checked("It refers to this.", "Det refererer til det.", "en-da") == ()


@pytest.mark.parametrize(
    ("source", "target", "fired"),
    [
        ("Huset er stort.", "The house is big.", ()),
        ("Salat", "salad salad salad", ("repetition",)),
        ("Skab", "Skabskabskab", ("repetition",)),
        ("Skab", "Skiskiskiski", ("repetition",)),
        ("Skab", "Nananananana", ("repetition",)),
        ("Hahahaha!", "Hahahaha, he said!", ()),
        ("ha ha ha", "hah hah hah", ()),
        ("Ja ja ja ja", "Yes yes yes yes", ()),
        ("Det er sagt", "it is said it is said it is said", ("repetition", "length")),
        ("Huset", "", ("empty",)),
        ("Huset er stort og gammelt og rødt, og det ligger ved vandet.", "House.", ("length",)),
        ("Huset er rødt.", "The house that we bought last year is red, big and old.", ("length",)),
        ("I 2016 var det 1.234 kr.", "In 2016 it was 1,234 kr.", ()),
        ("I 2016 var det godt", "In 2018 it was good", ("numbers",)),
        ("Der var tre", "There were 3", ("numbers",)),
        ("Se https://a.dk og {navn}", "See https://a.dk and {navn}", ()),
        ("Se https://a.dk", "See https://b.dk", ("protected",)),
        ("Hej {navn}", "Hello {name}", ("protected",)),
        ("Kør `make` nu", "Run make now", ("protected",)),
        ("Det kostede 2 mio. kr.", "It cost $2 million.", ("currency",)),
        ("Det kostede 2 mio. kr.", "It cost 2 million euros.", ("currency",)),
        ("Det kostede 2 mio. kr.", "It cost DKK 2 million, 2 million kroner.", ("numbers",)),
        ("It cost $2.3 billion.", "Det kostede 2,3 mia. kr.", ("currency",)),
        ("Det kostede $2,3 mia.", "It cost US$2.3 billion.", ()),
        ("Det kostede £20.", "It cost 20.", ("currency",)),
        ("Det kostede €20 nu.", "It cost 20 EUR now.", ()),
        ("It cost 20 bucks.", "Det kostede 20 dollar.", ()),
        ("Et ord[^1]", "A word", ("numbers", "protected")),
        ("Skriv til ib@a.dk", "Write to ib@a.dk, ib@a.dk", ("protected",)),
        ('Han sagde "ja" til os.', 'He said "yes to us.', ("unbalanced",)),
        ("Huset (det røde) brændte.", "The house (the red one burned.", ("unbalanced",)),
        ('5" skærm', '5" screen', ()),
        (
            "Han sagde nej. Så gik han hjem. Ingen så ham siden.",
            "He said no. Then he went.",
            ("sentence",),
        ),
        ("Han sagde nej. Så gik han hjem igen.", "He said no. Then home.", ("sentence",)),
        ("Det koster ca. 3 kr.", "It costs 3 kr.", ()),
        ("Himlen er blå", "The sky is ブル", ("characters",)),
        ("Ordet ブル er japansk", "The word ブル is Japanese", ()),
        ("Himlen er blå", "The sky is ⁇ blue", ("characters",)),
    ],
)
def test_checks(source: str, target: str, fired: tuple[str, ...]) -> None:
    assert checked(source, target) == fired


@pytest.mark.parametrize(
    ("source", "target", "direction", "fired"),
    [
        ("Film", "Film", "da-en", ()),  # a word of both
        ("Film over problem", "Film over problem", "da-en", ()),
        ("Ebeltoft", "Ebeltoft", "da-en", ()),  # no word of the source: a name
        ("Novo Nordisk", "Novo Nordisk", "da-en", ()),
        ("Indhold", "indhold", "da-en", ("copy",)),
        ("Contents", "Contents", "en-da", ("copy",)),
        ("velfærd", "velfærd", "da-en", ("copy",)),
        ("over the", "over the", "en-da", ("copy",)),  # "the" is English, whatever else has it
        ("The Way We Were", "The Way We Were", "en-da", ("copy",)),
        ("Leeds, Bristol, Cardiff", "Leeds, Bristol, Cardiff", "en-da", ()),
        ("Contents 4", "Contents 4", "en-da", ("copy",)),
        ("Appendix 4", "Appendix 4", "en-da", ("copy",)),
        ("HUSET", "HUSET", "da-en", ("copy",)),
    ],
)
def test_copies(source: str, target: str, direction: str, fired: tuple[str, ...]) -> None:
    assert checked(source, target, direction) == fired


@pytest.mark.parametrize(
    ("target", "direction", "fired"),
    [
        ("Huset, som vi købte i fjor, er rødt og stort.", "da-en", ("language",)),
        ("The house that we bought last year is red.", "da-en", ()),
        ("Das Haus, das wir gekauft haben, ist rot.", "da-en", ("language",)),
        ("Jeg vet ikke hva de mener, men noen av guttene er ikke her lenger.", "en-da", ("language",)),
        ("Det röda huset som vi köpte förra året är inte så stort.", "en-da", ("language",)),
        ("Huset, som vi købte sidste år, er rødt.", "en-da", ()),
        ("Novo Nordisk Fonden Center Biosustainability", "da-en", ()),  # names say nothing
    ],
)
def test_the_language_of_the_target(target: str, direction: str, fired: tuple[str, ...]) -> None:
    source = "x" * len(target)
    assert checked(source, target, direction) == fired


def test_a_double_is_not_read_as_language() -> None:
    one = Hypothesized(
        "et ord på tre og fire", "et ord på tre og fire", Direction("da", "en"), str.isalpha, str.isalpha
    )
    assert failed_checks(one) == ("copy",)
    assert failed_checks(one, of_language=False) == ()
