"""What is listed of a folder, in which order, and where each file goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tosprog.models.errors import UsageError
from tosprog.pipeline.plan import Selection, plan_folder, sources_in


def make(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ((), (), ["a.md", "b.txt", "drafts/a.md", "drafts/old/c.md", "essays/a.md", "essays/b.txt"]),
        (("*.md",), (), ["a.md", "drafts/a.md", "drafts/old/c.md", "essays/a.md"]),
        ((), ("drafts/",), ["a.md", "b.txt", "essays/a.md", "essays/b.txt"]),
        (("essays/**",), ("*.txt",), ["essays/a.md"]),
        (("/a.md",), (), ["a.md"]),
        (("*.txt",), ("*.txt", "!essays/b.txt"), ["essays/b.txt"]),
        (("*.docx",), (), []),
    ],
)
def test_patterns_are_those_of_gitignore(
    tmp_path: Path, include: tuple[str, ...], exclude: tuple[str, ...], expected: list[str]
) -> None:
    names = (
        "a.md",
        "b.txt",
        "essays/a.md",
        "essays/b.txt",
        "drafts/a.md",
        "drafts/old/c.md",
        ".git/x.md",
        "~$a.docx",
    )
    items = plan_folder(make(tmp_path / "in", *names), tmp_path / "out", Selection(include, exclude))
    assert [item.name for item in items] == expected


def test_a_pattern_that_is_none_is_said() -> None:
    with pytest.raises(UsageError, match=r"--exclude '!' is no pattern"):
        Selection(exclude=["!"])


def test_outputs_never_share_a_place(tmp_path: Path) -> None:
    names = (
        "a.pdf",
        "a.md",
        "a.pdf.md",
        "a.txt",
        "a.summary.md",
        "b.pdf",
        "b.docx",
        "c.pdf",
        "a.",
        "README",
        "b.md.md",
    )
    items = list(plan_folder(make(tmp_path / "in", *names), tmp_path / "out"))
    places = [place for item in items for place in (item.target, item.summary)]
    assert len(set(places)) == len(places)
    written = {item.name: item.target.name for item in items}
    assert written["a.md"] == "a.md"
    assert written["a.pdf"] == "a.pdf.md.md"
    assert written["b.pdf"] == "b.md"
    assert written["c.pdf"] == "c.md"
    pages = [item.target for item in plan_folder(tmp_path / "in", tmp_path / "out", bilingual=True)]
    assert len(set(pages)) == len(pages)


def test_the_plan_streams(tmp_path: Path) -> None:
    make(tmp_path / "in", "a.txt", "sub/b.txt")
    items = plan_folder(tmp_path / "in", tmp_path / "out")
    assert next(items).name == "a.txt"
    (tmp_path / "in" / "sub" / "c.txt").write_text("x")  # that folder has not been looked at yet
    assert [item.name for item in items] == ["sub/b.txt", "sub/c.txt"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may open every folder")
def test_a_folder_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    make(tmp_path / "in", "a.txt", "sub/b.txt")
    (tmp_path / "in" / "sub").chmod(0)
    items = list(plan_folder(tmp_path / "in", tmp_path / "out"))
    (tmp_path / "in" / "sub").chmod(0o700)
    assert [(item.name, item.is_fault) for item in items] == [("a.txt", False), ("sub", True)]


def test_a_folder_that_goes_away_is_a_fault(tmp_path: Path) -> None:
    make(tmp_path / "in", "a.txt", "sub/b.txt")
    items = plan_folder(tmp_path / "in", tmp_path / "out")
    next(items)
    (tmp_path / "in" / "sub" / "b.txt").unlink()
    (tmp_path / "in" / "sub").rmdir()
    (item,) = items
    assert (item.name, item.is_fault) == ("sub", True)
    assert item.skip_reason == "the folder cannot be opened: No such file or directory"


def test_sources_leave_out_a_file(tmp_path: Path) -> None:
    make(tmp_path / "in", "b.txt", "a/c.txt", "digest.html")
    found = sources_in(tmp_path / "in", "x", apart_from=(tmp_path / "in" / "digest.html").resolve())
    assert [path.name for path in found] == ["c.txt", "b.txt"]
