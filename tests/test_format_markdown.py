from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tosprog.pipeline.document import Block, BlockKind
from tosprog.pipeline.format_markdown import escape, find_spans, read, write
from tosprog.pipeline.spans import cut_blocks


def cut(text: str) -> tuple[str, tuple[Block, ...]]:
    return cut_blocks(text, find_spans(text))


def outline(text: str) -> list[tuple[str, str, str]]:
    return [(block.kind.value, block.text, block.line_prefix) for block in cut(text)[1]]


@pytest.mark.parametrize(
    ("text", "head", "level", "heading", "gap"),
    [
        ("# Titel\n", "# ", 1, "Titel", "\n"),
        ("###   Titel  ###  \n", "###   ", 3, "Titel", "  ###  \n"),
        ("## C# og #\n", "## ", 2, "C# og", " #\n"),
        ("# C#\n", "# ", 1, "C#", "\n"),
        ("> - ## Dybt\n", "> - ## ", 2, "Dybt", "\n"),
        ("Titel\n=====\n", "", 1, "Titel", "\n=====\n"),
        ("Titel\ni to\n---\n", "", 2, "Titel\ni to", "\n---\n"),
    ],
)
def test_headings(text: str, head: str, level: int, heading: str, gap: str) -> None:
    assert cut(text) == (head, (Block(BlockKind.HEADING, heading, gap, level),))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Et *afsnit*\nmed `kode`.\n\nEt til.",
            [("paragraph", "Et *afsnit*\nmed `kode`.", ""), ("paragraph", "Et til.", "")],
        ),
        ("> et\n> to\n", [("quotation", "et\n> to", "> ")]),
        ("> et\n>\n> to\n", [("quotation", "et", "> "), ("quotation", "to", "> ")]),
        ("> > et\n> > to\n", [("quotation", "et\n> > to", "> > ")]),
        ("> et\n> to\ndoven\n", [("quotation", "et\n> to", "> "), ("quotation", "doven", "> ")]),
        ("- et\n  to\n- tre\n", [("list_item", "et\n  to", "  "), ("list_item", "tre", "  ")]),
        ("10. et\n    - to\n", [("list_item", "et", "    "), ("list_item", "to", "      ")]),
        ("- et\n\n  to\n", [("list_item", "et", "  "), ("paragraph", "to", "  ")]),
        ("- [ ] et\n- [x] to\n", [("list_item", "et", "  "), ("list_item", "to", "  ")]),
        ("> - et\n>   to\n", [("list_item", "et\n>   to", ">   ")]),
        ("- > et\n  > to\n", [("quotation", "et\n  > to", "  > ")]),
        (
            "Gade 1  \n1000 By\\\nLand\n",
            [("paragraph", "Gade 1", ""), ("paragraph", "1000 By", ""), ("paragraph", "Land", "")],
        ),
        ("**Gade 1  \n1000 By**\n", [("paragraph", "**Gade 1  \n1000 By**", "")]),
        ("Wed, 23/11/2016\n\nTekst.\n", [("metadata", "Wed, 23/11/2016", ""), ("paragraph", "Tekst.", "")]),
        ("et\n\n***\n\nto\n", [("paragraph", "et", ""), ("paragraph", "to", "")]),
        ('Se [her][a].\n\n[a]: https://example.org "Titel"\n', [("paragraph", "Se [her][a].", "")]),
    ],
)
def test_paragraphs_lists_and_quotations(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert outline(text) == expected


def test_a_list_marker_stands_in_the_gap() -> None:
    head, found = cut("* [x] et\n* to\n")
    assert (head, found[0].gap) == ("* [x] ", "\n* ")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```py\nx = 1\n```\n", "```py\nx = 1\n```"),
        ("> ~~~\n> x\n> ~~~\n", "~~~\n> x\n> ~~~"),
        ("et\n\n    kode\n    mere\n", "kode\n    mere"),
        ("<div>\n<b>hej</b>\n</div>\n", "<div>\n<b>hej</b>\n</div>"),
        ("<!-- en\n\nnote -->\n", "<!-- en\n\nnote -->"),
    ],
)
def test_code_and_html_are_kept(text: str, code: str) -> None:
    assert outline(text)[-1] == ("code", code, "")


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        (
            "| Navn | By |\n|------|:--:|\n| Jens | Køge |\n|  | Ribe |\n",
            ["Navn", "By", "Jens", "Køge", "Ribe"],
        ),
        ("a | b\n--|--\n`c` | d\ne |\n", ["a", "b", "`c`", "d", "e"]),
        ("> | a | b |\n> |---|---|\n> | c\\|d | e |\n", ["a", "b", "c\\|d", "e"]),
        ("> a | b\n> --|--\n> c | 1.\n", ["a", "b", "c", "1."]),
        ("|a|\n|-|\n|b|c|\n", ["a", "b"]),
    ],
)
def test_each_table_cell_is_a_block(table: str, cells: list[str]) -> None:
    assert outline(table) == [("table_cell", cell, "") for cell in cells]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("---\ntitle: Frihed\ntags:\n  - a\n---\n# Titel\n", ["metadata", "label", "metadata", "heading"]),
        ("---\ndate: 2021\n...\n\nTekst\n", ["metadata", "paragraph"]),
        ("---\nFrihed\n---\n", ["heading"]),
        ("---\n\nTekst\n", ["paragraph"]),
    ],
)
def test_front_matter(text: str, kinds: list[str]) -> None:
    assert [kind for kind, _, _ in outline(text)] == kinds


def test_windows_line_ends_and_nul() -> None:
    text = "# A\r\n\r\n> b\r\n> c\r\n\r\n| d\0 |\r\n|---|\r\n"
    assert [text for _, text, _ in outline(text)] == ["A", "b\r\n> c", "d\0"]


MARKUP = st.lists(
    st.sampled_from(
        [
            "a",
            "Ord ",
            "æ",
            "\n",
            "\n",
            "\n\n",
            "\r\n",
            "\r",
            " ",
            "  ",
            "    ",
            "\t",
            "> ",
            ">",
            "- ",
            "* ",
            "1. ",
            "10) ",
            "# ",
            "## ",
            "#",
            " ##",
            "===",
            "---",
            "***",
            "```",
            "~~~",
            "`",
            "|",
            "| ",
            "|--|--|",
            "-|-",
            "\\",
            "\\|",
            "<div>",
            "</div>",
            "<!--",
            "-->",
            "[a]: /b",
            "[a]",
            "[ ] ",
            "4. maj 2021",
            "key: value",
            "\u2028",
            "\xa0",
            "\x1f",
            "\x0c",
            "\x00",
        ]
    ),
    max_size=60,
).map("".join)


@settings(max_examples=500)
@given(st.one_of(st.text(), MARKUP))
def test_no_character_is_lost(text: str) -> None:
    head, found = cut(text)
    assert head + "".join(block.text + block.gap for block in found) == text
    for block in found:
        assert block.text
        assert block.text == block.text.strip()
        lines = block.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if block.kind.is_translated:
            assert all(line.startswith(block.line_prefix) or not line.strip(" \t>") for line in lines[1:])


@given(MARKUP, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
def test_bytes_are_written_back(text: str, codec: str) -> None:
    for control in "\0\x1f\u2028":
        text = text.replace(control, "")
    data = text.encode(codec)
    document = read(data)
    assert document.text == text
    assert write(document) == data


@settings(max_examples=300)
@given(MARKUP.map(lambda text: text.replace("\\", "").replace("\xa0", "").replace("\0", "")))
def test_other_words_leave_the_structure_as_it_is(text: str) -> None:
    if text.startswith("---"):
        return
    parser = MarkdownIt("commonmark").enable("table")
    head, found = cut(text)
    other = head + "".join(("Ord" if block.kind.is_translated else block.text) + block.gap for block in found)
    assert [(token.type, token.level) for token in parser.parse(other)] == [
        (token.type, token.level) for token in parser.parse(text)
    ]


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(["Et ord.", "# Titel", "- punkt", "> citat", "| a | b |\n|---|---|", "1. en"]),
        min_size=1,
    )
)
def test_order_and_number_of_blocks(parts: list[str]) -> None:
    found = [block.text for block in cut("\n\n".join(parts))[1]]
    words = {
        "Et ord.": ["Et ord."],
        "# Titel": ["Titel"],
        "- punkt": ["punkt"],
        "> citat": ["citat"],
        "1. en": ["en"],
    }
    assert found == [word for part in parts for word in words.get(part, ["a", "b"])]


def test_a_long_text_is_read_fast() -> None:
    prose = "## Afsnit\n\nEt afsnit med *ord* og\nto linjer.\n\n- et\n- to\n\n> citat\n\n"
    section = f"{prose}| a | b |\n|---|---|\n| c | d |\n\n"
    text = section * (200_000 // len(section) + 1)
    begin = time.process_time()
    assert len(cut(text)[1]) == 9 * (200_000 // len(section) + 1)
    assert time.process_time() - begin < 10  # 1 s is usual


FRONT_MATTER = """---
title: Byen og havet
subtitle: "En bog: om vandet"
author: Anna Holm
lang: da-DK
description: 'Om byen'
date: 2021-05-04
---

Teksten her.
"""


def test_the_title_in_front_matter_is_a_label() -> None:
    document = read(FRONT_MATTER.encode())
    labels = [block.text for block in document.blocks if block.kind is BlockKind.LABEL]
    assert labels == ["Byen og havet", '"En bog: om vandet"', "'Om byen'"]
    assert write(document).decode() == FRONT_MATTER


def test_front_matter_is_written_as_yaml_and_says_its_new_language() -> None:
    new = {
        "Byen og havet": "The town: the sea",
        '"En bog: om vandet"': '"A "book""',
        "'Om byen'": "'The town's'",
    }
    document = read(FRONT_MATTER.encode())
    blocks = tuple(
        replace(block, text=escape(new[block.text], block)) if block.text in new else block
        for block in document.blocks
    )
    written = write(replace(document, blocks=blocks, relabel=(("da", "en"),))).decode()
    assert written.split("\n")[1:7] == [
        'title: "The town: the sea"',
        'subtitle: "A \\"book\\""',
        "author: Anna Holm",
        "lang: en-DK",
        "description: 'The town’s'",
        "date: 2021-05-04",
    ]
    assert write(replace(read(b"lang: da\n"), relabel=(("da", "en"),))) == b"lang: da\n"
