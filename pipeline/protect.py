"""What must come through a translation unchanged, and the cutting of a text around it.

A text is translated in the pieces between its protected spans, which are put back as they were: nothing is lost,
whatever the model does. (Carrying them through the model as placeholders is a later refinement.)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

# One line a kind; the first that matches at a place wins.
PATTERNS: dict[str, str] = {
    "code": r"(?P<tick>`+)(?!`).*?(?<!`)(?P=tick)(?!`)",
    "image": r"!\[",
    "link target": r"\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)",
    "reference": r"\]\[[^\]\n]*\]|\[\^[^\]\n]+\]",
    "autolink": r"<[a-zA-Z][a-zA-Z0-9+.-]*:[^<>\s]*>",
    "tag": r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]+|#\d+);",
    "url": r"(?:https?://|www\.)[^\s<>\"'”’)\]]*[^\s<>\"'”’)\].,;:!?]",
    "e-mail": r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    "placeholder": r"\$\{[^{}]*\}|\{\{[^{}]*\}\}|\{\w*\}|%\(\w+\)[sdf]|%(?:\d+\$)?[sdf]\b",
    "emphasis": r"(?<![\w*])\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}(?![\w*])"
    r"|(?<!\w)_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?!\w)|~~",
    "hashtag": r"(?<!\w)#\w+",
}
_PROTECTED = re.compile("|".join(f"(?:{pattern})" for pattern in PATTERNS.values()), re.DOTALL)
# Marks that set off a title or a quotation; the inside is group 1.
_SET_OFF = tuple(
    re.compile(pattern)
    for pattern in (
        r"“([^“”]+)”",
        r"„([^„“”]+)[“”]",
        r"»([^«»]+)«",
        r"«([^«»]+)»",
        r"\"([^\"]+)\"",
        r"(?<![\w*])\*{1,2}([^\s*][^*]*)\*",
        r"(?<!\w)_{1,2}([^\s_][^_]*)_",
        r"(?<!!)\[([^\[\]]+)(?=\][\[(])",
    )
)
_OPEN_LINK = re.compile(r"\[(?=[^\[\]]*\][\[(])")
NUMBER = re.compile(r"\d(?:[\d.,:/\u00a0-]*\d)?")

# 1.234.567,89 or 1,234,567.89: the whole part, its separator, the decimals.
_GROUPED = re.compile(r"(\d{1,3}([.,\u00a0])\d{3}(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: kept as it stands, or free to be translated."""

    text: str
    kept: bool


def split_protected(
    text: str, *, numbers: bool = False, keep: Callable[[str], bool] | None = None
) -> tuple[Piece, ...]:
    """Cuts a text at its protected spans; joining the pieces gives the text back.

    White space, and punctuation without a letter, counts as kept.

    Args:
        text: Any text.
        numbers: Whether numbers are kept too: the last resort when a model changed one.
        keep: Asked of each passage in quotation marks, emphasis or link text; kept where it says so.

    Example:
        >>> [piece.text for piece in split_protected("Se https://a.dk nu") if piece.kept]
        [' https://a.dk ']
    """
    spans = [match.span() for match in _PROTECTED.finditer(text)]
    spans += [match.span() for match in _OPEN_LINK.finditer(text)]
    if keep is not None:
        spans += [m.span() for pattern in _SET_OFF for m in pattern.finditer(text) if keep(m[1])]
    if numbers:
        spans += [match.span() for match in NUMBER.finditer(text)]
    pieces: list[Piece] = []

    def add(part: str, kept: bool) -> None:
        kept = kept or not any(c.isalpha() for c in part)
        if part and pieces and kept and pieces[-1].kept:
            pieces[-1] = Piece(pieces[-1].text + part, True)
        elif part:
            pieces.append(Piece(part, kept))

    def add_free(part: str) -> None:
        bare = part.strip()
        start = part.find(bare) if bare else len(part)
        add(part[:start], True)
        add(bare, False)
        add(part[start + len(bare) :], True)

    end = 0
    for start, stop in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < end:
            continue
        add_free(text[end:start])
        add(text[start:stop], True)
        end = stop
    add_free(text[end:])
    return tuple(pieces)


def numbers_of(text: str) -> Counter[str]:
    """The numbers, each in a form that Danish and English writing share.

    Example:
        >>> numbers_of("1.234,5 kl. 9.30 i 2010-12") == numbers_of("1,234.5 9:30 2010 12")
        True
        >>> numbers_of("1.234,56") == numbers_of("1.234.56")
        False
    """
    return Counter(
        _shared_form(number) for match in NUMBER.findall(text) for number in re.split(r"[-/]", match)
    )


def _shared_form(number: str) -> str:
    grouped = _GROUPED.fullmatch(number)
    if grouped:
        whole = re.sub(r"\D", "", grouped[1])
        return f"{whole}.{grouped[3]}" if grouped[3] else whole
    return re.sub(r"[,:\u00a0]", ".", number)
