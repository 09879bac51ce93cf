"""Where the marks on a text go on its translation: by which words come from which.

A passage goes to the run of words that has most of its attention, a point behind the word that answers to the one
before it. What stood around the whole stands around the whole. Source of the idea, for web pages: Bergamot,
https://github.com/browsermt/bergamot-translator/blob/main/src/translator/html.h
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import Enum

from tosprog.models.base import Alignment

CARRIER = re.compile(r"%(\d+)(?!\d)")  # what stands for a protected word
_WORD = re.compile(r"\S+")
_HALF = 0.5  # of a word's attention: more of it lies on a passage, and the word belongs to it
_SOME = 0.05  # so much, where no word has half
_ALIKE = 0.6  # difflib's ratio
_ARTICLES = frozenset(("the", "a", "an"))
_DEFINITE = ("en", "et", "ne")
_MARKS = ".,;:!?()\"'”»"
_OWN_ARTICLES = frozenset(("en", "et", "den", "det", "de", *_ARTICLES))


class MarkKind(Enum):
    """Whether a mark stands around words or between them."""

    PAIR = "pair"
    POINT = "point"
    OPENS = "opens"  # a pair that ends in a later sentence
    CLOSES = "closes"  # a pair that began in an earlier one


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands around ``plain[start:end]``, or at its one place; ``order`` is its place among all marks."""

    kind: MarkKind
    order: int
    start: int
    end: int
    before: str
    after: str = ""
    inside: tuple[Mark, ...] = ()


def place_marks(
    marks: Sequence[Mark], plain: str, target: str, alignment: Alignment | None = None
) -> list[Mark] | None:
    """The marks with their places on the translation.

    Args:
        marks: On ``plain``.
        plain: A text without markup.
        target: Its translation.
        alignment: Of their words; one of other lengths is not used, and likeness and place serve instead.

    Returns:
        As many marks, well nested; None where one finds no word.
    """
    sources, targets = _spans_of_words(plain), _spans_of_words(target)
    if not sources or not targets:
        return None
    source_words = [plain[a:b] for a, b in sources]
    target_words = [target[a:b] for a, b in targets]
    rows = alignment
    if rows is None or len(rows) != len(targets) or len(rows[0]) != len(sources):
        rows = _align_by_look(source_words, target_words)
    rows = _with_articles(_with_carriers(rows, source_words, target_words), source_words, target_words)
    return _Placer(plain, target, sources, targets, rows).place(marks)


def _spans_of_words(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _WORD.finditer(text)]


def _core(text: str, start: int, end: int) -> tuple[int, int]:
    """The word's span without punctuation around it; all of one that is nothing else."""
    a, b = start, end
    while a < b and not (text[a].isalnum() or text[a] == "%"):
        a += 1
    while b > a and not (text[b - 1].isalnum() or text[b - 1] == "%"):
        b -= 1
    return (a, b) if a < b else (start, end)


def _align_by_look(sources: Sequence[str], targets: Sequence[str]) -> Alignment:
    """An alignment without a model: by likeness of words, and by their place in the sentence."""
    rows: list[tuple[float, ...]] = []
    for j, target in enumerate(targets):
        row: list[float] = []
        for i, source in enumerate(sources):
            distance = abs((i + 0.5) / len(sources) - (j + 0.5) / len(targets))
            like = SequenceMatcher(None, source.casefold(), target.casefold(), autojunk=False).ratio()
            row.append(0.05 / (1 + 16 * distance) + (like / (1 + 2 * distance) if like >= _ALIKE else 0.0))
        total = sum(row)
        rows.append(tuple(value / total for value in row))
    return tuple(rows)


def _with_carriers(rows: Alignment, sources: Sequence[str], targets: Sequence[str]) -> Alignment:
    """A carrier comes from that carrier, and no other word does."""
    of = {match[0]: i for i, word in enumerate(sources) if (match := CARRIER.search(word))}
    if not of:
        return rows
    fixed: list[tuple[float, ...]] = []
    for row, word in zip(rows, targets, strict=True):
        found = CARRIER.search(word)
        if found and found[0] in of:
            fixed.append(tuple(float(i == of[found[0]]) for i in range(len(sources))))
        else:
            fixed.append(tuple(0.0 if i in of.values() else value for i, value in enumerate(row)))
    return tuple(fixed)


def _with_articles(rows: Alignment, sources: Sequence[str], targets: Sequence[str]) -> Alignment:
    """An English article goes with the noun after it where that is from a Danish definite form: "bogen"."""
    fixed = list(rows)
    for j in range(len(targets) - 2, -1, -1):
        own = max(range(len(sources)), key=rows[j].__getitem__)
        if targets[j].lower() in _ARTICLES and sources[own].lower() not in _OWN_ARTICLES:
            noun = max(range(len(sources)), key=fixed[j + 1].__getitem__)
            is_definite = sources[noun].lower().strip(_MARKS).endswith(_DEFINITE)
            fixed[j] = fixed[j + 1] if is_definite else (0.0,) * len(sources)
    return tuple(fixed)


class _Placer:
    """Finds for each mark on a text its place on the translation."""

    def __init__(
        self,
        plain: str,
        target: str,
        sources: Sequence[tuple[int, int]],
        targets: Sequence[tuple[int, int]],
        rows: Alignment,
    ) -> None:
        self._plain, self._target = plain, target
        self._sources, self._targets, self._rows = sources, targets, rows

    def place(self, marks: Sequence[Mark]) -> list[Mark] | None:
        """The marks with their places on the target, None where one finds none."""
        return self._place(marks, 0, len(self._plain), 0, len(self._target))

    def _place(
        self, marks: Sequence[Mark], start: int, end: int, target_start: int, target_end: int
    ) -> list[Mark] | None:
        """Places marks on ``plain[start:end]`` within ``target[target_start:target_end]``."""
        allowed = [j for j, (a, b) in enumerate(self._targets) if a < target_end and b > target_start]
        used: set[int] = set()
        taken: set[int] = set()
        placed: list[Mark] = []
        pairs = [mark for mark in marks if mark.kind is MarkKind.PAIR]
        for mark in sorted(pairs, key=lambda mark: (mark.start - mark.end, mark.order)):
            words = [i for i in self._words(mark.start, mark.end) if i not in taken]
            taken.update(words)
            if not words:
                return None
            whole = not self._plain[start : mark.start].strip() and not self._plain[mark.end : end].strip()
            span = (
                (target_start, target_end)
                if whole
                else self._span(
                    mark, words, [j for j in allowed if j not in used], (target_start, target_end)
                )
            )
            if span is None:
                return None
            used.update(j for j in allowed if self._targets[j][0] < span[1] and self._targets[j][1] > span[0])
            inside = self._place(mark.inside, mark.start, mark.end, *span)
            if inside is None:
                return None
            placed.append(replace(mark, start=span[0], end=span[1], inside=tuple(inside)))
        for mark in marks:
            if mark.kind is not MarkKind.PAIR:
                at = self._point(mark, start, end, allowed, (target_start, target_end))
                placed.append(self._beside(replace(mark, start=at, end=at), placed))
        return placed if _in_order(placed) else None

    def _words(self, start: int, end: int) -> list[int]:
        """Source words that have a letter or more within the span."""
        return [i for i, (a, b) in enumerate(self._sources) if a < end and b > start]

    def _share(self, j: int, words: Sequence[int]) -> float:
        return sum(self._rows[j][i] for i in words)

    def _span(
        self, mark: Mark, words: Sequence[int], free: Sequence[int], bounds: tuple[int, int]
    ) -> tuple[int, int] | None:
        """The run of free target words that has most of its attention on the words: a maximum subarray."""
        best, best_sum = None, 0.0
        run_start, run_sum, last = 0, 0.0, -2
        for j in free:
            value = self._share(j, words) - _HALF
            if j != last + 1 or run_sum <= 0:
                run_start, run_sum = j, 0.0
            run_sum += value
            last = j
            if run_sum > best_sum:
                best, best_sum = (run_start, j), run_sum
        if best is None:
            strongest = max(free, key=lambda j: self._share(j, words), default=None)
            if strongest is None or self._share(strongest, words) < _SOME:
                return None
            best = (strongest, strongest)
        return self._without_punctuation(mark, words, best, bounds)

    def _without_punctuation(
        self, mark: Mark, words: Sequence[int], best: tuple[int, int], bounds: tuple[int, int]
    ) -> tuple[int, int] | None:
        """Punctuation at the ends is in the span where it was in the source."""
        first, last = self._sources[words[0]], self._sources[words[-1]]
        begin, end = self._targets[best[0]], self._targets[best[1]]
        start = begin[0] if mark.start <= first[0] else _core(self._target, *begin)[0]
        if mark.start > first[0] and _core(self._plain, *first)[0] == first[0]:
            start = begin[0]  # the source has none there
        stop = end[1] if mark.end >= last[1] else _core(self._target, *end)[1]
        if mark.end >= last[1] and _core(self._plain, *last)[1] == last[1]:
            stop = _core(self._target, *end)[1]  # the source has none: what the target has stays outside
        start, stop = max(start, bounds[0]), min(stop, bounds[1])
        return (start, stop) if start < stop else None

    def _point(
        self, mark: Mark, start: int, end: int, allowed: Sequence[int], bounds: tuple[int, int]
    ) -> int:
        """Behind the word that answers to the one before, or before that which answers to the one after."""
        if not self._plain[start : mark.start].strip():
            return bounds[0]
        if not self._plain[mark.start : end].strip():
            return bounds[1]
        if not allowed:
            return bounds[1]
        before = self._words(start, mark.start)
        after = [i for i in self._words(mark.start, end) if i not in before]
        if mark.kind is not MarkKind.POINT:
            return self._cut(before, after, allowed, bounds)
        blank_before = self._plain[mark.start - 1].isspace()
        if blank_before and not self._plain[mark.start].isspace() and after:
            j = max(allowed, key=lambda j: self._rows[j][after[0]])
            return max(bounds[0], self._targets[j][0])
        source = self._sources[before[-1]]
        j = max(allowed, key=lambda j: self._rows[j][before[-1]])
        core_end = _core(self._target, *self._targets[j])[1]
        inner = mark.start <= _core(self._plain, *source)[1] < source[1]
        return min(bounds[1], core_end if inner else self._targets[j][1])

    def _cut(
        self, before: Sequence[int], after: Sequence[int], allowed: Sequence[int], bounds: tuple[int, int]
    ) -> int:
        """Where the words from before the mark part best from those after it."""
        values = [self._share(j, before) - self._share(j, after) for j in allowed]
        best = max(range(len(allowed) + 1), key=lambda k: (sum(values[:k]) - sum(values[k:]), -k))
        if best == 0:
            return bounds[0]
        return min(bounds[1], self._targets[allowed[best - 1]][1])

    def _beside(self, point: Mark, placed: Sequence[Mark]) -> Mark:
        """The point moved out of a pair that it was not in."""
        for mark in placed:
            if mark.kind is MarkKind.PAIR and mark.start <= point.start <= mark.end:
                at = mark.end if point.order > mark.order else mark.start
                return replace(point, start=at, end=at)
        return point


def _in_order(placed: Sequence[Mark]) -> bool:
    """Whether marks of pairs that reach over sentences keep their order, and none stands within another."""
    bound = [m for m in placed if m.kind in (MarkKind.OPENS, MarkKind.CLOSES)]
    in_source = sorted(bound, key=lambda m: m.order)
    return in_source == sorted(bound, key=lambda m: (m.start, m.order))
