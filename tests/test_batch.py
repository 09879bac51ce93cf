from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tosprog.models.errors import InputError, OutputError, UsageError
from tosprog.pipeline.batch import Outcome
from tosprog.pipeline.files import write_atomically
from tosprog.pipeline.plan import plan_folder
from tosprog.pipeline.translate import TranslateOptions
from tosprog.pipeline.work import BatchOptions, Status

RunFolder = Callable[..., dict[str, Outcome]]
DANISH = "Byen og havet\n\nHavet har altid givet byen arbejde. Fiskerne sejlede ud hver morgen ved daggry.\n"


def test_mirrors_the_tree_and_goes_on_past_bad_files(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    (source / "a" / "b").mkdir(parents=True)
    (source / ".git").mkdir()
    (source / ".git" / "x.txt").write_text(DANISH)
    (source / "a" / "b" / "essay.txt").write_text(DANISH)
    (source / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    (source / "slides.pptx").write_bytes(b"PK\3\4")
    (source / "empty.txt").write_bytes(b"")
    (source / "blank.md").write_bytes(b"\n \n")
    outcomes = run_folder(source, out)
    assert {name: outcome.status for name, outcome in outcomes.items()} == {
        "a/b/essay.txt": Status.OK,
        "photo.txt": Status.FAILED,
        "slides.pptx": Status.SKIPPED,
        "empty.txt": Status.OK,
        "blank.md": Status.OK,
    }
    written = sorted(
        str(path.relative_to(out))
        for path in out.rglob("*")
        if path.is_file() and ".tosprog" not in path.parts
    )
    assert written == ["a/b/essay.summary.md", "a/b/essay.txt", "blank.md", "empty.txt"]
    assert (out / "a" / "b" / "essay.txt").read_text().startswith("[en] Byen og havet\n\n[en] Havet")
    assert (out / "blank.md").read_bytes() == b"\n \n"
    assert "PNG" in outcomes["photo.txt"].message
    assert ".pptx" in outcomes["slides.pptx"].message


def test_the_output_inside_the_input_is_not_read_again(tmp_path: Path, run_folder: RunFolder) -> None:
    (tmp_path / "essay.txt").write_text(DANISH)
    run_folder(tmp_path, tmp_path / "out")
    assert list(run_folder(tmp_path, tmp_path / "out")) == ["essay.txt"]


@pytest.mark.parametrize("out", [".", "..", "sub/.."])
def test_refuses_to_write_over_the_input(tmp_path: Path, out: str) -> None:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    with pytest.raises(UsageError, match="--out"):
        plan_folder(tmp_path / "in", tmp_path / "in" / out)


def test_a_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        plan_folder(tmp_path / "none", tmp_path / "out")
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        plan_folder(tmp_path / "file.txt", tmp_path / "out")


def test_summaries_of_the_same_stem_do_not_collide(tmp_path: Path) -> None:
    for name in ("essay.txt", "essay.md"):
        (tmp_path / name).write_text(DANISH)
    items = plan_folder(tmp_path, tmp_path / "out")
    assert sorted(item.summary.name for item in items) == ["essay.md.summary.md", "essay.txt.summary.md"]


def test_symbolic_links_are_not_followed(tmp_path: Path, run_folder: RunFolder) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (tmp_path / "secret.txt").write_text(DANISH)
    (source / "link.txt").symlink_to(tmp_path / "secret.txt")
    outcomes = run_folder(source, tmp_path / "out")
    assert outcomes["link.txt"].status is Status.SKIPPED
    assert list((tmp_path / "out").glob("[!.]*")) == []


def test_a_linked_folder_is_said_to_be_skipped(tmp_path: Path, run_folder: RunFolder) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text(DANISH)
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "outside")
    outcomes = run_folder(tmp_path / "in", tmp_path / "out")
    assert [(name, one.status, one.message) for name, one in outcomes.items()] == [
        ("folder", Status.SKIPPED, "a symbolic link")
    ]
    assert list((tmp_path / "out").glob("[!.]*")) == []


@pytest.mark.skipif(sys.platform != "linux", reason="file names there are Unicode")
@pytest.mark.parametrize(
    "name",
    [b"-rf.txt", b"to\nlinjer.txt", b"caf\xe9.txt", b'"[b]" \xf0\x9f\x8e\x89.md', b"x" * 240 + b".txt"],
)
def test_odd_file_names(tmp_path: Path, name: bytes, run_folder: RunFolder) -> None:
    source = os.fsdecode(name)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / source).write_text(DANISH)
    outcome = run_folder(tmp_path / "in", tmp_path / "out")[source]
    assert outcome.status is Status.OK
    assert (tmp_path / "out" / source).read_text() != DANISH
    assert "daggry" in outcome.item.summary.read_text(encoding="utf-8")
    command = [sys.executable, "-m", "tosprog.pipeline.cli", "run", "in", "--out", "again", "--to", "en"]
    done = subprocess.run([*command, "--model", "double"], cwd=tmp_path, capture_output=True, check=True)
    assert len(done.stdout.decode("utf-8").splitlines()) == 3


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.txt"
    write_atomically(target, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_third_language_is_kept_and_named(tmp_path: Path, run_folder: RunFolder) -> None:
    german = "Das Haus am See gehört seit vielen Jahren meiner Familie.\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(german, encoding="utf-8")
    outcome = run_folder(tmp_path / "in", tmp_path / "out")["a.txt"]
    assert (outcome.status, outcome.kept) == (Status.OK, 1)
    assert outcome.message == "kept, neither Danish nor English: 1 segment (German)"
    assert (tmp_path / "out" / "a.txt").read_text(encoding="utf-8") == german


def test_a_page_side_by_side_takes_the_place_of_each_file(tmp_path: Path, run_folder: RunFolder) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "essay.txt").write_text(DANISH)
    (source / "essay.md").write_text(DANISH)
    (source / "song.mp3").write_bytes(b"ID3")
    options = BatchOptions(translate=TranslateOptions(target=None), summary=None, bilingual=True)
    outcomes = run_folder(source, out, options)
    assert [outcome.status for outcome in outcomes.values()] == [Status.OK, Status.OK, Status.SKIPPED]
    assert sorted(path.name for path in out.glob("[!.]*")) == [
        "essay.md.bilingual.html",
        "essay.txt.bilingual.html",
    ]
    page = (out / "essay.md.bilingual.html").read_text()
    assert "Fiskerne sejlede ud" in page
    assert "[en] Fiskerne sejlede ud" in page


def test_a_large_file_is_done_in_stretches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_folder: RunFolder
) -> None:
    monkeypatch.setattr("tosprog.pipeline.stream.LARGE_BYTES", 1000)
    monkeypatch.setattr("tosprog.pipeline.stream._STRETCH_BYTES", 300)
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    text = DANISH + "\n" + "The fishermen sailed every morning, and nobody asked them why.\r\n\r\n" * 40
    (source / "essay.txt").write_bytes(text.encode())
    done = run_folder(source, out)["essay.txt"]
    assert (done.status, done.message) == (Status.OK, "too large for a summary")
    assert (done.translated, done.kept) == (3, 40)
    expected = text.replace("Byen og", "[en] Byen og").replace("Havet har", "[en] Havet har")
    expected = expected.replace("Fiskerne", "[en] Fiskerne")
    assert (out / "essay.txt").read_bytes() == expected.encode()
    assert [path.name for path in out.glob("[!.]*")] == ["essay.txt"]


def test_a_large_file_that_breaks_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_folder: RunFolder
) -> None:
    monkeypatch.setattr("tosprog.pipeline.stream.LARGE_BYTES", 1000)
    monkeypatch.setattr("tosprog.pipeline.stream._STRETCH_BYTES", 300)
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "essay.txt").write_bytes(b"The sea gave work.\n\n" * 100 + b"\0\1\2\3" * 100)
    done = run_folder(source, out)["essay.txt"]
    assert done.status is Status.FAILED
    assert "binary data" in done.message
    assert list(out.glob("[!.]*")) == []
