"""A folder in one page: what is in it, what is alike, what could not be read; in either language and each format."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from tosprog.pipeline.cli import app

HARBOURS = {
    "Læsø": """# The ferry to Læsø

The ferry sails to Læsø in the morning, and the harbour master counts the boats. Most of the boats are small.
In 2019 a storm sank eleven boats in the harbour, and the island paid for new ones. Nobody asked whether it was wise.
The ferry brings ice to the harbour, and takes fish back from the island.
""",
    "Anholt": """# Boats without fishermen

Anholt has a harbour for forty boats, and no fishermen. The last boat was sold when the ferry began to sail in winter.
Now visitors fill the harbour in July. The island lives from them, and the ferry is full both ways.
""",
    "Samsø": """# Who pays for a ferry?

A ferry to an island never pays for itself. Samsø bought one all the same, and the harbour had to be dug deeper for it.
Since then more boats call at the island, and the harbour earns what the ferry loses.
""",
}
BAKERIES = {
    "Ribe": """# The baker of Ribe

The baker of Ribe kneads the dough at four, and the oven is hot at five. His bread is rye bread from a sour dough.
The baker says that an oven needs as much care as a child. His daughter studies law, and eats the bread on Sundays.
""",
    "Skive": """# Bread at any hour

A machine in Skive bakes bread all night. It has no baker: the dough comes frozen, and the oven lights itself.
People buy the bread at three, on their way home. The old baker across the street has sold his oven.
""",
    "Nibe": """# Flour and water

Dough is flour and water and time, says the baker in Nibe. He lets the dough rest for two days before the oven.
His bread costs twice as much as other bread, and is gone at nine. Then the baker sleeps.
""",
}
DANISH = """# Bageren i Ribe

Bageren i Ribe ælter dejen klokken fire, og ovnen er varm klokken fem. Hans brød er rugbrød af en sur dej.
Bageren siger, at en ovn skal passes som et barn. Hans datter læser jura og spiser brødet om søndagen.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "essays"
    (folder / "sub folder").mkdir(parents=True)
    for name, text in HARBOURS.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    for name, text in BAKERIES.items():
        (folder / "sub folder" / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "copy of Ribe.md").write_text(BAKERIES["Ribe"], encoding="utf-8")
    (folder / "Samsø 2.md").write_text(HARBOURS["Samsø"].replace("never", "hardly ever"), encoding="utf-8")
    (folder / "bageren.md").write_text(DANISH, encoding="utf-8")
    (folder / "table.md").write_text("| a | b |\n|---|---|\n| 1 | 2 |\n", encoding="utf-8")
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 no package")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    return folder


def digest(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["digest", *map(str, arguments)], standalone_mode=False)
    code = done.return_value if done.exception is None else 1
    return code, done.stdout, done.stderr


def test_what_is_in_a_folder(folder: Path) -> None:
    code, out, err = digest(folder, "--to", "en", "--json")
    assert code == 3
    record = json.loads(out)
    by_name = {Path(text["path"]).name: i for i, text in enumerate(record["texts"])}
    assert len(by_name) == 10
    assert record["language"] == "en"
    laesoe = record["texts"][by_name["Læsø.md"]]
    assert (laesoe["title"], laesoe["language"], laesoe["words"]) == ("The ferry to Læsø", "en", 58)
    assert 1 <= len(laesoe["sentences"]) <= 3
    assert all(sentence["sources"] for sentence in laesoe["sentences"])
    assert {"ferry", "harbour"} & set(laesoe["keywords"])
    danish = record["texts"][by_name["bageren.md"]]
    assert danish["language"] == "da"
    assert "baker" in danish["summary"].lower()
    empty = record["texts"][by_name["table.md"]]
    assert (empty["summary"], empty["note"]) == ("", "There is no prose to summarise.")

    unread = {Path(one["path"]).name: one["failed"] for one in record["unread"]}
    assert unread == {"broken.docx": True, "photo.jpg": False}
    assert "failed: " in err
    assert "skipped: " in err

    themes = [{Path(record["texts"][i]["path"]).name for i in one["texts"]} for one in record["themes"]]
    assert {"Læsø.md", "Anholt.md", "Samsø.md", "Samsø 2.md"} in themes
    pairs = {
        (frozenset(Path(record["texts"][i]["path"]).name for i in one["texts"]), one["kind"])
        for one in record["duplicates"]
    }
    assert (frozenset({"Ribe.md", "copy of Ribe.md"}), "same") in pairs
    assert (frozenset({"Samsø.md", "Samsø 2.md"}), "near") in pairs
    assert {kind for names, kind in pairs if "bageren.md" in names} == {"translation"}
    assert len(pairs) == 3


def test_a_markdown_digest_has_its_links_and_footnotes(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "digest.md"
    code, stdout, _ = digest(folder, "--out", out)
    assert (code, stdout) == (3, "")
    text = out.read_text(encoding="utf-8")
    links = [unquote(link) for link in re.findall(r"\]\(<([^>]+)>\)", text)]
    assert len(links) == 10
    assert all((out.parent / link).is_file() for link in links)
    used, given = (
        re.findall(r"(\[\^[\d-]+\])(?!:)", text),
        re.findall(r"^(\[\^[\d-]+\]):", text, re.MULTILINE),
    )
    assert set(used) == set(given)
    assert len(given) == len(set(given)) > 10
    assert "| Bageren i Ribe |" in text
    tokens = MarkdownIt().enable("table").parse(text)
    assert sum(token.type == "tr_open" for token in tokens) == 11
    assert sum(token.type == "heading_open" and token.tag == "h3" for token in tokens) == 10


class _Page(HTMLParser):
    """Which places a page has and which it points to."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.ids += [found["id"]] if found.get("id") else []  # type: ignore[list-item]
        self.links += [found["href"]] if found.get("href") else []  # type: ignore[list-item]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("to", ["da", "en"])
def test_a_page_leads_to_every_text_in_either_language(folder: Path, tmp_path: Path, to: str) -> None:
    out = tmp_path / "digest.html"
    digest(folder, "--to", to, "--out", out)
    text = out.read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert page.open == []
    inside = [link[1:] for link in page.links if link.startswith("#")]
    assert set(inside) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert {f"e{i}" for i in range(1, 11)} <= set(inside)
    files = [link for link in page.links if not link.startswith("#")]
    assert len(files) == 10
    assert all((tmp_path / unquote(link)).is_file() for link in files)
    assert ('<html lang="da">' in text, "Overblik over essays" in text) == (
        (True, True) if to == "da" else (False, False)
    )
    assert "<script" not in text


def test_the_same_folder_gives_the_same_digest_and_is_not_written_to(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert digest(folder)[1] == digest(folder)[1]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_digest_inside_its_folder_is_not_read_again(folder: Path) -> None:
    out = folder / "digest.md"
    digest(folder, "--out", out)
    first = out.read_bytes()
    digest(folder, "--out", out)
    assert out.read_bytes() == first


def test_what_stands_in_a_text_is_text_in_a_page(tmp_path: Path) -> None:
    text = "A ferry <script>alert(1)</script> sails & the [^1] harbour | waits for **it** every single morning.\n"
    (tmp_path / "x.txt").write_text(text * 2, encoding="utf-8")
    page = digest(tmp_path, "--format", "html")[1]
    assert "<script" not in page
    assert "sails &amp; the" in page
    markdown = digest(tmp_path, "--format", "markdown")[1]
    assert "<script" not in MarkdownIt("commonmark").render(markdown)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "pdf"], "unknown format 'pdf'; legal is markdown, html, json"),
        (["--out", "digest.docx"], "--out digest.docx: the ending is none of .md"),
        (["--to", "de"], "de"),
        (["--themes", "1"], "greater than or equal to 2"),
    ],
)
def test_bad_arguments(folder: Path, arguments: list[str], message: str) -> None:
    done = CliRunner().invoke(app, ["digest", str(folder), *arguments], standalone_mode=False)
    assert message in str(done.exception)


def test_a_folder_that_cannot_be_digested(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "none", "does not exist; name a folder, as in: tosprog digest essays --out digest.html"),
        (tmp_path, "the folder holds no files"),
    ):
        done = CliRunner().invoke(app, ["digest", str(path)], standalone_mode=False)
        assert message in str(done.exception)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    done = CliRunner().invoke(app, ["digest", str(tmp_path)], standalone_mode=False)
    assert "none of 1 files could be read; the first, photo.jpg: " in str(done.exception)
