"""The ruled tables of a PDF, found by pdfplumber."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass

_MIN_ROWS, _MIN_COLUMNS = 2, 2
_MIN_FILLED = 0.5  # of the cells: a frame around text is no table


@dataclass(frozen=True, slots=True)
class PdfTable:
    """A table; places in points, from the page's lower left corner.

    Attributes:
        rows: The lines of each cell's text; as many cells in every row.
        left: Where it begins.
        bottom: Its lower edge.
        right: Where it ends.
        top: Its upper edge.
    """

    rows: tuple[tuple[tuple[str, ...], ...], ...]
    left: float
    bottom: float
    right: float
    top: float


def find_tables(data: bytes, pages: Iterable[int]) -> dict[int, list[PdfTable]]:
    """The tables of some pages of a sound PDF.

    Args:
        data: The file.
        pages: Their numbers, from 0.

    Returns:
        For each page that has tables, these.
    """
    import pdfplumber

    wanted = sorted(set(pages))
    found: dict[int, list[PdfTable]] = {}
    if not wanted:
        return found
    with pdfplumber.open(io.BytesIO(data), pages=[number + 1 for number in wanted]) as document:
        for page in document.pages:
            for table in page.find_tables():
                rows = tuple(
                    tuple(tuple((cell or "").splitlines()) for cell in row) for row in table.extract()
                )
                if _is_table(rows):
                    left, top, right, bottom = table.bbox
                    height = float(page.height)
                    one = PdfTable(rows, left, height - bottom, right, height - top)
                    found.setdefault(page.page_number - 1, []).append(one)
            page.close()
    return found


def _is_table(rows: tuple[tuple[tuple[str, ...], ...], ...]) -> bool:
    cells = [bool(cell) for row in rows for cell in row]
    return len(rows) >= _MIN_ROWS and len(rows[0]) >= _MIN_COLUMNS and sum(cells) >= _MIN_FILLED * len(cells)
