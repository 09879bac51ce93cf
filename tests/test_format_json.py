from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.backend_double import DoubleBackend
from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Document
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.format_json import read, write
from tosprog.pipeline.formats import read_document, write_document
from tosprog.pipeline.translate import TranslateOptions

SOURCE = """{
  "titel": "Havnen \\"om\\" vinteren\\nDen er stille.",
  "pris": 1.50, "lang": "da-DK",
  "dele": [{"tekst": "S\\u00f8en er bl\\u00e5.", "id": "A12"}, "Ja tak"]
}"""


def changed(document: Document) -> bytes:
    blocks = tuple(replace(block, text=block.text.upper()) for block in document.blocks)
    return write(replace(document, blocks=blocks, relabel=(("da", "en"),)))


def test_each_line_of_each_string_is_a_block() -> None:
    document = read(SOURCE.encode())
    assert [(b.kind.value, b.text) for b in document.blocks] == [
        ("label", 'Havnen "om" vinteren'),
        ("paragraph", "Den er stille."),
        ("paragraph", "Søen er blå."),
        ("label", "A12"),
        ("label", "Ja tak"),
    ]
    assert write(document) == SOURCE.encode()


def test_only_strings_change_and_are_escaped_as_the_source_does() -> None:
    expected = (
        SOURCE.replace(
            'Havnen \\"om\\" vinteren\\nDen er stille.', 'HAVNEN \\"OM\\" VINTEREN\\nDEN ER STILLE.'
        )
        .replace("S\\u00f8en er bl\\u00e5.", "S\\u00d8EN ER BL\\u00c5.")
        .replace("Ja tak", "JA TAK")
        .replace("da-DK", "en-DK")
    )
    assert changed(read(SOURCE.encode())).decode() == expected


@pytest.mark.parametrize(
    ("fields", "texts"),
    [
        (("tekst",), ["Søen er blå."]),
        (("$.dele[].tekst", "TITEL"), ['Havnen "om" vinteren', "Den er stille.", "Søen er blå."]),
        (("dele[]",), ["Ja tak"]),
    ],
)
def test_fields_choose(fields: tuple[str, ...], texts: list[str]) -> None:
    document = read_document(SOURCE.encode(), "a.json", fields)
    assert [block.text for block in document.blocks] == texts
    assert write_document(document) == SOURCE.encode()


def test_a_value_a_line() -> None:
    source = b'{"a": "Vi bor ved havnen."}\r\n\r\n{"a": "We live by the sea."}\r\n'
    done = process_document(read_document(source, "a.jsonl"), DoubleBackend, TranslateOptions(target="en"))
    assert write_document(done.document) == source.replace(b"Vi bor", b"[en] Vi bor")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"a": }', r"it is no JSON \(Expecting value at line 1, column 7\); correct that place"),
        (b'{"a": "b"}\nord', r"line 2 is no JSON \(Expecting value at column 1\)"),
        (b"[" * 100_000, "nested too deep|no JSON"),
        (b'{"a": "b", "c": 1}', "it has no field 'x'; legal are a, c|it has no field 'x'; legal are a$"),
    ],
)
def test_bad_input_is_one_line(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(data, ("x",))


TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20) | st.text('aæ\\"\n\r\t ')
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.booleans(), st.sampled_from((None, 1, "\t")))
def test_nothing_else_changes(value: object, ascii_only: bool, indent: int | str | None) -> None:
    source = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    data = source.encode()
    document = read(data)
    assert write(document) == data
    blocks = tuple(replace(block, text=f"({block.text})") for block in document.blocks)
    written = write(replace(document, blocks=blocks))
    assert bare(json.loads(written)) == bare(value)


def bare(value: object) -> object:
    """A value without the brackets that the test put in, and without noncharacters."""
    if isinstance(value, str):
        return "".join(c for c in value if c not in "()" and not "\ufdd0" <= c <= "\ufdef")
    if isinstance(value, list):
        return [bare(one) for one in value]
    if isinstance(value, dict):
        return {key: bare(one) for key, one in value.items()}
    return value
