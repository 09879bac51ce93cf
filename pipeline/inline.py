r"""Tags: what stands for markup within the text of a block, where a format is no plain text.

A tag is one character for its kind and a number, all of them Unicode noncharacters (U+FDD0 to U+FDEF, reserved for a
program's own use): no document's text is taken for one, and no letter, digit or space is among them. What a tag stands
for is known to the format that made it. The idea is that of Okapi's coded text
(https://okapiframework.org/devguide/gettingstarted.html, "Coded Text").
"""

from __future__ import annotations

import re
from enum import Enum

_DIGITS = "".join(map(chr, range(0xFDE0, 0xFDF0)))


class TagKind(str, Enum):
    """What a tag does; the value is its first character."""

    OPEN = "\ufdd0"  # begins what CLOSE of the same number ends: bold, a link
    CLOSE = "\ufdd1"
    POINT = "\ufdd2"  # stands between words and is none: a footnote mark, a bookmark, an image
    ATOM = "\ufdd3"  # stands for words, and is kept: a formula, inline code, a field
    BREAK = "\ufdd4"  # parts sentences as a line end would: a tab, a line break


TAG = re.compile("[\ufdd0-\ufdd4][\ufde0-\ufdef]+")
BREAK_TAG = re.compile("\ufdd4[\ufde0-\ufdef]+")
_NONCHARACTERS = re.compile("[\ufdd0-\ufdef]+")


def make_tag(kind: TagKind, number: int) -> str:
    """The tag of a kind and a number, 0 or more.

    Example:
        >>> read_tag(make_tag(TagKind.POINT, 300))
        (<TagKind.POINT: '\ufdd2'>, 300)
    """
    return kind.value + "".join(_DIGITS[int(digit, 16)] for digit in f"{number:x}")


def read_tag(tag: str) -> tuple[TagKind, int]:
    """Kind and number of what `TAG` matched."""
    return TagKind(tag[0]), int("".join(f"{_DIGITS.index(digit):x}" for digit in tag[1:]), 16)


def without_tags(text: str) -> str:
    """The text as a reader sees it: a break is a line end, every other tag nothing."""
    if not _NONCHARACTERS.search(text):
        return text
    return TAG.sub("", BREAK_TAG.sub("\n", text))


def clean(text: str) -> str:
    """A text from a document, without the characters that tags are made of: what a reader builds tags into."""
    return _NONCHARACTERS.sub("", text)
