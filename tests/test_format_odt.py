"""OpenDocument text: what a block is, what is written, and that LibreOffice opens it again."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import FormatError
from tosprog.pipeline.document import BlockKind, Document
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.format_odt import looks_like, read, write
from tosprog.pipeline.inline import TAG, TagKind, make_tag, read_tag, without_tags
from tosprog.pipeline.translate import TranslateOptions

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMESPACES = {
    **{name: f"{OASIS}:{name}:1.0" for name in ("office", "style", "text", "table", "meta", "manifest")},
    "draw": f"{OASIS}:drawing:1.0",
    "fo": f"{OASIS}:xsl-fo-compatible:1.0",
    "svg": f"{OASIS}:svg-compatible:1.0",
    "field": "urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
    "officeooo": "http://openoffice.org/2009/office",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
}
XMLNS = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
MIMETYPE = "application/vnd.oasis.opendocument.text"
STYLES = (
    '<style:style style:name="Bold" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="Bold2" style:family="text"><style:text-properties fo:font-weight="bold" '
    'officeooo:rsid="001"/></style:style>'
    '<style:style style:name="Rsid" style:family="text"><style:text-properties officeooo:rsid="002"/></style:style>'
    '<style:style style:name="Lang" style:family="text"><style:text-properties fo:language="da" fo:country="DK"/>'
    "</style:style>"
    '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>'
    '<style:style style:name="P2" style:family="paragraph" style:parent-style-name="Quotations"/>'
)
LINES = "Et\nto"
META = (
    f"<dc:title>Byens  cykler</dc:title><dc:description>{LINES}</dc:description>"
    "<meta:keyword>gade</meta:keyword><dc:language>da-DK</dc:language><dc:creator>Anna Berg</dc:creator>"
)
MASTER = (
    '<style:master-page style:name="Standard"><style:header><text:p>Øverst</text:p></style:header>'
    "<style:footer-left><text:p>Nederst <text:page-number>1</text:page-number></text:p></style:footer-left>"
    "</style:master-page>"
)
DEFAULT = (
    '<style:default-style style:family="paragraph"><style:text-properties fo:language="da" fo:country="DK" '
    'style:country-asian="DK"/></style:default-style>'
)
TO_ENGLISH = TranslateOptions(target="en")
_MARKS = dict(zip(TagKind, "<>.#|", strict=True))
_KINDS = {mark: kind for kind, mark in _MARKS.items()}


def _shown_tag(match: re.Match[str]) -> str:
    kind, number = read_tag(match[0])
    return f"{{{_MARKS[kind]}{number}}}"


def shown(text: str) -> str:
    """The text with each tag as a mark and its number: ``{<0}``."""
    return TAG.sub(_shown_tag, text)


def unshown(text: str) -> str:
    return re.sub(r"\{([<>.#|])(\d+)\}", lambda match: make_tag(_KINDS[match[1]], int(match[2])), text)


def content(body: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {XMLNS} office:version="1.3">'
        f"<office:automatic-styles>{STYLES}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )


def package(body: str = "", **members: str) -> bytes:
    parts = {
        "mimetype": MIMETYPE,
        "content.xml": content(body),
        "styles.xml": f"<office:document-styles {XMLNS}><office:styles>{DEFAULT}</office:styles>"
        f"<office:master-styles>{MASTER}</office:master-styles></office:document-styles>",
        "meta.xml": f"<office:document-meta {XMLNS}><office:meta>{META}</office:meta></office:document-meta>",
        "META-INF/manifest.xml": f"<manifest:manifest {XMLNS}/>",
        **{name.replace("_", "."): text for name, text in members.items()},
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name, text in parts.items():
            if text:
                how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
                out.writestr(zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6)), text, how)
    return target.getvalue()


def flat(body: str) -> bytes:
    """One file with all parts; no titles, headers or footers."""
    return (
        content(body)
        .replace("document-content", "document")
        .replace('office:version="1.3"', f'office:version="1.3" office:mimetype="{MIMETYPE}"')
        .encode()
    )


def blocks(body: str) -> list[tuple[str, int, str]]:
    return [(b.kind.value, b.level, shown(b.text)) for b in read(flat(body)).blocks]


def rewritten(body: str, *texts: str) -> str:
    """The body with its blocks' texts replaced."""
    data = flat(body)
    document = read(data)
    new = tuple(replace(b, text=unshown(text)) for b, text in zip(document.blocks, texts, strict=True))
    out = write(replace(document, blocks=new)).decode()
    ElementTree.fromstring(out)
    found = re.search(r"<office:text>(.*)</office:text>", out, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<text:p>Hej &amp; du</text:p>", ("paragraph", 0, "Hej & du")),
        ('<text:h text:outline-level="3">Hej</text:h>', ("heading", 3, "Hej")),
        ('<text:h text:outline-level="9">Hej</text:h>', ("heading", 6, "Hej")),
        ('<text:h text:outline-level="x">Hej</text:h>', ("heading", 1, "Hej")),
        ('<text:p text:style-name="Title">Hej</text:p>', ("heading", 1, "Hej")),
        ('<text:p text:style-name="P1">Hej</text:p>', ("heading", 1, "Hej")),
        ('<text:p text:style-name="P2">Hej</text:p>', ("quotation", 0, "Hej")),
        ("<text:list><text:list-item><text:p>Hej</text:p></text:list-item></text:list>", ("list_item", 0, "Hej")),
        ("<table:table-cell><text:p>Hej</text:p></table:table-cell>", ("table_cell", 0, "Hej")),
        ("<text:index-title><text:p>Indhold</text:p></text:index-title>", ("heading", 1, "Indhold")),
        # blanks
        ("<text:p>  Hej\n  du <text:s/> der</text:p>", ("paragraph", 0, "Hej du   der")),
        ('<text:p>a<text:s text:c="3"/>b</text:p>', ("paragraph", 0, "a   b")),
        ('<text:p>a<text:s text:c="9999"/>b</text:p>', ("paragraph", 0, "a{.0}b")),
        ("<text:p>a <text:span> b</text:span></text:p>", ("paragraph", 0, "a b")),
        ("<text:p>a<text:tab/>b<text:line-break/>c</text:p>", ("paragraph", 0, "a{|0}b{|1}c")),
        # spans
        ('<text:p>a <text:span text:style-name="Bold">b</text:span> c</text:p>', ("paragraph", 0, "a {<0}b{>0} c")),
        ('<text:p>a<text:span text:style-name="Rsid">b</text:span>c</text:p>', ("paragraph", 0, "abc")),
        ('<text:p>a<text:span text:style-name="Lang">b</text:span>c</text:p>', ("paragraph", 0, "abc")),
        ('<text:p>x <text:span text:style-name="Bold">a</text:span><text:span text:style-name="Bold2">b</text:span>'
         "</text:p>",
         ("paragraph", 0, "x {<0}ab{>0}")),
        ('<text:p><text:span text:style-name="Bold">Hej</text:span></text:p>', ("paragraph", 0, "Hej")),
        ('<text:p>a <text:a xlink:href="x">b</text:a> c</text:p>', ("paragraph", 0, "a {<0}b{>0} c")),
        ("<text:p>a <text:ruby><text:ruby-base>b</text:ruby-base><text:ruby-text>c</text:ruby-text></text:ruby>"
         " d</text:p>",
         ("paragraph", 0, "a {<0}b{>0} d")),
        ('<text:p>a <text:span text:style-name="Source_20_Text">f(x)</text:span> c</text:p>',
         ("paragraph", 0, "a {#0} c")),
        # points and fields
        ('<text:p>a<text:bookmark text:name="x"/> b<text:soft-page-break/></text:p>', ("paragraph", 0, "a{.0} b")),
        ('<text:p>x <text:bookmark-start text:name="x"/>a b<text:bookmark-end text:name="x"/> c</text:p>',
         ("paragraph", 0, "x {<0}a b{>0} c")),
        ('<text:p>x <text:bookmark-start text:name="x"/>a <text:span text:style-name="Bold">b<text:bookmark-end '
         'text:name="x"/></text:span> c</text:p>', ("paragraph", 0, "x {.0}a {<1}b{.2}{>1} c")),
        ('<text:p>x <text:bookmark-start text:name="x"/><text:bookmark-end text:name="x"/>c</text:p>',
         ("paragraph", 0, "x {.0}{.1}c")),
        ("<text:p>Side <text:page-number>1</text:page-number> af</text:p>", ("paragraph", 0, "Side {#0} af")),
        ("<text:p>a <draw:frame><draw:image/></draw:frame> b</text:p>", ("paragraph", 0, "a {.0} b")),
        ('<text:p>a <draw:frame text:anchor-type="as-char"><draw:object/></draw:frame> b</text:p>',
         ("paragraph", 0, "a {#0} b")),
        ("<text:p>a <loext:content-control>b</loext:content-control> c</text:p>", ("paragraph", 0, "a {<0}b{>0} c")),
        ("<text:p>a <text:unknown>b</text:unknown> <text:unknown/> c</text:p>", ("paragraph", 0, "a {#0} {.1} c")),
    ],
)  # fmt: skip
def test_a_block(body: str, expected: tuple[str, int, str]) -> None:
    assert blocks(body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<text:p/>",
        "<text:p>–</text:p>",
        "<text:p><text:page-number>1</text:page-number></text:p>",
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>Slettet</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>",
        "<text:p><draw:frame><draw:object><text:p>Diagram</text:p></draw:object></draw:frame></text:p>",
    ],
)
def test_no_block(body: str) -> None:
    data = flat(body)
    assert read(data).blocks == ()
    assert write(read(data)) == data


NOTE = (
    '<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>'
    '<text:p>Kilde: <text:span text:style-name="Bold">By</text:span>en.</text:p></text:note-body></text:note>'
)
NESTED = (
    f"<text:p>Her{NOTE} er <office:annotation><dc:creator>Bo</dc:creator><text:p>Er det?</text:p></office:annotation>"
    "et kort<draw:frame><draw:text-box><text:p>I rammen</text:p></draw:text-box>"
    "<svg:title>Et kort</svg:title><svg:desc>Over byen</svg:desc></draw:frame>.</text:p>"
)


def test_blocks_within_a_block() -> None:
    assert blocks(NESTED) == [
        ("paragraph", 0, "Her{.0} er {.1}et kort{.2}."),
        ("note", 0, "Kilde: {<0}By{>0}en."),
        ("note", 0, "Er det?"),
        ("paragraph", 0, "I rammen"),
        ("label", 0, "Et kort"),
        ("label", 0, "Over byen"),
    ]


def test_deleted_text_is_no_text() -> None:
    body = (
        '<text:tracked-changes><text:changed-region text:id="c"><text:deletion/></text:changed-region>'
        '<text:changed-region text:id="d"><text:insertion/></text:changed-region></text:tracked-changes>'
        '<text:p>Det er<text:change-start text:change-id="c"/> <text:span text:style-name="Bold">ikke</text:span>'
        '<text:change-end text:change-id="c"/> <text:change-start text:change-id="d"/>altid<text:change-end '
        'text:change-id="d"/> godt.</text:p>'
    )
    assert blocks(body) == [("paragraph", 0, "Det er{.0} {<1}altid{>1} godt.")]
    out = rewritten(body, "It is{.0} {<1}always{>1} good.")
    assert out == body.replace("Det er", "It is").replace("altid", "always").replace("godt", "good")


def test_both_change_where_one_is_in_the_other() -> None:
    out = rewritten(
        NESTED, "{.1}A map{.2} is{.0} here.", "{<0}City{>0} <1>", "Really?", "In & out", "A map", "Of town"
    )
    expected = (
        "<text:p><office:annotation><dc:creator>Bo</dc:creator><text:p>Really?</text:p></office:annotation>A map"
        "<draw:frame><draw:text-box><text:p>In &amp; out</text:p></draw:text-box>"
        "<svg:title>A map</svg:title><svg:desc>Of town</svg:desc></draw:frame> is"
        + NOTE.replace('Kilde: <text:span text:style-name="Bold">By</text:span>en.',
                       '<text:span text:style-name="Bold">City</text:span> &lt;1&gt;')
        + " here.</text:p>"
    )  # fmt: skip
    assert out == expected


def test_only_the_inner_one_changes() -> None:
    texts = [text for _, _, text in blocks(NESTED)]
    assert rewritten(NESTED, *texts[:2], "Really?", *texts[3:]) == NESTED.replace("Er det?", "Really?")


@pytest.mark.parametrize(
    ("body", "text", "expected"),
    [
        ("<text:p>Hej</text:p>", "a   b ", "<text:p>a <text:s text:c=\"2\"/>b </text:p>"),
        ("<text:p>Hej</text:p>", "  a  b", "<text:p><text:s text:c=\"2\"/>a <text:s/>b</text:p>"),
        ("<text:p>Hej</text:p>", "a\x0bb\n", "<text:p>ab </text:p>"),
        ("<svg:title>Hej</svg:title>", "a  <b>", "<svg:title>a  &lt;b&gt;</svg:title>"),
        ("<text:p>Hej <text:tab/>du</text:p>", "Hi {|0}you", "<text:p>Hi <text:tab/>you</text:p>"),
        # what has no tag goes, in pairs
        ('<text:p><text:span text:style-name="Rsid"><text:bookmark text:name="b"/>Hej</text:span> du</text:p>',
         "{.0}Hi you", '<text:p><text:bookmark text:name="b"/>Hi you</text:p>'),
        ('<text:p>Hej<text:span text:style-name="Rsid"><text:bookmark text:name="b"/></text:span></text:p>',
         "Hi", '<text:p>Hi<text:span text:style-name="Rsid"><text:bookmark text:name="b"/></text:span></text:p>'),
        ('<text:p><text:span text:style-name="Bold">Hej</text:span><text:span text:style-name="Bold2"> du</text:span>'
         "</text:p>", "Hi", '<text:p><text:span text:style-name="Bold">Hi</text:span></text:p>'),
        # nothing is lost, and pairs never cross, whatever the text
        ('<text:p>a <text:bookmark text:name="b"/> c</text:p>', "d",
         '<text:p>d<text:bookmark text:name="b"/></text:p>'),
        ('<text:p>a <text:a><text:span text:style-name="Bold">b</text:span> c</text:a> d</text:p>',
         "{<0}a{<1}b{>0}c{>1}{>7}",
         '<text:p><text:a>a<text:span text:style-name="Bold">b</text:span></text:a>'
         '<text:span text:style-name="Bold">c</text:span></text:p>'),
        ('<text:p>x <text:bookmark-start text:name="b"/>a<text:bookmark-end text:name="b"/> c</text:p>',
         "{>0}a{<0}", '<text:p><text:bookmark-end text:name="b"/>a<text:bookmark-start text:name="b"/></text:p>'),
    ],
)  # fmt: skip
def test_what_is_written(body: str, text: str, expected: str) -> None:
    assert rewritten(body, text) == expected


def test_a_package() -> None:
    data = package("<text:p>Hej med dig</text:p>")
    document = read(data)
    assert [(b.kind, b.text, b.gap) for b in document.blocks] == [
        (BlockKind.LABEL, "Byens  cykler", "\n\n"),
        (BlockKind.LABEL, "Et\nto", "\n\n"),
        (BlockKind.LABEL, "gade", "\n\n"),
        (BlockKind.PARAGRAPH, "Hej med dig", "\n\n"),
        (BlockKind.LABEL, "Øverst", "\n\n"),
        (BlockKind.LABEL, "Nederst " + make_tag(TagKind.ATOM, 0), ""),
    ]
    assert write(document) == data


def test_a_translated_package() -> None:
    data = package("<text:p>Det er en dejlig dag i dag, og vi går en tur.</text:p>", Pictures_1="\x89PNG")
    done = process_document(read(data), DoubleBackend, TO_ENGLISH)
    out = write(replace(done.document, relabel=(("da", "en"),)))
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(out)) as new:
        assert [(i.filename, i.compress_type, i.date_time) for i in new.infolist()] == [
            (i.filename, i.compress_type, i.date_time) for i in old.infolist()
        ]
        assert out[38:].startswith(MIMETYPE.encode())
        assert new.read("content.xml").decode() == content(
            "<text:p>[en] Det er en dejlig dag i dag, og vi går en tur.</text:p>"
        ).replace('"da"', '"en"').replace('"DK"', '"GB"')
        assert b'fo:language="en" fo:country="GB" style:country-asian="DK"' in new.read("styles.xml")
        assert b"<dc:language>en-GB</dc:language>" in new.read("meta.xml")
        assert new.read("Pictures.1") == old.read("Pictures.1")


def test_languages_are_named_anew_only_where_they_are_the_old_one() -> None:
    body = (
        '<text:alphabetical-index-source fo:language="en" fo:country="US"/>'
        "<text:alphabetical-index-source fo:country='DK' fo:language='da' style:rfc-language-tag='da-DK'/>"
    )
    document = read(flat(body))
    assert write(document) == flat(body)
    out = write(replace(document, relabel=(("da", "en"),))).decode()
    assert 'fo:language="en" fo:country="US"' in out
    assert "fo:country='GB' fo:language='en' style:rfc-language-tag='en-GB'" in out


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "broken or cut off"),
        (b"PK\x03\x04", "broken or cut off"),
        (package("<text:p>Hej</text:p>")[:-30], "broken or cut off"),
        (package(content_xml=""), "no content.xml"),
        (package(content_xml="<a>"), "XML is broken"),
        (
            package(content_xml=content("").replace("office:text>", "office:spreadsheet>")),
            "but a spreadsheet",
        ),
        (package(content_xml=f"<office:document-content {XMLNS}/>"), "but a office:document-content"),
        (package(content_xml=content("").replace("xmlns:text=", "xmlns:t=")), "save it again"),
        (package(content_xml=content("").replace(f"{OASIS}:text:1.0", "other")), "save it again"),
        (package("<text:section>" * 300 + "</text:section>" * 300), "nested"),
        (package(content_xml='<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "entities"),
        (flat("").replace(b"</office:body>", b""), "XML is broken"),
    ],
)
def test_what_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(data)


def test_an_encrypted_package_is_refused() -> None:
    manifest = f"<manifest:manifest {XMLNS}><manifest:encryption-data/></manifest:manifest>"
    data = io.BytesIO(package(content_xml="noise"))
    with zipfile.ZipFile(data, "a") as out, pytest.warns(UserWarning, match="Duplicate"):
        out.writestr("META-INF/manifest.xml", manifest)
    with pytest.raises(FormatError, match="encrypted; open it with its password"):
        read(data.getvalue())


def test_other_blocks_are_refused() -> None:
    with pytest.raises(FormatError, match="read it again"):
        write(replace(read(flat("<text:p>Hej</text:p>")), blocks=()))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (package(), True),
        (flat(""), True),
        (package(mimetype=MIMETYPE.replace("text", "spreadsheet")), False),
        (package(mimetype=""), False),
        (b"PK\x03\x04", False),
        (b"", False),
        (b"<html>", False),
    ],
)
def test_looks_like(data: bytes, expected: bool) -> None:
    assert looks_like(data) is expected


PIECES = st.recursive(
    st.sampled_from(["Hej ", "du", " ", "&lt;", "<text:s/>", "<text:tab/>", '<text:bookmark-start text:name="a"/>',
                     '<text:bookmark-end text:name="a"/>', "<text:line-break/>", "<text:date>1</text:date>",
                     "<!-- c -->",
                     "<text:soft-page-break/>", '<text:change-start text:change-id="a"/>', "<![CDATA[<x>]]>"]),
    lambda inner: st.tuples(
        st.sampled_from([
            '<text:span text:style-name="Bold">%s</text:span>', '<text:span text:style-name="Bold2">%s</text:span>',
            '<text:span text:style-name="Rsid">%s</text:span>', "<text:span>%s</text:span>",
            '<text:a xlink:href="x">%s</text:a>',
            "<text:note><text:note-body><text:p>%s</text:p></text:note-body></text:note>",
            "<draw:frame><draw:text-box><text:p>%s</text:p></draw:text-box><svg:desc>%s</svg:desc></draw:frame>",
        ]),
        st.lists(inner, max_size=4).map("".join),
    ).map(lambda pair: pair[0].replace("%s", pair[1])),
    max_leaves=12,
)  # fmt: skip
BODIES = st.lists(PIECES, max_size=8).map(lambda pieces: f"<text:p>{''.join(pieces)}</text:p>")


def shuffled(document: Document, data: st.DataObject) -> Document:
    """Other words, and tags at other places, well nested where they were."""
    new = []
    for block in document.blocks:
        parts = [part for part in re.split(f"({TAG.pattern})", block.text) if part]
        points = [part for part in parts if TAG.fullmatch(part) and read_tag(part)[0] is TagKind.POINT]
        rest = [part if TAG.fullmatch(part) else f" <{part.upper()}&" for part in parts if part not in points]
        for point in points:
            rest.insert(data.draw(st.integers(0, len(rest))), point)
        new.append(replace(block, text="".join(rest)))
    return replace(document, blocks=tuple(new))


def words(document: Document) -> list[list[str]]:
    return sorted(without_tags(block.text).split() for block in document.blocks)


@settings(max_examples=60)
@given(st.lists(BODIES, min_size=1, max_size=3).map("".join), st.data())
def test_any_body(body: str, data: st.DataObject) -> None:
    source = flat(body)
    document = read(source)
    assert write(document) == source
    changed = shuffled(document, data)
    out = write(changed)
    again = read(out)
    # A note that has moved behind another comes after it.
    assert words(again) == words(changed)
    for name in ("bookmark-start", "bookmark-end", "note", "frame", "tab", "date", "change-start", "a "):
        count = re.compile(rf"<\w+:{name}\b")
        assert len(count.findall(out.decode())) == len(count.findall(source.decode()))


SOFFICE = shutil.which("soffice")
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WHO = "<office:change-info><dc:creator>Anna</dc:creator><dc:date>2024-01-02T10:00:00</dc:date></office:change-info>"
ESSAY_STYLES = (
    f"{DEFAULT}"
    '<style:style style:name="Standard" style:family="paragraph"/>'
    '<style:style style:name="Heading" style:family="paragraph" style:parent-style-name="Standard"/>'
    '<style:style style:name="Title" style:family="paragraph" style:parent-style-name="Heading"/>'
    '<style:style style:name="Quotations" style:family="paragraph" style:parent-style-name="Standard"/>'
)
ESSAY_PAGES = (
    '<style:page-layout style:name="pm1"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" '
    'fo:margin="2cm"/><style:header-style><style:header-footer-properties fo:min-height="0cm"/></style:header-style>'
    '<style:footer-style><style:header-footer-properties fo:min-height="0cm"/></style:footer-style>'
    "</style:page-layout>"
)
ESSAY_MASTER = (
    '<style:master-page style:name="Standard" style:page-layout-name="pm1"><style:header>'
    "<text:p>Rapport om byens cykler"
    "</text:p></style:header><style:footer><text:p>Side <text:page-number>1</text:page-number> af rapporten om gaderne"
    "</text:p></style:footer></style:master-page>"
)
ESSAY_BODY = f"""<text:tracked-changes><text:changed-region xml:id="ct1" text:id="ct1">
<text:insertion>{WHO}</text:insertion></text:changed-region><text:changed-region xml:id="ct2"
 text:id="ct2"><text:deletion>{WHO}<text:p> meget gamle</text:p>
</text:deletion></text:changed-region></text:tracked-changes>
<text:p text:style-name="Title">Cyklen i byen</text:p>
<text:h text:outline-level="1"><text:bookmark-start text:name="b"/>Hvorfor vi cykler<text:bookmark-end
 text:name="b"/></text:h>
<text:p text:style-name="Standard">Vi cykler hver dag på <text:span text:style-name="Bold">den lange</text:span>
 gade<text:note text:id="ftn1" text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>
<text:p>Gaden er
 <text:span text:style-name="Bold">meget</text:span> lang og smal.</text:p></text:note-body></text:note> ved
 havnen.<text:s text:c="2"/>Det er <text:change-start text:change-id="ct1"/>altid<text:change-end text:change-id="ct1"/>
 dejligt<text:change text:change-id="ct2"/> &amp; sjovt, når <text:a xlink:type="simple"
 xlink:href="https://example.org/">vejret er godt</text:a>.</text:p>
<text:p text:style-name="Quotations">Jeg har aldrig set så mange cykler i min gade.</text:p>
<text:list><text:list-item><text:p>Husk altid en god lås til cyklen.</text:p></text:list-item>
<text:list-item><text:p>Kør aldrig uden lys om natten.</text:p></text:list-item></text:list>
<table:table><table:table-column table:number-columns-repeated="2"/><table:table-row>
<table:table-cell office:value-type="string"><text:p>Navn på gaden</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>12</text:p></table:table-cell></table:table-row></table:table>
<text:p>Her er <office:annotation office:name="c1"><dc:creator>Bo</dc:creator><dc:date>2024-01-02T10:00:00</dc:date>
<text:p>Er det virkelig rigtigt, at billedet skal stå her?</text:p></office:annotation>et billede<office:annotation-end
 office:name="c1"/> af havnen: <draw:frame draw:name="Billede1" text:anchor-type="as-char" svg:width="1cm"
 svg:height="1cm"><draw:image><office:binary-data>{PIXEL}</office:binary-data></draw:image><svg:title>Havnen om
 morgenen</svg:title><svg:desc>Et billede af havnen og de mange cykler.</svg:desc></draw:frame></text:p>
<text:p>Navn:<text:tab/>Vi ved det ikke endnu<text:line-break/>og spørger i morgen.</text:p>
<text:p><draw:frame draw:name="Ramme1" text:anchor-type="paragraph" svg:width="6cm" svg:height="2cm"><draw:text-box>
<text:p>Denne tekst står i en ramme for sig selv.</text:p></draw:text-box></draw:frame>Teksten uden for rammen er også
 dansk.</text:p>
<text:p>The last paragraph has been in English from the beginning.</text:p>"""


def convert(folder: Path, name: str, to: str) -> bytes:
    """A file of the folder in another format, made by LibreOffice."""
    assert SOFFICE is not None
    command = [
        SOFFICE,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        to,
    ]
    subprocess.run([*command, name], cwd=folder, check=True, capture_output=True, timeout=300)
    return (folder / name).with_suffix("." + to.partition(":")[0]).read_bytes()


def as_english(member: bytes) -> str:
    """A member as it should be when its Danish is marked with ``[en]``; languages named anew."""
    text = ElementTree.canonicalize(member.decode())
    text = text.replace('fo:language="da"', 'fo:language="en"').replace('fo:country="DK"', 'fo:country="GB"')
    return without_blanks(text.replace(">da-DK</dc:language>", ">en-GB</dc:language>"))


def without_blanks(text: str) -> str:
    """Canonical XML where one space is written as one: LibreOffice has ``text:s`` for it behind a field."""
    return re.sub(r"\s+", " ", re.sub(r"<text:s(?: xmlns[^>]*)?></text:s>", " ", text))


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None and not os.environ.get("CI"), reason="needs LibreOffice")
@pytest.mark.parametrize("suffix", ["odt", "fodt"])
def test_a_document_of_libreoffice(tmp_path: Path, suffix: str) -> None:
    source = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {XMLNS} office:version="1.3" '
        f'office:mimetype="{MIMETYPE}"><office:meta>{META.replace(LINES, "Om byen")}</office:meta>'
        f"<office:styles>{ESSAY_STYLES}</office:styles><office:automatic-styles>{STYLES}{ESSAY_PAGES}"
        f"</office:automatic-styles><office:master-styles>{ESSAY_MASTER}</office:master-styles>"
        f"<office:body><office:text>{ESSAY_BODY}</office:text></office:body></office:document>"
    )
    (tmp_path / "essay.fodt").write_text(source, encoding="utf-8")
    made = convert(tmp_path, "essay.fodt", "odt")
    if suffix == "fodt":
        made = convert(tmp_path, "essay.odt", "fodt")
    assert looks_like(made)
    document = read(made)
    assert write(document) == made
    kinds = {block.kind for block in document.blocks}
    assert kinds == set(BlockKind) - {BlockKind.CODE, BlockKind.METADATA}

    done = process_document(document, DoubleBackend, TO_ENGLISH)
    out = write(replace(done.document, relabel=(("da", "en"),)))
    if suffix == "fodt":
        assert as_english(made) == without_blanks(ElementTree.canonicalize(out.decode().replace("[en] ", "")))
    else:
        with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(io.BytesIO(out)) as new:
            assert new.namelist() == old.namelist()
            for name in old.namelist():
                before, after = old.read(name), new.read(name)
                if name in ("content.xml", "styles.xml", "meta.xml"):
                    assert before != after
                    assert as_english(before) == without_blanks(
                        ElementTree.canonicalize(after.decode().replace("[en] ", ""))
                    )
                else:
                    assert after == before
    (tmp_path / f"out.{suffix}").write_bytes(out)
    text = convert(tmp_path, f"out.{suffix}", "txt:Text (encoded):UTF8").decode("utf-8-sig")
    for line in (
        "[en] Cyklen i byen",
        "[en] Hvorfor vi cykler",
        "[en] Det er altid dejligt",
        "[en] Husk altid en god lås",
        "[en] Navn på gaden",
        "[en] Teksten uden for",
        "The last paragraph has been",
    ):
        assert line in text
    assert "[en] The last" not in text
    assert convert(tmp_path, f"out.{suffix}", "pdf").startswith(b"%PDF")
    # What LibreOffice makes of it has the same blocks.
    again = read(convert(tmp_path, f"out.{suffix}", "odt" if suffix == "fodt" else "fodt"))
    assert sorted(" ".join(without_tags(b.text).split()) for b in again.blocks) == sorted(
        " ".join(without_tags(b.text).split()) for b in done.document.blocks
    )
