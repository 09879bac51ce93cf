"""The records: what may be translated, what may be quoted, and how a document's text is put together."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tosprog.pipeline.document import Block, BlockKind, Document, Segment, Translation, TranslationKind

BLOCKS = st.builds(Block, st.sampled_from(BlockKind), st.text(), st.text())
RECORDS = (
    Block(BlockKind.PARAGRAPH, "Ja."),
    Document(()),
    Segment("Ja."),
    Translation(Segment("Ja."), "Yes.", TranslationKind.TRANSLATED),
)


@pytest.mark.parametrize(
    ("kind", "name", "is_translated", "is_prose"),
    [
        (BlockKind.HEADING, "heading", True, False),
        (BlockKind.PARAGRAPH, "paragraph", True, True),
        (BlockKind.LIST_ITEM, "list_item", True, True),
        (BlockKind.QUOTATION, "quotation", True, True),
        (BlockKind.TABLE_CELL, "table_cell", True, False),
        (BlockKind.NOTE, "note", True, False),
        (BlockKind.LABEL, "label", True, False),
        (BlockKind.CODE, "code", False, False),
        (BlockKind.METADATA, "metadata", False, False),
    ],
)
def test_kinds(kind: BlockKind, name: str, is_translated: bool, is_prose: bool) -> None:
    assert (kind.value, kind.is_translated, kind.is_prose) == (name, is_translated, is_prose)


def test_the_table_above_has_every_kind() -> None:
    assert [kind.value for kind in BlockKind] == [
        "heading",
        "paragraph",
        "list_item",
        "quotation",
        "table_cell",
        "note",
        "label",
        "code",
        "metadata",
    ]


@pytest.mark.parametrize("kind", BlockKind)
def test_what_is_quoted_in_a_summary_can_be_translated(kind: BlockKind) -> None:
    assert kind.is_translated or not kind.is_prose


def test_outcomes_compare_with_their_names() -> None:
    assert [kind.value for kind in TranslationKind] == ["translated", "kept", "failed"]
    assert TranslationKind("kept") is TranslationKind.KEPT


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (Document(()), ""),
        (Document((), head="\n \n"), "\n \n"),
        (Document((Block(BlockKind.PARAGRAPH, "Et."),)), "Et."),
        (
            Document(
                (
                    Block(BlockKind.HEADING, "Krig og fred", "\r\n\r\n- ", level=1),
                    Block(BlockKind.LIST_ITEM, "One\r\n  line.", "\r\n", line_prefix="  "),
                ),
                head="# ",
            ),
            "# Krig og fred\r\n\r\n- One\r\n  line.\r\n",
        ),
    ],
)
def test_text(document: Document, text: str) -> None:
    assert document.text == text


@given(st.lists(BLOCKS, max_size=6), st.text(), st.integers(0, 6))
def test_a_text_is_its_parts_in_order(blocks: list[Block], head: str, cut: int) -> None:
    document = Document(tuple(blocks), head)
    first, rest = Document(tuple(blocks[:cut]), head), Document(tuple(blocks[cut:]))
    assert document.text == first.text + rest.text


@given(st.lists(BLOCKS, min_size=1, max_size=6), st.data())
def test_a_changed_block_changes_nothing_around_it(blocks: list[Block], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(blocks) - 1))
    before, after = Document(tuple(blocks[:number])).text, Document(tuple(blocks[number + 1 :])).text
    changed = [*blocks[:number], replace(blocks[number], text="NEW"), *blocks[number + 1 :]]
    assert Document(tuple(changed)).text == f"{before}NEW{blocks[number].gap}{after}"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_records_are_frozen_and_hold_nothing_else(record: object) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(record, fields(record)[0].name, None)  # type: ignore[arg-type]
    assert not hasattr(record, "__dict__")
    assert hash(record) == hash(replace(record))  # type: ignore[type-var]


def test_a_segment_bears_no_language_until_one_is_found() -> None:
    assert Segment("2016") == Segment("2016", "", None, 0.0)
