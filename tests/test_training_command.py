"""The recipe as it is typed, at the size smoke, from the weights that the repository carries."""

from __future__ import annotations

import json
import lzma
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tosprog.models.base import DecodingOptions
from tosprog.models.languages import parse_direction
from tosprog.models.registry import load_backend
from tosprog.models.training.corpora import read_pack

ROOT = Path(__file__).parent.parent
WEIGHTS = ROOT / "models" / "weights"
PAIRS = (
    ("The meeting was moved to Friday.", "Mødet blev flyttet til fredag."),
    ("My neighbour has bought a new bicycle.", "Min nabo har købt en ny cykel."),
    ("The library closes at eight.", "Biblioteket lukker klokken otte."),
    ("She writes about the history of the town.", "Hun skriver om byens historie."),
    ("The evaluation is kept apart.", "Evalueringen holdes for sig."),
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (WEIGHTS / "da-en" / "model.bin").is_file(), reason="needs the bundled weights"),
]


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The recipe over a corpus of five pairs, one of which is evaluation text."""
    (tmp_path / "corpora" / "mono").mkdir(parents=True)
    with lzma.open(tmp_path / "corpora" / "own.en-da.tsv.xz", "wt", encoding="utf-8") as lines:
        lines.writelines(f"{english}\t{danish}\n" for english, danish in PAIRS)
    with lzma.open(tmp_path / "corpora" / "mono" / "own.da.txt.xz", "wt", encoding="utf-8") as lines:
        lines.write("I går mødte Karen sin søster i Aarhus.\n")
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval" / "own.en").write_text(PAIRS[-1][0] + "\n", encoding="utf-8")
    return [
        *(sys.executable, "-m", "tosprog.models.training", "--size", "smoke", "--direction", "da-en"),
        *("--corpora", str(tmp_path / "corpora"), "--eval", str(tmp_path / "eval")),
        *("--work", str(tmp_path / "work"), "--start", str(WEIGHTS)),
    ]


def events(run: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]


def test_smoke(command: list[str], tmp_path: Path) -> None:
    first = subprocess.run([*command, "--steps", "3"], capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    report = json.loads(first.stdout.splitlines()[0])
    assert report["dropped"]["evaluation text, exact"] == 1
    learned = {pair.english for _, pair in read_pack(tmp_path / "work" / "pack.tsv.xz")}
    assert {english for english, _ in PAIRS[:-1]} <= learned
    assert PAIRS[-1][0] not in learned
    assert {"welfare", "neighbours"} <= learned  # the words that the repository brings

    run = tmp_path / "work" / "runs" / "da-en"
    assert events(run)[-1]["steps"] == 3
    assert (run / "log.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>")

    with subprocess.Popen(
        [*command, "--steps", "500"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as killed:
        deadline = time.monotonic() + 120
        while sum(event.get("event") == "start" for event in events(run)) < 2:
            assert killed.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        time.sleep(3)
        killed.send_signal(signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL

    again = subprocess.run(
        [*command, "--steps", "5", "--weights", str(tmp_path / "weights")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stderr
    assert events(run)[-1]["steps"] == 5  # on from the checkpoint, without the steps of the killed run
    backend = load_backend(parse_direction("da-en"), str(tmp_path / "weights" / "da-en"))
    answer = backend.translate(["Vi bor i en lille by."], DecodingOptions())[0].text
    assert "town" in answer or "city" in answer


def test_bad_starts_are_one_line(command: list[str], tmp_path: Path) -> None:
    command[command.index("--start") + 1] = str(tmp_path / "nowhere")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert (
        done.stderr.strip()
        .splitlines()[-1]
        .startswith(f"error: {tmp_path / 'nowhere' / 'da-en'} holds no model.bin")
    )
