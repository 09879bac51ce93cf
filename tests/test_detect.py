from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tosprog.pipeline.detect import detect_segments
from tosprog.pipeline.document import Block, BlockKind, Segment
from tosprog.pipeline.segment import segment_block


def detect(*texts: str | tuple[BlockKind, str]) -> list[tuple[str | None, ...]]:
    blocks = [Block(*t) if isinstance(t, tuple) else Block(BlockKind.PARAGRAPH, t) for t in texts]
    rows = detect_segments([(block, segment_block(block)) for block in blocks])
    return [tuple(segment.language for segment in row) for row in rows]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Krigen mod narkotika har slået fejl.", "da"),
        ("The war on drugs has failed.", "en"),
        ("krigen mod narkotika fiasko social retfærdighed i forbindelse med sundhedsydelser", "da"),
        ("Place Leadership", "en"),
        ("Velfærd", "da"),
        ("BYEN OG HAVET", "da"),
        ("THE TOWN AND THE SEA", "en"),
        ("3.2 Velfærd og frihed", "da"),
        ("De er her.", "da"),
        ("Er du der?", "da"),
        ("Bogen “The Old Man and the Sea” er oversat af en nabo til min mor.", "da"),
        ("She called it “hygge”, and she was not joking.", "en"),
        ("Se https://example.org/this-is-the-english-address for mere.", "da"),
        ("Das Haus am See gehört seit vielen Jahren meiner Familie.", "de"),
        ("Huset vid sjön har tillhört min familj i många år, och jag är glad.", "sv"),
        ("La maison au bord du lac appartient à ma famille depuis longtemps.", "fr"),
        ("Дом у озера давно принадлежит моей семье.", "ru"),
        ("Der Müll liegt vor dem Haus und die Katze schläft.", "de"),
        ("Seit drei Jahren leiht die Bibliothek der kleinen Stadt nicht nur Bücher aus.", "de"),
        ("12. 3.", None),
        ("Hans Jensen", None),
        ("Wed, 23/11/2016", None),
    ],
)
def test_one_text(text: str, language: str | None) -> None:
    ((found,),) = detect((BlockKind.HEADING, text))
    assert found == language


def test_a_danish_heading_over_an_english_essay_stays_danish() -> None:
    essay = "Public services are under pressure. The communities have to find their own way."
    assert detect((BlockKind.HEADING, "Velfærd og ledelse"), essay, essay) == [
        ("da",),
        ("en", "en"),
        ("en", "en"),
    ]


@pytest.mark.parametrize(
    ("essay", "language"),
    [
        ("Kommunen har sparet på alt. Naboerne må selv finde en vej.", "da"),
        ("The council has saved on everything. The neighbours have to find a way.", "en"),
    ],
)
@pytest.mark.parametrize("heading", ["Information", "Alice smilte", "Status 2016"])
def test_an_unsure_heading_borrows_from_what_follows(heading: str, essay: str, language: str) -> None:
    assert detect((BlockKind.HEADING, heading), essay)[0] == (language,)


def test_code_and_metadata_bear_none() -> None:
    rows = detect_segments(
        [
            (Block(kind, "Det er dansk"), [Segment("Det er dansk")])
            for kind in (BlockKind.CODE, BlockKind.METADATA)
        ]
    )
    assert [(row[0].language, row[0].confidence) for row in rows] == [(None, 0.0), (None, 0.0)]


def test_the_prefix_of_a_quotation_is_not_read() -> None:
    block = Block(BlockKind.QUOTATION, "Det er en god dag\n> for os alle.", line_prefix="> ")
    ((segment,),) = detect_segments([(block, segment_block(block))])
    assert segment.language == "da"
    assert segment.confidence > 0.99


def test_nothing_in_nothing_out() -> None:
    assert detect_segments([]) == []
    assert detect_segments([(Block(BlockKind.PARAGRAPH, ""), [])]) == [()]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=4))
def test_fills_in_and_changes_nothing_else(texts: list[str]) -> None:
    blocks = [Block(BlockKind.PARAGRAPH, text) for text in texts]
    rows = [(block, segment_block(block)) for block in blocks]
    found = detect_segments(rows)
    assert [[(s.text, s.gap) for s in row] for row in found] == [
        [(s.text, s.gap) for s in row] for _, row in rows
    ]
    for row in found:
        for segment in row:
            assert 0 <= segment.confidence <= 1
            assert (segment.confidence == 0) == (segment.language is None)


def test_threads_agree() -> None:
    texts = ["Vi går en tur.", "We go for a walk.", "Das Haus ist groß und schön und alt."] * 5
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(detect, texts)) == [detect(text) for text in texts]


def test_a_german_text_is_german_in_its_heading_too() -> None:
    text = (
        "Die Bibliothek in der kleinen Stadt",
        "Seit drei Jahren leiht die Bibliothek der kleinen Stadt nicht nur Bücher aus, sondern auch Werkzeug.",
        "Wer eine Bohrmaschine braucht, muss sie nicht mehr kaufen.",
        "Das freut die ganze Stadt.",
        "Biblioteket er åbent hele sommeren.",
        "The library is open all summer.",
    )
    blocks = [(Block(BlockKind.PARAGRAPH, line), (Segment(line),)) for line in text]
    found = [segments[0].language for segments in detect_segments(blocks)]
    assert found == ["de", "de", "de", "de", "da", "en"]
