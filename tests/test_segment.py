"""Sentences: a table of own cases, and nothing lost whatever comes in."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.models.languages import parse_language
from tosprog.pipeline.document import Block, BlockKind, Segment
from tosprog.pipeline.segment import segment_block, unwrap

TABLE = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "sentences.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
TEXTS = st.lists(
    st.sampled_from(
        [
            "Ja",
            "nej",
            "f.eks",
            "4",
            "A",
            ".",
            ". ",
            "?",
            "…",
            "»",
            "“",
            '"',
            " ",
            "\n",
            "\r\n",
            "> ",
            ">",
            "[1]",
        ]
    )
    | st.text(max_size=4),
    max_size=30,
).map("".join)
LONG = (
    "Det er en sætning. ",
    ". ",
    "A. ",
    "1. ",
    '"a. ',
    ".",
    "ord ",
    " ",
    "\n",
    "> \n",
    "f.eks. ",
    "[1]",
    '"',
    "a.\n\n",
)


def paragraph(text: str, prefix: str = "") -> Block:
    return Block(BlockKind.PARAGRAPH, text, line_prefix=prefix)


def texts(block: Block) -> list[str]:
    return [segment.text for segment in segment_block(block)]


def test_table_is_large() -> None:
    assert len(TABLE) >= 120
    assert {row[0] for row in TABLE} == {"da", "en"}


@pytest.mark.parametrize("hinted", [False, True])
@pytest.mark.parametrize(("language", "marked"), TABLE)
def test_table(language: str, marked: str, hinted: bool) -> None:
    wanted = marked.split(" ¦")
    hint = parse_language(language) if hinted else None
    assert [s.text for s in segment_block(paragraph(" ".join(wanted)), hint)] == wanted


@given(TEXTS, st.sampled_from(["", "> ", "  ", "> > "]), st.sampled_from(list(BlockKind)))
def test_lossless(text: str, prefix: str, kind: BlockKind) -> None:
    segments = segment_block(Block(kind, text, line_prefix=prefix))
    assert "".join(s.text + s.gap for s in segments) == text
    if kind in (BlockKind.CODE, BlockKind.METADATA):
        assert segments == ((Segment(text),) if text else ())
        return
    if segments and text[0].isspace():
        assert segments[0].text == ""
        segments = segments[1:]
    assert all(s.text and s.text == s.text.strip() and s.language is None for s in segments)
    if kind in (BlockKind.HEADING, BlockKind.TABLE_CELL):
        assert len(segments) <= 1


@pytest.mark.parametrize(
    "kind", [BlockKind.HEADING, BlockKind.TABLE_CELL, BlockKind.METADATA, BlockKind.CODE]
)
def test_one_segment(kind: BlockKind) -> None:
    assert segment_block(Block(kind, "Ja. Nej. Måske.")) == (Segment("Ja. Nej. Måske."),)


def test_code_is_kept_as_it_stands() -> None:
    assert segment_block(Block(BlockKind.CODE, "  x = 1\n")) == (Segment("  x = 1\n"),)


def test_hint_drops_the_other_languages_abbreviations() -> None:
    block = paragraph("The boat was pr. Noon came.")
    assert len(segment_block(block)) == 1
    assert len(segment_block(block, "en")) == 2


@pytest.mark.parametrize(
    ("text", "prefix", "wanted"),
    [
        ("Han kom.\n> Hun gik.", "> ", [("Han kom.", "\n> "), ("Hun gik.", "")]),
        ("Han kom\n> og gik. Ja.", "> ", [("Han kom\n> og gik.", " "), ("Ja.", "")]),
        ("Han kom.\n>\n> hun gik.", "> ", [("Han kom.", "\n>\n> "), ("hun gik.", "")]),
        ("Han kom.\r\n  Hun gik.\r\n", "  ", [("Han kom.", "\r\n  "), ("Hun gik.", "\r\n")]),
        ("en\n\nto", "", [("en", "\n\n"), ("to", "")]),
        ("en\nto", "", [("en\nto", "")]),
        ("  Ja.\tNej. ", "", [("", "  "), ("Ja.", "\t"), ("Nej.", " ")]),
        (" \n", "", [("", " \n")]),
        ("", "", []),
    ],
)
def test_lines(text: str, prefix: str, wanted: list[tuple[str, str]]) -> None:
    assert [(s.text, s.gap) for s in segment_block(paragraph(text, prefix))] == wanted


@pytest.mark.parametrize(
    ("text", "prefix", "wanted"),
    [
        ("en to", "", "en to"),
        ("en\nto", "", "en to"),
        ("en  \r\n   to\rtre", "", "en to tre"),
        ("en\n> to\n>\n> tre", "> ", "en to tre"),
        ("en\n> > to", "> > ", "en to"),
        ("en\ntil > fra", "> ", "en til > fra"),
        ("5\n> 4", "", "5 > 4"),
    ],
)
def test_unwrap(text: str, prefix: str, wanted: str) -> None:
    assert unwrap(text, prefix) == wanted


@given(TEXTS, st.sampled_from(["", "> "]))
def test_unwrapped_is_one_line_and_keeps_the_words(text: str, prefix: str) -> None:
    line = unwrap(text, prefix)
    assert not {"\n", "\r"} & set(line)
    if not prefix:
        assert "".join(line.split()) == "".join(text.split())


@pytest.mark.parametrize("unit", LONG)
def test_time_grows_with_the_length_only(unit: str) -> None:
    block = paragraph(unit * (100_000 // len(unit)), "> ")
    began = time.process_time()
    segments = segment_block(block)
    unwrap(block.text, block.line_prefix)
    assert time.process_time() - began < 10  # quadratic time would need minutes; 0.1 s is usual
    assert "".join(s.text + s.gap for s in segments) == block.text


def test_a_sentence_of_20000_words() -> None:
    text = "ord " * 20_000 + "slut."
    assert texts(paragraph(text + " Nu.")) == [text, "Nu."]
