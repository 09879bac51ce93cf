"""What holds of every format, whatever the texts. A new format needs a line in `MADE`."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from xml.sax.saxutils import escape

import docx
import polib
import pytest
from fpdf import FPDF
from hypothesis import given, settings
from hypothesis import strategies as st

from tosprog.models.backend_double import DoubleBackend
from tosprog.pipeline.document import Document, TranslationKind
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.formats import FORMATS, read_document, write_document
from tosprog.pipeline.segment import segment_block
from tosprog.pipeline.translate import TranslateOptions

Texts = list[str]


def html(texts: Texts) -> bytes:
    body = "".join(f"<p>{escape(text)}</p>\n" for text in texts)
    return f"<!DOCTYPE html>\n<html lang=da><body>\n{body}<hr>".encode()  # left open, as many pages are


def epub(texts: Texts) -> bytes:
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>'
        ),
        "book.opf": (
            '<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>'
        ),
        "a.xhtml": f"<html><body>{''.join(f'<p>{escape(text)}</p>' for text in texts)}</body></html>",
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for name, text in members.items():
            package.writestr(name, text)
    return data.getvalue()


def word(texts: Texts) -> bytes:
    document, data = docx.Document(), io.BytesIO()
    for text in texts:
        document.add_paragraph(text)
    document.core_properties.title = document.core_properties.comments = ""  # python-docx has some of its own
    document.save(data)
    return data.getvalue()


def opendocument(texts: Texts) -> bytes:
    body = "".join(f"<text:p>{escape(text)}</text:p>" for text in texts)
    return (
        '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'office:mimetype="application/vnd.oasis.opendocument.text">'
        f"<office:body><office:text>{body}</office:text></office:body></office:document>"
    ).encode()


def pdf(texts: Texts) -> bytes:
    page = FPDF()
    page.add_page()
    page.set_font("Helvetica", size=11)
    for text in texts:
        page.multi_cell(0, 5, text, align="L", new_x="LMARGIN", new_y="NEXT")
        page.ln(6)
    return bytes(page.output())


def subtitles(texts: Texts) -> bytes:
    cues = (f"{i + 1}\n00:0{i}:00,000 --> 00:0{i}:02,000\n{text}\n" for i, text in enumerate(texts))
    return "\n".join(cues).encode()


def catalogue(texts: Texts) -> bytes:
    return "\n".join(
        ['msgid ""\nmsgstr "Language: da\\n"\n']
        + [f'msgid "{i}"\nmsgstr "{polib.escape(text)}"\n' for i, text in enumerate(texts)]
    ).encode()


def rows(texts: Texts) -> bytes:
    data = io.StringIO()
    csv.writer(data, lineterminator="\r\n").writerows([["text", "number"], *([text, "7"] for text in texts)])
    return data.getvalue().encode()


MADE: dict[str, tuple[str, Callable[[Texts], bytes]]] = {
    "text": ("a.txt", lambda texts: "\r\n\r\n".join(texts).encode()),
    "markdown": ("a.md", lambda texts: "\n\n".join(texts).encode()),
    "html": ("a.html", html),
    "epub": ("a.epub", epub),
    "docx": ("a.docx", word),
    "odt": ("a.fodt", opendocument),
    "pdf": ("a.pdf", pdf),
    "subtitles": ("a.srt", subtitles),
    "po": ("a.po", catalogue),
    "json": ("a.json", lambda texts: json.dumps({"texts": texts}, indent=1).encode()),
    "csv": ("a.csv", rows),
}

WORDS = st.text("abeøåæÉ&'\"", min_size=1, max_size=9).map(lambda end: f"Å{end}m")
# A catalogue's "&" marks the letter of a shortcut, and is dropped.
SHORTCUTS = {"po": "&"}
TEXTS = st.lists(st.lists(WORDS, min_size=2, max_size=12).map(" ".join), min_size=1, max_size=5, unique=True)


def fitting(name: str, text: str) -> str:
    return text.replace(SHORTCUTS[name], "") if name in SHORTCUTS else text


def made(name: str, texts: Texts) -> tuple[bytes, Document]:
    path, build = MADE[name]
    texts = [fitting(name, text) for text in texts]
    data = build(texts)
    return data, read_document(data, path)


def again(document: Document) -> Document:
    """Written, and read as what it was written as."""
    name = FORMATS[document.format].name
    return read_document(write_document(document), MADE[name][0])


def squeezed(texts: Texts) -> str:
    return "".join("".join(texts).split())


def test_every_format_is_here() -> None:
    assert set(MADE) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=10, deadline=None)
@given(texts=TEXTS)
def test_unchanged_it_is_what_it_was(name: str, texts: Texts) -> None:
    data, document = made(name, texts)
    if FORMATS[name].written_as:
        assert [block.text for block in again(document).blocks] == [block.text for block in document.blocks]
    else:
        assert write_document(document) == data


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=10, deadline=None)
@given(texts=TEXTS)
def test_every_text_is_read_and_its_segments_make_it_up(name: str, texts: Texts) -> None:
    _, document = made(name, texts)
    found = [block.text for block in document.blocks if block.kind.is_translated]
    assert squeezed(found) == fitting(name, squeezed(texts))
    for block in document.blocks:
        assert "".join(one.text + one.gap for one in segment_block(block)) == block.text


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=10, deadline=None)
@given(texts=TEXTS, new=st.lists(WORDS, min_size=2, max_size=8).map(" ".join), data=st.data())
def test_a_changed_block_changes_nothing_else(name: str, texts: Texts, new: str, data: st.DataObject) -> None:
    _, document = made(name, texts)
    translated = [i for i, block in enumerate(document.blocks) if block.kind.is_translated]
    which = data.draw(st.sampled_from(translated))
    blocks = list(document.blocks)
    blocks[which] = replace(blocks[which], text=fitting(name, new))
    after = again(replace(document, blocks=tuple(blocks))).blocks
    assert [(one.kind, " ".join(one.text.split())) for one in after] == [
        (one.kind, " ".join(one.text.split())) for one in blocks
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_in_the_wanted_language_stays_byte_for_byte(name: str) -> None:
    danish, english = (
        "Vi gik en lang tur langs vandet i går.",
        "Nobody asked the fishermen what they thought of it.",
    )
    data, document = made(name, [danish, english])
    into_english = process_document(document, DoubleBackend, TranslateOptions(target="en"))
    assert into_english.counts == {TranslationKind.TRANSLATED: 1, TranslationKind.KEPT: 1}
    whole = read_document(write_document(into_english.document), MADE[into_english.document.format][0]).blocks
    assert f"[en] {danish}" in [" ".join(block.text.split()) for block in whole]
    assert english in [" ".join(block.text.split()) for block in whole]
    if not FORMATS[name].written_as:
        data, document = made(name, [english])
        kept = process_document(document, DoubleBackend, TranslateOptions(target="en"))
        assert write_document(kept.document) == data
