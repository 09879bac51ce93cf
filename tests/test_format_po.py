from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Document
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.format_po import read, write
from tosprog.pipeline.formats import read_document, write_document
from tosprog.pipeline.inline import without_tags
from tosprog.pipeline.translate import TranslateOptions

SOURCE = r"""# Names
msgid ""
msgstr ""
"Project-Id-Version: havn\n"
"Language: da\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=n != 1;\n"

#: a.c:1
#, c-format
msgid "&Open the %s now"
msgstr ""

# a word
msgctxt "menu"
msgid "First line\n"
"Second line\n"
msgstr "Den første linje\n"
"Den anden linje\n"

msgid "one ship"
msgid_plural "%d ships"
msgstr[0] ""
msgstr[1] ""

#~ msgid "old"
#~ msgstr "gammel"
"""


def upper(document: Document) -> str:
    blocks = tuple(
        replace(b, text=b.text.upper().replace("%S", "%s").replace("%D", "%d")) for b in document.blocks
    )
    return write(replace(document, blocks=blocks, relabel=(("da", "en"),))).decode()


def test_the_text_of_an_entry_is_its_translation_or_else_its_message() -> None:
    document = read(SOURCE.encode())
    assert [without_tags(block.text) for block in document.blocks] == [
        "Open the %s now",
        "Den første linje\nDen anden linje",
        "one ship",
        "%d ships",
    ]
    assert write(document) == SOURCE.encode()


def test_new_texts_are_fuzzy_and_all_else_stays() -> None:
    expected = (
        SOURCE.replace("Language: da", "Language: en")
        .replace("#, c-format", "#, fuzzy, c-format")
        .replace('"&Open the %s now"\nmsgstr ""', '"&Open the %s now"\nmsgstr "OPEN THE %s NOW"')
        .replace('msgctxt "menu"', '#, fuzzy\nmsgctxt "menu"')
        .replace('"Den første linje\\n"\n"Den anden', '""\n"DEN FØRSTE LINJE\\n"\n"Den anden')
        .replace('"Den anden linje\\n"', '"DEN ANDEN LINJE\\n"')
        .replace('msgid "one ship"', '#, fuzzy\nmsgid "one ship"')
        .replace('msgstr[0] ""', 'msgstr[0] "ONE SHIP"')
        .replace('msgstr[1] ""', 'msgstr[1] "%d SHIPS"')
    )
    assert upper(read(SOURCE.encode())) == expected


def test_msgfmt_takes_what_is_written(tmp_path: Path) -> None:
    program = shutil.which("msgfmt")
    if program is None:
        pytest.skip("msgfmt is missing")
    path = tmp_path / "a.po"
    path.write_text(upper(read(SOURCE.encode())), "utf-8")
    done = subprocess.run([program, "-c", "-o", "/dev/null", str(path)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_what_is_missing_is_filled_in() -> None:
    document = read_document(SOURCE.encode(), "a.po")
    done = process_document(document, DoubleBackend, TranslateOptions(target="da"))
    written = polib.pofile(write_document(done.document).decode())
    assert written.find("&Open the %s now").msgstr == "[da] Open the %s now"
    assert written.find("First line\nSecond line\n").msgstr == "Den første linje\nDen anden linje\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b'msgid "a"\nmsgstr "b"\nmsgid "c\nmsgstr x\n',
            r"line 3 is broken \(msgid \"c\); see: msgfmt --check FILE",
        ),
        (b"Hej med dig\n", "it is no catalogue"),
    ],
)
def test_bad_input_is_one_line(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(data)


TEXTS = st.text('ab æ"\\\n\t%&_.', min_size=1, max_size=20)


@given(
    st.lists(st.tuples(TEXTS, TEXTS | st.just("")), max_size=5, unique_by=lambda pair: pair[0]),
    st.integers(20, 90),
)
def test_every_catalogue_comes_back_and_polib_reads_what_is_written(
    pairs: list[tuple[str, str]], width: int
) -> None:
    catalogue = polib.POFile(wrapwidth=width)
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": "da"}
    for message, translation in pairs:
        catalogue.append(polib.POEntry(msgid=message, msgstr=translation))
    source = str(catalogue)
    document = read(source.encode())
    assert write(document) == source.encode()
    blocks = tuple(replace(block, text=block.text.replace("a", "xax")) for block in document.blocks)
    written = polib.pofile(write(replace(document, blocks=blocks)).decode())
    assert [entry.msgid for entry in written] == [message for message, _ in pairs]
    for entry, (message, translation) in zip(written, pairs, strict=True):
        whole = translation or message
        if any(c.isalpha() for c in whole):
            assert "xax" in entry.msgstr or "a" not in whole
