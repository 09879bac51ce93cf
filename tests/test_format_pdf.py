"""PDF to Markdown. The pages are made by fpdf2 here; what LibreOffice makes is in test_real_documents.py."""

from __future__ import annotations

from contextlib import suppress

import pytest
from fpdf import FPDF
from fpdf.enums import AccessPermission

from tosprog.models.errors import FormatError
from tosprog.pipeline.document import BlockKind
from tosprog.pipeline.format_pdf import to_markdown
from tosprog.pipeline.formats import read_document

LONG = (
    "The old harbour was filled with earth after the war, and nobody asked the fishermen what they thought of it. "
    "They moved their boats to the other side of the river, where the water is shallow and the wind comes in. "
)


class Page(FPDF):
    """A4 with a running title and a page number."""

    running = ""

    def header(self) -> None:
        if self.running:
            self.set_font("Helvetica", size=8)
            self.cell(0, 8, self.running, align="C")
            self.ln(15)

    def footer(self) -> None:
        if self.running:
            self.set_y(-15)
            self.set_font("Helvetica", size=8)
            self.cell(0, 8, f"Side {self.page_no()} af 3", align="C")

    def text_at(self, text: str, size: float = 11, style: str = "", width: float = 0) -> None:
        self.set_font("Helvetica", style, size)
        self.multi_cell(width, size * 0.45, text, align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(3)


def made(build: Page) -> bytes:
    return bytes(build.output())


def blocks(data: bytes) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.text) for block in read_document(data, "essay.pdf").blocks]


def test_headings_and_paragraphs() -> None:
    page = Page()
    page.add_page()
    page.text_at("Havnen", 20, "B")
    page.text_at(LONG.strip())
    page.text_at("En ny tid", 14, "B")
    page.text_at("Byen er vokset. " * 12)
    assert blocks(made(page)) == [
        (BlockKind.HEADING, "Havnen"),
        (BlockKind.PARAGRAPH, LONG.strip()),
        (BlockKind.HEADING, "En ny tid"),
        (BlockKind.PARAGRAPH, ("Byen er vokset. " * 12).strip()),
    ]
    assert to_markdown(made(page)).startswith("# Havnen\n\n")
    assert "\n\n## En ny tid\n\n" in to_markdown(made(page))


def test_words_that_were_hyphenated_at_a_line_end_are_whole() -> None:
    page = Page()
    page.add_page()
    page.text_at("En ikke-ryger var der ikke.")
    page.text_at(
        "Hele lokalsam-\nfundet var med, og for-\nog eftermiddag gik med\nDanmark-\nSverige og en ikke-\nryger."
    )
    assert to_markdown(made(page)) == (
        "En ikke-ryger var der ikke.\n\n"
        "Hele lokalsamfundet var med, og for- og eftermiddag gik med Danmark-Sverige og en ikke-ryger.\n"
    )


def test_running_titles_and_page_numbers_are_dropped() -> None:
    page = Page()
    page.running = "Årsrapport for havnen"
    for number in range(3):
        page.add_page()
        page.text_at(f"Afsnit {'ABC'[number]} begynder her. {LONG.strip()}")
    text = to_markdown(made(page))
    assert "rapport" not in text
    assert "Side" not in text
    assert [text.count(f"Afsnit {letter} begynder") for letter in "ABC"] == [1, 1, 1]


def test_a_paragraph_goes_on_over_a_page_break() -> None:
    page = Page()
    page.add_page()
    page.text_at("He walked along the river and saw the boats of the fishermen, who had not")
    page.add_page()
    page.text_at("yet come home that night.")
    assert to_markdown(made(page)) == (
        "He walked along the river and saw the boats of the fishermen, who had not yet come home that night.\n"
    )


def test_two_columns_are_read_one_after_the_other() -> None:
    page = Page()
    page.add_page()
    left, right = (
        ("The left column speaks of boats. " * 12).strip(),
        ("Den højre spalte er om huse. " * 12).strip(),
    )
    page.set_font("Helvetica", size=10)
    page.set_xy(10, 30)
    page.multi_cell(85, 5, left, align="L")
    page.set_xy(110, 30)
    page.multi_cell(85, 5, right, align="L")
    assert blocks(made(page)) == [(BlockKind.PARAGRAPH, left), (BlockKind.PARAGRAPH, right)]


def test_lists() -> None:
    page = Page()
    page.add_page()
    page.text_at("Tag dette med:")
    for item in ("- et telt", "- en lang regnfrakke", "1. Begynd ved havnen", "2. Slut ved broen"):
        page.text_at(item)
    assert to_markdown(made(page)) == (
        "Tag dette med:\n\n- et telt\n- en lang regnfrakke\n1. Begynd ved havnen\n2. Slut ved broen\n"
    )


def test_a_bullet_that_stands_by_itself_goes_with_its_line() -> None:
    page = Page()
    page.add_page()
    page.set_font("Helvetica", size=11)
    for row, item in enumerate(("et telt", "en lang regnfrakke")):
        page.text(10, 30 + 8 * row, "\u00b7")
        page.text(18, 30 + 8 * row, item)
    assert to_markdown(made(page)) == "- et telt\n- en lang regnfrakke\n"


def test_footnotes() -> None:
    page = Page()
    page.add_page()
    page.set_font("Helvetica", size=11)
    page.text(10, 40, "Havnen blev fyldt op")
    end = 10 + page.get_string_width("Havnen blev fyldt op")
    page.set_font("Helvetica", size=6)
    page.text(end + 0.2, 38.5, "1")
    page.set_font("Helvetica", size=11)
    page.text(end + 2, 40, "efter krigen.")
    page.set_font("Helvetica", size=8)
    page.text(10, 240, "1 Kilde: byens arkiv.")
    assert to_markdown(made(page)) == "Havnen blev fyldt op[^1] efter krigen.\n\n[^1]: Kilde: byens arkiv.\n"


def test_characters_that_would_be_markup_are_escaped() -> None:
    page = Page()
    page.add_page()
    page.text_at("5 * 3 and _this_ and <b> and `x`")
    assert to_markdown(made(page)) == "5 \\* 3 and \\_this\\_ and \\<b> and \\`x\\`\n"


ROWS = (
    ("Name of the ship", "Year", "What it carried"),
    (
        "The White Sea",
        "1921",
        "Coal and timber from the Baltic, and now and then a passenger who paid | little",
    ),
    ("Havfruen", "1934", ""),
)


def test_a_ruled_table_is_a_table() -> None:
    page = Page()
    page.add_page()
    page.text_at("Here is a list of the ships of the harbour.")
    with page.table() as table:
        for row in ROWS:
            cells = table.row()
            for cell in row:
                cells.cell(cell)
    page.ln(6)
    page.text_at("After the war two of them came back.")
    assert to_markdown(made(page)) == (
        "Here is a list of the ships of the harbour.\n\n"
        "| Name of the ship | Year | What it carried |\n|---|---|---|\n"
        "| The White Sea | 1921 | Coal and timber from the Baltic, and now and then a passenger who paid \\| little |\n"
        "| Havfruen | 1934 |  |\n\n"
        "After the war two of them came back.\n"
    )
    kinds = [kind for kind, text in blocks(made(page)) if text.strip()]
    assert kinds.count(BlockKind.TABLE_CELL) == 8
    assert (kinds[0], kinds[-1]) == (BlockKind.PARAGRAPH, BlockKind.PARAGRAPH)


def test_a_frame_around_a_paragraph_is_no_table() -> None:
    page = Page()
    page.add_page()
    page.rect(8, 8, 190, 60)
    page.rect(6, 6, 194, 64)
    for height in (20, 40):
        page.line(8, 8 + height, 198, 8 + height)
    page.text_at(LONG.strip())
    assert to_markdown(made(page)) == LONG.strip() + "\n"


def encrypted() -> bytes:
    page = Page()
    page.add_page()
    page.text_at("Hemmeligt.")
    page.set_encryption(owner_password="a", user_password="b", permissions=AccessPermission.none())
    return made(page)


def picture() -> bytes:
    page = Page()
    page.add_page()
    page.rect(20, 20, 100, 100, style="F")
    return made(page)


def sound() -> bytes:
    page = Page()
    page.add_page()
    page.text_at(LONG)
    return made(page)


@pytest.mark.parametrize(
    ("data", "what", "next_step"),
    [
        (encrypted(), "encrypted", "qpdf --password"),
        (picture(), "no text layer", "ocrmypdf"),
        (sound()[:300], "broken", "qpdf"),
        (b"%PDF-1.7\n", "broken", "qpdf"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 40, "broken", "qpdf"),
    ],
    ids=["encrypted", "picture", "truncated", "empty", "noise"],
)
def test_bad_input_is_one_line_that_says_what_helps(data: bytes, what: str, next_step: str) -> None:
    with pytest.raises(FormatError) as caught:
        to_markdown(data)
    message = str(caught.value)
    assert what in message
    assert next_step in message
    assert "\n" not in message


@pytest.mark.parametrize("cut", range(40, 1000, 97))
def test_a_pdf_cut_anywhere_is_read_or_refused(cut: int) -> None:
    with suppress(FormatError):
        assert to_markdown(sound()[:cut]).strip()


def test_no_text_no_blocks() -> None:
    assert to_markdown(b"") == ""
