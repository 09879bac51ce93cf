"""Numbers written as a language does: 1.234,5 in Danish is 1,234.5 in English. Done only where it was asked for."""

from __future__ import annotations

import re

from tosprog.models.languages import Direction

# After these words a number with a stop is a label: section 3.2, version 1.5.
_LABELLED = re.compile(
    r"(?:afsnit|kapitel|kap\.|figur|fig\.|tabel|version|v\.?|kl\.|klokken|section|chapter|figure|table|at|§|no\.|nr\.)\s*$",
    re.IGNORECASE,
)
_DANISH = re.compile(r"(?<![\d.,:/-])(?:(\d{1,3}(?:\.\d{3})+)(,\d+)?|(\d+),(\d+))(?![\d:/-]|[.,]\d)")
_ENGLISH = re.compile(r"(?<![\d.,:/-])(?:(\d{1,3}(?:,\d{3})+)(\.\d+)?|(\d+)\.(\d+))(?![\d:/-]|[.,]\d)")
_SWAPPED = str.maketrans(".,", ",.")


def localize_numbers(text: str, direction: Direction) -> str:
    """A translation's numbers, written as in its source, in the form of the target language.

    Thousands and decimals only. Times (9.30), dates, sections (3.2 at the start, or after "section") and what could
    be either stay.

    Example:
        >>> localize_numbers("1.234,56 kr. of 4.200.000, or 3,5 %", Direction("da", "en"))
        '1,234.56 kr. of 4,200,000, or 3.5 %'
    """
    pattern = _DANISH if direction.source == "da" else _ENGLISH

    def written(match: re.Match[str]) -> str:
        before = text[: match.start()]
        if match[3] and direction.source == "en" and (not before.strip() or _LABELLED.search(before)):
            return match[0]
        return match[0].translate(_SWAPPED)

    return pattern.sub(written, text)
