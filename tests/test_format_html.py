from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Document
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.format_html import looks_like, read, write
from tosprog.pipeline.formats import read_document, write_document
from tosprog.pipeline.html_source import HtmlTokenKind, parse_html
from tosprog.pipeline.inline import TAG, TagKind, read_tag, without_tags
from tosprog.pipeline.translate import TranslateOptions


def eye(text: str) -> str:
    """Tags as one reads them: ``<0>``, ``</0>``, ``{1}`` a point, ``{{2}}`` an atom, ``|`` a break."""
    shapes = {
        TagKind.OPEN: "<{}>",
        TagKind.CLOSE: "</{}>",
        TagKind.POINT: "{{{}}}",
        TagKind.ATOM: "{{{{{}}}}}",
        TagKind.BREAK: "|",
    }
    return TAG.sub(lambda match: shapes[(tag := read_tag(match[0]))[0]].format(tag[1]), text)


def outline(source: str) -> list[tuple[str, str]]:
    document = read(source.encode())
    assert write(document) == source.encode()
    return [(block.kind.value, eye(block.text)) for block in document.blocks]


def upper(source: str, relabel: tuple[tuple[str, str], ...] = ()) -> str:
    document = read(source.encode())
    blocks = tuple(replace(block, text=block.text.upper()) for block in document.blocks)
    return write(replace(document, blocks=blocks, relabel=relabel)).decode()


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        ("<p>S&oslash; og <b>hav</b>.</p>", [("paragraph", "Sø og <0>hav</0>.")]),
        ("<P>Et<P>To", [("paragraph", "Et"), ("paragraph", "To")]),
        ("<h2><a href=x>Titel</a></h2>", [("heading", "Titel")]),
        ("<b>Helt fed</b>", [("paragraph", "Helt fed")]),
        ("<p><b>Fed</b> og ikke", [("paragraph", "<0>Fed</0> og ikke")]),
        ("<p>a<br/>b <code>c</code></p>", [("paragraph", "a|b {{1}}")]),
        ("<p>Ord<sup><a href=#1>[1]</a></sup>, mere", [("paragraph", "Ord{0}, mere")]),
        ("<p>x <b>a <i>b</b> c</i> d", [("paragraph", "x <0>a {1}b</0> c{2} d")]),
        ("<ul><li>Et<li>To</ul>", [("list_item", "Et"), ("list_item", "To")]),
        ("<td>En<td>12<th>To", [("table_cell", "En"), ("table_cell", "To")]),
        ("<blockquote><p>Ja</p></blockquote>", [("quotation", "Ja")]),
        ("<div>Et <p>To</p> tre</div>", [("paragraph", "Et"), ("paragraph", "To"), ("paragraph", "tre")]),
        ('<img alt="En kat"><p>Nu', [("label", "En kat"), ("paragraph", "Nu")]),
        (
            "<title>Byen</title><meta name=description content='Om den'>",
            [("label", "Byen"), ("label", "Om den")],
        ),
        ("<p>Et <span translate=no>Nej</span> to", [("paragraph", "Et {{0}} to")]),
        ("<div translate=no>Nej <p>nej</p></div>Ja", [("paragraph", "Ja")]),
        ("<script>var a='<p>hej</p>'</script><pre>kode</pre><style>p{}</style>Ja", [("paragraph", "Ja")]),
        ("<p>a\n\n  b</p><!-- c -->", [("paragraph", "a b")]),
        ("<p>3 < 4 & 5 &amp; 6 er sandt", [("paragraph", "3 < 4 & 5 & 6 er sandt")]),
        ("<div id=sdfootnote1><p>Note</p></div>", [("note", "Note")]),
        (
            "<p><span class=a>Et </span><i>to</i><span class=a> tre</span></p>",
            [("paragraph", "Et <0>to</0> tre")],
        ),
        ("<p>12 <b>34</b></p>", []),
    ],
)
def test_blocks(source: str, blocks: list[tuple[str, str]]) -> None:
    assert outline(source) == blocks


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>a &lt; b <b>c</b></p>", "<p>A &lt; B <b>C</b></p>"),
        ("<P>S&oslash;&nbsp;nu<br>ja", "<P>SØ&nbsp;NU<br>JA"),
        ('<img alt="a &quot;b&quot;" src=x>', '<img alt="A &quot;B&quot;" src=x>'),
        ("<img alt='a' title=b>", "<img alt='A' title=\"B\">"),
        ('<p>a <img alt="b"> c</p>', '<p>A <img alt="B"> C</p>'),
        ('<p>a <a href="?x=1&y=2" title="t">b</a></p>', '<p>A <a href="?x=1&y=2" title="T">B</a></p>'),
        (
            "<p><span class=a>et </span><i>to</i><span class=a> tre</span></p>",
            "<p><span class=a>ET </span><i>TO</i><span class=a> TRE</span></p>",
        ),
    ],
)
def test_written(source: str, expected: str) -> None:
    assert upper(source) == expected


def test_languages_are_named_anew() -> None:
    source = '<html lang="da-DK" xml:lang=da><meta property="og:locale" content="da_DK"><p lang="fr">a<p lang="DA">b'
    expected = '<html lang="en-GB" xml:lang=en><meta property="og:locale" content="en_GB"><p lang="fr">A<p lang="en">B'
    assert upper(source, (("da", "en"),)) == expected


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8", "iso-8859-15"])
def test_the_charset_of_the_page_is_minded(charset: str) -> None:
    codec = "cp1252" if charset == "iso-8859-1" else charset
    source = f'<meta charset="{charset}"><p>På øen</p>'.encode(codec)
    document = read(source)
    assert [block.text for block in document.blocks] == ["På øen"]
    assert write(document) == source
    blocks = (replace(document.blocks[0], text="Ø → €"),)
    written = write(replace(document, blocks=blocks))
    arrow = "→" if charset == "utf-8" else "&#8594;"
    assert written.decode(codec).endswith(f"<p>Ø {arrow} €</p>")


def test_a_wrong_charset_does_no_harm() -> None:
    source = '<meta charset="iso-8859-1"><p>På øen</p>'.encode()
    assert [block.text for block in read(source).blocks] == ["På øen"]
    assert write(read(source)) == source


def test_a_page_through_the_pipeline() -> None:
    source = (
        "<!DOCTYPE html>\n<html lang=da><body>\n<h1>Havnen og byen</h1>\n<p>Fiskerne sejlede <b>ud</b> hver morgen.\n"
        "<p>The harbour gives the town its work.\n</body></html>\n"
    )
    done = process_document(
        read_document(source.encode(), "a.html"), DoubleBackend, TranslateOptions(target="en")
    )
    written = write_document(done.document).decode()
    assert "<html lang=en>" in written
    assert "[en] Fiskerne sejlede <b>ud</b> hver morgen." in written
    assert "<p>The harbour gives the town its work.\n</body></html>\n" in written


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0", b"PK\3\4abc", b"\0\1\2\3" * 50])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError, match="looks like"):
        read(data)


@pytest.mark.parametrize(
    ("data", "is_page"),
    [
        (b"<!DOCTYPE html><p>", True),
        (b"\xef\xbb\xbf <!-- x --><HTML>", True),
        (b'<?xml version="1.0"?>\n<html xmlns="x">', True),
        (b"<p>Hej", False),
        (b"# Titel", False),
        (b"", False),
    ],
)
def test_looks_like(data: bytes, is_page: bool) -> None:
    assert looks_like(data) is is_page


PIECES = st.lists(
    st.sampled_from(
        (
            "a|Sø |<p>|</p>|<b>|</b>|<i class=x>|</i>|<br>|<a href='y'>|</a>|&amp;|&oslash;|&nbsp;|<|>|<!-- c -->|"
            '<li>|<ul>|<td>|<code>k</code>|<img alt="b">|<script>x</script>|\n| |</span>|<span>|<h1>|</h1>|<a|&|'
            "<![CDATA[z]]>|<?x?>|12"
        ).split("|")
    ),
    max_size=14,
).map("".join)


@given(PIECES)
def test_tag_soup_comes_back_and_its_tokens_are_its_source(source: str) -> None:
    tokens = parse_html(source)
    assert "".join(source[token.start : token.end] for token in tokens) == source
    document = read(source.encode())
    assert write(document) == source.encode()


@given(PIECES)
def test_a_change_of_text_keeps_every_tag(source: str) -> None:
    document = read(source.encode())
    written = write(_upper(document)).decode()
    assert _tags(written) == _tags(source)
    again = read(written.encode())
    assert [without_tags(b.text).split() for b in again.blocks] == [
        without_tags(b.text).upper().split() for b in document.blocks
    ]


def _upper(document: Document) -> Document:
    return replace(document, blocks=tuple(replace(b, text=b.text.upper()) for b in document.blocks))


def _tags(source: str) -> Counter[str]:
    """Tags by name; the text that an attribute has may change, and base markup be joined."""
    return Counter(
        f"{token.kind.value} {token.name}"
        for token in parse_html(source)
        if token.kind in (HtmlTokenKind.START, HtmlTokenKind.END) and not re.match("span", token.name)
    )
