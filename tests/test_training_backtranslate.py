from __future__ import annotations

import json
import lzma
import subprocess
import sys
from pathlib import Path

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.languages import parse_direction
from tosprog.models.training.backtranslate import (
    Synthetic,
    back_translate,
    clean_prose,
    flaw_of,
    loops,
    read_raw,
    sound_pairs,
)
from tosprog.models.training.corpora import Held, Pair, read_pack

HELD = Held(["Den gamle bro over floden blev lukket i går aftes.", "The cat slept on the warm roof."])
LINES = (
    "Vi går en lang tur i dag. Derefter spiser vi aftensmad sammen.",
    "Vi går en lang tur i dag.",
    "Kort linje.",
    "Den gamle bro over floden blev lukket i går aftes.",
    "This line is English and not Danish.",
    "Vi talte længe med hr. Madsen om den nye vej.",
)


def test_prose() -> None:
    sentences, dropped = clean_prose(LINES, HELD, "da")
    assert sorted(sentences) == [
        "Derefter spiser vi aftensmad sammen.",
        "Vi går en lang tur i dag.",
        "Vi talte længe med hr. Madsen om den nye vej.",
    ]
    assert dropped == {"duplicate": 1, "length": 1, "evaluation text, exact": 1, "language": 1}


def test_lines_that_are_sentences_are_not_cut() -> None:
    assert clean_prose(LINES[:1], HELD, "da", cut=False)[0] == [LINES[0]]


def test_order_hangs_on_each_sentence_alone() -> None:
    lines = [
        f"Det er den {word} sætning i bogen." for word in ("første", "anden", "tredje", "fjerde", "femte")
    ]
    whole = clean_prose(lines, HELD, "da")[0]
    assert whole != lines
    assert clean_prose(lines[1:], HELD, "da")[0] == [s for s in whole if s != lines[0]]
    assert clean_prose(lines, HELD, "da", seed=2)[0] != whole


@pytest.mark.parametrize(
    ("sentence", "flaw"),
    [
        ("Den nye vej er meget lang.", None),
        ('Hun sagde: "Vi ses i morgen tidlig."', None),
        ("Vi ses nok.", "length"),
        ("Ord " * 61 + ".", "length"),
        ("Pris 12 34 56 78 og 90 12 34.", "few letters"),
        ("DET HER ER EN OVERSKRIFT.", "capitals"),
        ("en linje uden stort begyndelsesbogstav.", "no whole sentence"),
        ("En overskrift uden punktum til sidst", "no whole sentence"),
        ("Næste ordfører er fru Ida Madsen.", "furniture"),
        ("Tak til fru Ida Madsen for talen.", "furniture"),
        ("Read more about it on this page.", "furniture"),
        ("Alle blev valgte.Det var ikke uventet.", "spacing"),
        ("Det var , som man ved, en fejl.", "spacing"),
        ('Han kalder den til" en varm aften ", siger hun.', "spacing"),
        ('Han kalder den "en varm aften, siger hun.', "spacing"),
    ],
)
def test_flaws(sentence: str, flaw: str | None) -> None:
    assert flaw_of(sentence) == flaw


@pytest.mark.parametrize("torn", ["", "Det er sætn", "Det er sætning nummer 30.\t[en]"])
def test_goes_on_where_it_was_stopped(tmp_path: Path, torn: str) -> None:
    sentences = [f"Det er sætning nummer {number}." for number in range(450)]
    raw = tmp_path / "bt.tsv"
    backend = DoubleBackend(parse_direction("da-en"))
    seen: list[int] = []
    assert back_translate(sentences, backend, raw, progress=lambda done, _: seen.append(done)) > 0
    assert seen == [200, 400, 450]
    whole = raw.read_text(encoding="utf-8")
    assert [row.real for row in read_raw(raw)] == sentences
    raw.write_text("".join(whole.splitlines(keepends=True)[:30]) + torn, encoding="utf-8")
    back_translate(sentences, backend, raw)
    assert raw.read_text(encoding="utf-8") == whole
    assert back_translate(sentences[::-1], backend, raw) == 0.0
    assert raw.read_text(encoding="utf-8") == whole


@pytest.mark.parametrize(
    ("synthetic", "real", "looping"),
    [
        ("The house is big and the garden is small.", "Huset er stort, og haven er lille.", False),
        ("The tax, the tax and the tax.", "Skatten på alt det, vi ejer.", False),
        ("I talked to Drags Drags Drags Drags.", "Jeg talte med Dragsted.", True),
        ("We met at Sunnnnnnn in May.", "Vi mødtes i Søndervig i maj.", True),
        ("It was very, very, very, very cold.", "Det var frygtelig koldt.", True),
        ("No, no, no, that is wrong.", "Nej, nej, nej, det er galt.", False),
        ("More for us at home. More for us at home too.", "Mere til os, også herhjemme.", True),
    ],
)
def test_loops(synthetic: str, real: str, looping: bool) -> None:
    assert loops(synthetic, real) == looping


def test_unsound_pairs_are_left_out() -> None:
    rows = [
        Synthetic("Huset er stort og ligger ved åen.", "The house is big and is near the river.", -0.4),
        Synthetic("Huset er helt nyt.", "The home is.", -2.0),
        Synthetic("Der er kun 3 huse.", "There are 4 houses.", -0.2),
        Synthetic("Huset er meget dyrt.", "", -0.1),
        Synthetic("Huset er ret lille.", "Huset er ret lille.", -0.1),
        Synthetic("Huset er meget dejligt.", "The house house house house.", -0.1),
        Synthetic("Huset er meget højt.", "The house is inc\ufffd high.", -0.1),
        Synthetic("Katten tog sig en lur deroppe.", "The cat slept on the warm roof!", -0.1),
        Synthetic("Næste ordfører er Ida Madsen.", "The next speaker is Ida Madsen.", -0.1),
        Synthetic("Det er en meget gammel kirke.", "Det er en meget gamle kirke i byen.", -0.1),
    ]
    kept, dropped = sound_pairs(rows, "da", HELD, name="x")
    assert kept == [Pair(rows[0].synthetic, rows[0].real, "bt-da:x")]
    assert dropped == {
        "score": 1,
        "numbers": 1,
        "empty": 1,
        "copy": 1,
        "loop": 1,
        "debris": 1,
        "furniture": 1,
        "evaluation text, exact": 1,
        "language": 1,
    }
    assert sound_pairs(rows[1:2], "da", HELD, min_score=-3)[0] == [
        Pair("The home is.", "Huset er helt nyt.", "bt-da")
    ]


def test_the_real_english_side_stays_english() -> None:
    row = Synthetic("The house is big and old.", "Huset er stort og gammelt.", -0.4)
    assert sound_pairs([row], "en", HELD)[0] == [Pair(row.real, row.synthetic, "bt-en")]


@pytest.mark.slow
def test_command(ctranslate2_folder: Path, tiny_pairs: tuple[tuple[str, str], ...], tmp_path: Path) -> None:
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval" / "x.da").write_text(tiny_pairs[0][0] + "\n", encoding="utf-8")
    prose = tmp_path / "prose.da.txt.xz"
    with lzma.open(prose, "wt", encoding="utf-8") as lines:
        lines.write(" ".join(danish for danish, _ in tiny_pairs) + "\n")
    out = tmp_path / "synthetic" / "prose.tsv"

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tosprog.models.training", "backtranslate", "--language", "da"]
        paths = ["--eval", str(tmp_path / "eval"), "--out", str(out), "--model", str(ctranslate2_folder)]
        return subprocess.run([*command, *paths, *more], capture_output=True, text=True, check=False)

    done = run("--mono", str(prose), "--min-score", "-9")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["lines"], report["sentences"], report["translated"], report["kept"]) == (1, 4, 4, 4)
    assert report["prose_dropped"]["evaluation text, exact"] == 1
    rows = read_pack(out.with_suffix(".tsv.xz"))
    learned = {(pair.danish, pair.english) for _, pair in rows}
    assert learned == set(tiny_pairs[1:])
    assert {pair.corpus for _, pair in rows} == {"bt-da:prose"}
    before = out.read_bytes()
    again = json.loads(run("--min-score", "0.1").stdout)
    assert (again["translated"], again["kept"], again["dropped"]["score"]) == (4, 0, 4)
    mixed = run("--mono", str(prose), "--beam", "2")
    assert mixed.returncode == 1
    assert mixed.stderr.startswith(f"error: {out} was made by ctranslate2/")
    assert out.read_bytes() == before
