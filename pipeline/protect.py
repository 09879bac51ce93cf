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
_NUMBER = re.compile(r"\d(?:[\d.,:/\u00a0-]*\d)?%?")


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
        spans += [match.span() for match in _NUMBER.finditer(text)]
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
    """The digits of each number, separators left out, since these differ by language: ``1.234,5`` is ``1,234.5``."""
    return Counter(re.sub(r"\D", "", match) for match in _NUMBER.findall(text))
