"""Cuts a sentence that is too long for the model at clause ends. Nothing is ever dropped."""

from __future__ import annotations

import re
from collections.abc import Callable

# Best places first: after a semicolon or colon, a comma, a dash; then before a conjunction; then any blank.
_CUTS = (
    r"(?<=[;:])\s+",
    r"(?<=,)\s+",
    r"\s+(?=[–—-]\s)",
    r"\s+(?=(?:og|men|eller|som|der|at|and|but|or|which|that)\b)",
    r"\s+",
)


def split_long(text: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
    """Cuts ``text`` into parts that fit, as few as the best places allow.

    The parts and the white space that is between them make up the text. A single word that does not fit is a
    part of its own: the caller keeps it.

    Example:
        >>> split_long("en, to, tre", lambda part: len(part) <= 7)
        ('en, to,', 'tre')
    """
    if fits(text):
        return (text,)
    for pattern in _CUTS:
        units = re.split(f"({pattern})", text)
        if len(units) == 1:
            continue
        parts: list[str] = []
        current = units[0]
        for blank, unit in zip(units[1::2], units[2::2], strict=True):
            if fits(current + blank + unit):
                current += blank + unit
            else:
                parts.append(current)
                current = unit
        parts.append(current)
        if len(parts) > 1:
            return tuple(smaller for part in parts for smaller in split_long(part, fits))
    return (text,)
