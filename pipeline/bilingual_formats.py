"""A document in both languages, side by side, as the ending of a file says: a new format is a function and a line."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tosprog.models.errors import UsageError
from tosprog.models.languages import LANGUAGES, NAMES
from tosprog.pipeline.bilingual import render_bilingual
from tosprog.pipeline.document import BlockKind, Document, Translation, TranslationKind

Rows = Sequence[Sequence[Translation]]


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence in Danish and in English, the same where it bears no language; and whether it is a heading."""

    danish: str
    english: str
    is_heading: bool


def bilingual_rows(document: Document, translations: Rows) -> Iterator[Row]:
    """The sentences in order; what could not be translated stands in both columns as it was.

    Args:
        document: As read, or as assembled: its blocks' kinds are used.
        translations: For each block its segments, each put into the other language.
    """
    for block, segments in zip(document.blocks, translations, strict=True):
        for one in segments:
            if not one.segment.plain.strip():
                continue
            sides = []
            for code in LANGUAGES:
                if one.segment.language not in LANGUAGES or one.kind is TranslationKind.FAILED:
                    text = one.segment.plain
                else:
                    text = "".join(piece for piece, _ in one.in_language(code))
                sides.append(" ".join(text.split()))
            yield Row(sides[0], sides[1], block.kind is BlockKind.HEADING)


def _html(document: Document, translations: Rows, title: str) -> bytes:
    return render_bilingual(document, translations, title).encode("utf-8")


def _markdown(document: Document, translations: Rows, title: str) -> bytes:
    lines = [f"| {' | '.join(NAMES[code] for code in LANGUAGES)} |", "|---|---|"]
    for row in bilingual_rows(document, translations):
        cells = [re.sub(r"([\\|])", r"\\\1", text) for text in (row.danish, row.english)]
        lines.append(f"| {' | '.join(f'**{cell}**' if row.is_heading else cell for cell in cells)} |")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _docx(document: Document, translations: Rows, title: str) -> bytes:
    try:
        import docx
    except ImportError as error:
        raise UsageError(
            "a Word document side by side needs python-docx; type: pip install 'tosprog[docx]', "
            "or name a .html or .md file"
        ) from error
    made = docx.Document()
    made.core_properties.title = _without_controls(title)
    table = made.add_table(rows=1, cols=2)
    table.style = "Table Grid"
    for cell, code in zip(table.rows[0].cells, LANGUAGES, strict=True):
        cell.paragraphs[0].add_run(NAMES[code]).bold = True
    for row in bilingual_rows(document, translations):
        for cell, text in zip(table.add_row().cells, (row.danish, row.english), strict=True):
            cell.paragraphs[0].add_run(_without_controls(text)).bold = row.is_heading or None
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _without_controls(text: str) -> str:
    """What XML may have."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


BILINGUAL_FORMATS: dict[str, Callable[[Document, Rows, str], bytes]] = {
    ".html": _html,
    ".htm": _html,
    ".md": _markdown,
    ".docx": _docx,
}


def renderer_of(out: Path | None) -> Callable[[Document, Rows, str], bytes]:
    """What makes a document side by side out of document, translations and title, by a file's ending.

    Args:
        out: The file that is to be written; None is standard output, which gets a page.

    Raises:
        UsageError: no format has that ending.
    """
    ending = ".html" if out is None else out.suffix.lower()
    if ending not in BILINGUAL_FORMATS:
        raise UsageError(
            f"--out {out}: side by side is written as {', '.join(BILINGUAL_FORMATS)}; name such a file"
        )
    return BILINGUAL_FORMATS[ending]
