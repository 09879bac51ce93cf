from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import FormatError
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.format_epub import looks_like, read, write
from tosprog.pipeline.formats import read_document, write_document
from tosprog.pipeline.translate import TranslateOptions

MEMBERS = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
    "OEBPS/book.opf": (
        '<?xml version="1.0" encoding="UTF-8"?><package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        "<dc:title>Havnen &amp; byen</dc:title><dc:language>da-DK</dc:language><dc:creator>Anna</dc:creator></metadata>"
        '<manifest><item id="b" href="to.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="a" href="et%20kapitel.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
        '<item id="i" href="kat.png" media-type="image/png"/></manifest>'
        '<spine toc="n"><itemref idref="a"/><itemref idref="b"/></spine></package>'
    ),
    "OEBPS/et kapitel.xhtml": (
        '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="da"><body><h1>Havnen</h1>'
        "<p>Fiskerne sejlede <b>ud</b> hver morgen.</p></body></html>"
    ),
    "OEBPS/to.xhtml": (
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>The harbour gives the town its work.</p></body></html>'
    ),
    "OEBPS/toc.ncx": "<ncx><docTitle><text>Havnen</text></docTitle></ncx>",
    "OEBPS/kat.png": "\x89PNG",
}


def book(**changes: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for name, text in (MEMBERS | changes).items():
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            package.writestr(zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6)), text, kind)
    return data.getvalue()


def test_pages_in_reading_order_then_the_table_of_contents() -> None:
    document = read(book())
    assert [(b.kind.value, b.text) for b in document.blocks][:2] == [
        ("label", "Havnen & byen"),
        ("heading", "Havnen"),
    ]
    assert [b.text for b in document.blocks][-2:] == ["The harbour gives the town its work.", "Havnen"]
    assert write(document) == book()


def test_a_book_through_the_pipeline() -> None:
    source = book()
    done = process_document(read_document(source, "a.epub"), DoubleBackend, TranslateOptions(target="en"))
    with (
        zipfile.ZipFile(io.BytesIO(write_document(done.document))) as after,
        zipfile.ZipFile(io.BytesIO(source)) as before,
    ):
        assert after.namelist() == before.namelist()
        assert after.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert {info.date_time for info in after.infolist()} == {(2020, 1, 2, 3, 4, 6)}
        changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
        assert changed == ["OEBPS/book.opf", "OEBPS/et kapitel.xhtml", "OEBPS/toc.ncx"]
        page = after.read("OEBPS/et kapitel.xhtml").decode()
        assert 'xml:lang="en"' in page
        assert "[en] Fiskerne sejlede <b>ud</b> hver morgen." in page
        opf = after.read("OEBPS/book.opf").decode()
        assert "<dc:title>[en] Havnen &amp; byen</dc:title><dc:language>en-GB</dc:language>" in opf


def test_looks_like() -> None:
    assert looks_like(book())
    assert not looks_like(b"PK\3\4")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (book()[:400], "broken or cut off"),
        (b"<html>", "broken or cut off"),
        (book(**{"META-INF/encryption.xml": '<e URI="OEBPS/to.xhtml"/>'}), "protected"),
        (book(**{"META-INF/container.xml": "<container/>"}), "names no package document"),
        (book(**{"OEBPS/book.opf": "<package><a></package>"}), "its XML is broken"),
    ],
)
def test_bad_input_is_one_line(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message) as caught:
        read(data)
    assert "\n" not in str(caught.value)


def test_texts_are_escaped() -> None:
    document = read(book())
    blocks = tuple(replace(block, text=f"{block.text} <&>") for block in document.blocks)
    written = write(replace(document, blocks=blocks))
    assert [block.text for block in read(written).blocks] == [block.text for block in blocks]
