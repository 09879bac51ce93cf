from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tosprog.pipeline.document import Block, BlockKind
from tosprog.pipeline.inline import TAG, TagKind, clean, make_tag, read_tag, without_tags
from tosprog.pipeline.neutral import bears_language
from tosprog.pipeline.segment import segment_block

BOLD, END, NOTE, BREAK = (
    make_tag(kind, 1) for kind in (TagKind.OPEN, TagKind.CLOSE, TagKind.POINT, TagKind.BREAK)
)


@given(st.sampled_from(TagKind), st.integers(0, 10**6))
def test_a_tag_is_read_as_it_was_made(kind: TagKind, number: int) -> None:
    tag = make_tag(kind, number)
    assert TAG.fullmatch(tag)
    assert read_tag(tag) == (kind, number)


@given(st.text())
def test_cleaned_text_holds_no_tag(text: str) -> None:
    assert without_tags(clean(text)) == clean(text)
    assert not TAG.search(clean(text))


def test_a_reader_sees_breaks_as_line_ends_and_nothing_else() -> None:
    assert without_tags(f"{BOLD}Hus{END}{NOTE} nu{BREAK}ja") == "Hus nu\nja"


def test_sentences_end_before_and_behind_tags() -> None:
    text = f"{BOLD}Det er en by.{END} {BOLD}Den er stor.{END}{NOTE} Ja"
    segments = segment_block(Block(BlockKind.PARAGRAPH, text))
    assert [s.plain for s in segments] == ["Det er en by.", "Den er stor.", "Ja"]
    assert "".join(s.text + s.gap for s in segments) == text


def test_a_break_parts_segments_of_headings_too() -> None:
    for kind in (BlockKind.HEADING, BlockKind.PARAGRAPH):
        text = f"{BREAK}Navn:{BREAK} Anna{BREAK}{BREAK}"
        segments = segment_block(Block(kind, text))
        assert [s.text for s in segments] == ["", "Navn:", "Anna"]
        assert "".join(s.text + s.gap for s in segments) == text


@given(st.lists(st.sampled_from(("Hej.", " ", "Nu", BOLD, END, NOTE, BREAK, "a", "\n")), max_size=12))
def test_segments_join_to_the_block(parts: list[str]) -> None:
    text = "".join(parts)
    for kind in (BlockKind.HEADING, BlockKind.PARAGRAPH):
        segments = segment_block(Block(kind, text))
        assert "".join(s.text + s.gap for s in segments) == text
        assert not any(BREAK in s.text for s in segments)


def test_tags_bear_no_language() -> None:
    assert not bears_language(f"{BOLD}12{END}{NOTE}")
    assert not bears_language(make_tag(TagKind.ATOM, 3))
    assert bears_language(f"{BOLD}Velfærd{END}")
