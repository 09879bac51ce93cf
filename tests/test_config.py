"""Settings: what is typed goes before the environment, that before tosprog.toml, that before what is built in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def tosprog(folder: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "tosprog.pipeline.cli", *arguments]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, env={**os.environ, **environment}
    )
    return done.returncode, done.stdout, done.stderr


def options(folder: Path, command: str, **environment: str) -> dict[str, tuple[object, str]]:
    _, out, _ = tosprog(folder, "config", "show", command, "--json", **environment)
    rows = json.loads(out)["options"]
    return {row["option"]: (row["value"], row["source"].split(",")[0]) for row in rows}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "essays").mkdir()
    (tmp_path / "essays" / "a.txt").write_text("Havet er koldt om vinteren.\n")
    (tmp_path / "tosprog.toml").write_text(
        'to = "en"\nmodel = "double"\n\n[run]\nout = "done"\nsummarize = false\nexclude = "b*"\n[translate]\nbeam = 2\n'
    )
    return tmp_path


def test_the_file_is_found_from_a_folder_below_and_its_paths_are_its_own(folder: Path) -> None:
    (folder / "essays" / "b.txt").write_text("Ikke mig.\n")
    code, out, err = tosprog(folder / "essays", "run", ".", "--quiet")
    assert (code, out.splitlines()[0]) == (0, "1 files: 1 ok"), err
    assert (folder / "done" / "a.txt").read_text() == "[en] Havet er koldt om vinteren.\n"
    assert sorted(path.name for path in (folder / "done").glob("[!.]*")) == ["a.txt"]


def test_where_each_value_comes_from(folder: Path) -> None:
    found = options(folder, "translate", TOSPROG_TRANSLATE_MODEL="other")
    assert found["to"] == ("en", "file")
    assert found["beam"] == (2, "file")
    assert found["model"] == ("other", "environment")
    assert found["swap"] == (False, "built in")
    assert options(folder, "run")["out"] == (str(folder / "done"), "file")
    assert options(folder.parent, "run")["to"] == (None, "built in")
    _, out, _ = tosprog(folder, "config", "show")
    assert f"run out = {json.dumps(str(folder / 'done'))}  (file, {folder / 'tosprog.toml'})" in out
    assert "swap" not in out


def test_what_is_typed_goes_first_then_the_environment(folder: Path) -> None:
    assert tosprog(folder, "translate", "The house is big.", "--to", "da")[1] == "[da] The house is big.\n"
    assert (
        tosprog(folder, "translate", "The house is big.", TOSPROG_TRANSLATE_TO="da")[1]
        == "[da] The house is big.\n"
    )
    assert tosprog(folder, "translate", "The house is big.")[1] == "The house is big.\n"


def test_a_setting_gives_way_to_a_typed_option_that_it_excludes(folder: Path) -> None:
    assert tosprog(folder, "translate", "The house is big.", "--swap")[1] == "[da] The house is big.\n"
    code, _, err = tosprog(folder, "translate", "Huset er stort.", "--swap", "--to", "en")
    assert (code, "both given" in err) == (2, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("beem = 3", "beem is no option of any command; did you mean 'beam'?"),
        ('beam = "x"', "beam = 'x': "),
        ("[runn]\nbeam = 3", "[runn] is no command; did you mean 'run'?"),
        ("to =", "is no TOML"),
        ("[run]\njobz = 3", "[run] jobz is no option; did you mean 'jobs'?"),
        ("[run]\njobs = 0", "[run] jobs = 0: "),
        ("[detect]\nqqq = 0", "[detect] qqq is no option; legal is json, what"),
        ("to = 'xx'", "unknown language 'xx'"),
    ],
)
def test_what_is_wrong_in_the_file_is_one_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "tosprog.toml").write_text(text + "\n")
    code, out, err = tosprog(tmp_path, "translate", "hej")
    assert code in (1, 2)
    assert out == ""
    assert words in err
    assert len(err.splitlines()) == 1


def test_settings_are_no_document(folder: Path) -> None:
    _, out, _ = tosprog(folder, "run", ".", "--dry-run")
    assert "tosprog.toml" not in out
