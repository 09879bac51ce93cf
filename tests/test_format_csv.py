from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.errors import FormatError
from tosprog.pipeline.format_csv import read, write
from tosprog.pipeline.formats import read_document, write_document


def upper(data: bytes, fields: tuple[str, ...] = ()) -> str:
    document = read(data, fields)
    assert write(document) == data
    blocks = tuple(replace(block, text=block.text.upper()) for block in document.blocks)
    return write(replace(document, blocks=blocks)).decode()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Navn;Tekst\r\nAnna;hus\r\nIb;by\r\n", "Navn;Tekst\r\nANNA;HUS\r\nIB;BY\r\n"),
        ("navn\ttekst\nAnna\ta, b\n", "navn\ttekst\nANNA\tA, B\n"),
        ('a,b\n"ja, ""du""",2\n', 'a,b\n"JA, ""DU""",2\n'),
        ('a;b\n"en\nto";3', 'a;b\n"EN\nTO";3'),
        ("sep=;\nx;y\nhus;by\n", "sep=;\nx;y\nHUS;BY\n"),
        ("Et hus ved havet.,1\nEn by.,2\n", "ET HUS VED HAVET.,1\nEN BY.,2\n"),
        ("a,b\n\n hus ,\n,by\n", "a,b\n\n HUS ,\n,BY\n"),
    ],
)
def test_cells_change_and_nothing_else(source: str, expected: str) -> None:
    assert upper(source.encode()) == expected


def test_columns_by_name_and_number() -> None:
    source = b"id,Navn,tekst\na,Anna,hus\n"
    assert upper(source, ("navn",)) == "id,Navn,tekst\na,ANNA,hus\n"
    assert upper(source, ("3", "Navn")) == "id,Navn,tekst\na,ANNA,HUS\n"
    assert write_document(read_document(source, "a.csv", ("tekst",))) == source


def test_a_new_text_is_quoted_where_it_needs_it_and_no_formula_arises() -> None:
    document = read(b"a;b\nhus;by\n")
    for new, expected in (('x;"y"', '"x;""y"""'), ("=1+1", "hus"), ("to\nlinjer", '"to\nlinjer"')):
        blocks = (replace(document.blocks[0], text=new), document.blocks[1])
        assert write(replace(document, blocks=blocks)).decode() == f"a;b\n{expected};by\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'a,b\n"x,y\n', "the quotation mark in line 2 is not closed; close it"),
        (b"navn,by\nAnna,Ribe\n", "it has no field 'z'; legal are navn, by, 1, 2"),
    ],
)
def test_bad_input_is_one_line(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(data, ("z",))


CELLS = st.lists(
    st.lists(st.text("ab æ;,\"\n'1.", max_size=6), min_size=2, max_size=2), min_size=2, max_size=5
)


@given(CELLS, st.sampled_from(";,\t|"), st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
def test_every_table_comes_back_and_reads_as_the_csv_module_reads_it(
    rows: list[list[str]], delimiter: str, quoting: int
) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, quoting=quoting).writerows([["x1", "y1"], *rows])  # type: ignore[arg-type]
    source = f"sep={delimiter}\n" + buffer.getvalue()
    document = read(source.encode())
    assert write(document) == source.encode()
    blocks = tuple(replace(block, text=f"({block.text})") for block in document.blocks)
    written = write(replace(document, blocks=blocks)).decode()
    found = list(csv.reader(io.StringIO(written.split("\n", 1)[1], newline=""), delimiter=delimiter))
    plain = [[cell.replace("(", "").replace(")", "") for cell in row] for row in found if any(row)]
    assert plain == [["x1", "y1"], *(row for row in rows if any(row))]
