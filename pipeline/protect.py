"""What must come through a translation unchanged, and the cutting of a text around it.

`find_protected` says what it is and of which kind; `tosprog.pipeline.carry` takes it through the model. Where that
fails, a text is translated in the pieces between its protected spans (`split_protected`), which are put back as they
were: nothing is lost, whatever the model does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from tosprog.pipeline.inline import TAG
from tosprog.pipeline.keep import Finder


class Role(Enum):
    """What becomes of protected text in a translation."""

    WORD = "word"  # stands for a word: is carried through at its place in the sentence
    POINT = "point"  # stands between words
    MARK = "mark"  # opens or closes a passage


# One line a kind; the first that matches at a place wins.
PATTERNS: dict[str, tuple[Role, str]] = {
    "atom": (Role.WORD, "\ufdd3[\ufde0-\ufdef]+"),
    "markup": (Role.MARK, TAG.pattern),
    "code": (Role.WORD, r"(?P<tick>`+)(?!`).*?(?<!`)(?P=tick)(?!`)"),
    "image": (Role.POINT, r"!\["),
    "link target": (Role.MARK, r"\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+\"[^\"]*\")?\)"),
    "link reference": (Role.MARK, r"\]\[[^\]\n]*\]"),
    "footnote": (Role.POINT, r"\[\^[^\]\n]+\]"),
    "autolink": (Role.WORD, r"<[a-zA-Z][a-zA-Z0-9+.-]*:[^<>\s]*>"),
    "tag": (Role.MARK, r"</?[a-zA-Z][^<>]*>"),
    "entity": (Role.WORD, r"&(?:[a-zA-Z]+|#\d+);"),
    "url": (
        Role.WORD,
        r"(?:https?://|www\.)[^\s<>\"'”’)\[\]\ufdd0-\ufdef]*[^\s<>\"'”’)\[\].,;:!?\ufdd0-\ufdef]",
    ),
    "e-mail": (Role.WORD, r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "placeholder": (
        Role.WORD,
        r"\$\{[^{}]*\}|\{\{[^{}]*\}\}|\{\w*\}|%\(\w+\)[sdf]|%(?:\d+\$)?[sdf]\b|%\d+\b",
    ),
    # TeX's, as Markdown has it: "$10^5$", "$x$"; "$5 and $10" is none.
    "formula": (
        Role.WORD,
        r"\$\$?(?=[^\s$])[^$\n]*[\\^_=<>{}][^$\n]*(?<=[^\s$])\$\$?(?!\d)|\$[A-Za-z]\$(?!\d)",
    ),
    "emphasis": (
        Role.MARK,
        r"(?<![\w*])\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}(?![\w*])"
        r"|(?<!\w)_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?!\w)|~~",
    ),
    "citation": (Role.POINT, r"\[@[^\]\n]+\]"),
    # What small models have no piece for, and spell as words that are none.
    "quantity": (
        Role.WORD,
        r"−?(?:(?<![^\W\d_])US)?[€£$¥₹₿]\s?\d(?:[\d.,]*\d)?(?:(?:bn|mn?|tn|k)\b)?"
        r"|−?(?<!\d)(?<!\d[.,])\d(?:[\d.,\u00a0]*\d)?[\s\u00a0]?(?:°(?:\s?[CFK]\b)?|[€£¥₹₿‰])"
        r"|−?(?<![\d/])\d*[½¼¾⅓⅔⅛⅜⅝⅞]",
    ),
    "symbol": (Role.WORD, r"[±≈≠≤≥→←↔⇒×÷∞√∑∆]+"),
    "trade mark": (Role.POINT, r"[™®†‡]+"),
    "hashtag": (Role.WORD, r"(?<!\w)[#@]\w+"),
}
_PROTECTED = re.compile(
    "|".join(
        f"(?P<{name.replace(' ', '_').replace('-', '_')}>{pattern})"
        for name, (_, pattern) in PATTERNS.items()
    ),
    re.DOTALL,
)
# What has a meaning only where markup stands in the text itself, as in Markdown; elsewhere these are characters.
_MARKUP_KINDS = frozenset(
    (
        "code",
        "image",
        "link target",
        "link reference",
        "footnote",
        "autolink",
        "tag",
        "entity",
        "emphasis",
        "citation",
        "open link",
    )
)
_NAMES = {name.replace(" ", "_").replace("-", "_"): name for name in PATTERNS}
# Marks that set off a title or a quotation; the inside is the last group.
_SET_OFF = tuple(
    re.compile(pattern)
    for pattern in (
        r"“([^“”]+)”",
        r"„([^„“”]+)[“”]",
        r"»([^«»]+)«",
        r"«([^«»]+)»",
        r"\"([^\"]+)\"",
        r"(?<![\w*])\*\*([^\s*][^*]*)\*\*",
        r"(?<![\w*])\*([^\s*][^*]*)\*(?!\*)",
        r"(?<!\w)__([^\s_][^_]*)__",
        r"(?<!\w)_([^\s_][^_]*)_(?!_)",
        "\ufdd0([\ufde0-\ufdef]+)([^\ufdd0-\ufdef]+)\ufdd1\\1(?![\ufde0-\ufdef])",
        r"(?<!!\[)(?<=\[)([^\[\]]+)(?=\][\[(])",
    )
)
_BEHIND = " \t\n\r\u00a0,.;:!?)»”"
_OPEN_LINK = re.compile(r"\[(?=(?:[^\[\]]|!?\[[^\[\]]*\]\([^()\s]*\))*\][\[(])")
NUMBER = re.compile(r"\d(?:[\d.,:/\u00a0-]*\d)?")

QUANTITY = re.compile(PATTERNS["quantity"][1])

# 1.234.567,89 or 1,234,567.89: the whole part, its separator, the decimals.
_GROUPED = re.compile(r"(\d{1,3}([.,\u00a0])\d{3}(?:\2\d{3})*)(?:(?!\2)[.,](\d+))?")


@dataclass(frozen=True, slots=True)
class Protected:
    """A protected span of a text, and its kind: a key of `PATTERNS`, ``open link``, ``kept`` or ``passage``."""

    start: int
    end: int
    kind: str


def find_protected(
    text: str,
    *,
    keep: Callable[[str], bool] | None = None,
    patterns: Sequence[Finder] = (),
    markup: bool = True,
) -> list[Protected]:
    """The protected spans of a text, in order, none overlapping another.

    Args:
        text: Any text.
        keep: Asked of each passage in quotation marks, emphasis or link text; kept where it says so.
        patterns: Of the user: what they match is kept.
        markup: Whether Markdown and HTML within the text are markup; if not, only tags are.

    Example:
        >>> [(span.kind, span.start) for span in find_protected("Se **[her](x)** på https://a.dk")]
        [('emphasis', 3), ('open link', 5), ('link target', 9), ('emphasis', 13), ('url', 19)]
    """
    spans = [
        Protected(*match.span(), _NAMES[name])
        for match in _PROTECTED.finditer(text)
        if (name := match.lastgroup) is not None and name != "tick"
    ]
    spans += [Protected(*match.span(), "open link") for match in _OPEN_LINK.finditer(text)]
    if keep is not None:
        spans += [
            Protected(*m.span(), "passage")
            for pattern in _SET_OFF
            for m in pattern.finditer(text)
            if keep(m[m.lastindex or 0])
        ]
    spans += [
        Protected(start, end, "kept")
        for pattern in patterns
        for start, end in (match.span() for match in pattern.finditer(text))
        if end > start
    ]
    found: list[Protected] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if (not found or span.start >= found[-1].end) and (markup or span.kind not in _MARKUP_KINDS):
            found.append(span)
    return found


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: kept as it stands, or free to be translated."""

    text: str
    kept: bool


def split_protected(
    text: str,
    *,
    numbers: bool = False,
    keep: Callable[[str], bool] | None = None,
    patterns: Sequence[Finder] = (),
    markup: bool = True,
) -> tuple[Piece, ...]:
    """Cuts a text at its protected spans; joining the pieces gives the text back.

    White space, and punctuation without a letter, counts as kept.

    Args:
        text: Any text.
        numbers: Whether numbers are kept too: the last resort when a model changed one.
        keep: As for `find_protected`.
        patterns: As for `find_protected`.
        markup: As for `find_protected`.

    Example:
        >>> [piece.text for piece in split_protected("Se https://a.dk nu") if piece.kept]
        [' https://a.dk ']
    """
    spans = [
        (span.start, span.end) for span in find_protected(text, keep=keep, patterns=patterns, markup=markup)
    ]
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
        # Punctuation right behind what is kept stays there: a model would drop or move it.
        bare = (part.lstrip(_BEHIND) if pieces else part).strip()
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
