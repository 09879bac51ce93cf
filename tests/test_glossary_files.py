"""Glossaries are read from tables and TBX; what is wrong is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tosprog.models.errors import EncodingError, FormatError, InputError
from tosprog.pipeline.glossary import Term
from tosprog.pipeline.glossary_files import MAX_BYTES, MAX_TERMS, parse_glossary, read_glossary

CAR = (Term("bil", "car"),)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("da\ten\nbil\tcar\n", CAR),
        ("da,en\nbil,car\n", CAR),
        ("Danish;English\r\nbil;car\r\n", CAR),
        ("﻿en,da\ncar,bil", CAR),
        ('da,en\n"bil","car"\n\n,\n', CAR),
        ("id\ten\tda\n1\tcar\tbil\n", CAR),
        ('da;en\n"a; b";"c, d"\n', (Term("a; b", "c, d"),)),
        ("da,en\n  en   bil , a car \n", (Term("en bil", "a car"),)),
        (
            "da\ten\tforms\tforms_en\tcase\tnote\nmand\tman\tmænd | mændene|\tmen\tyes\tgrown\n",
            (Term("mand", "man", ("mænd", "mændene"), ("men",), True, "grown"),),
        ),
        ("da\ten\tcase\nbil\tcar\n", CAR),
    ],
)
def test_tables(text: str, terms: tuple[Term, ...]) -> None:
    glossary = parse_glossary(text.encode())
    assert glossary.terms == terms
    assert glossary.notices == ()
    assert parse_glossary(text.lstrip("﻿").encode("utf-16")).terms == terms


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("da,german\nbil,Auto\n", "line 1: no column en; it has 'da', 'german'; legal is a header with"),
        ("", "line 1: no column da and no column en; it has nothing"),
        ("bil\tcar\n", "line 1: no column da and no column en; it has 'bil', 'car'"),
        ("da,en,danish\na,b,c\n", "line 1: two columns for da"),
        ("da,en\nbil,car\nhus,\n", "line 3: the English term is empty; fill it in"),
        ("da,en\nbil\n", "line 2: the English term is empty"),
        ('da,en\n"to\nlinjer",x\n,y\n', "line 4: the Danish term is empty"),
        ("da,en\n" + "a " * 13 + ",b\n", "line 2: the Danish term 'a a a a a a a a a a a a a' has 13 words"),
        ("da,en\na," + "b" * 201 + "\n", "has 1 words and 201 characters; legal are 12 and 200"),
        ("da,en\n!,b\n", "line 2: the Danish term '!' has no letter or digit"),
        ("da,en,case\na,b,perhaps\n", "line 2: case is 'perhaps'; legal are yes and no"),
        ("da,en\na,b,c\n", "line 2: 3 cells, but 2 columns"),
        ('da,en\na,b\nc,"d\n', "line 3: unexpected end of data; a quotation mark"),
        ("da,en\n\n", "it has no term"),
        ("da,en,forms\na,b," + "|".join(map(str, range(60))) + "\n", "line 2: 60 forms of 'a'; legal are 49"),
        (
            "da,en\n" + "".join(f"a{i},b{i}\n" for i in range(MAX_TERMS + 1)),
            "line 100002: more than 100,000 terms",
        ),
    ],
)
def test_tables_that_are_wrong(data: str, message: str) -> None:
    with pytest.raises(FormatError) as error:
        parse_glossary(data.encode())
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_bytes_that_are_no_utf() -> None:
    with pytest.raises(EncodingError, match=r"^line 3: byte 0xe5 is no UTF-8; save it as UTF-8$"):
        parse_glossary("da,en\nbil,car\nblå,blue\n".encode("latin-1"))
    with pytest.raises(FormatError, match="PNG"):
        parse_glossary(b"\x89PNG\r\n\x1a\n\0\0")


def test_the_same_again_and_conflicts_are_told() -> None:
    glossary = parse_glossary(b"da\ten\nmand\tman\nMand\tMan\nmand\tguy\nmenneske\tman\nbil\tcar\nbil\tcar\n")
    assert glossary.notices == (
        "lines 2 and 4: Danish 'mand' has two translations: 'man' and 'guy'; the first is used",
        "lines 2 and 5: English 'man' has two translations: 'mand' and 'menneske'; the first is used",
        "2 pairs are there twice and ignored: line 3, 7",
    )
    assert len(glossary) == 4


def test_of_many_conflicts_some_are_told() -> None:
    text = "da,en\n" + "".join(f"ord,word {i}\n" for i in range(100))
    notices = parse_glossary(text.encode()).notices
    assert len(notices) == 21
    assert notices[-1] == "and 79 more terms with two translations"


V2 = (
    '<?xml version="1.0"?>\n<!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">\n<martif type="TBX"><text><body>\n'
    '<termEntry><langSet xml:lang="da-DK"><tig><term>bil</term></tig><tig><term>auto</term></tig></langSet>\n'
    '<langSet xml:lang="EN"><ntig><termGrp><term>motor <hi>car</hi></term></termGrp></ntig></langSet></termEntry>\n'
    '<termEntry><langSet xml:lang="de"><tig><term>Haus</term></tig></langSet></termEntry></body></text></martif>'
)
V3 = (
    '<tbx style="dca" type="TBX-Basic" xml:lang="en" xmlns="urn:iso:std:iso:30042:ed-2"><text><body>'
    '<conceptEntry id="1"><langSec xml:lang="en"><termSec><term>car</term></termSec></langSec>'
    '<langSec xml:lang="da"><termSec><term>bil</term></termSec></langSec></conceptEntry></body></text></tbx>'
)


def test_tbx() -> None:
    second = parse_glossary(V2.encode())
    assert second.terms == (Term("bil", "motor car", ("auto",)),)
    assert second.notices == ("1 of 2 entries has no Danish-English pair: de",)
    assert parse_glossary(V3.encode()).terms == CAR
    assert parse_glossary(V3.encode("utf-16")).terms == CAR
    assert parse_glossary(V3.replace(">bil<", ">bil &amp; båd<").encode()).terms[0].danish == "bil & båd"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '<!DOCTYPE martif [<!ENTITY a "b">]>\n' + V3,
            "line 1: its DOCTYPE has declarations of its own: refused",
        ),
        ('<!DOCTYPE tbx [<!ENTITY a SYSTEM "file:///etc/hosts">]>' + V3, "declarations of its own"),
        ("<html/>", "line 1: it is no TBX: it begins with <html>, not <martif> or <tbx>"),
        (V3[:-6], "its XML is broken (no element found at line 1"),
        (V3.replace("<term>bil", "<term>"), "line 1: the Danish term is empty"),
        (V3.replace("bil", "b " * 20), "line 1: the Danish term"),
        (V3.replace("da", "de"), "it has no term; legal is a <termEntry>"),
        ("<tbx>" * 101, "nested more than 100 deep"),
        (V2.replace("auto", "&auto;"), "line 4: its XML has &auto;, which stands for nothing"),
        ('<?xml version="1.0" encoding="klingon"?>' + V3, "legal are UTF-8 and UTF-16"),
    ],
)
def test_tbx_that_is_wrong(text: str, message: str) -> None:
    with pytest.raises(FormatError) as error:
        parse_glossary(text.encode())
    assert message in str(error.value)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    with pytest.raises(InputError, match=r"terms\.csv does not exist; name a glossary"):
        read_glossary(path)
    with pytest.raises(InputError, match="is a folder"):
        read_glossary(tmp_path)
    path.write_bytes(b"da,en\nbil,car\n")
    assert read_glossary(path).terms == CAR
    path.write_bytes(b"da,en\nbil,\n")
    with pytest.raises(FormatError, match=r"terms\.csv: line 2: the English term is empty"):
        read_glossary(path)
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match="is over 50 MB"):
        read_glossary(path)
