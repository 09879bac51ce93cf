from __future__ import annotations

import re
import time
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.errors import FormatError
from tosprog.pipeline.xml_source import XmlTokenKind, escape_attribute, escape_text, parse_xml


def tokens(text: str) -> list[tuple[str, str]]:
    """Each token as it stands in the source, and what it is: the text, or the name (after a slash at the end)."""
    source = parse_xml(text.encode())
    assert source.text == text
    marks = {XmlTokenKind.START: "<", XmlTokenKind.END: "/", XmlTokenKind.TEXT: ""}
    return [(text[t.start : t.end], marks[t.kind] + (t.name or t.text)) for t in source.tokens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a>x</a>", [("<a>", "<a"), ("x", "x"), ("</a>", "/a")]),
        ("<a/>", [("<a/>", "<a"), ("", "/a")]),
        # An empty element at the end of another: its end is its own.
        ("<b><a/></b>", [("<b>", "<b"), ("<a/>", "<a"), ("", "/a"), ("</b>", "/b")]),
        ("<b><a></a></b>", [("<b>", "<b"), ("<a>", "<a"), ("</a>", "/a"), ("</b>", "/b")]),
        ("<a b='/>' c=\">'\" />", [("<a b='/>' c=\">'\" />", "<a"), ("", "/a")]),
        ("<p:a xmlns:p='u'>x</p:a >", [("<p:a xmlns:p='u'>", "<p:a"), ("x", "x"), ("</p:a >", "/p:a")]),
        ("<a>Sø &amp; h&#230;v</a>", [("<a>", "<a"), ("Sø &amp; h&#230;v", "Sø & hæv"), ("</a>", "/a")]),
        ("<æ>ø𝄞<å/>x</æ>",
         [("<æ>", "<æ"), ("ø𝄞", "ø𝄞"), ("<å/>", "<å"), ("", "/å"), ("x", "x"), ("</æ>", "/æ")]),
        ("<a>x\r\ny&#13;</a>", [("<a>", "<a"), ("x\r\ny&#13;", "x\ny\r"), ("</a>", "/a")]),
        # Comments and instructions end a text; a section is text, with its marks.
        ("<a>x<!-- c -->y</a>", [("<a>", "<a"), ("x", "x"), ("y", "y"), ("</a>", "/a")]),
        ("<a>x<?i?>y</a>", [("<a>", "<a"), ("x", "x"), ("y", "y"), ("</a>", "/a")]),
        ("<a><![CDATA[<æ>\n&amp;]]></a>",
         [("<a>", "<a"), ("<![CDATA[<æ>\n&amp;]]>", "<æ>\n&amp;"), ("</a>", "/a")]),
        ("<a>x<![CDATA[y]]>z</a>", [("<a>", "<a"), ("x<![CDATA[y]]>z", "xyz"), ("</a>", "/a")]),
        ("<a><![CDATA[]]>z</a>", [("<a>", "<a"), ("z", "z"), ("</a>", "/a")]),
        # Entities of a DTD that is not opened
        ("<!DOCTYPE a SYSTEM 'x.dtd'><a>x&nbsp;y&aring;</a>",
         [("<a>", "<a"), ("x&nbsp;y&aring;", "x\xa0yå"), ("</a>", "/a")]),
    ],
)  # fmt: skip
def test_tokens(text: str, expected: list[tuple[str, str]]) -> None:
    assert tokens(text) == expected


def test_attributes_are_as_written() -> None:
    (start, _) = parse_xml(b"<a b='1' c:d=\"x &lt; &#10;y\" xmlns:c='u'/>").tokens
    assert start.attributes == {"b": "1", "c:d": "x < \ny", "xmlns:c": "u"}


@pytest.mark.parametrize(
    ("data", "codec", "text"),
    [
        (b"<a>\xc3\xb8</a>", "utf-8", "ø"),
        (b"\xef\xbb\xbf<a>\xc3\xb8</a>", "utf-8", "ø"),
        (b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?><a>\xc3\xb8</a>', "utf-8", "ø"),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xf8</a>', "iso-8859-1", "ø"),
        (b"<?xml version='1.0' encoding='windows-1252'?><a>\x96</a>", "windows-1252", "–"),
    ],
)
def test_encodings(data: bytes, codec: str, text: str) -> None:
    source = parse_xml(data)
    assert source.codec == codec
    assert source.text.encode(codec) == data
    (found,) = (token for token in source.tokens if token.kind is XmlTokenKind.TEXT)
    assert found.text == source.text[found.start : found.end] == text


BOMB = "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "XML is broken"),
        (b"Hej", "XML is broken"),
        (b"<a>", "XML is broken"),
        (b"<a></b>", "mismatched tag at line 1, column 6"),
        (b"<a>\n&ukendt;</a>", "XML is broken"),
        (b"<a>\x00</a>", "XML is broken"),
        (b"<a/><b/>", "XML is broken"),
        (b"<a>\xff</a>", "not the utf-8 that it says"),
        (b"<?xml version='1.0' encoding='klingon'?><a/>", "not the klingon"),
        (b"<?xml version='1.0' encoding='zip'?><a/>", "not the zip"),
        (b"<?xml version='1.0' encoding='undefined'?><a/>", "not the undefined"),
        (b"<?xml version='1.0' encoding='ascii'?><a>\xc3\xb8</a>", "not the ascii"),
        ("<a/>".encode("utf-16"), "UTF-16"),
        (b"<a>" * 3000 + b"</a>" * 3000, "nested more than 2000 deep"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "entities of its own"),
        (f'<!DOCTYPE a [<!ENTITY l0 "lol">{BOMB}]><a>&l9;</a>'.encode(), "entities of its own"),
        (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "entities of its own"),
        (b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://x.dk/x.dtd"> %b;]><a/>', "entities of its own"),
        (b'<!DOCTYPE a SYSTEM "x.dtd"><a>&ukendt;</a>', "&ukendt;, which stands for nothing"),
    ],
)
def test_what_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        parse_xml(data)


def test_an_external_dtd_is_not_opened() -> None:
    data = b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>x</a>'
    assert "".join(token.text for token in parse_xml(data).tokens) == "x"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TREES = st.recursive(
    st.one_of(
        TEXTS.map(escape_text),
        TEXTS.map(lambda text: f"<b å='{escape_attribute(text)}'/>"),
        TEXTS.map(lambda text: f"<!--{escape_text(text).replace('-', '')}-->"),
        TEXTS.map(lambda text: f"<![CDATA[{re.sub('[]>]', '', escape_text(text))}]]>"),
    ),
    lambda inner: st.lists(inner, max_size=5).map(lambda parts: f"<a>{''.join(parts)}</a>"),
)


@given(TREES)
def test_any_tree(inner: str) -> None:
    text = f"<a>{inner}</a>"
    source = parse_xml(text.encode())
    done = 0
    depth = 0
    for token in source.tokens:
        assert token.start >= done
        assert re.fullmatch(r"(<!--.*?-->|<!\[CDATA\[\]\]>)*", text[done : token.start], re.DOTALL)
        done = token.end
        raw = text[token.start : token.end]
        if token.kind is XmlTokenKind.TEXT:
            assert "".join(ElementTree.fromstring(f"<a>{raw}</a>").itertext()) == token.text
        elif token.kind is XmlTokenKind.START:
            depth += 1
            assert raw.startswith(f"<{token.name}")
            assert raw.endswith(">")
        else:
            depth -= 1
            assert raw in ("", f"</{token.name}>")
    assert done == len(text)
    assert depth == 0


@given(TEXTS)
def test_escaped_text_is_read_as_it_was(text: str) -> None:
    """But for characters that XML does not allow: they are left out."""
    root = ElementTree.fromstring(
        f"<a b='{escape_attribute(text)}' c=\"{escape_attribute(text)}\">{escape_text(text)}</a>"
    )
    allowed = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
    assert (root.text or "") == root.get("b") == root.get("c") == allowed


def test_a_large_source_is_read_quickly() -> None:
    data = ("<a>" + "<w:r><w:t>Sø &amp; hav</w:t></w:r>" * 4_000 + "</a>").encode()
    start = time.monotonic()
    assert len(parse_xml(data).tokens) == 20_002
    assert time.monotonic() - start < 5
