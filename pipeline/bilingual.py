"""A document in both languages, side by side, as one HTML page: Danish left, English right, a row a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from tosprog.models.languages import LANGUAGES, NAMES, other
from tosprog.pipeline.document import Block, BlockKind, Document, Translation, TranslationKind

_STYLE = """
body { font: 1rem/1.5 Georgia, serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; }
th { text-align: left; border-bottom: 2px solid #888; font-family: sans-serif; font-size: .85rem; }
th, td { padding: .25rem 1rem .25rem 0; vertical-align: top; width: 50%; overflow-wrap: break-word; }
tr.first td { padding-top: 1rem; }
tr.heading td { font-weight: bold; font-size: 1.15rem; }
td.made, span.made { color: #14487a; }
td.failed { color: #a11; font-style: italic; }
u { text-decoration: underline wavy #c60; text-underline-offset: .15em; }
td.both { text-align: center; color: #666; }
p { color: #666; font: .85rem sans-serif; }
@media print { body { max-width: none; } tr { break-inside: avoid; } }
"""


def render_bilingual(document: Document, translations: Sequence[Sequence[Translation]], title: str) -> str:
    """The page, complete in itself.

    Args:
        document: As read, or as assembled: its blocks' kinds are used.
        translations: For each block its segments, each put into the other language.
        title: Of the page.
    """
    rows = [
        row
        for block, segments in zip(document.blocks, translations, strict=True)
        for row in _rows(block, segments)
    ]
    head = "".join(f"<th>{NAMES[code]}</th>" for code in LANGUAGES)
    return (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n"
        "<p>Black is the writer's text, blue is translated by a machine; "
        "red could not be translated and stands as it was; underlined may be no word.</p>\n"
        f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "".join(rows)
        + "</tbody>\n</table>\n</body>\n</html>\n"
    )


def _rows(block: Block, segments: Sequence[Translation]) -> Iterator[str]:
    shown = [one for one in segments if one.segment.plain.strip()]
    for index, one in enumerate(shown):
        classes = " ".join(
            name
            for name, applies in (
                ("first", index == 0),
                ("heading", block.kind is BlockKind.HEADING),
            )
            if applies
        )
        yield f'<tr class="{classes}">{_cells(one)}</tr>\n' if classes else f"<tr>{_cells(one)}</tr>\n"


def _cells(one: Translation) -> str:
    source = escape(" ".join(one.segment.plain.split()))
    if one.segment.language not in LANGUAGES:
        return f'<td class="both" colspan="2">{source}</td>'
    cells = []
    for code in LANGUAGES:
        if one.kind is TranslationKind.FAILED and code != one.segment.language:
            cells.append(f'<td lang="{other(code)}" class="failed">{source}</td>')
            continue
        pieces = [
            (_underlined(" ".join(text.split()), one.unknown if made else ()), made)
            for text, made in one.in_language(code)
        ]
        if all(made for _, made in pieces):
            cells.append(f'<td lang="{code}" class="made">{" ".join(text for text, _ in pieces)}</td>')
        else:
            marked = (f'<span class="made">{text}</span>' if made else text for text, made in pieces)
            cells.append(f'<td lang="{code}">{" ".join(marked)}</td>')
    return "".join(cells)


def _underlined(text: str, unknown: Sequence[str]) -> str:
    """The text as HTML, with the words that may be none underlined."""
    if not unknown:
        return escape(text)
    words = re.compile(rf"\b({'|'.join(map(re.escape, unknown))})\b")
    return "".join(
        f"<u>{escape(piece)}</u>" if i % 2 else escape(piece) for i, piece in enumerate(words.split(text))
    )
