"""Large texts: read in stretches that are the file, joined; cut only where a document may be."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.base import DecodingOptions, Hypothesis
from tosprog.models.errors import EncodingError, InputError
from tosprog.pipeline import stream
from tosprog.pipeline.formats import write_document
from tosprog.pipeline.stream import is_large, process_large, stream_documents
from tosprog.pipeline.translate import TranslateOptions


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LARGE_BYTES", 500)
    monkeypatch.setattr(stream, "_STRETCH_BYTES", 100)
    monkeypatch.setattr(stream, "_MOST_BYTES", 2000)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_only_large_plain_text_is_streamed(tmp_path: Path) -> None:
    assert is_large(write(tmp_path / "a.txt", b"a" * 501))
    assert is_large(write(tmp_path / "a.md", b"a" * 501))
    assert not is_large(write(tmp_path / "b.txt", b"a" * 500))
    assert not is_large(tmp_path / "none.txt")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "utf-8-sig"])
def test_the_stretches_are_the_file(tmp_path: Path, codec: str, end: str) -> None:
    text = f"Byen ligger ved vandet.{end}Den er gammel.{end}{end}" * 40 + f"Æblet på øen er rødt.{end}"
    path = write(tmp_path / "a.txt", text.encode(codec))
    documents = list(stream_documents(path))
    assert len(documents) > 5
    assert b"".join(write_document(document) for document in documents) == path.read_bytes()
    assert all(document.text.endswith(end * 2) for document in documents[:-1])
    assert {document.encoding for document in documents} == {codec.removesuffix("-sig")}


def test_markdown_is_cut_before_headings_only_and_never_in_a_fence(tmp_path: Path) -> None:
    part = "# Byen\n\nOrd om byen.\n\n- et\n\n- to\n\n```\n\n# kode\n\n```\n\n"
    path = write(tmp_path / "a.md", (part * 20).encode())
    documents = list(stream_documents(path))
    assert len(documents) > 5
    assert "".join(document.text for document in documents) == part * 20
    assert all(document.text.startswith("# Byen") for document in documents)


def test_what_cannot_be_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no end of a paragraph"):
        list(stream_documents(write(tmp_path / "a.txt", b"ord " * 2000)))
    with pytest.raises(InputError, match="UTF-16; files above"):
        list(stream_documents(write(tmp_path / "b.txt", "ord\n\n".encode("utf-16") * 200)))
    mixed = "på øen\n\n".encode() * 50 + "på øen og åen\n\n".encode("cp1252") * 50
    with pytest.raises(EncodingError, match="mixes UTF-8 with another encoding"):
        list(stream_documents(write(tmp_path / "c.txt", mixed)))


class Letters(DoubleBackend):
    """Answers with letters that Windows-1252 lacks."""

    def translate(self, texts: Sequence[str], options: DecodingOptions) -> list[Hypothesis]:
        answers = super().translate(texts, options)
        return [replace(one, text=one.text.replace("Lodz", "Łódź")) for one in answers]


def test_a_character_that_the_encoding_lacks_turns_all_of_it_into_utf8(tmp_path: Path) -> None:
    text = (
        "The sea gave the town work on the day.\n\n" * 20
        + "Følg nu Lodz på skiltet ved åen.\n\n"
        + "Æbler og ål.\n\n" * 10
    )
    path = write(tmp_path / "a.txt", text.encode("cp1252"))
    out = io.BytesIO()
    counts = [
        done.counts.total() for done in process_large(path, Letters, TranslateOptions(target="en"), out)
    ]
    assert len(counts) > 3
    assert sum(counts) == 31
    expected = text.replace("Følg nu Lodz", "[en] Følg nu Łódź").replace("Æbler", "[en] Æbler")
    assert out.getvalue().decode("utf-8") == expected
