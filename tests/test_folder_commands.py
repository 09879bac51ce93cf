"""`tosprog run` as a person types it: dry run, reports, JSON, several jobs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DANISH = "Havet har altid givet byen arbejde. Fiskerne sejlede ud hver morgen ved daggry.\n"


def tosprog(folder: Path, *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "tosprog.pipeline.cli", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def run(folder: Path, *more: str) -> tuple[int, str, str]:
    return tosprog(folder, "run", "in", "--out", "out", "--to", "en", "--model", "double", *more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_text("Byen og havet\n\n" + DANISH)
    (tmp_path / "in" / "sub" / "b.md").write_text("# The town\n\nIt lives by the sea.\n\n" + DANISH)
    (tmp_path / "in" / "slides.pptx").write_bytes(b"PK\3\4")
    (tmp_path / "in" / "photo.txt").write_bytes(b"\0\1\2\3" * 20)
    return tmp_path


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(folder: Path) -> None:
    code, out, err = run(folder, "--dry-run")
    assert (code, err) == (0, "")
    assert out.splitlines()[:4] == [
        "translate a.txt  (text, 3 segments, words: da 16)",
        "fail      photo.txt  (looks like binary data (20 NUL bytes), not text)",
        "skip      slides.pptx  (unknown format '.pptx'; copy its text into a .docx or .md; what is read: "
        "tosprog formats)",
        "translate sub/b.md  (markdown, 4 segments, words: da 13, en 7)",
    ]
    assert out.splitlines()[4:] == [
        "4 files: 1 to fail, 1 to skip, 2 to translate",
        "29 words to translate, about 1 second; nothing was written",
    ]
    assert not (folder / "out").exists()
    run(folder)
    before = sorted(path.stat().st_mtime_ns for path in (folder / "out").rglob("*"))
    code, out, _ = run(folder, "--dry-run", "--json", "--exclude", "sub/")
    plan = json.loads(out)
    assert plan["plans"] == {"unchanged": 1, "fail": 1, "skip": 1}
    assert plan["words"] == 0
    assert sorted(path.stat().st_mtime_ns for path in (folder / "out").rglob("*")) == before


def test_the_report_is_there_for_people_and_programs(folder: Path) -> None:
    code, out, err = run(folder)
    assert code == 3
    assert out.splitlines()[0] == "ok       a.txt  (3 translated, 0 kept, 0 failed)"
    assert out.splitlines()[-2] == "4 files: 1 failed, 2 ok, 1 skipped"
    assert "failed: photo.txt: looks like binary data" in err
    assert "the report: out/.tosprog/report.html" in err
    report = json.loads((folder / "out" / ".tosprog" / "report.json").read_text())
    assert report["totals"]["statuses"] == {"failed": 1, "ok": 2, "skipped": 1}
    assert report["totals"]["languages"] == {"da": 29, "en": 7}
    assert [row["source"] for row in report["files"]] == ["a.txt", "photo.txt", "slides.pptx", "sub/b.md"]
    page = (folder / "out" / ".tosprog" / "report.html").read_text()
    assert '<a href="../sub/b.md">sub/b.md</a>' in page
    assert '<td class="failed">failed</td>' in page
    code, out, _ = run(folder, "--json", "--jobs", "2")
    again = json.loads(out)
    assert [row["unchanged"] for row in again["files"]] == [True, False, False, True]
    assert again["totals"]["unchanged"] == 2
    code, out, _ = run(folder, "--quiet")
    assert len(out.splitlines()) == 2
    assert "2 of them unchanged" in out


def test_what_is_known_from_before_is_said(folder: Path) -> None:
    run(folder, "--no-summarize")
    _, out, _ = tosprog(folder, "run", "in", "--out", "other", "--to", "en", "--model", "double")
    assert "100% of the sentences known from before" in out
    _, out, _ = tosprog(
        folder, "run", "in", "--out", "third", "--to", "en", "--model", "double", "--no-cache"
    )
    assert "known from before" not in out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--engine", "cloud"), "--engine 'cloud' is none; legal is serial, processes, ray"),
        (("--jobs", "0"), "jobs"),
        (("--timeout", "0"), "timeout"),
        (("--exclude", "!"), "--exclude '!' is no pattern"),
        (("--model", "nosuch"), "unknown model 'nosuch'"),
    ],
)
def test_wrong_options_are_one_line_and_nothing_is_written(
    folder: Path, more: tuple[str, ...], words: str
) -> None:
    code, out, err = run(folder, *more)
    assert code in (1, 2)
    assert out == ""
    assert words in err
    assert len(err.splitlines()) == 1
    assert not (folder / "out").exists()


def test_nothing_to_do_is_said(folder: Path) -> None:
    code, out, err = run(folder, "--include", "*.odt")
    assert code == 0
    assert "holds no files that are asked for" in err
    assert out.startswith("0 files: none")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_watching_does_what_is_new_once_it_is_there_whole(folder: Path) -> None:
    command = [sys.executable, "-m", "tosprog.pipeline.cli", "run", "in", "--out", "in/out", "--to", "en"]
    command += ["--model", "double", "--watch", "--exclude", "*.pptx", "--exclude", "photo.txt"]
    log = folder / "log"
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=folder, stdout=file, stderr=subprocess.STDOUT)

    def wait_for(words: str) -> None:
        for _ in range(300):
            if words in log.read_text():
                return
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        pytest.fail(f"no {words!r} in {log.read_text()}")

    try:
        wait_for("watching in")
        time.sleep(1)  # until the folder is looked at
        with (folder / "in" / "new.txt").open("w") as file:
            file.write("Havet er koldt om vinteren.")
            file.flush()
            time.sleep(0.3)
            file.write(" Fiskerne er hjemme.\n")
        wait_for("3 files: 3 ok; 2 of them unchanged")
        assert (folder / "in" / "out" / "new.txt").read_text() == (
            "[en] Havet er koldt om vinteren. [en] Fiskerne er hjemme.\n"
        )
        time.sleep(2.5)  # what it writes itself is no change
        assert log.read_text().count(" files: ") == 2
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0  # there was nothing in hand
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait()


def test_a_correction_wins_from_then_on_and_redoes_what_it_touches(folder: Path) -> None:
    memory = ("--memory", "memory.sqlite")
    assert run(folder, *memory)[0] == 2  # it is not there yet
    correct = ("Byen og havet", "The town and the sea")
    assert tosprog(folder, "memory", "add", *correct, "--from", "da", *memory)[0] == 0
    run(folder, "--quiet")
    assert (folder / "out" / "a.txt").read_text().startswith("[en] Byen og havet\n")
    run(folder, "--quiet", *memory)
    assert (folder / "out" / "a.txt").read_text().startswith("The town and the sea\n")
    log = (folder / "out" / ".tosprog" / "segments" / "a.txt.jsonl").read_text().splitlines()
    first = json.loads(log[0])
    assert (first["model"], first["attempts"], first["steps"][0]["attempt"]) == (None, 0, "memory, exact")
    _, out, _ = run(folder, "--dry-run", "--json", *memory)
    assert json.loads(out)["plans"]["unchanged"] == 2
    _, out, _ = run(folder, "--dry-run", "--json")  # without it, both would be done again
    assert "unchanged" not in json.loads(out)["plans"]


def test_a_memory_that_is_not_there_is_one_line(folder: Path) -> None:
    code, out, err = run(folder, "--memory", "gone.sqlite")
    assert (code, out) == (2, "")
    assert err == (
        "tosprog: --memory gone.sqlite does not exist; type: tosprog memory import FILE.tmx --memory gone.sqlite\n"
    )
    code, _, err = run(folder, "--memory", "in/a.txt", "--no-memory")
    assert (code, err) == (2, "tosprog: --memory in/a.txt and --no-memory are both given; give one\n")
