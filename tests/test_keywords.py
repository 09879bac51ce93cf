"""Keywords of a text, and what becomes of them in the other language, with the bundled models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tosprog.models.errors import InputError
from tosprog.models.registry import load_backend, load_rarity
from tosprog.pipeline.cli import main
from tosprog.pipeline.describe import Description, describe_document
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.flow import segment_document
from tosprog.pipeline.keywords import find_keywords
from tosprog.pipeline.translate import LoadBackend

DANISH = (
    "Biblioteket i byen låner bøger ud til alle. Bøgerne kommer fra hele landet, og et bibliotek uden bøger er ikke "
    "meget værd. De fleste låner to bøger om ugen.",
    "Nu vil kommunen lukke biblioteket, fordi bøgerne koster for meget. Mange borgere har skrevet breve til kommunen "
    "om det, og borgmesteren har lovet at læse dem.",
)
ENGLISH = (
    "The harbour was empty. The fishing boats had gone in the morning, and the fishing boats would not be back before "
    "night. A harbour without fishing boats is a quiet place.",
    "The town lives from its harbour. When the fish market closed last year, the town lost forty jobs.",
)


def document(*paragraphs: str, heading: str | None = None) -> Document:
    blocks = [Block(BlockKind.PARAGRAPH, text, gap="\n\n") for text in paragraphs]
    if heading is not None:
        blocks.insert(0, Block(BlockKind.HEADING, heading, gap="\n\n"))
    return Document(tuple(blocks))


def described(source: Document) -> Description:
    load: LoadBackend = load_backend
    return describe_document(source, load, load_rarity, count=4)


def test_what_a_text_is_about_comes_first() -> None:
    found = find_keywords(segment_document(document(*DANISH)), "da", load_rarity("da"), 3)
    assert {"bøger", "bibliotek"} <= {one.text for one in found}
    books = next(one for one in found if one.text == "bøger")
    assert books.count == 5  # "Bøgerne" and "bøgerne" among them
    assert books.places == ((0, 0), (0, 1), (0, 2), (1, 0))


def test_a_phrase_stands_in_for_its_words() -> None:
    found = find_keywords(segment_document(document(*ENGLISH)), "en", load_rarity("en"))
    texts = [one.text for one in found]
    assert "fishing boats" in texts
    assert not {"fishing", "boats"} & set(texts)


def test_verbs_and_other_languages_are_no_keywords() -> None:
    mixed = document(*DANISH, *ENGLISH)
    texts = {one.text for one in find_keywords(segment_document(mixed), "da", load_rarity("da"), 20)}
    assert not texts & {"harbour", "town", "læse"}


def test_no_text_has_no_keywords() -> None:
    assert find_keywords([], "da", load_rarity("da")) == []


def test_both_languages() -> None:
    done = described(document(*DANISH, heading="Et bibliotek uden bøger"))
    assert done.language == "da"
    assert done.title_from == "heading"
    assert done.titles["da"] == "Et bibliotek uden bøger"
    assert "library" in done.titles["en"].lower()
    english = {one.texts["da"]: one.texts["en"] for one in done.subjects}
    assert english["bøger"] == "books"
    assert english["bibliotek"] == "library"
    assert done.abstracts["da"].sentences
    assert len(done.abstracts["en"].sentences) == len(done.abstracts["da"].sentences)


def test_a_heading_about_something_else_is_no_title() -> None:
    done = described(document(*DANISH, heading="Krigen mod narkotika"))
    assert done.title_from == "keywords"
    assert "narkotika" not in done.titles["da"].lower()


def test_a_text_in_neither_language_is_refused() -> None:
    with pytest.raises(InputError, match="no Danish or English text"):
        described(
            document(
                "Biblioteket i byen lånar ut böcker till alla som vill läsa, och därför är det mycket viktigt."
            )
        )


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bibliotek.md"
    path.write_text("# Et bibliotek uden bøger\n\n" + "\n\n".join(DANISH) + "\n", encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["describe", str(path), "--keywords", "3", "--json"])
    assert stopped.value.code == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["title"]["da"] == "Et bibliotek uden bøger"
    assert len(answer["keywords"]) == 3
    assert set(answer["keywords"][0]) == {"da", "en", "score", "count"}
    assert set(answer["abstract"]) == {"da", "en"}
    with pytest.raises(SystemExit) as stopped:
        main(["describe", str(path)])
    lines = capsys.readouterr().out.splitlines()
    assert stopped.value.code == 0
    assert lines[0] == "title (da): Et bibliotek uden bøger"
    assert [line.split(":")[0] for line in lines if line] == [
        f"{what} ({code})" for code in ("da", "en") for what in ("title", "keywords", "abstract")
    ]
