"""Patterns of the user's: wrong ones are said at once, endless ones after two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tosprog.models.errors import UsageError
from tosprog.pipeline import keep
from tosprog.pipeline.batch import Outcome
from tosprog.pipeline.keep import KeepPattern
from tosprog.pipeline.translate import TranslateOptions
from tosprog.pipeline.work import BatchOptions, Status

ENDLESS = r"(?:\w|\w\w|\s)+\d"
TEXT = "Havet er koldt og dybt om vinteren og fiskerne bliver hjemme hos deres familier hele vinteren."


@pytest.mark.parametrize("pattern", ["(", "[a", "*", "(?P<x>"])
def test_what_is_no_pattern_is_said(pattern: str) -> None:
    with pytest.raises(UsageError, match=r"is no regular expression .*backslash"):
        KeepPattern(pattern)


def test_an_endless_search_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep, "TIMEOUT_S", 0.2)
    started = time.monotonic()
    with pytest.raises(UsageError, match="a repetition within a repetition"):
        list(KeepPattern(ENDLESS).finditer(TEXT))
    assert time.monotonic() - started < 5


def test_in_a_folder_it_costs_the_files_that_it_is_endless_for(
    tmp_path: Path, run_folder: Callable[..., dict[str, Outcome]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep, "TIMEOUT_S", 0.2)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(TEXT + "\n")
    (tmp_path / "in" / "b.txt").write_text("Havet er 12!\n")
    options = BatchOptions(translate=TranslateOptions(target="en", keep=(ENDLESS,)))
    outcomes = run_folder(tmp_path / "in", tmp_path / "out", options)
    assert outcomes["a.txt"].status is Status.FAILED
    assert outcomes["a.txt"].message.startswith(f"--keep {ENDLESS!r} takes more than")
    assert outcomes["b.txt"].status is Status.OK
