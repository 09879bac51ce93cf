from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tosprog.pipeline.document import Block, BlockKind
from tosprog.pipeline.format_text import find_spans, read, write
from tosprog.pipeline.metadata import is_metadata
from tosprog.pipeline.spans import cut_blocks

LONG = (
    "Kommunerne har fået færre penge, og de frivillige foreninger mærker det først. "
    "Alligevel er der plads til håb, for mange vil gerne hjælpe hinanden i det daglige."
)
WRAPPED = (
    "The village had no shop, no school and no bus, and yet nobody who lived\n"
    "there wanted to leave. In the evenings they met at the old mill. Anna\n"
    "brought the coffee, and the others brought whatever they could\n"
    "spare."
)


def blocks(text: str) -> tuple[Block, ...]:
    return cut_blocks(text, find_spans(text))[1]


def outline(text: str) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in blocks(text)]


def kinds(text: str) -> list[str]:
    return [block.kind.value for block in blocks(text)]


def test_a_mixed_essay_gets_its_headings() -> None:
    text = (
        "frivilligt arbejde i små samfund og hvad det betyder for de ældste\n\n"
        "Village Life\n\nTue, 14/03/2017\n\n"
        "Village life – who keeps it going when the shop has closed?\n\n\n"
        f"{LONG}\n\n{LONG}\n"
    )
    document = read(text.encode())
    assert [(block.kind.value, block.level) for block in document.blocks] == [
        ("heading", 1),
        ("heading", 2),
        ("metadata", 0),
        ("heading", 2),
        ("paragraph", 0),
        ("paragraph", 0),
    ]
    assert document.blocks[3].gap == "\n\n\n"
    assert document.blocks[-1].gap == "\n"
    assert document.format == "text"


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("Velfærd og frihed", 2),
        ("Hvem betaler for det hele?", 2),
        ("VELFÆRD FOR ALLE!", 2),
        ("1. Indledning", 1),
        ("1.2 Velfærd", 2),
        ("2.3.1 Method", 3),
        ("Kapitel 4", 2),
    ],
)
def test_a_short_line_over_prose_is_a_heading(line: str, level: int) -> None:
    found = blocks(f"{LONG}\n\n{line}\n\n{LONG}\n")
    assert [(block.kind, block.text, block.level) for block in found[1:2]] == [
        (BlockKind.HEADING, line, level)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Det var en kort sætning.",
        "Kære Hans,",
        "Vi skal bruge følgende:",
        "men det er en anden historie",
        "Så gik de hjem…",
        "Kom nu!",
        "This is a line of many more words than a heading in a text ever has",
    ],
)
def test_other_short_lines_are_paragraphs(line: str) -> None:
    assert kinds(f"{LONG}\n\n{line}\n\n{LONG}\n") == ["paragraph"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "krigen mod narkotika",
        f"{LONG}\n\nVenlig hilsen\n\nJens Hansen\n",
        "\n\n".join(["Kom hjem", "Nu falder sneen", "Over marken", "Over havet", "Natten kommer", "Sov"])
        + f"\n\n{LONG}",
    ],
)
def test_lines_that_head_nothing_are_no_headings(text: str) -> None:
    assert "heading" not in kinds(text)


def test_underlined_headings() -> None:
    found = blocks(f"Titel\n=====\n\nAfsnit et\n---------\n{LONG}\n")
    assert [(block.kind.value, block.level, block.text, block.gap) for block in found] == [
        ("heading", 1, "Titel", "\n=====\n\n"),
        ("heading", 2, "Afsnit et", "\n---------\n"),
        ("paragraph", 0, LONG, "\n"),
    ]


def test_a_heading_directly_above_its_paragraph() -> None:
    assert kinds(f"Frihed\n{LONG}\nLighed\n{LONG}\n") == ["heading", "paragraph", "heading", "paragraph"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Wed, 23/11/2016", True),
        ("d. 4. maj 2021", True),
        ("Den 4. maj 2021 kl. 9.30", True),
        ("March 3rd, 2020", True),
        ("2016-11-23T10:00:00Z", True),
        ("3.14", True),
        ("+45 12 34 56 78", True),
        ("https://example.org/side?a=1", True),
        ("jens@example.org", True),
        ("[12]", True),
        ("By Jane Doe", False),
        ("Af Hans Hansen", False),
        ("May", False),
        ("4 heste", False),
        ("Se https://example.org", False),
        ("---", False),
        ("", False),
    ],
)
def test_metadata_lines(line: str, expected: bool) -> None:
    assert is_metadata(line) is expected
    if expected:
        assert kinds(f"{LONG}\n\n{line}\n\n{LONG}") == ["paragraph", "metadata", "paragraph"]


def test_a_title_over_its_subtitle_or_byline() -> None:
    assert kinds(f"Den lange vej\nEn fortælling om mod\n4. maj 2021\n\n{LONG}\n") == [
        "heading",
        "paragraph",
        "metadata",
        "paragraph",
    ]


def test_long_lines_that_end_in_a_stop_are_paragraphs() -> None:
    line = (
        "Fiskerne sejlede ud om natten, mens byen sov, og de kom først hjem igen, "
        "da solen allerede stod højt på himlen."
    )
    assert 100 < len(line) < 140
    assert outline(f"{line}\n{line}\n") == [("paragraph", line)] * 2


def test_wrapped_lines_are_one_block() -> None:
    assert outline(f"{WRAPPED}\n\n{WRAPPED}\n") == [("paragraph", WRAPPED)] * 2


def test_windows_line_ends() -> None:
    text = f"{WRAPPED}\n\n{WRAPPED}\n".replace("\n", "\r\n")
    assert [block.gap for block in blocks(text)] == ["\r\n\r\n", "\r\n"]


@pytest.mark.parametrize(
    "lines",
    [
        ["Hans Hansen", "Nørregade 12", "1165 København K"],
        [
            "Nu falder sneen over byen",
            "Og alle børn går ind",
            "Hvor lampen lyser i stuen",
            "Bag ruder uden vind",
        ],
        [LONG, LONG],
        ["Navn\tAlder", "Jens\t12", "Anna\t14 og et halvt år"],
    ],
)
def test_lines_of_their_own_are_not_glued(lines: list[str]) -> None:
    text = f"{WRAPPED}\n\n" + "\n".join(lines) + "\n"
    assert [block.text for block in blocks(text)[1:]] == lines


def test_an_indented_first_line_begins_a_paragraph() -> None:
    first, second = f"  {WRAPPED}", f"  {WRAPPED}"
    assert outline(f"{first}\n{second}\n") == [("paragraph", WRAPPED)] * 2


@pytest.mark.parametrize(
    ("text", "expected", "head"),
    [
        ("- mælk\n- brød og\n  smør\n", ["mælk", "brød og\n  smør"], "- "),
        ("1. mælk\n2. brød\n", ["mælk", "brød"], "1. "),
        ("a) Mælk\nb) Brød\n", ["Mælk", "Brød"], "a) "),
        ("• Mælk\n• Brød\n", ["Mælk", "Brød"], "• "),
        ("* Mælk\n\n* Brød\n", ["Mælk", "Brød"], "* "),
    ],
)
def test_list_items(text: str, expected: list[str], head: str) -> None:
    found_head, found = cut_blocks(text, find_spans(text))
    assert found_head == head
    assert [(block.kind, block.text) for block in found] == [(BlockKind.LIST_ITEM, item) for item in expected]


def test_a_list_item_knows_its_indent() -> None:
    assert blocks("- mælk\n- brød og\n  smør\n")[1].line_prefix == "  "


@pytest.mark.parametrize(
    "text",
    [
        "2. verdenskrig begyndte i 1939.",
        "1. maj er en fridag.",
        "Den gamle mand i huset ved åen var født længe før krigen, og han talte om\n"
        "2. verdenskrig, som om den var i går. Ingen turde afbryde ham, når han var\n"
        "- som altid om aftenen - kommet i gang.",
    ],
)
def test_ordinals_and_dashes_in_prose_are_no_list(text: str) -> None:
    assert outline(text) == [("paragraph", text)]


def test_quotations() -> None:
    found = blocks("> Et citat, som går\n> over to linjer.\n>\n> Et nyt.\n>> Et svar.\n")
    assert [(block.kind.value, block.text, block.line_prefix) for block in found] == [
        ("quotation", "Et citat, som går\n> over to linjer.", "> "),
        ("quotation", "Et nyt.", "> "),
        ("quotation", "Et svar.", ">> "),
    ]


def test_indented_lines_are_code_only_where_they_look_like_it() -> None:
    text = f"{LONG}\n\n    for (i = 0; i < n; i++) {{\n        run(i);\n    }}\n\n    Et indrykket afsnit.\n"
    assert kinds(text) == ["paragraph", "code", "paragraph"]


@pytest.mark.parametrize("text", ["", " ", "\n\n", " \r\n\t\r\n"])
def test_blank_text_has_no_blocks(text: str) -> None:
    document = read(text.encode())
    assert (document.blocks, document.head) == ((), text)


ALPHABET = st.text(st.sampled_from("aAæØ19. \n\t>-*=:,?)(_#\r\u2028\xa0\x1f\x0c\0"))
PIECES = st.lists(
    st.sampled_from(
        [
            "ord",
            "Ord ",
            "LONG WORD ",
            "\n",
            "\n\n",
            "\r\n",
            "\r",
            " ",
            "\t",
            "    ",
            "- ",
            "1. ",
            "a) ",
            "> ",
            ">",
            "===\n",
            "---\n",
            ". ",
            "? ",
            ":\n",
            "x();\n",
            "4. maj 2021",
            "\u2028",
            "\xa0",
            "\x1f",
            LONG,
        ]
    )
).map("".join)


@settings(max_examples=300)
@given(st.one_of(st.text(), ALPHABET, PIECES))
def test_no_character_is_lost(text: str) -> None:
    head, found = cut_blocks(text, find_spans(text))
    assert head + "".join(block.text + block.gap for block in found) == text
    for block in found:
        assert block.text
        assert block.text == block.text.strip()
    # A letter never hides in a gap, apart from those of list markers such as "a)" and "ii)".
    gaps = head + " ".join(block.gap for block in found)
    assert all(len(word.strip("()")) <= 4 for word in gaps.split() if any(char.isalpha() for char in word))


@given(PIECES, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
def test_bytes_are_written_back(text: str, codec: str) -> None:
    if codec == "cp1252":
        text = text.replace("\u2028", "")
    data = text.replace("\x1f", "").encode(codec)
    assert write(read(data)) == data


def test_a_long_text_is_read_fast() -> None:
    text = "".join(f"Afsnit {number}\n\n{WRAPPED}\n\n- et\n- to\n\n" for number in range(850))
    assert len(text) > 200_000
    begin = time.process_time()
    assert len(blocks(text)) == 850 * 4
    assert time.process_time() - begin < 10  # quadratic time would need minutes; 0.5 s is usual
