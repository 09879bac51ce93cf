from __future__ import annotations

import pytest

from tosprog.pipeline.checks import failed_checks


@pytest.mark.parametrize(
    ("source", "target", "fired"),
    [
        ("Huset er stort.", "The house is big.", ()),
        ("Salat", "salad salad salad", ("repetition",)),
        ("ha ha ha", "ha ha ha", ()),
        ("Ja ja ja ja", "Yes yes yes yes", ()),
        ("Det er sagt", "it is said it is said it is said", ("repetition",)),
        ("Huset", "", ("empty",)),
        ("Huset er stort og gammelt og rødt, og det ligger ved vandet.", "House.", ("length",)),
        ("I 2016 var det 1.234 kr.", "In 2016 it was 1,234 kr.", ()),
        ("I 2016 var det godt", "In 2018 it was good", ("numbers",)),
        ("Der var tre", "There were 3", ("numbers",)),
        ("Se https://a.dk og {navn}", "See https://a.dk and {navn}", ()),
        ("Se https://a.dk", "See https://b.dk", ("protected",)),
        ("Hej {navn}", "Hello {name}", ("protected",)),
        ("Kør `make` nu", "Run make now", ("protected",)),
        ("Et ord[^1]", "A word", ("numbers", "protected")),
        ("Skriv til ib@a.dk", "Write to ib@a.dk, ib@a.dk", ("protected",)),
    ],
)
def test_checks(source: str, target: str, fired: tuple[str, ...]) -> None:
    assert failed_checks(source, target) == fired
