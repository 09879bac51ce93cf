"""The report of a run: sums that add up, a page that is safe to open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tosprog.pipeline import folder_report
from tosprog.pipeline.batch import Outcome
from tosprog.pipeline.folder_report import FolderReport, last_totals, line_of, lines_of
from tosprog.pipeline.plan import WorkItem
from tosprog.pipeline.work import Status


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def outcome(out: Path, name: str, status: Status = Status.OK, message: str = "", **rest: object) -> Outcome:
    item = WorkItem(name, Path("in") / name, out / name, out / f"{name}.summary.md")
    return Outcome(item, status, message, **rest)  # type: ignore[arg-type]


def test_sums_rows_and_lines(tmp_path: Path, stack: ExitStack) -> None:
    report = stack.enter_context(FolderReport(tmp_path))
    rows = [
        report.add(
            outcome(tmp_path, "a.txt", translated=3, kept=1, languages={"da": 20, "en": 5}, hits=1, misses=3)
        ),
        report.add(outcome(tmp_path, "b.txt", translated=2, languages={"da": 9}, unchanged=True)),
        report.add(outcome(tmp_path, "c.txt", Status.PARTIAL, "kept", failed=1, languages={"da": 2})),
        report.add(outcome(tmp_path, "d.mp3", Status.SKIPPED, "unknown")),
    ]
    assert [line_of(row) for row in rows] == [
        "ok       a.txt  (3 translated, 1 kept, 0 failed)",
        "ok       b.txt  (2 translated, 0 kept, 0 failed, unchanged)",
        "partial  c.txt  (0 translated, 0 kept, 1 failed)",
        "skipped  d.mp3  (0 translated, 0 kept, 0 failed)",
    ]
    assert report.needs_attention
    written = report.write(["the cache was damaged"])
    read = json.loads(report.json_path.read_text())
    assert [row["source"] for row in read["files"]] == ["a.txt", "b.txt", "c.txt", "d.mp3"]
    totals = read["totals"]
    assert written == totals == last_totals(tmp_path)
    assert totals["statuses"] == {"ok": 2, "partial": 1, "skipped": 1}
    assert (totals["words"], totals["translated"], totals["kept"], totals["failed"]) == (36, 5, 1, 1)
    assert (totals["unchanged"], totals["cache_hit_rate"], totals["languages"]) == (
        1,
        0.25,
        {"da": 31, "en": 5},
    )
    first, second = lines_of(totals)
    assert first == "4 files: 2 ok, 1 partial, 1 skipped; 1 of them unchanged, not done again"
    assert second.startswith("36 words, 7 segments: 5 translated, 1 kept, 1 failed; ")
    assert second.endswith("25% of the sentences known from before")
    assert "the cache was damaged" in report.html_path.read_text()


def test_names_and_messages_cannot_break_the_page(tmp_path: Path, stack: ExitStack) -> None:
    report = stack.enter_context(FolderReport(tmp_path))
    report.add(outcome(tmp_path, 'x"><script>alert(1)</script>#1?.txt', message="<b>æ\n"))
    report.add(outcome(tmp_path, "caf\udce9.txt", Status.FAILED))
    report.write()
    page = report.html_path.read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "%231%3F.txt" in page
    assert "&lt;b&gt;æ\\n" in page
    assert "caf\\udce9.txt" in page
    assert json.loads(report.json_path.read_bytes())["files"][1]["source"] == "caf\udce9.txt"


def test_a_page_of_too_many_files_lists_what_is_not_ok(
    tmp_path: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_report, "_ROWS", 5)
    report = stack.enter_context(FolderReport(tmp_path))
    for i in range(9):
        report.add(outcome(tmp_path, f"{i}.txt", Status.FAILED if i == 4 else Status.OK))
    report.write()
    page = report.html_path.read_text()
    assert page.count("<td class=") - page.count('<td class="n"') == 1
    assert "4.txt" in page
    assert len(json.loads(report.json_path.read_text())["files"]) == 9


@pytest.mark.parametrize("text", [None, "", "{", "[1]\n", '{"totals": 3,\n', '{"files": []}\n'])
def test_a_report_that_cannot_be_read_has_no_sums(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / ".tosprog").mkdir()
        (tmp_path / ".tosprog" / "report.json").write_text(text)
    assert last_totals(tmp_path) == {}


def test_an_empty_run_has_a_report_too(tmp_path: Path, stack: ExitStack) -> None:
    report = stack.enter_context(FolderReport(tmp_path))
    report.write()
    assert json.loads(report.json_path.read_text())["files"] == []
    assert lines_of(report.totals())[0] == "0 files: none"
