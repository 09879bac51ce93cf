"""A folder is safe to stop at any moment, and cheap to run again. The kills are real."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tosprog.models.errors import OutputError, UsageError
from tosprog.pipeline.batch import Outcome, Run
from tosprog.pipeline.engine_serial import SerialEngine
from tosprog.pipeline.journal import FOLDER, TIMES, opened
from tosprog.pipeline.plan import WorkItem, plan_folder
from tosprog.pipeline.summary import SummaryOptions
from tosprog.pipeline.translate import TranslateOptions
from tosprog.pipeline.work import BatchOptions, Recipe, Result, Status, Task, Worker

RunFolder = Callable[..., dict[str, Outcome]]
DANISH = "Havet har altid givet byen arbejde. Fiskerne sejlede ud hver morgen ved daggry.\n"
FILES = {
    "a.txt": "Byen og havet\n\n" + DANISH,
    "b/photo.txt": "\0\1\2\3" * 20,
    "b/page.html": "<html lang='da'><body><h1>Byen</h1><p>Havet er <b>dybt</b> og koldt om vinteren.</p></body></html>",
    "b/words.json": '{"title": "Byen og havet", "text": "Havet er dybt og koldt om vinteren."}',
    "c.md": "# Byen\n\nThe town lives by the sea.\n\n" + DANISH,
}


def fill(folder: Path) -> Path:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def state(out: Path) -> dict[str, Any]:
    """Every file of an output folder with its bytes; the journal without its times."""
    found: dict[str, Any] = {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != "lock"
    }
    found["journal"] = [
        {key: value for key, value in json.loads(line).items() if key not in TIMES}
        for line in found.pop(f"{FOLDER}/journal.jsonl").splitlines()
    ]
    return found


def killed_at(call: int, run: Callable[[], object]) -> bool:
    """Runs it in a process that is killed before the n-th time that something is made sure of, or moved.

    Returns:
        Whether it was killed; else it had ended before.
    """

    def child() -> None:
        calls = 0

        def counted(function: Callable[..., Any]) -> Callable[..., Any]:
            def wrapped(*arguments: Any, **options: Any) -> Any:
                nonlocal calls
                calls += 1
                if calls == call:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*arguments, **options)

            return wrapped

        os.fsync, os.replace, os.mkdir = counted(os.fsync), counted(os.replace), counted(os.mkdir)
        run()

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork")
def test_killed_between_any_two_steps_the_next_run_makes_the_same(
    tmp_path: Path, run_folder: RunFolder
) -> None:
    source = fill(tmp_path / "in")
    run_folder(source, tmp_path / "calm")
    calm = state(tmp_path / "calm")
    assert len(calm["journal"]) == 1 + len(FILES)
    kills = 0
    while True:
        out = tmp_path / f"out{kills}"
        was_killed = killed_at(kills + 1, lambda out=out: run_folder(source, out))  # type: ignore[misc]
        entered = set()
        if (out / FOLDER / "journal.jsonl").exists():
            with opened(out) as journal:
                entered = {name for name in journal.sources() if journal.get(name).status != "failed"}  # type: ignore[union-attr]
        outcomes = run_folder(source, out)
        assert {name for name, one in outcomes.items() if one.unchanged} == entered
        assert state(out) == calm, f"killed at step {kills + 1}"
        if not was_killed:
            break
        kills += 1
        shutil.rmtree(out)
    assert kills > 40


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_torn_line_is_cut_off_and_its_file_done_again(
    tmp_path: Path, run_folder: RunFolder, cut: int
) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    run_folder(source, out)
    calm = state(out)
    path = out / FOLDER / "journal.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    outcomes = run_folder(source, out)
    assert {name for name, one in outcomes.items() if not one.unchanged} == {"b/words.json", "b/photo.txt"}
    assert state(out) == calm


def test_a_second_run_does_nothing_and_a_touched_file_is_done(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    run_folder(source, out)
    stamps = {
        path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and path.name != "lock"
    }
    again = run_folder(source, out)
    assert {name for name, one in again.items() if not one.unchanged} == {"b/photo.txt"}
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    os.utime(source / "a.txt")  # a date is no change
    (source / "c.md").write_text(FILES["c.md"] + "\nFiskerne kom hjem igen.\n")
    third = run_folder(source, out)
    assert {name for name, one in third.items() if not one.unchanged} == {"b/photo.txt", "c.md"}
    assert "[en] Fiskerne kom hjem" in (out / "c.md").read_text()


def test_a_changed_option_does_again_what_depends_on_it(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"

    def done(options: BatchOptions) -> set[str]:
        return {name for name, one in run_folder(source, out, options).items() if not one.unchanged} - {
            "b/photo.txt"
        }

    first = BatchOptions(translate=TranslateOptions(target="en"))
    everything = {"a.txt", "b/page.html", "b/words.json", "c.md"}
    assert done(first) == everything
    assert done(first) == set()
    named = BatchOptions(translate=TranslateOptions(target="en"), fields=("title",))
    assert done(named) == {"b/words.json"}
    shorter = BatchOptions(
        translate=TranslateOptions(target="en"), summary=SummaryOptions(1), fields=("title",)
    )
    stamp = (out / "a.txt").stat().st_mtime_ns
    assert done(shorter) == everything
    assert (out / "a.txt").stat().st_mtime_ns == stamp  # only the summary is another one
    assert (out / "a.summary.md").is_file()
    none = BatchOptions(translate=TranslateOptions(target="en"), summary=None, fields=("title",))
    assert done(none) == everything
    assert not (out / "a.summary.md").exists()


def test_another_model_does_all_again(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    run_folder(source, out)
    outcomes = run_folder(source, out, None, Recipe(model=None))
    assert not any(one.unchanged for one in outcomes.values())
    assert "[en]" not in (out / "a.txt").read_text()


def test_a_lost_or_changed_output_is_made_again_and_a_persons_work_kept(
    tmp_path: Path, run_folder: RunFolder
) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    run_folder(source, out)
    calm = state(out)
    (out / "a.txt").unlink()
    (out / "c.summary.md").write_text("Mit eget resumé.\n")
    outcomes = run_folder(source, out)
    assert {name for name, one in outcomes.items() if not one.unchanged} == {"a.txt", "b/photo.txt", "c.md"}
    assert (
        outcomes["c.md"].message
        == "c.summary.md had been changed, and is kept as .tosprog/replaced/c.summary.md"
    )
    assert (out / FOLDER / "replaced" / "c.summary.md").read_text() == "Mit eget resumé.\n"
    now = state(out)
    assert {name: now[name] for name in calm if name != "journal"} == {
        name: calm[name] for name in calm if name != "journal"
    }


def test_a_file_of_someone_else_is_not_written_over(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    out.mkdir()
    (out / "a.txt").write_text("Not ours.\n")
    run_folder(source, out)
    assert (out / FOLDER / "replaced" / "a.txt").read_text() == "Not ours.\n"


def test_sources_that_are_gone_are_said_and_pruned_when_asked(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    run_folder(source, out)
    (source / "b" / "page.html").unlink()
    (source / "c.md").rename(source / "d.md")
    (out / "c.summary.md").write_text("Mit eget resumé.\n")
    told = run_folder(source, out)
    gone = {name: one.message for name, one in told.items() if one.status is Status.REMOVED}
    assert gone == dict.fromkeys(
        ("b/page.html", "c.md"), "the source is gone; its outputs stay (--prune removes them)"
    )
    assert (out / "b" / "page.html").is_file()
    pruned = run_folder(source, out, prune=True)
    assert pruned["c.md"].message == "the source is gone; c.summary.md had been changed, and stays"
    assert not (out / "b" / "page.html").exists()
    assert not (out / "c.md").exists()
    assert (out / "c.summary.md").is_file()
    assert (out / "d.md").is_file()
    assert not any(one.status is Status.REMOVED for one in run_folder(source, out).values())


def test_prune_goes_on_as_long_as_one_file_is_there(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    run_folder(source, out)
    for name in FILES:
        if name != "c.md":
            (source / name).unlink()
    run_folder(source, out, prune=True)
    (source / "c.md").rename(source / "d.md")
    run_folder(source, out)
    run_folder(source, out, prune=True)
    assert sorted(path.name for path in out.glob("[!.]*")) == ["d.md", "d.summary.md"]


def test_prune_refuses_the_wrong_folder(tmp_path: Path, run_folder: RunFolder) -> None:
    out = tmp_path / "out"
    run_folder(fill(tmp_path / "in"), out)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x.txt").write_text(DANISH)
    with pytest.raises(UsageError, match="--prune would remove all"):
        run_folder(tmp_path / "other", out, prune=True)
    assert (out / "a.txt").is_file()


def test_two_runs_at_once_are_refused(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    with opened(out), pytest.raises(UsageError, match="another run is writing"):
        run_folder(source, out)
    assert len(run_folder(source, out)) == len(FILES)


def test_a_file_that_vanishes_or_changes_while_it_is_read(
    tmp_path: Path, run_folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    read = Path.read_bytes

    def vanishing(path: Path) -> bytes:
        if path.name == "a.txt":
            path.unlink(missing_ok=True)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", vanishing)
    outcomes = run_folder(source, out)
    assert (outcomes["a.txt"].status, "does not exist" in outcomes["a.txt"].message) == (Status.FAILED, True)
    assert outcomes["c.md"].status is Status.OK
    monkeypatch.undo()
    monkeypatch.setattr("tosprog.pipeline.stream.LARGE_BYTES", 50)
    run_large = Worker.run_large

    def changing(self: Worker, name: str, path: Path, file: Any) -> Result:
        if path.name == "c.md":
            path.write_text(FILES["c.md"] + "More.\n")
        return run_large(self, name, path, file)

    monkeypatch.setattr(Worker, "run_large", changing)
    (source / "c.md").write_text(FILES["c.md"] + "\nMere.\n")
    old = (out / "c.md").read_bytes()
    outcomes = run_folder(source, out)
    assert outcomes["c.md"].status is Status.FAILED
    assert "changed while it was read" in outcomes["c.md"].message
    assert (out / "c.md").read_bytes() == old
    monkeypatch.undo()
    assert run_folder(source, out)["c.md"].status is Status.OK


def test_a_large_output_that_was_changed_is_kept_and_said_once_the_new_one_is_whole(
    tmp_path: Path, run_folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tosprog.pipeline.stream.LARGE_BYTES", 50)
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    run_folder(source, out)
    (out / "c.md").write_text("Min egen.\n")
    (source / "c.md").write_bytes(FILES["c.md"].encode() + b"\0\1\2\3" * 40)
    assert run_folder(source, out)["c.md"].status is Status.FAILED
    assert (out / "c.md").read_text() == "Min egen.\n"
    (source / "c.md").write_text(FILES["c.md"])
    message = run_folder(source, out)["c.md"].message
    assert message.endswith("c.md had been changed, and is kept as .tosprog/replaced/c.md")
    assert (out / FOLDER / "replaced" / "c.md").read_text() == "Min egen.\n"
    assert "[en]" in (out / "c.md").read_text()


def test_a_plan_is_not_read_to_its_end_while_a_file_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tosprog.pipeline.batch._MOST_WAITING", 5)
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    for i in range(50):
        (source / f"z{i}.mp3").write_bytes(b"ID3")
    listed = 0

    def items() -> Iterator[WorkItem]:
        nonlocal listed
        for item in plan_folder(source, out):
            listed += 1
            yield item

    recipe, options = Recipe(model="double"), BatchOptions(translate=TranslateOptions(target="en"))
    engine = SerialEngine(recipe, options)
    monkeypatch.setattr(engine, "read_ahead", 10)
    assert next(Run(source, out, recipe, options).outcomes(items(), engine)).item.name == "a.txt"
    assert listed == 6


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 200 kB, of which a run fills all."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("mounting a tmpfs needs root")
    if subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)], capture_output=True
    ).returncode:
        pytest.skip("a tmpfs cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_ends_the_run_and_room_lets_it_go_on(
    tmp_path: Path, run_folder: RunFolder, small_disk: Path
) -> None:
    source, out = fill(tmp_path / "in"), small_disk / "out"
    (source / "long.txt").write_text(DANISH * 1500)
    run_folder(source, tmp_path / "calm", BatchOptions(translate=TranslateOptions(target="en")))
    with pytest.raises(OutputError, match="No space left"):
        run_folder(source, out)
    assert not list(out.rglob("*.part"))
    with opened(out) as journal:
        assert journal.get("a.txt") is not None
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    outcomes = run_folder(source, out)
    assert outcomes["a.txt"].unchanged
    assert state(out) == state(tmp_path / "calm")


def test_a_read_only_output_folder_is_one_clear_line(
    tmp_path: Path, run_folder: RunFolder, small_disk: Path
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(
        OutputError, match=r"cannot write .*Read-only file system; choose another folder with --out"
    ):
        run_folder(fill(tmp_path / "in"), small_disk / "out")


def test_ctrl_c_ends_after_the_file_in_hand(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    run_folder(source, tmp_path / "calm")
    asked = iter([False, False, True, True, True, True, True])
    outcomes = run_folder(source, out, stopped=lambda: next(asked))
    assert list(outcomes) == ["a.txt", "c.md"]
    again = run_folder(source, out)
    assert {name for name, one in again.items() if one.unchanged} == {"a.txt", "c.md"}
    assert state(out) == state(tmp_path / "calm")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_twice_ends_at_once(tmp_path: Path, run_folder: RunFolder, jobs: int) -> None:
    source = fill(tmp_path / "in")
    (source / "aa.txt").write_text(DANISH * 8000)  # takes seconds
    command = [sys.executable, "-m", "tosprog.pipeline.cli", "run", "in", "--out", "out", "--to", "en"]
    command += ["--model", "double", "--no-cache", "--jobs", str(jobs)]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("ok")
    time.sleep(0.3)  # until the next file is in hand
    os.killpg(process.pid, signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Ctrl-C again ends at once" in err
    assert "Traceback" not in err
    done = subprocess.run([*command, "--quiet"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 3
    assert "unchanged" in done.stdout
    for name in ("report.json", "report.html"):
        (tmp_path / "out" / FOLDER / name).unlink()
    run_folder(source, tmp_path / "calm")
    assert state(tmp_path / "out") == state(tmp_path / "calm")


def test_an_unexpected_error_in_a_worker_is_an_outcome() -> None:
    class Broken(Recipe):
        def load(self, direction: object) -> Any:
            raise RuntimeError("broken")

    worker = Worker(Broken(), BatchOptions(translate=TranslateOptions(target="en")))
    result = worker.run(Task("a.txt", DANISH.encode()))
    assert (result.status, result.message) == (Status.FAILED, "unexpected RuntimeError: broken")


def test_the_run_says_what_it_wrote(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    run_folder(source, out)
    rows = [json.loads(line) for line in (out / FOLDER / "segments" / "c.md.jsonl").read_text().splitlines()]
    assert [(row["kind"], row["language"], row["source"], row["attempts"]) for row in rows] == [
        ("translated", "da", "Byen", 1),
        ("kept", "en", "The town lives by the sea.", 0),
        ("translated", "da", "Havet har altid givet byen arbejde.", 1),
        ("translated", "da", "Fiskerne sejlede ud hver morgen ved daggry.", 1),
    ]
    assert rows[2]["target"] == "[en] Havet har altid givet byen arbejde."
    assert (rows[2]["model"], rows[1]["model"]) == ("double/da-en", None)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals of POSIX")
def test_ten_kills_at_any_moment_with_two_processes(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    for i in range(2000):
        (source / f"{i % 20:02}").mkdir(exist_ok=True)
        (source / f"{i % 20:02}" / f"n{i}.md").write_text(f"# Side {i}\n\n{DANISH * (1 + i % 7)}")
    run_folder(source, tmp_path / "calm")
    command = [
        sys.executable,
        "-m",
        "tosprog.pipeline.cli",
        "run",
        "in",
        "--out",
        "out",
        "--to",
        "en",
        "--quiet",
    ]
    command += ["--model", "double", "--jobs", "2"]
    journal = out / FOLDER / "journal.jsonl"
    for lines in sorted(random.Random(0).sample(range(1, 1700), 10)):
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while not journal.exists() or journal.read_bytes().count(b"\n") < lines:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
        process.wait()
    last = subprocess.run([*command, "--json"], cwd=tmp_path, capture_output=True, timeout=300)
    assert last.returncode == 3  # the photograph
    assert 0 < json.loads(last.stdout)["totals"]["unchanged"] < 2000
    for name in ("report.json", "report.html"):
        (out / FOLDER / name).unlink()
    assert state(out) == state(tmp_path / "calm")
