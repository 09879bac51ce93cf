"""The journal: every line is on the disk, none is trusted that says nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tosprog.models.errors import OutputError
from tosprog.pipeline.journal import Entry, Journal, opened


def entry(source: str, **changes: object) -> Entry:
    values = {
        "sha256": "0" * 64,
        "signature": "f" * 16,
        "status": "ok",
        "outputs": {source: "1" * 64},
        "languages": {},
    }
    return Entry(source=source, **{**values, **changes})  # type: ignore[arg-type]


def test_the_last_entry_of_a_file_counts_and_the_same_one_is_not_added_again(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.add(entry("a.txt"))
        journal.add(entry("b\udce6.txt", time="2026-01-01T00:00:00+00:00"))
        journal.add(entry("a.txt", kept=3))
        size = journal.path.stat().st_size
        journal.add(entry("a.txt", kept=3, seconds=9.0, time="2027-01-01T00:00:00+00:00"))
        assert journal.path.stat().st_size == size
    with opened(tmp_path) as journal:
        assert journal.get("a.txt") == entry("a.txt", kept=3)
        assert journal.get("b\udce6.txt") == entry("b\udce6.txt", time="2026-01-01T00:00:00+00:00")
        assert journal.get("c.txt") is None
        assert list(journal.sources()) == ["a.txt", "b\udce6.txt"]


def test_what_a_signature_means_is_said_once(tmp_path: Path) -> None:
    for _ in range(2):
        with opened(tmp_path) as journal:
            journal.explain("abc", {"models": {"da-en": "x"}})
            journal.explain("abc", {"models": {"da-en": "x"}})
    (line,) = journal.path.read_text().splitlines()
    assert json.loads(line) == {"signature": "abc", "means": {"models": {"da-en": "x"}}}


@pytest.mark.parametrize(
    "damage", [b"\0\0\0\0", b'{"source": ', b"[1, 2]", b'"text"', b'{"source": "a.txt", "x": 1}', b"\xff"]
)
def test_lines_that_say_nothing_are_passed_over(tmp_path: Path, damage: bytes) -> None:
    with opened(tmp_path) as journal:
        journal.add(entry("a.txt"))
        journal.add(entry("b.txt"))
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(damage + b"\n" + lines[1])
    with opened(tmp_path) as journal:
        assert journal.get("a.txt") is None
        assert journal.get("b.txt") == entry("b.txt")
        journal.add(entry("a.txt"))
        assert journal.get("a.txt") == entry("a.txt")


def test_a_torn_line_is_cut_off_but_not_by_one_who_only_reads(tmp_path: Path) -> None:
    with opened(tmp_path) as journal:
        journal.add(entry("a.txt"))
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + b'{"source": "b.t')
    reader = Journal(tmp_path, read_only=True)
    assert reader.get("a.txt") == entry("a.txt")
    with pytest.raises(ValueError, match="read only"):
        reader.add(entry("b.txt"))
    reader.close()
    assert journal.path.read_bytes() != whole
    with opened(tmp_path):
        assert journal.path.read_bytes() == whole


def test_a_folder_that_is_a_file_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(OutputError, match="choose another folder with --out"), opened(tmp_path / "out"):
        pass
