"""`tosprog memory` as a person types it: results on stdout, all else on stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def tosprog(folder: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "tosprog.pipeline.cli", *arguments]
    environment = {"TOSPROG_HOME": str(folder / "home"), **environment}
    rest = {name: value for name, value in os.environ.items() if name != "TOSPROG_MEMORY"}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, env={**rest, **environment}
    )
    return done.returncode, done.stdout, done.stderr


def memory(folder: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    return tosprog(folder, "memory", *arguments, **environment)


def as_json(folder: Path, *arguments: str) -> Any:
    code, out, err = memory(folder, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


TMX = """<?xml version="1.0"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="da"/><body>
<tu creationid="kim" creationdate="20200101T000000Z"><tuv xml:lang="da"><seg>Se side 3.</seg></tuv>
<tuv xml:lang="en"><seg>See page 3.</seg></tuv></tu>
<tu creationdate="20200101T000000Z"><tuv xml:lang="da"><seg>Huset er gult.</seg></tuv>
<tuv xml:lang="en"><seg>The house is yellow.</seg></tuv></tu>
<tu><tuv xml:lang="da"><seg>Hus</seg></tuv><tuv xml:lang="de"><seg>Haus</seg></tuv></tu>
</body></tmx>
"""
BOMB = '<!DOCTYPE tmx [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><tmx><body><tu>&c;</tu></body></tmx>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.tmx").write_text(TMX)
    (tmp_path / "bomb.tmx").write_text(BOMB)
    return tmp_path


def test_import_search_correct_export_remove(folder: Path) -> None:
    assert memory(folder, "import", "a.tmx") == (
        0,
        "a.tmx: 2 new, 0 changed, 0 known\n",
        "tosprog: a.tmx: 1 of 3 units has no Danish-English pair: de\n",
    )
    assert memory(folder, "search", "Se side 12.", "--from", "da") == (
        0,
        "99%\tnumbers\tSe side 3.\tSee page 12.\ttmx\t2020-01-01\tkim\n",
        "",
    )
    assert memory(
        folder, "add", "Huset er gult.", "The house is golden.", "--from", "da", "--creator", "bo"
    ) == (
        0,
        "added\n",
        "",
    )
    _, out, _ = memory(folder, "search", "Huset er gult.", "--from", "da", "--limit", "1")
    assert out.split("\t")[:5] == ["100%", "exact", "Huset er gult.", "The house is golden.", "cli"]
    _, out, _ = memory(folder, "search", "The house is yelow.", "--from", "en", "--threshold", "0.9")
    assert out.split("\t")[:4] == ["95%", "fuzzy", "The house is yellow.", "Huset er gult."]
    assert memory(folder, "search", "Noget andet", "--from", "da")[1] == ""
    _, out, _ = memory(folder, "list")
    assert [line.split("\t")[1] for line in out.splitlines()] == [
        "The house is golden.",
        "The house is yellow.",
        "See page 3.",
    ]
    assert memory(folder, "stats")[1] == f"{folder}/home/memory.sqlite: 3 units (1 cli, 2 tmx)\n"
    assert memory(folder, "export", "out/b.tmx") == (0, "out/b.tmx: 3 units\n", "")
    assert memory(folder, "import", "out/b.tmx", "--memory", "other.sqlite")[:2] == (
        0,
        "out/b.tmx: 3 new, 0 changed, 0 known\n",
    )
    assert memory(folder, "remove", "Huset er gult.", "The house is golden.", "--from", "da")[:2] == (
        0,
        "removed 1\n",
    )
    assert memory(folder, "remove", "Huset er gult.", "--from", "da")[:2] == (0, "removed 1\n")
    assert memory(folder, "stats")[1].endswith(": 1 units (1 tmx)\n")


def test_everything_as_json(folder: Path) -> None:
    done = as_json(folder, "import", "a.tmx")
    assert done["memory"] == str(folder / "home" / "memory.sqlite")
    assert done["files"] == [
        {"file": "a.tmx", "units": 3, "without_pair": 1, "languages": ["de"],
         "notices": ["1 of 3 units has no Danish-English pair: de"],
         "new": 2, "changed": 0, "known": 0, "conflicts": 0}
    ]  # fmt: skip
    added = as_json(folder, "add", "Hi", "Hej", "--from", "en")
    assert {name: added[name] for name in ("new", "changed", "known", "conflicts")} == {
        "new": 1, "changed": 0, "known": 0, "conflicts": 0,
    }  # fmt: skip
    (match,) = as_json(folder, "search", "Se side 12.", "--from", "da")["matches"]
    assert match == {
        "source": "Se side 3.", "target": "See page 12.", "score": 0.99, "kind": "numbers", "origin": "tmx",
        "creator": "kim", "changed": "2020-01-01T00:00:00Z",
    }  # fmt: skip
    assert [one["danish"] for one in as_json(folder, "list", "--limit", "2")["units"]] == [
        "Hej",
        "Huset er gult.",
    ]
    stats = as_json(folder, "stats")
    assert (stats["units"], stats["origins"], len(stats["checksum"])) == (3, {"cli": 1, "tmx": 2}, 32)
    assert as_json(folder, "export", "b.tmx") == {"file": "b.tmx", "units": 3}
    assert as_json(folder, "remove", "Hej", "--from", "da")["removed"] == 1


def test_the_memory_may_be_another_one(folder: Path) -> None:
    for named, where in (
        (("--memory", "x.sqlite"), {}),
        ((), {"TOSPROG_MEMORY": str(folder / "y.sqlite")}),
        (("--memory", "z.sqlite"), {"TOSPROG_MEMORY": str(folder / "y.sqlite")}),
    ):
        assert memory(folder, "add", "Hej", "Hi", "--from", "da", *named, **where)[0] == 0
    assert all((folder / f"{name}.sqlite").is_file() for name in "xyz")
    assert not (folder / "home").exists()


def test_corrections_may_come_as_a_file(folder: Path) -> None:
    memory(folder, "add", "Huset er gult.", "It is golden.", "--from", "da")
    memory(folder, "import", "a.tmx", "--corrections")
    assert as_json(folder, "stats")["origins"] == {"cli": 1, "review": 2}


def test_of_several_files_the_good_ones_are_taken(folder: Path) -> None:
    code, out, err = memory(folder, "import", "bomb.tmx", "a.tmx", "none.tmx")
    assert (code, out) == (3, "a.tmx: 2 new, 0 changed, 0 known\n")
    lines = err.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("tosprog: bomb.tmx: its DOCTYPE has declarations of its own: refused")
    assert lines[2] == "tosprog: none.tmx does not exist; name a .tmx file"
    code, out, _ = memory(folder, "import", "bomb.tmx", "none.tmx", "--json")
    assert code == 1
    assert [row["file"] for row in json.loads(out)["files"]] == ["bomb.tmx", "none.tmx"]


def test_conflicts_are_said(folder: Path) -> None:
    (folder / "b.tmx").write_text(TMX.replace("is yellow", "is golden"))
    memory(folder, "import", "a.tmx")
    code, out, err = memory(folder, "import", "b.tmx")
    assert (code, out) == (0, "b.tmx: 1 new, 0 changed, 1 known\n")
    assert "b.tmx: 1 new unit gives another translation of a text that has one; the newest wins" in err


def test_what_run_has_kept_as_a_memory(folder: Path) -> None:
    (folder / "in").mkdir()
    (folder / "in" / "a.txt").write_text("Havet er koldt om vinteren.\n")
    cache = str(folder / "cache")
    run = ("run", "in", "--out", "out", "--to", "en", "--model", "double", "--no-summarize")
    assert tosprog(folder, *run, TOSPROG_CACHE=cache)[0] == 0
    code, out, err = memory(folder, "export", "c.tmx", "--cache", TOSPROG_CACHE=cache)
    assert (code, out, err) == (0, "c.tmx: 1 units\n", "")
    text = (folder / "c.tmx").read_text()
    assert '<tu srclang="da" creationid="double' in text
    assert '<tuv xml:lang="en"><seg>[en] Havet er koldt om vinteren.</seg></tuv>' in text


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("add", "Hej", "Hi"), 2, "--from"),
        (("add", "Hej", "Hi", "--from", "de"), 2, "unknown language 'de'"),
        (("add", "Hej", " ", "--from", "da"), 2, "one is empty"),
        (("search", "Hej", "--from", "da", "--threshold", "75"), 2, "threshold 75.0 is out of range"),
        (("search", "Hej", "--from", "da", "--limit", "0"), 2, "limit"),
        (("import",), 2, "FILE.tmx"),
        (("import", "in.tmx", "--memory", "a.tmx"), 1, "a.tmx is no memory"),
        (("stats", "--memory", "a.tmx"), 1, "a.tmx is no memory; name another file with --memory"),
        (("list", "--memory", "a.tmx"), 1, "is no memory"),
        (("add", "Hej", "Hi", "--from", "da", "--memory", "a.tmx"), 1, "is no memory"),
        (("remove", "Hej", "--from", "da"), 1, "has no such unit; see: tosprog memory search"),
        (("export", "a.tmx/b.tmx"), 1, "cannot write a.tmx/b.tmx"),
        (("import", "a.tmx", "--memory", "a.tmx/memory.sqlite"), 1, "cannot write the memory"),
    ],
)
def test_what_is_wrong_is_one_line(folder: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    found, out, err = memory(folder, *arguments)
    assert (found, out) == (code, "")
    assert words in err
    assert len(err.splitlines()) == 1
    assert (folder / "a.tmx").read_text() == TMX


def test_a_damaged_memory_is_said(folder: Path) -> None:
    memory(folder, "import", "a.tmx", "--memory", "m.sqlite")
    data = (folder / "m.sqlite").read_bytes()
    (folder / "m.sqlite").write_bytes(data[:100] + b"\xff" * (len(data) - 100))
    code, out, err = memory(folder, "search", "Hus", "--from", "da", "--memory", "m.sqlite")
    assert (code, out) == (0, "")
    assert "the memory m.sqlite was damaged" in err
    assert (folder / "m.damaged").is_file()
