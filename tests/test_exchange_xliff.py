"""XLIFF: what is written is what the standard says and another tool keeps; what is wrong in a file is one line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from translate.storage.xliff2 import Xliff2File

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import FormatError
from tosprog.models.languages import Direction
from tosprog.pipeline.exchange import corrections, export_document
from tosprog.pipeline.exchange_merge import merge_exchange
from tosprog.pipeline.exchange_units import Exchange, ExchangeSegment, Name, State
from tosprog.pipeline.exchange_xliff import read, write
from tosprog.pipeline.formats import write_document
from tosprog.pipeline.inline import TagKind, make_tag
from tosprog.pipeline.translate import TranslateOptions

DATA = (
    "<p>Vi gik en <b>lang tur</b> langs vandet<br>og så drak vi varm kaffe på en lille café. Nobody asked the "
    "<i>fishermen about it. Det</i> var rigtig koldt i går &amp; i aftes.</p>\n"
    "<p>Se <code>x &lt; y</code> i teksten her,  siger han altid.<img src=a.png></p>"
).encode()


def exchange() -> Exchange:
    return export_document(DATA, "a.html", DoubleBackend, TranslateOptions(target="en"))


def merged(tmp_path: Path, data: bytes) -> Any:
    file = tmp_path / "a.xlf"
    file.write_bytes(data)
    return merge_exchange(file, DATA, "a.html")


def test_a_unit_as_it_is_written() -> None:
    begin, end = make_tag(TagKind.OPEN, 2), make_tag(TagKind.CLOSE, 2)
    point, atom, line = make_tag(TagKind.POINT, 3), make_tag(TagKind.ATOM, 4), make_tag(TagKind.BREAK, 0)
    tags = f"{begin}A{end}{atom}"
    made = Exchange(
        original="a&b.html",
        sha256="0f",
        direction=Direction("en", "da"),
        segments=(
            ExchangeSegment(
                name=Name(3, 1),
                source=f"{tags} < {line}{line}",
                target=f"{line}{line}{tags}\x0b",
                state=State.TRANSLATED,
                notes=("score -0.41",),
                gap=f" {line}",
            ),
            ExchangeSegment(name=Name(3, 2), source=f"Bevares{point}.", gap="\n", is_kept=True),
            ExchangeSegment(name=Name(3, 3), source=f"{begin}C", notes=("failed checks: length",)),
        ),
        machine={Name(3, 1): f"{line}{line}{tags}\x0b"},
        exported=frozenset({7, 9}),
        fields=("a", "b"),
    )
    text = write(made).decode()
    version = re.search(r'<mda:meta type="version">([^<]+)</mda:meta>\n', text)
    assert version is not None
    source = '<pc id="g2" canDelete="no">A</pc><ph id="w4" canDelete="no"/> &lt; {}{}'.format(
        *(f'<ph id="{name}" canDelete="no" type="fmt" subType="xlf:lb"/>' for name in ("b0", "b0-2"))
    )
    target = '{}{}<pc id="g2" canDelete="no">A</pc><ph id="w4" canDelete="no"/><cp hex="000B"/>'.format(
        *(f'<ph id="{name}" canDelete="no" type="fmt" subType="xlf:lb"/>' for name in ("b0", "b0-2"))
    )
    assert text.replace(version[0], "") == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" xmlns:mda="urn:oasis:names:tc:xliff:metadata:2.0" '
        'xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0" version="2.1" srcLang="en" trgLang="da">\n'
        '<file id="f1" original="a&amp;b.html" canResegment="no" xml:space="preserve">\n'
        '<mda:metadata>\n<mda:metaGroup category="tosprog">\n<mda:meta type="sha256">0f</mda:meta>\n'
        '<mda:meta type="segments">7 9</mda:meta>\n<mda:meta type="fields">["a", "b"]</mda:meta>\n'
        "</mda:metaGroup>\n</mda:metadata>\n"
        '<unit id="b3">\n'
        f'<mtc:matches>\n<mtc:match ref="#s1" type="mt" origin="tosprog"><source>{source}</source>'
        f"<target>{target}</target></mtc:match>\n</mtc:matches>\n"
        '<notes>\n<note category="tosprog">s1: score -0.41</note>\n'
        '<note category="tosprog">s3: failed checks: length</note>\n</notes>\n'
        f'<segment id="s1" state="translated" subState="tosprog:machine"><source>{source}</source>'
        f"<target>{target}</target></segment>\n"
        '<ignorable><source> <ph id="b0-3" canDelete="no" type="fmt" subType="xlf:lb"/>'
        'Bevares<ph id="x3" canDelete="no"/>.\n</source></ignorable>\n'
        '<segment id="s3" state="initial"><source><sc id="g2-2" canDelete="no"/>C</source></segment>\n'
        "</unit>\n</file>\n</xliff>\n"
    )


def test_joined_sources_are_the_block() -> None:
    root = ElementTree.fromstring(write(exchange()))
    core = "{urn:oasis:names:tc:xliff:document:2.0}"
    units = [
        "".join("".join(source.itertext()) for part in unit for source in part.findall(f"{core}source"))
        for unit in root.iter(f"{core}unit")
    ]
    assert units == [
        "Vi gik en lang tur langs vandetog så drak vi varm kaffe på en lille café. Nobody asked the fishermen about "
        "it. Det var rigtig koldt i går & i aftes.",
        "Se  i teksten her, siger han altid.",
    ]
    for unit in root.iter(f"{core}unit"):
        identifiers = [
            element.get("id")
            for part in unit
            if part.tag in (f"{core}segment", f"{core}ignorable")
            for element in [part, *part.findall(f"{core}source//*")]
            if element.get("id")
        ]
        assert len(set(identifiers)) == len(identifiers) > 1


def test_another_tool_reads_and_writes_it(tmp_path: Path) -> None:
    data = write(exchange())
    store: Any = Xliff2File.parsestring(data)
    assert (store.sourcelanguage, store.targetlanguage) == ("da", "en")
    assert [unit.getid() for unit in store.units] == ["b1::s1", "b1::s2", "b1::s4", "b2::s1"]
    assert [unit.istranslated() for unit in store.units] == [True] * 4
    assert store.units[1].source == "og så drak vi varm kaffe på en lille café."
    assert store.units[1].target == "[en] og så drak vi varm kaffe på en lille café."
    rewritten = bytes(store)
    assert rewritten != data  # it sets in lines
    assert read(rewritten) == read(data)
    again: Any = Xliff2File.parsestring(rewritten)
    assert [(u.getid(), u.source, u.target) for u in again.units] == [
        (u.getid(), u.source, u.target) for u in store.units
    ]
    ours, theirs = merged(tmp_path, data), merged(tmp_path, rewritten)
    assert theirs == ours
    store.units[1].target = "and then we had coffee."
    store.units[1].markapproved()
    done = merged(tmp_path, bytes(store))
    assert (done.faults, done.changed, done.states) == ((), 1, {State.TRANSLATED: 3, State.REVIEWED: 1})
    assert write_document(done.document) == write_document(ours.document).replace(
        "[en] og så drak vi varm kaffe på en lille café.".encode(), b"and then we had coffee."
    )


EDITS_OF_TOOLS: tuple[Callable[[str], str], ...] = (
    lambda t: t.replace('version="2.1"', 'version="2.0"'),
    lambda t: t.replace('srcLang="da" trgLang="en"', 'srcLang="da-DK" trgLang="EN-gb"'),
    lambda t: "\ufeff" + t,
    lambda t: t.replace("<segment", "<!-- seen --><segment"),
    lambda t: t.replace("<unit ", '<group id="g"><unit ').replace("</unit>", "</unit></group>"),
    lambda t: t.replace("[en] og så", '<mrk id="m1">[en]</mrk> og<sm id="m2"/> så<em startRef="m2"/>'),
    lambda t: re.sub(
        r"<(/?)(xliff|file|unit|segment|source|target|ignorable|pc|ph)\b", r"<\1q:\2", t
    ).replace(" xmlns=", " xmlns:q="),
    lambda t: t.replace("<target>[en] og så drak", "<target><![CDATA[[en] og så drak]]>"),
    lambda t: t.replace(
        '<pc id="g0" canDelete="no">lang tur</pc>', '<sc id="g0"/>lang tur<ec startRef="g0"/>'
    ),
    lambda t: re.sub(r"</source><target>(?=.*</segment>)", "</source><target>\n  ", t),
)


def test_what_tools_do_to_a_file(tmp_path: Path) -> None:
    text = write(exchange()).decode()
    wanted = merged(tmp_path, text.encode())
    for edit in EDITS_OF_TOOLS:
        changed = edit(text)
        assert changed != text
        assert merged(tmp_path, changed.encode()) == wanted


def merge_by_hand(text: str) -> str:
    """As a tool joins two segments: their sources, their targets, and what was between."""
    return re.sub(
        r"</source><target>([^\n]*)</target></segment>\n<ignorable><source>([^\n]*)</source></ignorable>\n"
        r'<segment id="s2"[^>]*><source>([^\n]*)</source><target>([^\n]*)</target>',
        r"\2\3</source><target>\1\2\4</target>",
        text,
        count=1,
    )


EDITS: dict[str, tuple[Callable[[str], str], tuple[str, ...]]] = {
    "merged": (
        merge_by_hand,
        (
            "unit b1: segments were merged or split by hand (b1s1, b1s2); each needs its own source and target",
        ),
    ),
    "split, with names of its own": (
        lambda t: (
            t.replace(
                "<source>og så drak vi varm kaffe på en lille café.</source>",
                '<source>og så</source></segment>\n<segment id="s2a"><source>drak vi</source>',
                1,
            )
            if "mtc" not in t
            else re.sub(
                r'(<segment id="s2"[^>]*>)<source>og så drak',
                r'\1<source>og så</source></segment>\n<segment id="s2a">'
                "<source>drak",
                t,
            )
        ),
        (
            "unit b1: segment 's2a' is of no segment of the document: not used; do not split segments",
            "b1s2: its source is 'og så', that of the document 'og så drak vi varm kaffe på en lille ca…'; it is of "
            "another document, or was changed",
        ),
    ),
    "a unit is gone": (
        lambda t: re.sub(r'<unit id="b2">.*?</unit>\n', "", t, flags=re.DOTALL),
        ("unit b2 is missing from the file",),
    ),
    "a segment is gone": (
        lambda t: re.sub(r'<segment id="s2".*?</segment>\n', "", t, flags=re.DOTALL),
        ("segment b1s2 is missing from the file",),
    ),
    "a unit of another tool": (
        lambda t: t.replace("</file>", '<unit id="tu9"><segment><source>a</source></segment></unit></file>'),
        ("unit 'tu9' was not exported by tosprog: not used",),
    ),
    "a unit of another document": (
        lambda t: t.replace(
            "</file>", '<unit id="b9"><segment id="s1"><source>a</source></segment></unit></file>'
        ),
        ("b9s1: the document has no such segment to translate: not used",),
    ),
    "an element of another tool": (
        lambda t: re.sub(
            r'(<segment id="s2".*?<target>)[^<]*', r'\1<ph id="7"/>and <x/>so', t, flags=re.DOTALL
        ),
        ('b1s2: its target has what its source has not: <ph id="7">, <x>; the machine translation stays',),
    ),
    "nested without end": (
        lambda t: re.sub(
            r'(<segment id="s2".*?<target>)[^<]*',
            r"\1" + '<mrk id="m">' * 1500 + "so" + "</mrk>" * 1500,
            t,
            flags=re.DOTALL,
        ),
        (
            "b1s2: its target has what its source has not: elements nested more than 100 deep; "
            "the machine translation stays",
        ),
    ),
    "another file in it": (
        lambda t: t.replace("</xliff>", '<file id="f2" original="b.md"></file></xliff>'),
        ("'b.md' is of another document: not used",),
    ),
}


@pytest.mark.parametrize("case", EDITS)
def test_what_cannot_be_used_is_said(tmp_path: Path, case: str) -> None:
    edit, faults = EDITS[case]
    text = write(exchange()).decode()
    changed = edit(text)
    assert changed != text
    done, wanted = merged(tmp_path, changed.encode()), merged(tmp_path, text.encode())
    assert done.faults == faults
    assert done.unused >= 1
    if case == "a unit is gone":
        assert (done.unused, done.untranslated) == (1, 1)
    else:  # the matches are there still
        assert done.document == wanted.document


BAD = {
    "": "no element found at line 1, column 1",
    "<xliff": "its XML is broken (unclosed token at line 1, column 1)",
    "<xliff>\n <a></b></xliff>": "its XML is broken (mismatched tag at line 2, column 7)",
    "<xliff><a:b/></xliff>": "its XML is broken (unbound prefix: line 1, column 7)",
    "<tmx/>": "it is no XLIFF: it begins with <tmx>, not <xliff>",
    '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"/>': "it is XLIFF 1.2; legal is 2.0 or 2.1",
    "<!DOCTYPE xliff SYSTEM 'http://a.example/x.dtd'><xliff/>": "it has a DOCTYPE: refused",
    '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><xliff>&c;</xliff>': "declares entities of its own: refused",
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff>&a;</xliff>': "declares entities of its own: refused",
    "<xliff>" + "<a>" * 3000: "nested more than 2000 deep: refused",
}
CORE = 'xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1"'
BAD |= {
    f'<xliff {CORE} srcLang="de" trgLang="da"/>': "it is from de into da; legal is da into en, or en into da",
    f'<xliff {CORE} srcLang="da"/>': "it is from da into no language; legal is",
    f'<xliff {CORE} srcLang="da-DK" trgLang="da"/>': "it is from da-DK into da; legal is",
    f'<xliff {CORE} srcLang="da" trgLang="en"/>': "does not say which document it is of (its SHA-256 is gone)",
    f'<xliff {CORE} srcLang="da" trgLang="en"><file id="f"/></xliff>': "does not say which document it is of",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_file_of_ours_is_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormatError) as found:
        merged(tmp_path, text.encode())
    assert BAD[text] in str(found.value)
    assert str(found.value).startswith(f"{tmp_path}/a.xlf")
    assert "\n" not in str(found.value)


def test_a_changed_original_is_said(tmp_path: Path) -> None:
    made = exchange()
    (tmp_path / "a.xlf").write_bytes(write(replace(made, sha256="12" * 32)))
    with pytest.raises(
        FormatError,
        match=r"is not of a\.html as it is now: its SHA-256 is [0-9a-f]{12}, that exported "
        r"was 'a\.html' 121212121212; give the document as it was, or export it again",
    ):
        merge_exchange(tmp_path / "a.xlf", DATA, "a.html")


def test_the_right_one_of_several_files_is_taken(tmp_path: Path) -> None:
    data = write(exchange()).decode()
    other = export_document(
        b"Vi gik en lang tur langs vandet.", "b.txt", DoubleBackend, TranslateOptions(target="en")
    )
    inside = write(other).decode()
    file = inside[inside.index("<file") : inside.index("</xliff>")].replace('id="f1"', 'id="f0"')
    done = merged(tmp_path, data.replace("<file", f"{file}<file", 1).encode())
    assert done.document == merged(tmp_path, data.encode()).document
    assert done.faults == ("'b.txt' is of another document: not used",)


def test_corrections(tmp_path: Path) -> None:
    text = write(exchange()).decode()
    text = text.replace('id="s1" state="translated" subState="tosprog:machine"', 'id="s1" state="final"', 1)
    text = re.sub(r'(<segment id="s2".*?<target>)[^<]*', r"\1and  then &amp; so", text, flags=re.DOTALL)
    (tmp_path / "a.xliff").write_text(text)
    assert corrections(tmp_path / "a.xliff") == [
        ("Vi gik en lang tur langs vandet", "[en] Vi gik en lang tur langs vandet", Direction("da", "en")),
        ("og så drak vi varm kaffe på en lille café.", "and then & so", Direction("da", "en")),
    ]
