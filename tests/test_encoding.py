from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.errors import EncodingError, FormatError
from tosprog.pipeline.encoding import decode, encode, writable_codec

DANISH = "Blåbærgrød på øen: »sødt« – og sur’t.\r\nÆble, Østers, Ål.\n"


@pytest.mark.parametrize(
    ("codec", "bom"),
    [
        ("utf-8", False),
        ("utf-8", True),
        ("utf-16-le", True),
        ("utf-16-be", True),
        ("utf-16-le", False),
        ("utf-16-be", False),
        ("utf-32-le", True),
        ("utf-32-be", True),
        ("cp1252", False),
    ],
)
def test_each_encoding_is_recognised_and_written_back(codec: str, bom: bool) -> None:
    data = encode(DANISH, codec, bom=bom)
    decoded = decode(data)
    assert (decoded.text, decoded.codec, decoded.bom) == (DANISH, codec, bom)
    assert encode(decoded.text, decoded.codec, bom=decoded.bom) == data


@pytest.mark.parametrize(
    "text",
    [
        "Blåbærgrød på øen",
        "på",
        "Ål",
        "ÆØÅ æøå",
        "Rødgrød",
        "Hvor går du hen?",
        "Café Ångström",
        "Prisen er 5 £ – måske 6 €",
        "“Frihed”, sagde hun; ‘lighed’, sagde han… Don’t",
        "Müller søgte job i Malmö",
        "x æ y ø z å",
        "på på på på",
        "L’été dernier, François était déjà là",
        "Það er gott að búa á Íslandi",
    ],
)
def test_short_single_byte_texts_come_right(text: str) -> None:
    decoded = decode(text.encode("cp1252"))
    assert (decoded.text, decoded.codec) == (text, "cp1252")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\r\n \n\r\r\n"])
def test_line_ends_are_kept(ending: str) -> None:
    assert decode(f"a{ending}b{ending}".encode()).text == f"a{ending}b{ending}"


def test_empty_bytes_are_an_empty_text() -> None:
    assert decode(b"") == decode(b"")
    assert decode(b"").text == ""
    assert decode(codecs.BOM_UTF8).bom


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"PK\x03\x04\x14\0\0\0", "zip"),
        (b"{\\rtf1\\ansi hej}", "RTF"),
        (b"ID3\x03\x00\x00", "MP3"),
        (b"abc\0def", "binary"),
        (b"\0\0\0\0", "binary"),
        (bytes(range(1, 32)) * 4, "binary"),
        (bytes(range(1, 256)) * 4, "binary"),
        ("a\x01b\x02".encode("utf-16"), "binary"),
    ],
)
def test_binary_data_is_named(data: bytes, what: str) -> None:
    with pytest.raises(FormatError, match=what):
        decode(data)


def test_letters_of_a_signature_may_begin_a_text() -> None:
    assert decode("ID3 er et mærke, BZh et andet".encode()).codec == "utf-8"


def test_a_stray_control_character_is_still_text() -> None:
    text = "Ord\x02deling i en tekst, der er klippet ud af et andet program og sat ind her.\x0c"
    assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    ("data", "match"),
    [
        ("Åh, så gør det dog: på øen".encode() + b"\xc3", "UTF-8 broken at byte"),
        ("Åh, så gør".encode() + b"\xff" + " det dog på øen".encode(), "UTF-8 broken at byte 13"),
        (codecs.BOM_UTF8 + b"a\xff", "marked as UTF-8, but broken at byte 4"),
        (codecs.BOM_UTF16_LE + b"a\0b", "marked as UTF-16-LE"),
        (codecs.BOM_UTF16_BE + b"\xd8\x00\x00a", "marked as UTF-16-BE"),
        ("blåbærgrød og rødgrød på øen".encode("cp850"), "no encoding explains"),
        ("så går vi til øen med æbler".encode("mac_roman"), "no encoding explains"),
        ("Правительство предлагает улучшить положение.".encode("cp1251"), "no encoding explains"),
        (b"\x81\x8d\x8f\x90\x9d abc", "no encoding explains"),
    ],
)
def test_bytes_without_an_explanation_are_refused(data: bytes, match: str) -> None:
    with pytest.raises(EncodingError, match=match):
        decode(data)


def test_a_character_that_the_codec_lacks_turns_the_file_into_utf8() -> None:
    assert encode("på → øen", "cp1252") == "på → øen".encode()
    assert writable_codec("på → øen", "cp1252") == "utf-8"
    assert writable_codec("på øen", "cp1252") == "cp1252"


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(EncodingError, match="character 1"):
        encode("a\ud800")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
)
def test_marked_text_is_lossless(text: str, codec: str) -> None:
    data = encode(text, codec, bom=True)
    decoded = decode(data)
    assert (decoded.text, decoded.codec, decoded.bom) == (text, codec, True)


@given(
    st.lists(
        st.sampled_from(
            ["på", "øen", "ældes", "Åse", "Øster", "Æble", "hårdt", "bær", "og", "te", "\r\n", "\n"]
        ),
        min_size=1,
    )
)
def test_danish_words_in_windows_1252_are_read_right(words: list[str]) -> None:
    text = " ".join(words)
    assert decode(text.encode("cp1252")).text == text


@given(st.binary())
def test_any_bytes_are_written_back_or_refused(data: bytes) -> None:
    try:
        decoded = decode(data)
    except (EncodingError, FormatError):
        return
    assert encode(decoded.text, decoded.codec, bom=decoded.bom) == data
