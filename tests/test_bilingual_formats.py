from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import UsageError
from tosprog.pipeline.bilingual_formats import renderer_of
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.formats import read_document
from tosprog.pipeline.translate import TranslateOptions

DOCUMENT = read_document(b"# Byen og havet\n\nDe gik a|b hjem. We stayed here.\n\n12.3\n", "x.md")
DONE = process_document(DOCUMENT, DoubleBackend, TranslateOptions(target=None))
ROWS = [
    ("Byen og havet", "[en] Byen og havet"),
    ("De gik a|b hjem.", "[en] De gik a|b hjem."),
    ("[da] We stayed here.", "We stayed here."),
    ("12.3", "12.3"),
]


def render(name: str | None) -> bytes:
    return renderer_of(None if name is None else Path(name))(DOCUMENT, DONE.translations, "x")


def test_markdown() -> None:
    assert render("out.MD").decode() == (
        "| Danish | English |\n|---|---|\n"
        "| **Byen og havet** | **[en] Byen og havet** |\n"
        "| De gik a\\|b hjem. | [en] De gik a\\|b hjem. |\n"
        "| [da] We stayed here. | We stayed here. |\n"
        "| 12.3 | 12.3 |\n"
    )


def test_word() -> None:
    (table,) = docx.Document(io.BytesIO(render("out.docx"))).tables
    assert [tuple(cell.text for cell in row.cells) for row in table.rows] == [("Danish", "English"), *ROWS]
    bold = [row.cells[0].paragraphs[0].runs[0].bold for row in table.rows]
    assert bold == [True, True, None, None, None]


def test_a_page_is_what_stdout_gets() -> None:
    assert render(None).startswith(b"<!DOCTYPE html>")
    assert render("a.html") == render(None)


def test_other_endings_are_refused() -> None:
    with pytest.raises(
        UsageError, match=r"--out a\.pdf: side by side is written as \.html, \.htm, \.md, \.docx"
    ):
        render("a.pdf")
