"""A known translation with other numbers in it: "Side 3" is "Page 3", so "Side 12" is "Page 12".

Done only where nothing but the digits has to change: every number stands once in the source and once in the target,
and the target has no number besides.
"""

from __future__ import annotations

import re

from tosprog.models.languages import Direction
from tosprog.pipeline.protect import numbers_of

_NUMBER = re.compile(r"\d(?:[\d.,:\u00a0]*\d)?")
_SHAPE = "\0"  # stands for a number
# What goes with one number and not with another: 1st, an 8-day trip.
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"\ban? $", re.IGNORECASE)
_SWAPPED = {".": ",", ",": "."}


def shape_of(text: str) -> str | None:
    """The text with its numbers taken out; None where it has none, or hardly more than numbers.

    Example:
        >>> shape_of("Side 3") == shape_of("Side 1.200")
        True
    """
    shape, count = _NUMBER.subn(_SHAPE, text)
    return shape if count and any(char.isalpha() for char in shape) else None


def renumbered(source: str, target: str, new_source: str, direction: Direction) -> str | None:
    """The target with the numbers of ``new_source`` in the places of those of ``source``.

    A number is written as the target writes its own: where the pair has 3,5 as 3.5, 4,25 becomes 4.25; where it has
    no such example, as in the new source.

    Args:
        source: Of a known pair.
        target: Of a known pair.
        new_source: Differs from ``source`` in numbers alone (`shape_of`).
        direction: From the source's language into the target's.

    Returns:
        None where it cannot be told which number goes where, or a word would have to change with it: one and many
        (1 year, 2 years), endings (1st, 2nd), an article (an 8, a 9).

    Example:
        >>> to_english = Direction("da", "en")
        >>> renumbered("Side 3 af 1.200", "Page 3 of 1,200", "Side 12 af 3.400", to_english)
        'Page 12 of 3,400'
        >>> renumbered("1 år", "1 year", "2 år", to_english) is None
        True
    """
    old, new = _NUMBER.findall(source), _NUMBER.findall(new_source)
    if len(old) != len(new):
        return None
    count = numbers_of(source)
    if count != numbers_of(target) or any(times > 1 for times in count.values()):
        return None
    change = {_form(a): (a, b) for a, b in zip(old, new, strict=True)}
    parts: list[str] = []
    end = 0
    for match in _NUMBER.finditer(target):
        if _form(match[0]) not in change:
            return None
        before, after = change[_form(match[0])]
        parts.append(target[end : match.start()])
        end = match.end()
        if before == after:
            parts.append(match[0])
            continue
        written = _written(before, match[0], after)
        if written is None or (before == "1") != (after == "1"):
            return None
        if direction.target == "en" and (
            _ORDINAL.match(target, end) or _ARTICLE.search(target[: match.start()])
        ):
            return None
        parts.append(written)
    return "".join([*parts, target[end:]])


def _form(number: str) -> str:
    """The same for a number however it is written."""
    return next(iter(numbers_of(number)))


def _written(before: str, there: str, after: str) -> str | None:
    """``after`` written as ``there`` writes ``before``; None where that shows no way to do it."""
    if len(before) != len(there):
        return None  # one has separators where the other has none
    pairs = [(a, b) for a, b in zip(before, there, strict=True) if not (a.isdigit() and b.isdigit())]
    if any(a.isdigit() or b.isdigit() for a, b in pairs):
        return None
    separators = dict(pairs)
    if len(separators) == 1 and all(_SWAPPED.get(a) == b for a, b in pairs):
        separators = dict(_SWAPPED)
    unknown = [char for char in after if not char.isdigit() and char not in separators]
    if unknown and separators:
        return None
    return "".join(separators.get(char, char) for char in after)
