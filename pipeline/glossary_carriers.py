"""Carries terms through a model as ``%1``, which it copies, and puts their translations there, where nothing else did.

The model translates a sentence without knowing what its terms mean, so articles and agreement suffer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tosprog.models.base import Hypothesis
from tosprog.models.languages import Direction
from tosprog.pipeline.glossary import Match
from tosprog.pipeline.glossary_forms import Form
from tosprog.pipeline.glossary_rewrite import danish_of, english_of, neuter_of
from tosprog.pipeline.placement import CARRIER

_DETERMINERS = frozenset("the a an this that these those my your his her its our their".split())
_ARTICLES = ("den", "det", "de")


@dataclass(frozen=True, slots=True)
class Masked:
    """A sentence with carriers in place of its terms.

    Attributes:
        source: The sentence.
        text: What the model is to be asked.
        matches: What the carriers stand for; that of number ``first`` comes first.
        first: Number of the first carrier.
    """

    source: str
    text: str
    matches: tuple[Match, ...]
    first: int


def mask_terms(source: str, matches: Sequence[Match]) -> Masked | None:
    """The sentence with carriers in place of terms; None where there is none.

    Args:
        source: A sentence; it may have carriers already.
        matches: In order, none of a compound.
    """
    if not matches:
        return None
    first = 1 + max((int(number) for number in CARRIER.findall(source)), default=0)
    parts: list[str] = []
    done = 0
    for number, match in enumerate(matches, start=first):
        genitive = re.search(r"['’]?s?$", source[: match.end].casefold()) if match.form.genitive else None
        parts += [source[done : match.start], f"%{number}{genitive[0] if genitive else ''}"]
        done = match.end
    return Masked(source, "".join([*parts, source[done:]]), tuple(matches), first)


def fill_terms(
    masked: Masked, hypothesis: Hypothesis, direction: Direction, is_whole: Callable[[str], bool]
) -> Hypothesis | None:
    """The first of a translation and its others that has each carrier once, with the terms in their place.

    Returns:
        It, without alignment or others; None where there is none.
    """
    wanted = range(masked.first, masked.first + len(masked.matches))
    for one in (hypothesis, *hypothesis.others):
        numbers = [int(number) for number in CARRIER.findall(one.text)]
        if all(numbers.count(number) == 1 for number in wanted):
            text = one.text
            for number, match in zip(wanted, masked.matches, strict=True):
                text = _filled(text, number, match, masked.source, direction, is_whole)
            return Hypothesis(text, one.score)
    return None


def _filled(
    text: str, number: int, match: Match, source: str, direction: Direction, is_whole: Callable[[str], bool]
) -> str:
    """A text with a term in place of its carrier."""
    found = re.search(rf"(\S+\s+)?(?<!\d)%{number}(?!\d)(['’]s?|s\b)?", text)
    if found is None:  # its number was there: never
        return text
    before, word = found[1] or "", (found[1] or "").strip().lower()
    form = Form(match.form.plural, match.form.definite, genitive=bool(found[2]))
    if direction.target == "en":
        filled = english_of(match.term, form)
        if match.form.definite and word not in _DETERMINERS and not word.endswith(("'s", "s'")):
            filled = f"the {filled}"
    else:
        the = re.search(r"\bthe\s+$", source[: match.start], re.IGNORECASE) is not None
        is_single = " " not in match.term.danish
        definite = (the or word in _ARTICLES) and (is_single or word not in _ARTICLES)
        filled = danish_of(
            match.term,
            replace(form, definite=definite),
            is_whole,
            determined=word in _ARTICLES,
            neuter=neuter_of(match.term, is_whole),
        )
        if is_single and word in _ARTICLES:  # den %1: the noun has its article as an ending
            before = ""
    if not any(char.isalnum() for char in text[: found.start()] + before):
        filled = filled[:1].upper() + filled[1:]
    return text[: found.start()] + before + filled + text[found.end() :]
