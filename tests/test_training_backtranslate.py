from __future__ import annotations

from pathlib import Path

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.languages import parse_direction
from tosprog.models.training.backtranslate import back_translate, read_pairs, sentences_of
from tosprog.models.training.corpora import Held, Pair

HELD = Held(["Den gamle bro over floden blev lukket i går aftes."])
LINES = (
    "Vi går en lang tur i dag. Derefter spiser vi aftensmad sammen.",
    "Vi går en lang tur i dag.",
    "Kort linje.",
    "Den gamle bro over floden blev lukket i går aftes.",
    "This line is English and not Danish.",
    "DET HER ER EN OVERSKRIFT.",
    "12 34 56 78 og 90 12 34.",
    "en linje uden stort begyndelsesbogstav her.",
)


def test_sentences() -> None:
    assert sorted(sentences_of(LINES, HELD, "da")) == [
        "Derefter spiser vi aftensmad sammen.",
        "Vi går en lang tur i dag.",
    ]


def test_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    sentences = [f"Det er sætning nummer {number}." for number in range(450)]
    out = tmp_path / "bt.tsv"
    backend = DoubleBackend(parse_direction("da-en"))
    back_translate(sentences, backend, out)
    whole = out.read_text(encoding="utf-8")
    assert len(whole.splitlines()) == 450
    lines = whole.splitlines(keepends=True)
    out.write_text("".join(lines[:30]) + "Det er sætn", encoding="utf-8")
    back_translate(sentences, backend, out)
    assert out.read_text(encoding="utf-8") == whole


def test_unsound_pairs_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "bt.tsv"
    path.write_text(
        "Huset er stort.\tThe house is big.\t-0.4\n"
        "Huset er lille.\tThe house the house the house\t-0.4\n"
        "Huset er nyt.\tThe home is.\t-2.0\n"
        "Der er 3 huse.\tThere are 4 houses.\t-0.2\n"
        "Huset er dyrt.\t\t-0.1\n",
        encoding="utf-8",
    )
    assert list(read_pairs(path, "da")) == [Pair("The house is big.", "Huset er stort.", "bt-da")]
    assert [pair.danish for pair in read_pairs(path, "en")] == ["The house is big."]
