"""Cuts a block into sentences without losing a character.

A stop, white space and a capital make a cut, unless the tables below say otherwise. To teach the segmenter
an abbreviation add it to a line of `ABBREVIATIONS`; to teach it a pattern add a line to `RULES`.
docs/segmentation.md has the comparison with the segmenters that are kept up, and says why none of them is
underneath.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from tosprog.models.languages import LanguageCode
from tosprog.pipeline.document import Block, BlockKind, Segment
from tosprog.pipeline.inline import BREAK_TAG

# Written without their last stop, in lower case; a capitalised form is found too, except in `title`, which is
# found as written. `both` is always used, the other two where the hint names that language or there is none.
ABBREVIATIONS: dict[str, dict[str, str]] = {
    # Something always follows: never the end of a sentence.
    "open": {
        "both": "dr prof ca jf cf vs sml inkl ekskl hr",
        "da": "f.eks bl.a eks dvs d.v.s pga p.g.a vha mht ift iht ifm ifbm hhv evt fhv afd vedr pr t.o.m "
        "f.o.m cand.mag cand.jur cand.med cand.polyt cand.scient cand.merc stud.mag stud.jur stud.med mag.art "
        "adv frk overs udg forf resp chr fr jvf",
        "en": "e.g i.e mr mrs ms messrs viz approx",
    },
    "title": {
        "both": "St",
        "da": "Skt Kbh",
        "en": "Gen Col Lt Sgt Capt Cmdr Maj Rev Sen Rep Gov Pres Supt Mt Ft Hon",
    },
    # The end of a sentence unless a number (or a Roman one, or a section sign) follows.
    "number": {
        "both": "nr p pp s fig vol kap art afsn pkt par sek sec nos eq ch tab jan feb mar apr jun jul aug "
        "sep sept okt oct nov dec bd min max",
        "da": "kl stk d f tlf kr side bind ons tors tirs fre lør søn man årg ff maks",
        "en": "pt wed thu thur fri sat sun mon tue tues est b c",
    },
    # Ends a sentence only when the next word is one that begins sentences (`STARTERS`): names follow these.
    "name": {
        "both": "co jr sr inc ltd corp bros",
        "da": "aps",
        "en": "dept univ assn ave blvd ph.d u.s u.k e.u d.c u.n",
    },
}

# Words that begin a sentence far more often than they continue a name.
STARTERS = (
    "jeg du han hun den det vi i de man der her dette denne disse så og men eller for da når hvis hvad hvem "
    "hvor hvordan hvorfor ingen alle mange nogle en et min din sin vores deres hans hendes også nu derfor "
    "derefter herefter efter før under ved med på til fra om som selv ja nej kun både hverken ifølge mens "
    "siden a an the he she it they we you this that these those there here his her its their our my your and but "
    "or so if when while what who where why how no yes not in on at as for from to by with after before since "
    "although however then thus therefore all some many most both each other others"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of `RULES`: a cut between ``before`` and ``after`` is made (or refused) where both match.

    Attributes:
        before: Pattern for the text up to the cut (its last 32 characters), closing quotes left out.
        after: Pattern for the text after the cut (32 characters), opening quotes left out.
        split: What happens there: True cuts, False joins.
    """

    before: str
    after: str
    split: bool


# The first line that matches decides; where none does, there is no cut. {open}, {title}, {number}
# and {name} are the tables above, {starter} the words that begin sentences.
# `before` is matched at its end, `after` at its start.
RULES: tuple[Rule, ...] = (
    Rule(r"", r"[a-z]{1,2}[A-Z]", True),  # iPhone, eBay: a capital all the same
    Rule(r"", r"[^\W\d_{capital}]", False),  # a lower-case letter: the sentence goes on
    Rule(r"(?:^|:\s+)\(?(?:\d{1,3}|[a-z])\.", r"", False),  # a list's own number: "1. Buy milk."
    Rule(r"\((?:red|ed|eds|overs|ill|trans|tv|th|cf|jf)\.", r"", False),
    Rule(r"(?<![\w.]){title}\.", r"", False),
    Rule(r"(?:[!?…]|\.\.)", r"[{capital}]", True),  # "... And"
    Rule(r"\bet al\.", r"[(\[\d]", False),
    Rule(r"(?<![\w.]){open}\.", r"", False),
    Rule(r"(?<![\w.]){number}\.", r"[\d§#]|[IVXLC]+\b", False),
    Rule(r"\bNo\.", r"\d", False),
    # A time goes on with its day or its zone: "at 1:15 a.m. Saturday", "9 p.m. GMT".
    Rule(
        r"\d\s?[ap]\.m\.",
        r"\(?(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|June?\b|July?\b|Aug|Sept|Oct|Nov|Dec"
        r"|[A-Z]{2,4}\b|(?:Eastern|Central|Pacific|Greenwich|Mountain) )",
        False,
    ),
    Rule(r"(?<![\w.]){name}\.", r"{starter}", True),
    Rule(r"(?<![\w.]){name}\.", r"", False),
    Rule(r"(?<!\w)(?:[{capital}]\.-?)+", r"{starter}", True),  # "plan B. There", "the U.S. She"
    Rule(r"(?<!\w)(?:[{capital}]\.-?)+", r"[{capital}]\w", False),  # initials: "J. K. Rowling"
    Rule(r"(?<!\w)(?:[{capital}]\.-?)+", r"[{capital}]\.", False),
    Rule(r"\b(?:Th|Aa|Fr|Kr|Joh|Jac|Wm|Geo|Chas)\.", r"[{capital}]", False),  # shortened first names
    # Danish ordinals: "den 2. Verdenskrig", "Christian 4. Have", but not before a word that begins sentences.
    Rule(
        r"(?i:\b(?:den|det|d|de|dens|kong|dronning|pave))\.?\s\d{1,2}\.", r"(?!{starter})[{capital}]", False
    ),
    Rule(
        r"\b(?:Chr\.|Christian|Frederik|Margrethe|Fr\.|Erik|Valdemar|Henrik)\s\d{1,2}\.",
        r"(?!{starter})\w",
        False,
    ),
    Rule(r"", r"[{capital}\d]|[–—•-]\s?[{capital}]|[(\[{<§$€£@#]", True),  # a stop, white space, a capital
)

_Compiled = tuple[tuple[re.Pattern[str], re.Pattern[str], bool], ...]

_TERMINATORS = ".!?…"
_TAGS = "\ufdd0-\ufdd3\ufde0-\ufdef"  # all but breaks
_OPENERS = re.compile(rf"[\"'“”»«„‘’(\[*_¿¡{_TAGS}]*")
_WINDOW = 32
_SPACE = re.compile(rf"(?:\s|{BREAK_TAG.pattern})+")
_LEADING = re.compile(rf"(?:{_SPACE.pattern})?")
_LAST_BREAK = re.compile(rf"{BREAK_TAG.pattern}\Z")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
# What may stand between a stop and the white space: quotes, brackets, footnote marks such as [1] and ².
_TAIL = re.compile(rf"(?:[\"'“”»«’‘)\]*_{_TAGS}]|\[[\w*†]{{1,4}}\]|[¹²³⁰⁴-⁹†‡])*$")
_LINE_END = re.compile(r"\r\n|\r|\n")
_UNSPLIT = (BlockKind.HEADING, BlockKind.TABLE_CELL)
_VERBATIM = (BlockKind.CODE, BlockKind.METADATA)


def segment_block(block: Block, language_hint: LanguageCode | None = None) -> tuple[Segment, ...]:
    """Cuts a block into sentences; ``text + gap`` of all, joined, is the block's text.

    Headings and table cells are one segment, and so, as they stand, are code and metadata. A break tag parts
    segments and stands in a gap. Only where the block's text begins with white space (or a break) has the first
    segment an empty text, and that white space as gap.

    Args:
        block: What to cut. A line end and the block's ``line_prefix`` are white space together.
        language_hint: Uses only this language's abbreviations, otherwise those of both.

    Example:
        >>> [s.text for s in segment_block(Block(BlockKind.PARAGRAPH, "Vi ses kl. 9. Husk f.eks. Anna!"))]
        ['Vi ses kl. 9.', 'Husk f.eks. Anna!']
    """
    text = block.text
    if not text:
        return ()
    if block.kind in _VERBATIM:
        return (Segment(text),)
    view = _blank_prefixes(text, block.line_prefix)
    start = _LEADING.match(view).end()  # type: ignore[union-attr]  # it matches the empty string
    head = (Segment("", text[:start]),) if start else ()
    if start == len(view):
        return head
    end = _before_trailing_blanks(view)
    if block.kind in _UNSPLIT:
        cuts = [space.span() for space in _SPACE.finditer(view, start, end) if BREAK_TAG.search(space[0])]
    else:
        cuts = _cuts(view, start, end, language_hint)
    starts = [start, *(after for _, after in cuts), len(text)]
    ends = [*(before for before, _ in cuts), end]
    return head + tuple(
        Segment(text[a:b], text[b:after]) for a, b, after in zip(starts, ends, starts[1:], strict=False)
    )


def _before_trailing_blanks(view: str) -> int:
    end = len(view.rstrip())
    while (last := _LAST_BREAK.search(view, max(0, end - 16), end)) is not None:
        end = len(view[: last.start()].rstrip())
    return end


def unwrap(text: str, line_prefix: str = "") -> str:
    r"""The text on one line, as a model wants it: a line end, the prefix and blanks become one space.

    Example:
        >>> unwrap("one\n> two", "> ")
        'one two'
    """
    lines = _LINE_END.split(text)
    if len(lines) == 1:
        return text
    bare = line_prefix.rstrip()
    rest = (
        line.removeprefix(line_prefix).removeprefix(bare if line == bare else "").strip()
        for line in lines[1:]
    )
    return " ".join(line for line in (lines[0].rstrip(), *rest) if line)


def _blank_prefixes(text: str, prefix: str) -> str:
    """The text with each continuation line's prefix overwritten by spaces; same length, same offsets."""
    if not prefix or ("\n" not in text and "\r" not in text):
        return text
    bare = re.escape(prefix.rstrip())
    pattern = re.compile(rf"(\r\n|\r|\n)({re.escape(prefix)}|{bare}(?=[\r\n]|$))")
    return pattern.sub(lambda match: match[1] + " " * len(match[2]), text)


def _cuts(view: str, start: int, end: int, hint: LanguageCode | None) -> list[tuple[int, int]]:
    """Where sentences part: (end of one, start of the next), in order."""
    rules = _compiled(hint)
    cuts: list[tuple[int, int]] = []
    known: dict[
        tuple[str, str], bool
    ] = {}  # a megabyte of ". . . ." asks the same question half a million times
    for space in _SPACE.finditer(view, start, end):
        if ("\n" in space[0] and _BLANK_LINE.search(space[0])) or BREAK_TAG.search(space[0]):
            cuts.append(space.span())
            continue
        stop = space.start()
        last = view[stop - 1]
        if last.isalpha() or last in ",;:-–":
            continue
        before = view[max(cuts[-1][1] if cuts else start, stop - _WINDOW) : stop]
        before = before[: _TAIL.search(before).start()]  # type: ignore[union-attr]  # it matches the empty string
        if not before or before[-1] not in _TERMINATORS:
            continue
        after = view[space.end() : min(end, space.end() + _WINDOW)]
        bare = after[_OPENERS.match(after).end() :] or after  # type: ignore[union-attr]  # it matches the empty string
        if (split := known.get((before, bare))) is None:
            split = known[before, bare] = _decide(before, bare, rules)
        if split:
            cuts.append(space.span())
    return cuts


def _decide(before: str, after: str, rules: _Compiled) -> bool:
    for before_rule, after_rule, split in rules:
        if after_rule.match(after) and before_rule.search(before):
            return split
    return False


@lru_cache(maxsize=3)
def _compiled(hint: LanguageCode | None) -> _Compiled:
    """`RULES` with the tables filled in, for one language or (None) both."""
    languages = ("both", "da", "en") if hint is None else ("both", hint)
    tables = {"capital": "A-ZÀ-ÖØ-Þ", "starter": rf"(?i:{_any(STARTERS.split())})(?=[\s,:'’]|$)"}
    for name, columns in ABBREVIATIONS.items():
        words = {word for language in languages for word in columns[language].split()}
        tables[name] = _any(words) if name == "title" else f"(?i:{_any(words)})"
    return tuple(
        (re.compile(f"(?:{_fill(rule.before, tables)})$"), re.compile(_fill(rule.after, tables)), rule.split)
        for rule in RULES
    )


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def _fill(pattern: str, tables: dict[str, str]) -> str:
    for name, words in tables.items():
        pattern = pattern.replace("{" + name + "}", words)
    return pattern
