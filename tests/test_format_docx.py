"""Word documents: what a block is, what is written, and that real programs open it again."""

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

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.docx_parts import Styles, open_package
from tosprog.pipeline.docx_source import parse_part
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.format_docx import looks_like, read, write
from tosprog.pipeline.inline import TAG, TagKind, make_tag, read_tag, without_tags
from tosprog.pipeline.translate import TranslateOptions

OFFICE = "http://schemas.openxmlformats.org"
RELATIONS = f"{OFFICE}/officeDocument/2006/relationships"
NAMESPACES = {
    "w": f"{OFFICE}/wordprocessingml/2006/main",
    "r": RELATIONS,
    "wp": f"{OFFICE}/drawingml/2006/wordprocessingDrawing",
    "pic": f"{OFFICE}/drawingml/2006/picture",
    "m": f"{OFFICE}/officeDocument/2006/math",
    "mc": f"{OFFICE}/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "dc": "http://purl.org/dc/elements/1.1/",
}
XMLNS = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
W = f"{{{NAMESPACES['w']}}}"
STYLES = (
    '<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="da-DK" w:eastAsia="en-US"/></w:rPr></w:rPrDefault>'
    "</w:docDefaults>"
    '<w:style w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:styleId="Overskrift2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/></w:style>'
    '<w:style w:styleId="Kapitel"><w:name w:val="Kapitel"/><w:basedOn w:val="Overskrift2"/><w:pPr><w:numPr>'
    '<w:numId w:val="3"/></w:numPr></w:pPr></w:style>'
    '<w:style w:styleId="Del"><w:name w:val="Del"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:styleId="Citat"><w:name w:val="Quote"/></w:style>'
    '<w:style w:styleId="Punkt"><w:name w:val="List Bullet"/></w:style>'
    '<w:style w:styleId="Nummer"><w:name w:val="Nummer"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    "</w:style>"
    '<w:style w:styleId="Indhold1"><w:name w:val="toc 1"/></w:style>'
    '<w:style w:styleId="Ring"><w:name w:val="Ring"/><w:basedOn w:val="Ring"/></w:style>'
    '<w:style w:type="character" w:styleId="Kode"><w:name w:val="HTML Code"/></w:style>'
)
CORE = (
    "<dc:title>Byens cykler</dc:title><dc:subject/><dc:description>Om byen &amp; havnen</dc:description>"
    "<dc:creator>Anna Berg</dc:creator><dc:language>da-DK</dc:language>"
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


def zipped(members: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name, data in members.items():
            out.writestr(zipfile.ZipInfo(name, (2024, 1, 2, 3, 4, 6)), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def relations(**targets: str) -> str:
    """A member of relationships: last word of the type and target."""
    lines = "".join(
        f'<Relationship Id="{name}" Type="{RELATIONS}/{name.replace("_", "-")}" Target="{target}"/>'
        for name, target in targets.items()
    )
    return f'<Relationships xmlns="{OFFICE}/package/2006/relationships">{lines}</Relationships>'


def root(name: str, body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<{name} {XMLNS}>{body}</{name}>'


def package(body: str = "", **parts: str) -> bytes:
    """A document of a body, and of the parts that are given by the last words of their relationships."""
    targets = {name: f"{name}.xml" for name in ("styles", "settings", *parts)}
    names = {
        "footnotes": "w:footnotes",
        "endnotes": "w:endnotes",
        "comments": "w:comments",
        "header": "w:hdr",
    }
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(officeDocument="word/document.xml", core_properties="/docProps/core.xml"),
        "word/document.xml": root("w:document", f"<w:body>{body}<w:sectPr/></w:body>"),
        "word/_rels/document.xml.rels": relations(**targets),
        "word/styles.xml": root("w:styles", STYLES),
        "word/settings.xml": root("w:settings", '<w:themeFontLang w:val="da-DK"/>'),
        "word/media/image1.png": b"\x89PNG",
        "docProps/core.xml": root("coreProperties", CORE),
    }
    for name, text in parts.items():
        members[f"word/{name}.xml"] = root(names.get(name, "w:ftr"), text)
    return zipped(members)


def member(data: bytes, name: str = "word/document.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return opened.read(name).decode()


def body_of(data: bytes) -> str:
    found = re.search(r"<w:body>(.*)<w:sectPr/></w:body>", member(data), re.DOTALL)
    assert found is not None
    return found[1]


def blocks(body: str) -> list[tuple[str, int, str]]:
    """Kind, level and shown text of the blocks of a body."""
    return [(b.kind.value, b.level, shown(b.text)) for b in read(package(body)).blocks[2:]]


def changed(document: Document, *texts: str) -> Document:
    """The document with the shown texts in its last blocks."""
    kept = len(document.blocks) - len(texts)
    new = (replace(b, text=unshown(t)) for b, t in zip(document.blocks[kept:], texts, strict=True))
    return replace(document, blocks=(*document.blocks[:kept], *new))


def rewritten(body: str, *texts: str) -> str:
    """The body with its blocks' texts replaced."""
    out = write(changed(read(package(body)), *texts))
    ElementTree.fromstring(member(out))
    return body_of(out)


def r(text: str, properties: str = "") -> str:
    """A run as the writer makes it."""
    look = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*content: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(content)}</w:p>"


BOLD = "<w:b/>"
TAB = "<w:r><w:tab/></w:r>"
NOTE = '<w:r><w:rPr><w:rStyle w:val="Fodnote"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'


def field(instruction: str, result: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def style(name: str) -> str:
    return f'<w:pStyle w:val="{name}"/>'


NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p(r("Hej &amp; du")), ("paragraph", 0, "Hej & du")),
        (p(r("Hej"), properties=style("Overskrift2")), ("heading", 2, "Hej")),
        (p(r("Hej"), properties=style("Kapitel")), ("heading", 2, "Hej")),
        (p(r("Hej"), properties=style("Del")), ("heading", 1, "Hej")),
        (p(r("Hej"), properties='<w:outlineLvl w:val="8"/>'), ("heading", 6, "Hej")),
        (p(r("Hej"), properties='<w:outlineLvl w:val="9"/>'), ("paragraph", 0, "Hej")),
        (p(r("Hej"), properties=style("Heading3")), ("heading", 3, "Hej")),  # a style that is not defined
        (p(r("Hej"), properties=style("Ring")), ("paragraph", 0, "Hej")),
        (p(r("Hej"), properties=style("Citat")), ("quotation", 0, "Hej")),
        (p(r("Hej"), properties=style("Punkt")), ("list_item", 0, "Hej")),
        (p(r("Hej"), properties=style("Nummer")), ("list_item", 0, "Hej")),
        (p(r("Hej"), properties=NUMBERED), ("list_item", 0, "Hej")),
        (p(r("Hej"), properties=NUMBERED.replace('"1"', '"0"')), ("paragraph", 0, "Hej")),
        (p(r("Hej"), properties=style("Overskrift2") + NUMBERED), ("heading", 2, "Hej")),
        (p(r("Hej"), properties=style("Indhold1")), ("label", 0, "Hej")),
        (f"<w:tbl><w:tr><w:tc>{p(r('Hej'))}</w:tc></w:tr></w:tbl>", ("table_cell", 0, "Hej")),
        (f"<w:tbl><w:tr><w:tc>{p(r('Hej'), properties=NUMBERED)}</w:tc></w:tr></w:tbl>", ("list_item", 0, "Hej")),
        (f"<w:sdt><w:sdtContent>{p(r('Hej'))}</w:sdtContent></w:sdt>", ("paragraph", 0, "Hej")),
    ],
)  # fmt: skip
def test_the_kind_of_a_block(body: str, expected: tuple[str, int, str]) -> None:
    assert blocks(body) == [expected]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # runs and looks
        (r("Hej ") + r("du"), "Hej du"),
        ("<w:r><w:t> Hej </w:t></w:r>" + r("du"), "Hejdu"),  # Word strips it too
        (r("a\n\tb"), "a  b"),
        (r("Hej ") + '<w:proofErr w:type="spellStart"/>' + r("du", '<w:lang w:val="da"/><w:noProof/>'), "Hej du"),
        ("<w:r w:rsidR='1'><w:t>vej</w:t></w:r><w:r><w:lastRenderedPageBreak/><w:t>en</w:t></w:r>", "vejen"),
        (r("en ") + r("fed", BOLD) + r(" vej"), "en {<0}fed{>0} vej"),
        (r("Det er en ") + r("meget ", BOLD) + r("fed", BOLD + "<w:noProof/>") + r(" vej"),
         "Det er en {<0}meget fed{>0} vej"),
        (r("Den fede", BOLD) + r(" vej"), "Den fede{<0} vej{>0}"),
        (r("Alt er fedt", BOLD), "Alt er fedt"),
        (r("en ") + r("fed", BOLD) + r(" ") + r("vej", BOLD) + r(" i byen"), "en {<0}fed vej{>0} i byen"),
        (r("a ") + r("b", '<w:u w:val="single"/>') + r(" ", "<w:u/>") + r("c"), "a {<0}b{>0}{<1} {>1}c"),
        (r("en v", '<w:spacing w:val="-3"/>') + r("ej", '<w:spacing w:val="4"/>'), "en vej"),
        (r("en smal ") + r("vej", '<w:spacing w:val="60"/>'), "en smal {<0}vej{>0}"),
        (r("en ") + r("fed", BOLD) + NOTE + r(" vej", BOLD) + r(" her i byen"), "en {<0}fed{.1} vej{>0} her i byen"),
        (r("kør ") + r("ls -l ", '<w:rStyle w:val="Kode"/>') + r("nu"), "kør {#0} nu"),
        ("<w:r><w:t>e</w:t><w:noBreakHyphen/><w:t>mail og so</w:t><w:softHyphen/><w:t>fa</w:t></w:r>",
         "e-mail og sofa"),
        # breaks and points
        (r("a") + TAB + "<w:r><w:br/><w:t>b</w:t></w:r>", "a{|0}b"),
        (TAB + r("a") + TAB, "a"),
        (r("a") + NOTE + r(" b"), "a{.0} b"),
        (r("a") + '<w:r><w:drawing/><w:footnoteReference w:id="1"/></w:r>' + r(" b"), "a{.0} b"),
        (r("a ") + '<w:r><w:sym w:char="F0E0"/></w:r>' + r(" b"), "a {.0} b"),
        (r("a ") + "<w:r><w:object/></w:r>" + r(" b"), "a {#0} b"),
        (r("a ") + "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>" + r(" b"), "a {#0} b"),
        (r("a") + '<w:del w:id="1"><w:r><w:delText> gammel</w:delText></w:r></w:del>' + r(" b"), "a{.0} b"),
        (r("a") + f'<w:moveFrom w:id="1">{r("væk")}</w:moveFrom>' + r(" b"), "a{.0} b"),
        # passages
        (r("x ") + '<w:bookmarkStart w:id="1"/>' + r("a b") + '<w:bookmarkEnd w:id="1"/>' + r(" c"),
         "x {<0}a b{>0} c"),
        (r("x ") + '<w:bookmarkStart w:id="1"/><w:bookmarkEnd w:id="1"/>' + r("c"), "x {.0}c"),
        (r("x ") + '<w:bookmarkStart w:id="1"/>' + r("c"), "x {.0}c"),
        ('<w:bookmarkStart w:id="1"/>' + r("Hej") + '<w:bookmarkEnd w:id="1"/>', "Hej"),
        (r("x ") + '<w:commentRangeStart w:id="1"/>' + r("a") + '<w:commentRangeEnd w:id="1"/>'
         '<w:r><w:commentReference w:id="1"/></w:r>' + r(" c"), "x {<0}a{>0}{.1} c"),
        (r("x ") + '<w:bookmarkStart w:id="1"/>' + r("a") + '<w:bookmarkStart w:id="2"/>' + r(" b")
         + '<w:bookmarkEnd w:id="1"/>' + r(" c") + '<w:bookmarkEnd w:id="2"/>' + r(" d"),
         "x {<0}a{.1} b{>0} c{.2} d"),
        (r("x ") + r("a", BOLD) + '<w:bookmarkStart w:id="1"/>' + r("b", BOLD) + '<w:bookmarkEnd w:id="1"/>'
         + r(" c og d"), "x {<0}a{<1}b{>1}{>0} c og d"),
        (r("x ") + r("a", BOLD) + '<w:bookmarkStart w:id="1"/>' + r("b c", BOLD) + r(" d") +
         '<w:bookmarkEnd w:id="1"/>' + r(" e f g h", BOLD), "{<0}x {>0}a{<1}b c{<2} d{>2}{>1} e f g h"),
        # pairs
        (r("se ") + f'<w:hyperlink r:id="1">{r("her", "<w:rStyle/>")}</w:hyperlink>' + r(" nu"),
         "se {<0}her{>0} nu"),
        (r("se ") + f'<w:hyperlink r:id="1">{r("det hele", "<w:u/>")}{r(" her", BOLD)}</w:hyperlink>',
         "se {<0}det hele{<1} her{>1}{>0}"),
        (f'<w:hyperlink r:id="1">{r("her")}</w:hyperlink>', "her"),
        (r("se ") + '<w:hyperlink r:id="1"><w:r><w:drawing/></w:r></w:hyperlink>' + r("nu"), "se {.0}nu"),
        (r("a ") + f'<w:ins w:id="1">{r("b ")}</w:ins>' + r("c"), "a {<0}b {>0}c"),
        (r("a") + f'<w:ins w:id="1">{r(" ")}</w:ins>' + r("c"), "a{<0} {>0}c"),
        (r("a ") + f"<w:sdt><w:sdtPr/><w:sdtContent>{r('b')}</w:sdtContent></w:sdt>", "a {<0}b{>0}"),
        (r("a ") + f"<w:smartTag>{r('b')}</w:smartTag>", "a {<0}b{>0}"),
        (r("a ", BOLD) + f"<w:ins>{r('b', BOLD)}</w:ins>" + r(" c", BOLD) + r(" alt det andet"),
         "{<0}a {<1}b{>1} c{>0} alt det andet"),
        # fields
        (r("Side ") + field("PAGE", r("1")) + r(" af"), "Side {#0} af"),
        (r("Side ") + f'<w:fldSimple w:instr=" PAGE ">{r("1")}</w:fldSimple>' + r(" af"), "Side {#0} af"),
        (r("se ") + f'<w:fldSimple w:instr=" HYPERLINK x ">{r("her")}</w:fldSimple>', "se {<0}her{>0}"),
        (r("se ") + field(' HYPERLINK "x" ', r("her", BOLD)) + r(" nu"), "se {<0}her{>0} nu"),
        (r("se ") + field("IF " + field("PAGE", r("1")) + " 1", r("her")) + r(" nu"), "se {#0} nu"),
        (r("ord") + field("XE ord", "") + r(" nu"), "ord{.0} nu"),
        (field("TOC", r("Hej")).replace('<w:r><w:fldChar w:fldCharType="end"/></w:r>', ""), "Hej"),
        (field("TOC", r("Hej") + TAB + field("PAGEREF", r("2"))), "Hej{|0}{#1}"),
        (r("a") + '<w:r><w:fldChar w:fldCharType="end"/></w:r>' + r("b"), "a{|0}b"),
        # what is not known
        (r("a ") + f"<w14:ny>{r('b')}</w14:ny>" + "<w14:tom/>" + r(" c"), "a {#0}{.1} c"),
    ],
)  # fmt: skip
def test_a_paragraph(content: str, expected: str) -> None:
    assert [text for _, _, text in blocks(p(content))] == [expected]


@pytest.mark.parametrize(
    "content",
    ["", r("–"), TAB, NOTE, field("PAGE", r("1")), f"<w:del>{r('væk')}</w:del>", r("x()", '<w:rStyle w:val="Kode"/>')],
)  # fmt: skip
def test_no_block_without_words(content: str) -> None:
    assert blocks(p(content)) == []


@pytest.mark.parametrize(
    ("content", "text", "expected"),
    [
        (r("Hej ") + r("du"), "A & <b>", r("A &amp; &lt;b&gt;")),
        (r("Hej"), "a\tb\nc\x07", r("a b c")),
        (r("en ") + r("fed", BOLD) + r(" vej"), "a {<0}fat{>0} road", r("a ") + r("fat", BOLD) + r(" road")),
        (r("en ") + r("fed", BOLD) + r(" vej"), "{<0}fat{>0}", r("fat", BOLD)),
        (TAB + r("a") + NOTE + r(" b") + TAB, "b{.0} a", TAB + r("b") + NOTE + r(" a") + TAB),
        (r("se ") + f'<w:hyperlink r:id="1">{r("her", "<w:u/>")}</w:hyperlink>', "{<0}here{>0} see",
         f'<w:hyperlink r:id="1">{r("here", "<w:u/>")}</w:hyperlink>' + r(" see")),
        ('<w:hyperlink r:id="1">' + r("her") + "</w:hyperlink>", "here", '<w:hyperlink r:id="1">' + r("here")
         + "</w:hyperlink>"),
        (r("a ") + r("b", BOLD) + f'<w:ins w:id="1">{r("c", BOLD)}</w:ins>' + r(" det var det"),
         "x {<0}y{<1}z{>1}{>0}",
         r("x ") + r("y", BOLD) + f'<w:ins w:id="1">{r("z", BOLD)}</w:ins>'),
        (r("a") + "<w:r><w:rPr><w:i/></w:rPr><w:t>b</w:t><w:tab/><w:t>c</w:t></w:r>" + r(" d e"),
         "x{<0}y{|1}z{>0}",
         r("x") + r("y", "<w:i/>") + "<w:r><w:rPr><w:i/></w:rPr><w:tab/></w:r>" + r("z", "<w:i/>")),
        (r("se ") + field("HYPERLINK", r("her")), "{<0}here{>0}", field("HYPERLINK", r("here"))),
        (r("Side ") + field("PAGE", r("1")), "Page {#0}", r("Page ") + field("PAGE", r("1"))),
        (r("x ") + '<w:bookmarkStart w:id="1"/>' + r("a b") + '<w:bookmarkEnd w:id="1"/>' + r(" c"), "{<0}b{>0} c",
         '<w:bookmarkStart w:id="1"/>' + r("b") + '<w:bookmarkEnd w:id="1"/>' + r(" c")),
        (r("kør ") + r("ls ", '<w:rStyle w:val="Kode"/>') + r("nu"), "{#0} run",
         r("ls", '<w:rStyle w:val="Kode"/>') + r(" run")),
        # what a translator must not do, and what comes of it
        (r("en ") + r("fed", BOLD) + r(" vej") + NOTE + r("."), "a road", r("a road") + NOTE),
        (r("a ") + f"<w:ins>{r('b')}</w:ins>" + f"<w:smartTag>{r('c')}</w:smartTag>", "{<0}b{<1}c{>0}d{>1}",
         f"<w:ins>{r('b')}<w:smartTag>{r('c')}</w:smartTag></w:ins><w:smartTag>{r('d')}</w:smartTag>"),
        (r("a ") + f"<w:ins>{r('b')}</w:ins>", "{<0}b", f"<w:ins>{r('b')}</w:ins>"),
        (r("a ") + f"<w:ins>{r('b')}</w:ins>", "b{>0}{.7}c", r("b") + r("c")),
        (r("a") + NOTE + r(" b"), "{.0}a{.0}", NOTE + r("a")),
    ],
)  # fmt: skip
def test_what_is_written(content: str, text: str, expected: str) -> None:
    assert rewritten(p(content, properties=style("Citat")), text) == p(expected, properties=style("Citat"))


TEXT_BOX = (
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline>"
    "<wp:docPr id='1' name='Ramme 1' descr='Et billede &amp; en ramme' title='x.PNG'/>"
    f"<wps:txbx><w:txbxContent>{p(r('Inde i rammen'))}</w:txbxContent></wps:txbx></wp:inline></w:drawing></mc:Choice>"
    f"<mc:Fallback><w:pict><v:shape alt='Et billede'><v:textbox><w:txbxContent>{p(r('Inde i rammen'))}"
    "</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def test_text_boxes_and_alternative_texts() -> None:
    body = p(r("Uden for") + TEXT_BOX + r(" rammen"), properties=style("Overskrift2"))
    assert blocks(body) == [
        ("heading", 2, "Uden for{.0} rammen"),
        ("label", 0, "Et billede & en ramme"),
        ("paragraph", 0, "Inde i rammen"),
        ("label", 0, "Et billede"),
        ("label", 0, "Inde i rammen"),
    ]
    assert rewritten(body, "Outside{.0} it", "A 'picture' & <more>", "Inside", "A picture", "Inside") == (
        body.replace("Uden for", "Outside")
        .replace(" rammen", " it", 1)
        .replace("' rammen", "' it", 1)
        .replace("Et billede &amp; en ramme", "A &apos;picture&apos; &amp; &lt;more&gt;")
        .replace("Inde i rammen", "Inside")
        .replace("alt='Et billede'", "alt='A picture'")
        .replace("Inde i it", "Inside")
        .replace('"> rammen<', '"> it<')
    )
    # Only what is within has changed.
    texts = [shown(b.text) for b in read(package(body)).blocks[2:]]
    texts[2] = "Inside"
    assert rewritten(body, *texts) == body.replace("Inde i rammen", "Inside", 1)


def test_labels_of_tables_links_and_watermarks() -> None:
    body = (
        "<w:tbl><w:tblPr><w:tblCaption w:val='Gader'/><w:tblDescription w14:val='nej' w:val=\"Om gaderne\"/></w:tblPr>"
        f"<w:tr><w:tc>{p(r('Navn'))}</w:tc></w:tr></w:tbl>"
    )
    body += p('<w:hyperlink w:tooltip="Hele listen">', r("her"), "</w:hyperlink>")
    body += p('<w:r><w:pict><v:shape><v:textpath string="KLADDE"/></v:shape></w:pict></w:r>')
    assert [text for _, _, text in blocks(body)] == [
        "Gader",
        "Om gaderne",
        "Navn",
        "her",
        "Hele listen",
        "KLADDE",
    ]
    out = rewritten(body, "Streets", "On streets", "Name", "here", "The list", "DRAFT")
    for text in ("'Streets'", "w14:val='nej' w:val=\"On streets\"", '"The list"', '"DRAFT"', ">here<"):
        assert text in out


def test_parts_of_a_package() -> None:
    data = package(
        p(r("Hej med dig"), NOTE),
        header=p(r("Øverst")),
        footer=p(r("Nederst "), field("PAGE", r("1"))),
        footnotes=f'<w:footnote w:id="2">{p("<w:r><w:footnoteRef/></w:r>", r(" En note"))}</w:footnote>',
        endnotes=f'<w:endnote w:id="2">{p(r("En slutnote"), properties=style("Overskrift2"))}</w:endnote>',
        comments=f'<w:comment w:id="2">{p(r("En kommentar"))}</w:comment>',
    )
    document = read(data)
    assert [(b.kind.value, shown(b.text), b.gap) for b in document.blocks] == [
        ("label", "Byens cykler", "\n\n"),
        ("label", "Om byen & havnen", "\n\n"),
        ("paragraph", "Hej med dig", "\n\n"),
        ("note", " En note", "\n\n"),
        ("note", "En slutnote", "\n\n"),
        ("note", "En kommentar", "\n\n"),
        ("label", "Øverst", "\n\n"),
        ("label", "Nederst {#0}", ""),
    ]
    assert document.format == "docx"
    assert write(document) == data
    out = write(
        changed(document, "Title & <x>", "About", "Hi", " A note", "End", "Comment", "Top", "{#0} below")
    )
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(io.BytesIO(out)) as new:
        assert [(i.filename, i.compress_type, i.date_time) for i in new.infolist()] == [
            (i.filename, i.compress_type, i.date_time) for i in old.infolist()
        ]
        for name in ("word/styles.xml", "word/settings.xml", "word/media/image1.png", "_rels/.rels"):
            assert new.read(name) == old.read(name)
    assert "<dc:title>Title &amp; &lt;x&gt;</dc:title>" in member(out, "docProps/core.xml")
    for name, text in (("footnotes", r(" A note")), ("comments", r("Comment")), ("header", r("Top"))):
        assert text in member(out, f"word/{name}.xml")


def test_languages_are_named_anew_where_something_was_translated() -> None:
    danish, english = (
        '<w:lang w:val="da-DK" w:eastAsia="da-DK"/>',
        '<w:lang w:val="en-GB" w:eastAsia="da-DK"/>',
    )
    german = '<w:lang w:val="de-DE"/>'
    deleted = f"<w:del><w:r><w:rPr>{danish}</w:rPr><w:delText>x</w:delText></w:r></w:del>"
    body = p(
        r("Det er en dejlig dag i dag,", danish), deleted, r(" og vi ", "<w:i/>" + german), r("går en tur.", danish),
        properties=f"<w:rPr>{danish}</w:rPr>",
    ) + p(r("The bus was late again this morning.", danish))  # fmt: skip
    done = process_document(read(package(body)), DoubleBackend, TO_ENGLISH)
    out = write(done.document)
    first, second = body_of(out).split("</w:p><w:p>")
    assert first.count(english) >= 3
    assert first.count(danish) == 1
    assert deleted in first
    assert german in first
    assert danish in second
    assert "[en] Det er en" in first
    assert english.replace('eastAsia="da-DK"', 'eastAsia="en-US"') in member(out, "word/styles.xml")
    assert '<w:themeFontLang w:val="en-GB"/>' in member(out, "word/settings.xml")
    assert "<dc:language>en-GB</dc:language>" in member(out, "docProps/core.xml")
    kept = process_document(read(package(body)), DoubleBackend, TranslateOptions(target="da", source="da"))
    assert write(kept.document) == package(body)


def test_styles_are_parsed_once_and_stay_as_they_are() -> None:
    danish = '<w:lang w:val="da-DK"/>'
    data = package(p(r("Det er en dejlig dag i dag.", danish)))
    first = write(process_document(read(data), DoubleBackend, TO_ENGLISH).document)
    opened, again = open_package(data), open_package(package(p(r("Another one."))))
    assert opened.parts["word/styles.xml"] is again.parts["word/styles.xml"]
    assert opened.parts["word/settings.xml"] is not again.parts["word/settings.xml"]
    assert opened.parts["word/styles.xml"].root == parse_part(member(data, "word/styles.xml").encode()).root
    assert write(process_document(read(data), DoubleBackend, TO_ENGLISH).document) == first
    translated = open_package(first)  # has other styles: those of English
    assert translated.parts["word/styles.xml"].text == member(first, "word/styles.xml")


def test_other_prefixes_and_the_strict_namespace() -> None:
    """What a namespace is called is the file's own choice."""
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    for xmlns, prefix, attribute in (
        (f'xmlns="{strict}" xmlns:a="{strict}"', "", "a:"),
        (f'xmlns:x="{NAMESPACES["w"]}"', "x:", "x:"),
    ):
        text = (
            f"<{prefix}document {xmlns}><{prefix}body><{prefix}p><{prefix}pPr><{prefix}pStyle "
            f'{attribute}val="Overskrift2"/></{prefix}pPr><{prefix}r><{prefix}t>Hej</{prefix}t></{prefix}r></{prefix}p>'
            f"</{prefix}body></{prefix}document>"
        )
        members = {"word/document.xml": text}
        data = zipped({"_rels/.rels": relations(officeDocument="word/document.xml"), **members})
        document = read(data)
        assert [(b.kind, b.level, b.text) for b in document.blocks] == [(BlockKind.HEADING, 2, "Hej")]
        out = write(changed(document, "Hi"))
        assert f'<{prefix}r><{prefix}t xml:space="preserve">Hi</{prefix}t></{prefix}r>' in member(out)


def test_styles_without_a_part() -> None:
    styles = Styles.of(None)
    assert styles.kind_of("Heading1") == (BlockKind.HEADING, 1)
    assert styles.kind_of("Overskrift9") == (BlockKind.HEADING, 6)
    assert styles.kind_of("Titel") == (BlockKind.HEADING, 1)
    assert styles.kind_of("IntenseQuote") is None
    assert styles.kind_of("ListParagraph") == (BlockKind.LIST_ITEM, 0)
    assert styles.kind_of("") is None
    nameless = Styles.of(parse_part(root("w:styles", '<w:style w:styleId="A"/>').encode()))
    assert nameless.kind_of("A") is None


def refused(**members: str) -> bytes:
    names = {"document": "word/document.xml", "workbook": "xl/workbook.xml", "other": "other.txt"}
    return zipped({names[name]: text for name, text in members.items()})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "broken or cut off"),
        (b"Hej", "broken or cut off"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted, or an old .doc; open it"),
        (b"{\\rtf1 Hej}", "rich text file"),
        (package(p(r("Hej")))[:-30], "broken or cut off"),
        (refused(other="Hej"), "no word/document.xml"),
        (refused(workbook="<workbook/>"), "a spreadsheet; save it as .csv"),
        (refused(document="<w:p>"), "XML is broken"),
        (refused(document=""), "XML is broken"),
        (refused(document="<w:document/>"), "no Word document"),
        (refused(document="<html/>"), "no Word document"),
        (refused(document=root("w:document", "<w:tbl>" * 300 + "</w:tbl>" * 300)), "nested"),
        (refused(document='<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "entities"),
        (package(header="<w:p>"), "XML is broken"),
    ],
)  # fmt: skip
def test_what_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(data)


def test_other_blocks_are_refused() -> None:
    with pytest.raises(FormatError, match="read it again"):
        write(replace(read(package(p(r("Hej")))), blocks=()))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (package(), True),
        (refused(document="<broken"), True),
        (zipped({"[Content_Types].xml": "x.wordprocessingml.document.main+xml", "w/d.xml": ""}), True),
        (zipped({"[Content_Types].xml": "x.spreadsheetml.sheet.main+xml"}), False),
        (refused(other="Hej"), False),
        (b"PK\x03\x04", False),
        (b"", False),
        (b"<html>", False),
    ],
)
def test_looks_like(data: bytes, expected: bool) -> None:
    assert looks_like(data) is expected


def test_a_part_is_found_wherever_it_is() -> None:
    members: dict[str, str | bytes] = {
        "_rels/.rels": relations(officeDocument="/indhold/hoved%20del.xml"),
        "indhold/hoved del.xml": root("w:document", p(r("Hej"))),
        "indhold/_rels/hoved del.xml.rels": relations(header="../TOP.xml", comments="mangler.xml", footer=""),
        "top.xml": root("w:hdr", p(r("Øverst"))),
        "word/document.xml": "nothing",
        "word/footnotes.xml": "nothing",
    }
    assert [b.text for b in read(zipped(members)).blocks] == ["Hej", "Øverst"]


def test_a_deep_and_a_wide_paragraph() -> None:
    """Nothing here is real; it must neither take long nor overflow the stack."""
    links = "".join(
        field("HYPERLINK", "").partition('<w:r><w:fldChar w:fldCharType="end"')[0] for _ in range(300)
    )
    ends = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' * 300
    starts = "".join(f'<w:bookmarkStart w:id="{i}"/>{r("a")}' for i in range(300))
    stops = "".join(f'<w:bookmarkEnd w:id="{i}"/>' for i in reversed(range(300)))
    nested = "<w:ins>" * 190 + r("dybt nede") + "</w:ins>" * 190
    body = p(r("a") + links + r("b") + ends) + p(starts + stops) + p(nested) + p(r("a ") + nested)
    document = read(package(body))
    out = write(replace(document, blocks=tuple(replace(b, text=b.text.upper()) for b in document.blocks)))
    assert [without_tags(b.text) for b in read(out).blocks] == [
        without_tags(b.text).upper() for b in document.blocks
    ]


RUNS = st.builds(
    lambda look, content: f"<w:r>{look}{''.join(content)}</w:r>",
    st.sampled_from(["", "<w:rPr><w:b/></w:rPr>", "<w:rPr><w:i/><w:lang w:val='da'/></w:rPr>", "<w:rPr/>",
                     "<w:rPr><w:u/></w:rPr>", "<w:rPr><w:rStyle w:val='Kode'/></w:rPr>"]),
    st.lists(st.sampled_from([
        '<w:t xml:space="preserve">Hej </w:t>', "<w:t>du</w:t>", "<w:t> &lt; </w:t>",
        '<w:t xml:space="preserve"> </w:t>',
        "<w:tab/>", "<w:br/>", "<w:noBreakHyphen/>", '<w:footnoteReference w:id="1"/>', '<w:sym w:char="F0"/>',
        '<w:fldChar w:fldCharType="begin"/>', '<w:fldChar w:fldCharType="separate"/>',
        '<w:fldChar w:fldCharType="end"/>', "<w:instrText>HYPERLINK x</w:instrText>", "<w:instrText>PAGE</w:instrText>",
        '<w:drawing><wp:docPr descr="En havn"/></w:drawing>', "<!-- c -->",
    ]), max_size=3),
)  # fmt: skip
PIECES = st.recursive(
    RUNS | st.sampled_from([f'<w:{name} w:id="{i}"/>' for i in (1, 2) for name in
                            ("bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd")]),
    lambda inner: st.builds(
        lambda form, content: form.replace("%s", "".join(content)),
        st.sampled_from([
            '<w:hyperlink r:id="1">%s</w:hyperlink>', '<w:ins w:id="1">%s</w:ins>', "<w:del>%s</w:del>",
            "<w:sdt><w:sdtPr/><w:sdtContent>%s</w:sdtContent></w:sdt>", "<w:smartTag>%s</w:smartTag>",
            '<w:fldSimple w:instr="PAGE">%s</w:fldSimple>', "<w:moveTo>%s</w:moveTo>",
            "<w:r><w:pict><v:shape alt='En havn'><w:txbxContent><w:p>%s</w:p></w:txbxContent></v:shape></w:pict></w:r>",
        ]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)  # fmt: skip
BODIES = st.lists(st.lists(PIECES, max_size=8).map(lambda pieces: p(*pieces)), min_size=1, max_size=3).map(
    "".join
)
KEPT = ("footnoteReference", "sym", "fldChar", "instrText", "drawing", "bookmarkStart", "bookmarkEnd", "hyperlink",
        "commentRangeStart", "commentRangeEnd", "ins", "del", "sdt", "fldSimple", "pict", "br", "tab")  # fmt: skip


def shuffled(block: Block, data: st.DataObject) -> str:
    """Other words, and points at other places."""
    parts = [part for part in re.split(f"({TAG.pattern})", block.text) if part]
    points = [part for part in parts if TAG.fullmatch(part) and read_tag(part)[0] is TagKind.POINT]
    rest = [part if TAG.fullmatch(part) else f" <{part.upper()}&" for part in parts if part not in points]
    for point in points:
        rest.insert(data.draw(st.integers(0, len(rest))), point)
    return "".join(rest)


@settings(max_examples=30, deadline=None)
@given(BODIES, st.data())
def test_any_body(body: str, data: st.DataObject) -> None:
    source = package(body)
    document = read(source)
    assert write(document) == source
    texts = [shuffled(block, data) for block in document.blocks]
    new = replace(
        document, blocks=tuple(replace(b, text=t) for b, t in zip(document.blocks, texts, strict=True))
    )
    out = write(replace(new, relabel=(("da", "en"),)))
    again = read(out)

    def words(read_again: Document) -> list[list[str]]:
        return sorted(without_tags(block.text).split() for block in read_again.blocks)

    assert words(again) == words(new)
    for name in KEPT:
        assert member(out).count(f"<w:{name}") == member(source).count(f"<w:{name}"), name


def test_a_document_of_python_docx() -> None:
    made = docx.Document()
    made.core_properties.title = "Byens cykler"
    made.add_heading("Hvorfor cykler vi i byen?", 1)
    paragraph = made.add_paragraph("Vi cykler hver dag på ")
    paragraph.add_run("den lange").bold = True
    paragraph.add_run(" gade ved havnen.")
    made.add_paragraph("Husk altid en god lås til cyklen.", style="List Bullet")
    made.add_table(1, 2).cell(0, 0).text = "Navn på gaden"
    made.sections[0].header.paragraphs[0].text = "Rapport om byens cykler"
    target = io.BytesIO()
    made.save(target)
    document = read(target.getvalue())
    assert write(document) == target.getvalue()
    done = process_document(document, DoubleBackend, TO_ENGLISH)
    again = docx.Document(io.BytesIO(write(done.document)))
    assert [(one.text, one.style.name if one.style else "") for one in again.paragraphs] == [
        ("[en] Hvorfor cykler vi i byen?", "Heading 1"),
        ("[en] Vi cykler hver dag på den lange gade ved havnen.", "Normal"),
        ("[en] Husk altid en god lås til cyklen.", "List Bullet"),
    ]
    assert again.paragraphs[1].runs[1].bold is True
    assert again.tables[0].cell(0, 0).text == "[en] Navn på gaden"
    assert again.sections[0].header.paragraphs[0].text == "[en] Rapport om byens cykler"
    assert again.core_properties.title == "[en] Byens cykler"


SOFFICE = shutil.which("soffice")
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
FLAT_XMLNS = " ".join(
    f'xmlns:{prefix}="{OASIS}:{name}:1.0"'
    for prefix, name in {
        **{name: name for name in ("office", "style", "text", "table", "meta")},
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
    }.items()
)
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WHO = "<office:change-info><dc:creator>Anna</dc:creator><dc:date>2024-01-02T10:00:00</dc:date></office:change-info>"
ESSAY = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {FLAT_XMLNS} xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:meta><dc:title>Byens cykler</dc:title><dc:language>da-DK</dc:language></office:meta>
<office:styles><style:default-style style:family="paragraph"><style:text-properties fo:language="da" fo:country="DK"/>
</style:default-style><style:style style:name="Standard" style:family="paragraph"/><style:style style:name="Heading"
 style:family="paragraph" style:parent-style-name="Standard"/><style:style style:name="Title" style:family="paragraph"
 style:parent-style-name="Heading"/><style:style style:name="Heading_20_1" style:display-name="Heading 1"
 style:family="paragraph" style:parent-style-name="Heading" style:default-outline-level="1"/><style:style
 style:name="Quotations" style:family="paragraph" style:parent-style-name="Standard"/></office:styles>
<office:automatic-styles><style:style style:name="Bold" style:family="text"><style:text-properties
 fo:font-weight="bold"/></style:style><style:page-layout style:name="pm1"><style:page-layout-properties
 fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2cm"/><style:header-style><style:header-footer-properties
 fo:min-height="0cm"/></style:header-style><style:footer-style><style:header-footer-properties fo:min-height="0cm"/>
</style:footer-style></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm1"><style:header>
<text:p>Rapport om byens cykler</text:p></style:header><style:footer><text:p>Side <text:page-number>1</text:page-number>
 af rapporten om gaderne</text:p></style:footer></style:master-page></office:master-styles>
<office:body><office:text><text:tracked-changes><text:changed-region xml:id="ct1" text:id="ct1"><text:insertion>{WHO}
</text:insertion></text:changed-region><text:changed-region xml:id="ct2" text:id="ct2"><text:deletion>{WHO}<text:p>
 meget gamle</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:p text:style-name="Title">Cyklen i byen</text:p>
<text:table-of-content text:name="Indhold"><text:table-of-content-source text:outline-level="1"/><text:index-body>
<text:p><text:a xlink:type="simple" xlink:href="#b">Hvorfor vi cykler<text:tab/>1</text:a></text:p></text:index-body>
</text:table-of-content>
<text:h text:style-name="Heading_20_1" text:outline-level="1"><text:bookmark-start text:name="b"/>Hvorfor vi
 cykler<text:bookmark-end text:name="b"/></text:h>
<text:p>Vi cykler hver dag på <text:span text:style-name="Bold">den lange</text:span> gade<text:note text:id="ftn1"
 text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>Gaden er <text:span
 text:style-name="Bold">meget</text:span> lang og smal.</text:p></text:note-body></text:note> ved havnen. Det er
 <text:change-start text:change-id="ct1"/>altid<text:change-end text:change-id="ct1"/> dejligt<text:change
 text:change-id="ct2"/> &amp; sjovt, når <text:a xlink:type="simple" xlink:href="https://example.org/">vejret er
 godt</text:a>.</text:p>
<text:p text:style-name="Quotations">Jeg har aldrig set så mange cykler i min gade.</text:p>
<text:list><text:list-item><text:p>Husk altid en god lås til cyklen.</text:p></text:list-item><text:list-item>
<text:p>Kør aldrig uden lys om natten.</text:p></text:list-item></text:list>
<table:table><table:table-column table:number-columns-repeated="2"/><table:table-row><table:table-cell
 office:value-type="string"><text:p>Navn på gaden</text:p></table:table-cell><table:table-cell
 office:value-type="string"><text:p>12</text:p></table:table-cell></table:table-row></table:table>
<text:p>Her er <office:annotation office:name="c1"><dc:creator>Bo</dc:creator><dc:date>2024-01-02T10:00:00</dc:date>
<text:p>Er det virkelig rigtigt, at billedet skal stå her?</text:p></office:annotation>et billede<office:annotation-end
 office:name="c1"/> af havnen: <draw:frame draw:name="Billede1" text:anchor-type="as-char" svg:width="1cm"
 svg:height="1cm"><draw:image><office:binary-data>{PIXEL}</office:binary-data></draw:image>
<svg:desc>Et billede af havnen og de mange cykler.</svg:desc></draw:frame></text:p>
<text:p>Navn:<text:tab/>Vi ved det ikke endnu<text:line-break/>og spørger i morgen.</text:p>
<text:p><draw:frame draw:name="Ramme1" text:anchor-type="paragraph" svg:width="6cm" svg:height="2cm"><draw:text-box>
<text:p>Denne tekst står i en ramme for sig selv.</text:p></draw:text-box></draw:frame>Teksten uden for rammen er også
 dansk.</text:p>
<text:p>The last paragraph has been in English from the beginning.</text:p>
</office:text></office:body></office:document>"""


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


def normal(data: bytes) -> str:
    """A part's XML where each run has one thing in it, and neighbours of one look are one run."""
    top = ElementTree.fromstring(data.decode())
    for parent in list(top.iter()):
        runs: list[ElementTree.Element] = []
        for child in list(parent):
            if child.tag != f"{W}r":
                runs.append(child)
                continue
            look = child.find(f"{W}rPr")
            for part in child:
                if part is look:
                    continue
                run = ElementTree.Element(child.tag)
                run.extend([part] if look is None or not len(look) else [look, part])
                last = runs[-1] if runs else None
                if (
                    part.tag == f"{W}t"
                    and last is not None
                    and last.tag == run.tag
                    and last[-1].tag == part.tag
                    and list(map(ElementTree.tostring, last[:-1]))
                    == list(map(ElementTree.tostring, run[:-1]))
                ):
                    joined = ElementTree.Element(part.tag, part.attrib)
                    joined.text = (last[-1].text or "") + (part.text or "")
                    last[-1] = joined
                else:
                    runs.append(run)
        parent[:] = runs
    for text in top.iter(f"{W}t"):
        text.attrib.clear()
    return ElementTree.canonicalize(ElementTree.tostring(top, "unicode"))


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None and not os.environ.get("CI"), reason="needs LibreOffice")
def test_a_document_of_libreoffice(tmp_path: Path) -> None:
    (tmp_path / "essay.fodt").write_text(ESSAY, encoding="utf-8")
    made = convert(tmp_path, "essay.fodt", "docx")
    assert looks_like(made)
    document = read(made)
    assert write(document) == made
    kinds = {block.kind for block in document.blocks}
    assert kinds == set(BlockKind) - {BlockKind.CODE, BlockKind.METADATA}

    done = process_document(document, DoubleBackend, TO_ENGLISH)
    out = write(done.document)
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(io.BytesIO(out)) as new:
        assert new.namelist() == old.namelist()
        different = set()
        for name in old.namelist():
            before, after = old.read(name), new.read(name)
            if before == after:
                continue
            different.add(name)
            assert normal(after).replace("[en] ", "") == (
                normal(before).replace(':val="da-DK"', ':val="en-GB"').replace(">da-DK<", ">en-GB<")
            ), name
    assert {name.rpartition("/")[2] for name in different} == set(
        "core.xml document.xml footnotes.xml comments.xml header1.xml footer1.xml styles.xml".split()
    )
    (tmp_path / "out.docx").write_bytes(out)
    text = convert(tmp_path, "out.docx", "txt:Text (encoded):UTF8").decode("utf-8-sig")
    for line in (
        "[en] Cyklen i byen",
        "[en] Hvorfor vi cykler",
        "[en] Det er altid dejligt",
        "[en] Husk altid en god lås",
        "[en] Hvorfor vi cykler\t1",
        "[en] Navn på gaden",
        "[en] Teksten uden for",
        "The last paragraph has been",
    ):
        assert line in text
    assert "[en] The last" not in text
    assert convert(tmp_path, "out.docx", "pdf").startswith(b"%PDF")
    docx.Document(io.BytesIO(out))
    # What LibreOffice makes of it has the same blocks.
    (tmp_path / "again.docx").write_bytes(out)
    convert(tmp_path, "again.docx", "odt")
    again = read(convert(tmp_path, "again.odt", "docx"))
    assert sorted(" ".join(without_tags(b.text).split()) for b in again.blocks) == sorted(
        " ".join(without_tags(b.text).split()) for b in done.document.blocks
    )
