"""A summary as text, Markdown with footnotes, a page and JSON."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from tosprog.models.errors import UsageError
from tosprog.models.languages import LanguageCode
from tosprog.pipeline.summary import (
    Note,
    Rejected,
    SentenceKind,
    Source,
    Summary,
    SummaryOptions,
    SummarySentence,
)
from tosprog.pipeline.summary_formats import FORMATS, render_summary

MAY = SummarySentence("1. maj er fri.", (Source("1. maj er fri.", 0, 0, 1),))
REST = SummarySentence("Vi hviler.", (Source("We rest.", 2, 0, 4),))
WRITTEN = SummarySentence(
    "Vi hviler 1. maj.",
    (Source("1. maj er fri.", 0, 0, 1, 0.75), Source("We rest.", 2, 0, 4, 0.5)),
    0.9,
    SentenceKind.WRITTEN,
)
INSTEAD = SummarySentence(
    "Vi synger <højt>.", (Source("Vi synger <højt>.", 3, 1, 6),), 0.4, SentenceKind.REPLACED
)


def summary(
    *sentences: SummarySentence, notes: tuple[Note, ...] = (), rejected: tuple[Rejected, ...] = ()
) -> Summary:
    method = "llama.cpp/tiny@0/gguf" if rejected else "extractive"
    return Summary(sentences, notes, 9, SummaryOptions(), method, rejected)


@pytest.mark.parametrize(
    ("made", "language", "expected"),
    [
        (
            summary(MAY, REST),
            "en",
            "# Fri\n\n1\\. maj er fri.[^1] Vi hviler.[^2]\n\n[^1]: Sentence 1 of fri.txt: 1. maj er fri.\n\n"
            "[^2]: Sentence 4 of fri.txt: We rest.\n",
        ),
        (
            summary(REST, notes=(Note.WHOLE,)),
            "da",
            "# Fri\n\nVi hviler.[^1]\n\n"
            "*Teksten er ikke længere end det ønskede resumé og er gengivet i sin helhed.*\n\n"
            "[^1]: Sætning 4 i fri.txt: We rest.\n",
        ),
        (
            summary(
                WRITTEN, INSTEAD, notes=(Note.REPLACED,), rejected=(Rejected("Vi danser.", ("source",)),)
            ),
            "da",
            "# Fri\n\nVi hviler 1. maj.[^1][^2] Vi synger <højt>. *(fra teksten)*[^3]\n\n"
            "*1 sætning(er) fra modellen er erstattet af tekstens nærmeste.*\n\n"
            "**Udeladt, da teksten ikke siger det**\n\n- Vi danser. (source)\n\n"
            "[^1]: Sætning 1 i fri.txt: 1. maj er fri.\n\n[^2]: Sætning 4 i fri.txt: We rest.\n\n"
            "[^3]: Sætning 6 i fri.txt: Vi synger <højt>.\n",
        ),
        (summary(notes=(Note.EMPTY,)), "en", "# Fri\n\n*There is no prose to summarise.*\n"),
    ],
)
def test_markdown(made: Summary, language: LanguageCode, expected: str) -> None:
    assert render_summary(made, "markdown", "Fri\n", "fri.txt", language) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a dash opens it.", "\\- a dash opens it.[^1]"),
        ("# a hash opens it.", "\\# a hash opens it.[^1]"),
        (">quoted.", "\\>quoted.[^1]"),
        ("12) twelve.", "12\\) twelve.[^1]"),
        ("**Strong** words.", "**Strong** words.[^1]"),
        ("3.5 kilometres.", "3.5 kilometres.[^1]"),
        ("1914 brought war.", "1914 brought war.[^1]"),
        ("As said[^1] before.", "As said\\[^1] before.[^1]"),
    ],
)
def test_markdown_keeps_a_paragraph_a_paragraph(text: str, expected: str) -> None:
    rendered = render_summary(
        summary(SummarySentence(text, (Source(text, 0, 0, 1),))), "markdown", "T", "t.txt"
    )
    assert rendered.split("\n\n")[1] == expected
    tokens = [token.type for token in MarkdownIt().parse(expected)]
    assert tokens == ["paragraph_open", "inline", "paragraph_close"]


def test_text_is_the_paragraph() -> None:
    assert render_summary(summary(MAY, REST), "text", "T", "t.txt") == "1. maj er fri. Vi hviler.\n"
    assert render_summary(summary(notes=(Note.EMPTY,)), "text", "T", "t.txt") == ""


def test_json() -> None:
    made = summary(WRITTEN, notes=(Note.DROPPED,), rejected=(Rejected("Vi danser.", ("source", "names")),))
    assert json.loads(render_summary(made, "json", "T", "t.txt")) == {
        "text": "Vi hviler 1. maj.",
        "sentences": [
            {
                "text": "Vi hviler 1. maj.",
                "kind": "written",
                "score": 0.9,
                "sources": [
                    {"text": "1. maj er fri.", "number": 1, "block": 0, "segment": 0, "likeness": 0.75},
                    {"text": "We rest.", "number": 4, "block": 2, "segment": 0, "likeness": 0.5},
                ],
            }
        ],
        "method": "llama.cpp/tiny@0/gguf",
        "support_rate": 0.5,
        "rejected": [{"text": "Vi danser.", "checks": ["source", "names"]}],
        "failures": [],
        "notes": ["dropped"],
        "note": "1 sentence(s) of the model were left out: the text does not support them.",
        "total": 9,
    }


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.classes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.classes += [value or "" for name, value in attrs if name == "class"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_shows_the_sources_of_each_sentence() -> None:
    made = summary(
        MAY, WRITTEN, INSTEAD, notes=(Note.REPLACED,), rejected=(Rejected("Vi <danser>.", ("source",)),)
    )
    page = render_summary(made, "html", "Fri & glad", "fri.txt", "da")
    reader = _Reader()
    reader.feed(page)
    assert reader.open == []
    assert [c for c in reader.classes if c.startswith("sentence ")] == [
        "sentence quoted",
        "sentence written",
        "sentence replaced",
    ]
    assert page.count('role="tooltip"') == 3
    assert "Sætning 4, 50%" in page
    assert "<h1>Fri &amp; glad</h1>" in page
    assert "Vi &lt;danser&gt;. (source)" in page
    assert "<højt>" not in page
    assert re.search(r'<html lang="da">', page)
    assert "http" not in page
    assert "<script" not in page


def test_a_page_without_sentences_has_its_note() -> None:
    page = render_summary(summary(notes=(Note.EMPTY,)), "html", "T", "t.txt")
    assert "There is no prose to summarise." in page
    assert "tooltip" not in page


def test_an_unknown_format() -> None:
    with pytest.raises(UsageError, match="unknown format 'pdf'; legal is text, markdown, html, json"):
        render_summary(summary(MAY), "pdf", "T", "t.txt")
    assert list(FORMATS) == ["text", "markdown", "html", "json"]
