from __future__ import annotations

import pytest

from tosprog.models.errors import EncodingError, FormatError
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.formats import FORMATS, format_of, read_document, write_document


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("essay.txt", "text"),
        ("folder.d/ESSAY.TXT", "text"),
        ("README", "text"),
        ("", "text"),
        ("notes.md", "markdown"),
        ("notes.v2.Markdown", "markdown"),
    ],
)
def test_format_of(path: str, name: str) -> None:
    assert format_of(path).name == name


def test_an_unknown_ending_is_refused_with_the_legal_ones() -> None:
    with pytest.raises(
        FormatError, match=r"song\.mp3: unknown format '\.mp3'; legal are text \(\.txt .*markdown"
    ):
        format_of("song.mp3")


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_plain_text_is_read_and_written_byte_for_byte(name: str) -> None:
    format = FORMATS[name]
    data = "\ufeffEt ord på øen\r\n\r\nOg et til.\r\n".encode()
    for suffix in format.suffixes:
        document = read_document(data, f"a{suffix}")
        assert (document.format, document.encoding, document.bom) == (name, "utf-8", True)
        assert [block.text for block in document.blocks][-1] == "Og et til."
        assert write_document(document) == data


@pytest.mark.parametrize("suffix", [".txt", ".md"])
@pytest.mark.parametrize("data", [b"", b" ", b"\n\r\n\t"])
def test_blank_files_have_no_blocks(suffix: str, data: bytes) -> None:
    document = read_document(data, f"a{suffix}")
    assert document.blocks == ()
    assert write_document(document) == data


def test_errors_name_the_file_and_what_is_legal() -> None:
    with pytest.raises(FormatError, match=r"^essay\.txt: looks like a PDF file, not text"):
        read_document(b"%PDF-1.4\n", "essay.txt")
    with pytest.raises(EncodingError, match=r"^essay\.md: UTF-8 broken at byte 12.*save the file as UTF-8$"):
        read_document("på øen så\xff".encode()[:-1] + "å".encode(), "essay.md")
    with pytest.raises(FormatError, match="unknown format 'song'; legal are text"):
        write_document(Document((), format="song"))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_refuses_a_photograph_in_one_line(name: str) -> None:
    photograph = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 40
    for suffix in FORMATS[name].suffixes:
        with pytest.raises((FormatError, EncodingError)) as caught:
            read_document(photograph, f"a{suffix}")
        assert "\n" not in str(caught.value)
        assert str(caught.value).startswith(f"a{suffix}: ")
        assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("a.doc", "save it as .docx"),
        ("a.pptx", "copy its text"),
        ("a.PNG", "an OCR program"),
        ("a.xlsx", "save it as .csv"),
    ],
)
def test_what_helps_with_kinds_that_are_not_read(name: str, advice: str) -> None:
    with pytest.raises(FormatError, match=rf"^{name}: unknown format .*{advice}"):
        format_of(name)


def test_a_translation_that_the_encoding_lacks_is_written_as_utf8() -> None:
    document = read_document("på øen".encode("cp1252"), "a.txt")
    assert document.encoding == "cp1252"
    changed = Document((Block(BlockKind.PARAGRAPH, "on the island → ø"),), encoding=document.encoding)
    assert write_document(changed) == "on the island → ø".encode()
