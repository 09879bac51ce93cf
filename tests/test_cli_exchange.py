"""`tosprog export` and `tosprog import` as a person types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tosprog.pipeline.tmx import TmxFile

TEXT = "# Havet om vinteren\n\nVi gik en lang tur langs vandet i går. Nobody asked the fishermen about it.\n"


def tosprog(folder: Path, *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "tosprog.pipeline.cli", *arguments]
    own = {"TOSPROG_HOME": str(folder / "home"), "TOSPROG_MEMORY": str(folder / "own.sqlite")}
    environment = {**os.environ, **own}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, env=environment)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.md").write_text(TEXT)
    (tmp_path / "b.json").write_text('{"da": "Vi gik en lang tur i går.", "note": "Det var koldt i aftes."}')
    return tmp_path


def export(folder: Path, file: str, out: str, *more: str) -> tuple[int, str, str]:
    return tosprog(folder, "export", file, "--to", "en", "--out", out, "--model", "double", *more)


@pytest.mark.parametrize("file", ["out/a.xlf", "a.po", "a.XLIFF"])
def test_there_and_back(folder: Path, file: str) -> None:
    assert export(folder, "a.md", file) == (0, f"{file}: 2 segments from Danish into English\n", "")
    wanted = tosprog(folder, "translate", "--file", "a.md", "--to", "en", "--model", "double")[1]
    assert tosprog(folder, "import", file, "--document", "a.md") == (
        0,
        wanted,
        f"tosprog: {file}: 2 translated; 0 changed by hand\n",
    )
    path = folder / file
    path.write_text(path.read_text().replace("[en] Havet om vinteren", "The sea in winter"))
    assert tosprog(folder, "import", file, "--document", "a.md", "--out", "c/d.md")[:2] == (0, "")
    assert (folder / "c" / "d.md").read_text() == wanted.replace("[en] Havet om", "[en] Havet om").replace(
        "[en] Havet om vinteren", "The sea in winter"
    )


def test_fields_are_remembered(folder: Path) -> None:
    assert export(folder, "b.json", "b.xlf", "--field", "da")[0] == 0
    code, out, _ = tosprog(folder, "import", "b.xlf", "--document", "b.json")
    assert (code, json.loads(out)) == (
        0,
        {"da": "[en] Vi gik en lang tur i går.", "note": "Det var koldt i aftes."},
    )


def test_what_is_not_used_is_said_and_counted(folder: Path) -> None:
    export(folder, "a.md", "a.po")
    text = (folder / "a.po").read_text()
    (folder / "a.po").write_text(text.replace('msgid "Havet', 'msgid "Haven'))
    code, out, err = tosprog(folder, "import", "a.po", "--document", "a.md")
    assert (code, out[:14]) == (3, "# [en] Havet o")
    assert err.splitlines() == [
        "tosprog: a.po: b1s1: its source is 'Haven om vinteren', that of the document 'Havet om vinteren'; it is of "
        "another document, or was changed",
        "tosprog: a.po: 1 translated; 0 changed by hand; 1 not used",
    ]
    code, out, _ = tosprog(folder, "import", "a.po", "--document", "a.md", "--json")
    done = json.loads(out)
    assert (code, done["unused"], done["untranslated"], done["out"]) == (3, 1, 0, None)
    assert done["states"] == {"initial": 0, "translated": 1, "reviewed": 0, "final": 0}


def test_as_json(folder: Path) -> None:
    code, out, err = export(folder, "a.md", "a.xlf", "--json")
    assert (code, json.loads(out), err) == (
        0,
        {
            "file": "a.xlf",
            "format": "xliff",
            "source": "da",
            "target": "en",
            "segments": 2,
            "untranslated": 0,
        },
        "",
    )


def test_a_document_as_a_memory(folder: Path) -> None:
    assert export(folder, "a.md", "a.tmx") == (0, "a.tmx: 2 segments from Danish into English\n", "")
    units = list(TmxFile(folder / "a.tmx"))
    assert [one.target for one in units] == [f"[en] {one.source}" for one in units]
    assert len(units) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("export", "a.md", "--to", "en", "--out", "a.txt"), 2, "a.txt: unknown ending '.txt'"),
        (("export", "a.md", "--to", "en", "--out", "a.doc"), 2, "legal are .xlf .xliff .po .tmx\n"),
        (
            ("export", "a.md", "--to", "en", "--out", "a.xlf", "--rerank", "--beam", "1"),
            2,
            "with it --beam is 2 or more",
        ),
        (("export", "a.md", "--to", "de", "--out", "a.xlf"), 2, "unknown language 'de'"),
        (("export", "a.md", "--out", "a.xlf"), 2, "--to"),
        (("export", "a.md", "--to", "en"), 2, "--out"),
        (("export", "none.md", "--to", "en", "--out", "a.xlf"), 1, "none.md does not exist"),
        (("export", "x.po", "--to", "en", "--out", "./x.po"), 2, "--out x.po is the document itself"),
        (("import", "a.xlf", "--document", "a.md"), 1, "a.xlf does not exist"),
        (("import", "a.md", "--document", "a.md"), 2, "legal are .xlf .xliff .po\n"),
        (("import", "a.tmx", "--document", "a.md"), 2, "type: tosprog memory import a.tmx"),
        (("import", "x.xlf"), 2, "--document"),
        (("import", "x.xlf", "--document", "none.md"), 1, "none.md does not exist"),
        (("import", "x.xlf", "--document", "a.md", "--out", "a.md"), 2, "--out a.md is the document itself"),
        (("import", "x.xlf", "--document", "a.md", "--out", "x.xlf"), 2, "is the translator's file itself"),
        (
            ("import", "x.xlf", "--document", "a.md"),
            1,
            "its XML is broken (unclosed token at line 1, column 1)",
        ),
    ],
)
def test_what_is_wrong_is_one_line(folder: Path, arguments: tuple[str, ...], code: int, words: str) -> None:
    (folder / "x.xlf").write_text("<xliff")
    more = ("--model", "double") if arguments[0] == "export" else ()
    found, out, err = tosprog(folder, *arguments, *more)
    assert (found, out) == (code, "")
    assert words in err
    assert len(err.splitlines()) == 1
    assert (folder / "a.md").read_text() == TEXT
    assert not (folder / "a.xlf").exists()


def test_a_changed_document_is_said(folder: Path) -> None:
    export(folder, "a.md", "a.xlf")
    (folder / "a.md").write_text(TEXT + "\n")
    code, out, err = tosprog(folder, "import", "a.xlf", "--document", "a.md")
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert "a.xlf is not of a.md as it is now: its SHA-256 is" in err


def test_what_the_memory_knows_is_no_machine(folder: Path) -> None:
    tosprog(folder, "memory", "add", "Havet om vinteren", "The sea in winter", "--from", "da")
    assert export(folder, "a.md", "a.xlf")[0] == 0
    text = (folder / "a.xlf").read_text()
    assert (
        '<segment id="s1" state="translated" subState="tosprog:memory"><source>Havet om vinteren</source>'
        in text
    )
    assert '<note category="tosprog">s1: from the translation memory</note>' in text
    assert tosprog(folder, "import", "a.xlf", "--document", "a.md")[1].startswith("# The sea in winter\n")
    assert export(folder, "a.md", "b.xlf", "--no-memory")[0] == 0
    assert "The sea in winter" not in (folder / "b.xlf").read_text()


def test_corrections_are_remembered_where_asked_for(folder: Path) -> None:
    memory = ("--memory", "corrections.sqlite")
    export(folder, "a.md", "a.xlf")
    # The machine's own text stands there too, before the target.
    before, after = (folder / "a.xlf").read_text().rsplit("[en] Havet om vinteren", 1)
    (folder / "a.xlf").write_text(f"{before}The sea in winter{after}")
    code, _, err = tosprog(folder, "import", "a.xlf", "--document", "a.md", "--out", "b.md", *memory)
    assert (code, err) == (2, "tosprog: --memory corrections.sqlite goes with --remember\n")
    code, _, err = tosprog(
        folder, "import", "a.xlf", "--document", "a.md", "--out", "b.md", "--remember", *memory
    )
    assert (code, err) == (0, "tosprog: a.xlf: 2 translated; 1 changed by hand; 1 remembered\n")
    assert tosprog(folder, "translate", "Havet om vinteren", "--to", "en", "--model", "double", *memory) == (
        0,
        "The sea in winter\n",
        "",
    )
