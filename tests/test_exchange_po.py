"""PO for translators: what is written, what another tool keeps, what is wrong in a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from translate.storage.pypo import pofile

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import FormatError
from tosprog.models.languages import Direction
from tosprog.pipeline.exchange import corrections, export_document
from tosprog.pipeline.exchange_merge import Merged, merge_exchange
from tosprog.pipeline.exchange_po import read, read_shown, shown, write
from tosprog.pipeline.exchange_units import Exchange, ExchangeSegment, Name, State
from tosprog.pipeline.formats import write_document
from tosprog.pipeline.inline import TagKind, make_tag
from tosprog.pipeline.translate import TranslateOptions

DATA = (
    "<p>Vi gik en <b>lang tur</b> langs vandet<br>og så drak vi varm kaffe på en lille café, indtil det blev rigtig "
    "mørkt over hele byen og havnen lukkede. Nobody asked the <i>fishermen about it. Det</i> var koldt.</p>\n"
    '<p>Se <code>x &lt; y</code> i teksten her, "siger" han \\ altid.</p>'
).encode()


def exchange() -> Exchange:
    return export_document(DATA, "a.html", DoubleBackend, TranslateOptions(target="en"))


def merged(tmp_path: Path, data: bytes) -> Merged:
    file = tmp_path / "a.po"
    file.write_bytes(data)
    return merge_exchange(file, DATA, "a.html")


OPEN, CLOSE = make_tag(TagKind.OPEN, 3), make_tag(TagKind.CLOSE, 3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hej", "Hej"),
        (f"{OPEN}Hej{CLOSE}", "<g3>Hej</g3>"),
        (
            make_tag(TagKind.POINT, 0) + make_tag(TagKind.ATOM, 17) + make_tag(TagKind.BREAK, 2),
            "<x0/><w17/><b2/>",
        ),
        ("<g3>Hej</g3> <b>", "\\<g3>Hej\\</g3> <b>"),
        ("\\<g3>", "\\\\\\<g3>"),
        (f"\\{OPEN}", "\\\\<g3>"),
        ("a\u2028b\x85\r", "a<U+2028>b<U+85><U+0D>"),
        ("<U+2028>", "\\<U+2028>"),
    ],
)
def test_tags_as_people_see_them(text: str, expected: str) -> None:
    assert shown(text) == expected
    assert read_shown(expected) == text


def test_a_catalogue_as_it_is_written() -> None:
    made = Exchange(
        original="a b.html",
        sha256="0f",
        direction=Direction("en", "da"),
        segments=(
            ExchangeSegment(
                name=Name(1, 1),
                source='Go "on"',
                target='[da] "Go"',
                state=State.TRANSLATED,
                notes=("score -0.41",),
            ),
            ExchangeSegment(name=Name(1, 2), source="Bevares.", is_kept=True),
            ExchangeSegment(name=Name(1, 3), source="No.", notes=("failed checks: length",)),
            ExchangeSegment(name=Name(2, 1), source="Yes.", target="Ja.", state=State.REVIEWED),
        ),
        machine={Name(1, 1): '[da] "Go"', Name(2, 1): "Jo."},
        exported=frozenset({1, 3, 4}),
        fields=("a", "b"),
    )
    lines = [line for line in write(made).decode().splitlines() if "X-Generator: tosprog" not in line]
    assert lines == [
        "#",
        'msgid ""',
        'msgstr ""',
        r'"Project-Id-Version: a b.html\n"',
        r'"Language: da\n"',
        r'"MIME-Version: 1.0\n"',
        r'"Content-Type: text/plain; charset=UTF-8\n"',
        r'"Content-Transfer-Encoding: 8bit\n"',
        r'"X-Source-Language: en\n"',
        r'"X-Tosprog-Document: a b.html\n"',
        r'"X-Tosprog-Fields: [\"a\", \"b\"]\n"',
        r'"X-Tosprog-Segments: 1 3-4\n"',
        r'"X-Tosprog-Sha256: 0f\n"',
        "",
        "#. score -0.41",
        r'#. machine: "[da] \"Go\""',
        "#, fuzzy",
        'msgctxt "b1s1"',
        r'msgid "Go \"on\""',
        r'msgstr "[da] \"Go\""',
        "",
        "#. failed checks: length",
        'msgctxt "b1s3"',
        'msgid "No."',
        'msgstr ""',
        "",
        '#. machine: "Jo."',
        'msgctxt "b2s1"',
        'msgid "Yes."',
        'msgstr "Ja."',
    ]


def test_another_tool_reads_and_writes_it(tmp_path: Path) -> None:
    data = write(exchange())
    store: Any = pofile.parsestring(data)
    units = [unit for unit in store.units if not unit.isheader()]
    assert [(unit.getcontext(), unit.isfuzzy()) for unit in units] == [
        (name, True) for name in ("b1s1", "b1s2", "b1s4", "b2s1")
    ]
    assert units[0].source == "Vi gik en <g0>lang tur</g0> langs vandet"
    store.wrapper.width = 40  # as msgcat wraps lines
    rewritten = bytes(store)
    assert read(rewritten) == read(data)
    again: Any = pofile.parsestring(rewritten)
    assert [(u.getcontext(), u.source, u.target) for u in again.units] == [
        (u.getcontext(), u.source, u.target) for u in store.units
    ]
    ours, theirs = merged(tmp_path, data), merged(tmp_path, rewritten)
    assert theirs == ours
    units[2].target = "It</g2> was cold."
    units[2].markfuzzy(False)
    done = merged(tmp_path, bytes(store))
    assert (done.faults, done.changed, done.states) == ((), 1, {State.TRANSLATED: 3, State.REVIEWED: 1})
    assert b"about it. It</i> was cold.</p>" in write_document(done.document)
    assert corrections(tmp_path / "a.po") == [("Det var koldt.", "It was cold.", Direction("da", "en"))]


EDITS: dict[str, tuple[Callable[[str], str], tuple[str, ...]]] = {
    "without a context": (
        lambda t: t + '\nmsgid "new"\nmsgstr "ny"\n',
        ("message 'new' was not exported by tosprog: not used",),
    ),
    "obsolete": (
        lambda t: (
            t[: t.index('#. machine: "[en] Se')].rstrip()
            + '\n\n#~ msgctxt "b2s1"\n#~ msgid "a"\n#~ msgstr "b"\n'
        ),
        ("unit b2 is missing from the file",),
    ),
    "of another document": (
        lambda t: t + '\nmsgctxt "b9s1"\nmsgid "new"\nmsgstr "ny"\n',
        ("b9s1: the document has no such segment to translate: not used",),
    ),
    "lost a tag": (
        lambda t: t.replace('msgstr "[en] Vi gik en <g0>', 'msgstr "[en] Vi gik en '),
        ("b1s1: its target has lost <g0>; the machine translation stays",),
    ),
    "a tag that is none": (
        lambda t: t.replace('msgstr "[en] Vi', 'msgstr "<x9/>[en] Vi'),
        ("b1s1: its target has <x9> too often; the machine translation stays",),
    ),
}


@pytest.mark.parametrize("case", EDITS)
def test_what_cannot_be_used_is_said(tmp_path: Path, case: str) -> None:
    edit, faults = EDITS[case]
    text = write(exchange()).decode()
    changed = edit(text)
    assert changed != text
    done = merged(tmp_path, changed.encode())
    assert (done.faults, done.unused) == (faults, 1)
    if case != "obsolete":
        assert done.document == merged(tmp_path, text.encode()).document


HEAD = 'msgid ""\nmsgstr ""\n'
BAD = {
    "": "it is no catalogue of tosprog export: it has no header; export it again",
    HEAD
    + '"MIME-Version: 1.0\\n"\n': "it is from no language into no language (X-Source-Language and Language in its",
    "hej\n": "it is no catalogue (syntax error (line 1)",
    'msgid "a"\nmsgstr "b\n': 'line 2 is broken (msgstr "b); see: msgfmt --check FILE',
    HEAD + '"a" b"\n': 'line 3 is broken ("a" b")',
    HEAD + '"Language: da\\n"\n': "it is from no language into da",
    HEAD + '"Language: fr\\n"\n"X-Source-Language: da\\n"\n': "it is from da into fr",
    HEAD + '"Language: en_US\\n"\n"X-Source-Language: da\\n"\n': "does not say which document it is of",
    HEAD
    + '"Language: en\\n"\n"X-Source-Language: da\\n"\n"X-Tosprog-Sha256: 12\\n"\n': "is not of a.html as it is now",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_file_of_ours_is_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormatError) as found:
        merged(tmp_path, text.encode())
    assert BAD[text] in str(found.value)
    assert str(found.value).startswith(f"{tmp_path}/a.po")
    assert "\n" not in str(found.value)
