"""TMX: what tools write is read, what is no harm to anyone; what is written is read by others."""

from __future__ import annotations

import io
import re
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from translate.storage.tmx import tmxfile

from tosprog.models.errors import FormatError, InputError
from tosprog.pipeline.tmx import MAX_TEXT, TmxFile, TmxUnit, language_of_code, write_tmx

DOCTYPE = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'
HEADER = '<header creationtool="t" creationtoolversion="1" segtype="sentence" o-tmf="t" adminlang="en" '


def tmx(body: str, *, doctype: str = DOCTYPE, source: str = "en", declaration: str = "") -> str:
    header = f'{HEADER}srclang="{source}" datatype="plaintext"/>'
    return f'{declaration}{doctype}\n<tmx version="1.4">{header}\n<body>{body}</body></tmx>\n'


def pair(danish: str, english: str, *, attributes: str = "", inside: str = "") -> str:
    return (
        f'<tu{attributes}>{inside}<tuv xml:lang="da"><seg>{danish}</seg></tuv>'
        f'<tuv xml:lang="en"><seg>{english}</seg></tuv></tu>'
    )


def read(path: Path, data: str | bytes) -> tuple[list[TmxUnit], TmxFile]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    file = TmxFile(path)
    return list(file), file


def written(units: Iterable[TmxUnit]) -> bytes:
    out = io.BytesIO()
    write_tmx(out, units)
    return out.getvalue()


def unit(source: str, target: str, **rest: Any) -> TmxUnit:
    return TmxUnit(
        **{"source_language": "da", "target_language": "en", "source": source, "target": target, **rest}
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.tmx"


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("da", "da"), ("DA", "da"), ("da-DK", "da"), ("da_DK", "da"), ("dan", "da"), ("en", "en"),
        ("EN-gb", "en"), ("en_US", "en"), ("eng", "en"), ("en-Latn-GB", "en"), (" en ", "en"),
        ("de", None), ("dan1", None), ("nb-NO", None), ("", None), ("*all*", None), ("english", None),
    ],
)  # fmt: skip
def test_codes_of_languages(code: str, language: str | None) -> None:
    assert language_of_code(code) == language


@pytest.mark.parametrize(
    ("segment", "text"),
    [
        ("Hej", "Hej"),
        ("A &amp; B &lt;i&gt; &#230;", "A & B <i> æ"),
        ("<![CDATA[a < b]]>", "a < b"),
        ("  to  blanke \n", "  to  blanke \n"),
        ("Hej <!-- nej -->du", "Hej du"),
        # What marks a passage goes, the passage stays.
        ('Se <bpt i="1">&lt;b&gt;</bpt>her<ept i="1">&lt;/b&gt;</ept>.', "Se her."),
        ('Se <hi type="x">h<hi>e</hi>r</hi>.', "Se her."),
        ('Se <it pos="begin">&lt;i&gt;</it>her.', "Se her."),
        ("Se <ut>{\\b </ut>her<ut>}</ut>.", "Se her."),
        ('Se<ph x="1"/> her.', "Se her."),
        ('Se <ph x="1"/> her.', "Se her."),
        # A text within code is another one: a footnote, the description of a picture.
        ("Elefanter<ph>{\\footnote <sub>Store <bpt i='1'>b</bpt>dyr.</sub>}</ph> går.", "Elefanter går."),
        # A placeholder is part of the sentence, a line break parts words.
        ("Åbn <ph>%s</ph> nu", "Åbn %s nu"),
        ("Åbn <ph> {0} </ph> og <ph>${name}</ph>", "Åbn {0} og ${name}"),
        ("Linje<ph>&lt;br/&gt;</ph>skift", "Linje skift"),
        ('Linje<ph type="lb"/>skift', "Linje skift"),
        ("Linje<ut>\\line </ut>skift", "Linje skift"),
    ],
)
def test_what_is_left_of_a_segment(path: Path, segment: str, text: str) -> None:
    ((found,), _) = read(path, tmx(pair(segment, "x")))
    assert (found.target, found.source) == (text, "x")


@pytest.mark.parametrize(
    ("attributes", "inside", "expected"),
    [
        ("", "", ("", "", "", "")),
        (' creationid="kim" creationdate="20200102T030405Z"', "", ("2020-01-02T03:04:05Z", "kim", "", "")),
        (' creationid="kim" changeid="bo" creationdate="20200102T030405Z" changedate="20210102T030405Z"', "",
         ("2021-01-02T03:04:05Z", "bo", "", "")),
        (' creationid="kim"', "", ("", "kim", "", "")),
        (' changedate="2020-01-02T03:04:05Z"', "", ("2020-01-02T03:04:05Z", "", "", "")),
        (' changedate="20201302T030405Z"', "", ("", "", "", "")),
        (' changedate="i går"', "", ("", "", "", "")),
        ("", '<note>Husk</note><prop type="x-file">a</prop><prop type="x-ConfirmationLevel">Draft</prop>'
         "<note> to </note>", ("", "", "Draft", "Husk\nto")),
    ],
)  # fmt: skip
def test_what_is_known_of_a_unit(path: Path, attributes: str, inside: str, expected: tuple[str, ...]) -> None:
    ((found,), _) = read(path, tmx(pair("Hej", "Hi", attributes=attributes, inside=inside)))
    assert (found.changed, found.creator, found.state, found.note) == expected


def test_the_newest_of_its_texts_dates_a_unit(path: Path) -> None:
    body = (
        '<tu creationid="a" creationdate="20200101T000000Z">'
        '<tuv xml:lang="da" changeid="b" changedate="20220101T000000Z"><seg>Hej</seg></tuv>'
        '<tuv xml:lang="en" changeid="c" changedate="20210101T000000Z"><seg>Hi</seg></tuv></tu>'
    )
    ((found,), _) = read(path, tmx(body))
    assert (found.changed, found.creator) == ("2022-01-01T00:00:00Z", "b")


@pytest.mark.parametrize(
    ("header", "own", "source"),
    [
        ("en-US", "", "en"),
        ("DA", "", "da"),
        ("*all*", "", "da"),
        ("de", "", "da"),
        ("en", ' srclang="da"', "da"),
    ],
)
def test_which_language_is_the_source(path: Path, header: str, own: str, source: str) -> None:
    ((found,), _) = read(path, tmx(pair("Hej", "Hi", attributes=own), source=header))
    assert (found.source_language, found.source) == (source, "Hej" if source == "da" else "Hi")


def test_other_languages_are_counted_and_said(path: Path) -> None:
    body = pair("Hej", "Hi")
    for code in ("de-DE", "DE", "fr"):
        body += f'<tu><tuv xml:lang="en"><seg>x</seg></tuv><tuv xml:lang="{code}"><seg>y <hi>z</hi></seg></tuv></tu>'
    body += '<tu><tuv xml:lang="da"><seg>alene</seg></tuv></tu><tu/>'
    found, file = read(path, tmx(body))
    assert [one.target for one in found] == ["Hej"]
    assert (file.units, file.without_pair, file.languages) == (6, 5, {"de": 2, "fr": 1})
    assert file.notices == ["5 of 6 units have no Danish-English pair: de, fr"]
    assert list(file) == found  # again, from the beginning
    assert file.units == 6


def test_what_else_is_left_out_is_said(path: Path) -> None:
    body = (
        pair("", "x") + pair(" \n", "x") + pair("x" * (MAX_TEXT + 1), "x") + pair("x" * MAX_TEXT, "y")
        + '<tu><tuv lang="da"><seg>farve</seg></tuv><tuv lang="en-GB"><seg>colour</seg></tuv>'
        '<tuv lang="en-US"><seg>color</seg></tuv></tu>'
    )  # fmt: skip
    found, file = read(path, tmx(body))
    assert [one.source[:9] for one in found] == ["y", "colour"]
    assert file.notices == [
        "3 of 5 units have a text that is empty or above 100,000 characters",
        "1 of 5 units has several texts in one language; the first is taken",
    ]


@pytest.mark.parametrize(
    "data",
    [
        tmx(pair("Sø", "Lake")).encode(),
        tmx(pair("Sø", "Lake")).encode("utf-8-sig"),
        tmx(pair("Sø", "Lake"), declaration='<?xml version="1.0" encoding="UTF-8"?>').encode("utf-8-sig"),
        tmx(pair("Sø", "Lake"), declaration='<?xml version="1.0" encoding="utf-16"?>').encode("utf-16"),
        b"\xfe\xff" + tmx(pair("Sø", "Lake")).encode("utf-16-be"),
        b"\xff\xfe" + tmx(pair("Sø", "Lake")).encode("utf-16-le"),
        tmx(pair("Sø", "Lake"), declaration="<?xml version='1.0' encoding='iso-8859-1'?>").encode("latin-1"),
        tmx(pair("Sø", "Lake"), declaration="<?xml version='1.0' encoding='windows-1252'?>").encode("cp1252"),
    ],
)
def test_encodings(path: Path, data: bytes) -> None:
    ((found,), _) = read(path, data)
    assert found == unit("Lake", "Sø", source_language="en", target_language="da")


@pytest.mark.parametrize(
    "doctype",
    [
        "",
        DOCTYPE,
        '<!DOCTYPE tmx PUBLIC "-//LISA OSCAR:1998//DTD for Translation Memory eXchange//EN" "tmx14.dtd">',
        '<!DOCTYPE tmx SYSTEM "http://example.org/tmx14.dtd">',
        '<!DOCTYPE tmx SYSTEM "file:///etc/passwd">',
    ],
)
@pytest.mark.usefixtures("no_sockets")
def test_a_doctype_is_legal_and_nothing_is_fetched(path: Path, doctype: str) -> None:
    ((found,), _) = read(path, tmx(pair("Hej", "Hi"), doctype=doctype))
    assert (found.source, found.target) == ("Hi", "Hej")


def test_entities_of_html_are_known_where_a_dtd_is_named(path: Path) -> None:
    ((found,), _) = read(path, tmx(pair("S&oslash;&nbsp;nu", "x")))
    assert found.target == "Sø\xa0nu"


LAUGHS = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{i + 1} "{f"&l{i};" * 10}">' for i in range(9))


@pytest.mark.parametrize(
    ("subset", "text"),
    [
        ('<!ENTITY a "b">', "&a;"),
        (LAUGHS, "&l9;"),
        (f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 1000),
        ('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"),
        ('<!ENTITY a SYSTEM "http://example.org/a">', "&a;"),
        ('<!ENTITY % a SYSTEM "http://example.org/a.dtd"> %a;', "x"),
        ("<!ELEMENT tmx ANY>", "x"),
        ('<!ATTLIST tu srclang CDATA "da">', "x"),
        ("", "x"),
    ],
)
@pytest.mark.usefixtures("no_sockets")
def test_a_doctype_with_declarations_is_refused(path: Path, subset: str, text: str) -> None:
    for doctype in (f"<!DOCTYPE tmx [{subset}]>", f'<!DOCTYPE tmx SYSTEM "tmx14.dtd" [{subset}]>'):
        with pytest.raises(FormatError, match="DOCTYPE has declarations of its own") as caught:
            read(path, tmx(pair(text, "x"), doctype=doctype))
        assert str(caught.value).startswith(f"{path}: ")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no element found at line 1, column 1"),
        (b"Hej\n", "syntax error at line 1, column 1"),
        (b"PK\3\4", "at line 1, column "),
        (b"<tmx>\n<body>\n  <tu></tv>", "mismatched tag at line 3, column 9"),
        (tmx(pair("a", "b"))[:-10].encode(), "at line 3, column "),
        (tmx(pair("a &ukendt; b", "c"), doctype="").encode(), "undefined entity at line 3, column 37"),
        (tmx(pair("a &ukendt; b", "c")).encode(), "&ukendt;, which stands for nothing"),
        (tmx(pair("S\xf8", "c")).encode("latin-1"), "not well-formed (invalid token) at line 3, column 36"),
        (tmx(pair("a", "b"), declaration='<?xml version="1.0" encoding="klingon"?>').encode(), "klingon"),
        (tmx(pair("a", "b"), declaration='<?xml version="1.0" encoding="shift_jis"?>').encode(), "UTF-8 and UTF-16"),
        (b"<html><body/></html>", "it begins with <html>, not <tmx>"),
        (tmx("<x>" * 200 + "</x>" * 200).encode(), "nested more than 100 deep"),
        (tmx(f"<!--{'x' * 9_000_000}-->").encode(), "a tag or comment at line 3 is over 8 MB"),
        (tmx(f"<tu creationid='{'x' * 9_000_000}'/>").encode(), "a tag or comment at line 3 is over 8 MB"),
    ],
)  # fmt: skip
def test_what_is_broken_is_said_with_its_place(path: Path, data: bytes, words: str) -> None:
    with pytest.raises(FormatError, match=re.escape(words)) as caught:
        read(path, data)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        list(TmxFile(tmp_path / "none.tmx"))
    with pytest.raises(InputError, match="is a folder"):
        list(TmxFile(tmp_path))


def test_what_came_before_a_broken_place_is_read(path: Path) -> None:
    path.write_text(tmx(pair("a", "b") * 5000 + "<tu></tv>"))
    found: list[TmxUnit] = []
    with pytest.raises(FormatError, match="mismatched tag"):
        found.extend(TmxFile(path))
    assert len(found) > 1000


def test_a_large_file_takes_little_memory(path: Path) -> None:
    count = 30_000
    with path.open("wb") as file:
        assert (
            write_tmx(file, (unit(f"Hus nummer {i} er gult.", f"House {i} is yellow.") for i in range(count)))
            == count
        )
    assert path.stat().st_size > 4_000_000
    tracemalloc.start()
    found = TmxFile(path)
    assert sum(1 for _ in found) == count
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text.strip())
LINES = st.text(st.sampled_from("aæ \t\n\r<>&\"']]>{0}%s"), min_size=1).filter(lambda text: text.strip())


@given(st.lists(st.tuples(TEXTS | LINES, TEXTS | LINES, st.booleans()), max_size=5))
def test_what_is_written_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, texts: list[Any]
) -> None:
    units = [
        unit(
            source, target, source_language="en" if turned else "da", target_language="da" if turned else "en"
        )
        for source, target, turned in texts
    ]
    allowed = re.compile("[\ufffe\uffff]")
    expected = [
        unit(allowed.sub("", one.source), allowed.sub("", one.target), source_language=one.source_language,
             target_language=one.target_language)
        for one in units
    ]  # fmt: skip
    found, _ = read(tmp_path_factory.getbasetemp() / "property.tmx", written(units))
    assert found == [one for one in expected if one.source.strip() and one.target.strip()]


def test_what_is_known_of_a_unit_is_written_and_read(path: Path) -> None:
    full = unit(
        "Hej & <b>", "Hi", changed="2024-05-01T12:00:00Z", creator='"Kim" & <co>', note="to\nlinjer",
        properties={"x-origin": "review", "x-state": "<final>"},
    )  # fmt: skip
    assert read(path, written([full]))[0] == [full]
    assert full.state == "<final>"


def test_the_file_as_it_is_written() -> None:
    lines = (
        written([unit("Hej\x00 du", "Hi", creator="kim", changed="2024-05-01T12:00:00.5Z")])
        .decode()
        .split("\n")
    )
    version = re.sub(r'creationtoolversion="[^"]+"', 'creationtoolversion="0"', lines[3])
    assert [*lines[:3], version, *lines[4:]] == [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE tmx SYSTEM "tmx14.dtd">',
        '<tmx version="1.4">',
        '<header creationtool="tosprog" creationtoolversion="0" segtype="sentence" o-tmf="tosprog" '
        'adminlang="en" srclang="*all*" datatype="plaintext"/>',
        "<body>",
        '<tu srclang="da" creationid="kim" changedate="20240501T120000Z">',
        '<tuv xml:lang="da"><seg>Hej du</seg></tuv>',
        '<tuv xml:lang="en"><seg>Hi</seg></tuv>',
        "</tu>",
        "</body>",
        "</tmx>",
        "",
    ]


ODD = [
    ("Hej & <b>du</b>", "Hi & <b>you</b>"),
    ("  blanke  omkring ", " blanks  around  "),
    ('to\nlinjer\tog "citat"', "two\nlines\tand 'quotes'"),
    ("Æblegrød på tværs – „ja“ 𝄞", "Apple porridge – “yes” 𝄞"),
    ("vogn\rretur ]]>", "carriage\rreturn ]]>"),
    ("10\xa0000 kr.", "10,000 kroner"),
]


@pytest.mark.parametrize("turned", [False, True])
def test_translate_toolkit_reads_and_writes_ours_unchanged(path: Path, turned: bool) -> None:
    codes = {"source_language": "en", "target_language": "da"} if turned else {}
    ours = [
        unit(
            *pair_,
            **codes,
            creator="kim",
            changed="2024-05-01T12:00:00Z",
            note="husk",
            properties={"x-state": "ok"},
        )
        for pair_ in (tuple(reversed(one)) if turned else one for one in ODD)
    ]
    store = tmxfile.parsestring(written(ours), "en" if turned else "da", "da" if turned else "en")
    assert [(str(one.source), str(one.target)) for one in store.units] == [
        (one.source, one.target) for one in ours
    ]
    again, file = read(path, bytes(store))
    assert again == ours
    assert file.notices == []
    once_more = tmxfile.parsestring(written(again), "en" if turned else "da", "da" if turned else "en")
    assert bytes(once_more) == bytes(store)


def test_translate_toolkit_knows_ours_without_being_told_the_languages() -> None:
    store = tmxfile.parsestring(written([unit("Hej", "Hi")]))
    assert [(str(one.source), str(one.target)) for one in store.units] == [("Hej", "Hi")]


def test_what_translate_toolkit_makes_is_read(path: Path) -> None:
    store = tmxfile(sourcelanguage="da", targetlanguage="en")
    for danish, english in ODD:
        store.addtranslation(danish, "da-DK", english, "en_GB", comment="husk")
    store.addtranslation("Hus", "da", "Haus", "de")
    found, file = read(path, bytes(store))
    assert [(one.source, one.target, one.note) for one in found] == [(*one, "husk") for one in ODD]
    assert file.notices == ["1 of 7 units has no Danish-English pair: de"]
