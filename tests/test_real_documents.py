"""One essay, saved by LibreOffice in each format, through the bundled model, and opened by LibreOffice again.

The essay (tests/documents/essay.fodt) mixes both languages and has a table, a list, a footnote, a picture with a
description, a comment, a tracked deletion, a header, a footer and a link.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tosprog.pipeline.batch import Outcome
from tosprog.pipeline.formats import read_document
from tosprog.pipeline.translate import TranslateOptions
from tosprog.pipeline.work import BatchOptions, Recipe, Status

ESSAY = Path(__file__).parent / "documents" / "essay.fodt"
FORMATS = ("docx", "odt", "html", "epub", "pdf")
KEPT = "sail out every morning"  # English: it goes through no model
DANISH = ("Byen ligger", "Havnen blev bygget", "Husk at lukke", "havnens hjemmeside")
# What a program writes of a language, and what is text: all else has to be as it was.
_LANGUAGE = re.compile(r"\}?(?:lang|language|country|rfc-language-tag)$")
_TEXTUAL = re.compile(r"\}?(?:title|descr|alt|content)$")
# Neighbours of one look may be joined; ``w:t`` is text, and ``text:s`` a space.
_RUNS = re.compile(r"wordprocessingml/2006/main\}(?:r|rPr)$|xhtml\}span$")
_TEXTS = re.compile(r"wordprocessingml/2006/main\}t$|text:1\.0\}s$")


def office(*arguments: str, folder: Path) -> None:
    """Runs LibreOffice, which must say nothing of repairs and write its file."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("soffice is missing; apt install libreoffice-writer-nogui")
        pytest.skip("soffice is missing")
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [program, profile, "--headless", *arguments]
    done = subprocess.run(command, capture_output=True, timeout=180, check=True, cwd=folder)
    assert b"Error" not in done.stderr


@pytest.fixture(scope="module")
def folders(
    tmp_path_factory: pytest.TempPathFactory, run_folder: Callable[..., dict[str, Outcome]]
) -> tuple[Path, Path]:
    """The essay in each format, and a folder with what became of them."""
    base = tmp_path_factory.mktemp("real")
    source, out = base / "in", base / "out"
    for name in FORMATS:
        office("--convert-to", name, "--outdir", str(source), str(ESSAY), folder=base)
    for picture in source.glob("*.gif"):
        picture.unlink()
    # One folder a format: names of outputs then do not clash.
    for path in list(source.iterdir()):
        (source / path.suffix[1:]).mkdir()
        path.rename(source / path.suffix[1:] / path.name)
    options = BatchOptions(translate=TranslateOptions(target="en"), summary=None)
    outcomes = run_folder(source, out, options, Recipe())
    assert {outcome.status for outcome in outcomes.values()} == {Status.OK}, outcomes
    return source, out


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def outline(data: bytes) -> tuple[list[str], Counter[str], set[str]]:
    """The blocks in their order, every element with its attributes, text and languages aside, and the looks."""
    blocks: list[str] = []
    elements: Counter[str] = Counter()
    looks: set[str] = set()
    for element in ElementTree.fromstring(data).iter():
        tag = str(element.tag)
        if re.search(r"\}(?:p|h|h\d|li|tbl|table|tr|tc|td|table-cell|note|body)$", tag):
            blocks.append(tag)
        if "}lang" in tag or _TEXTS.search(tag):
            continue
        rest = sorted(
            (k, v) for k, v in element.attrib.items() if not _LANGUAGE.search(k) and not _TEXTUAL.search(k)
        )
        if _RUNS.search(tag):
            looks.add(f"{tag} {rest}")
        else:
            elements[f"{tag} {rest}"] += 1
    return blocks, elements, looks


@pytest.mark.slow
@pytest.mark.parametrize("name", ["docx", "odt", "epub"])
def test_a_package_differs_in_its_text_only(folders: tuple[Path, Path], name: str) -> None:
    before, after = (members(folder / name / f"essay.{name}") for folder in folders)
    assert list(before) == list(after)
    changed = [member for member in before if before[member] != after[member]]
    assert changed
    for member in changed:
        assert member.endswith((".xml", ".xhtml", ".opf", ".ncx")), member
        assert outline(before[member]) == outline(after[member]), member
    text = b" ".join(after[member] for member in changed).decode()
    assert not any(danish in text for danish in DANISH)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        rest = [(k, v) for k, v in attrs if not _LANGUAGE.search(k) and not _TEXTUAL.search(k)]
        self.found[f"{tag} {sorted(rest)}"] += 1

    def handle_endtag(self, tag: str) -> None:
        self.found[f"/{tag}"] += 1


@pytest.mark.slow
def test_a_web_page_differs_in_its_text_only(folders: tuple[Path, Path]) -> None:
    found = []
    for folder in folders:
        tags = _Tags()
        tags.feed((folder / "html" / "essay.html").read_text("utf-8"))
        found.append(tags.found)
    assert found[0] == found[1]
    text = (folders[1] / "html" / "essay.html").read_text("utf-8")
    assert not any(danish in text for danish in DANISH)
    assert '<body lang="en-' in text


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
def test_it_opens_again_with_the_same_blocks(folders: tuple[Path, Path], tmp_path: Path, name: str) -> None:
    source, out = folders
    if name == "pdf":
        text = (out / "pdf" / "essay.md").read_text("utf-8")
    elif name == "epub":  # LibreOffice writes it and does not open it
        text = read_document((out / "epub" / "essay.epub").read_bytes(), "essay.epub").text
    else:
        office(
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            str(out / name / f"essay.{name}"),
            folder=tmp_path,
        )
        text = read_document((tmp_path / "essay.pdf").read_bytes(), "essay.pdf").text
    whole = " ".join(text.replace("*", "").split())
    assert KEPT in whole
    assert "1921" in whole
    assert not any(danish in whole for danish in DANISH)
    data = (source / name / f"essay.{name}").read_bytes()
    again = (out / name / ("essay.md" if name == "pdf" else f"essay.{name}")).read_bytes()
    before = read_document(data, f"essay.{name}")
    after = read_document(
        again, f"essay.{before.format if name == 'pdf' else name}".replace("markdown", "md")
    )
    assert [block.kind for block in before.blocks] == [block.kind for block in after.blocks]
