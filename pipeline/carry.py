"""Carries what is protected through a translation: taken out of the text before, put back at the right words after.

What stands for a word (an address, code, a placeholder) is replaced by a carrier, ``%1``, which models of software
catalogues copy without fail. What stands around or between words (bold, a link, a footnote mark) is left out of
the model's text, and put back by word alignment: where the model says which words come from which, by that,
else by likeness and place. So the model reads a whole, clean sentence. Where a carrier is lost or a mark finds no
word, `Carried.weave` says so, and the caller translates the pieces between the marks instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import Enum

from tosprog.models.base import Alignment
from tosprog.pipeline.inline import TagKind, read_tag
from tosprog.pipeline.protect import PATTERNS, Protected, Role, find_protected

_CARRIER = re.compile(r"%(\d+)(?!\d)")
_WORD = re.compile(r"\S+")
_HALF = 0.5  # of a word's attention: more of it lies on a passage, and the word belongs to it
_SOME = 0.05  # so much, where no word has half
_ALIKE = 0.6  # difflib's ratio
_TAG_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*)")
_ARTICLES = frozenset(("the", "a", "an"))
_DEFINITE = ("en", "et", "ne")
_MARKS = ".,;:!?()\"'”»"
_OWN_ARTICLES = frozenset(("en", "et", "den", "det", "de", *_ARTICLES))


class _Kind(Enum):
    PAIR = "pair"
    POINT = "point"
    OPENS = "opens"  # a pair that ends in a later sentence
    CLOSES = "closes"  # a pair that began in an earlier one


@dataclass(frozen=True, slots=True)
class _Mark:
    """What stands around ``plain[start:end]``, or at its one place; ``order`` is its place among all marks."""

    kind: _Kind
    order: int
    start: int
    end: int
    before: str
    after: str = ""
    inside: tuple[_Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class _Item:
    """A token of the text: plain text (``key`` is empty) or markup."""

    kind: TagKind | None
    key: str
    raw: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A text as the model is to read it, and what was taken out.

    Attributes:
        plain: What the model is asked.
        atoms: What the carriers stand for; that of number ``first`` comes first.
        first: Number of the first carrier.
        marks: What is put back around and between words.
    """

    plain: str
    atoms: tuple[str, ...] = ()
    first: int = 1
    marks: tuple[_Mark, ...] = ()

    @property
    def needs_alignment(self) -> bool:
        """Whether words have to be found again: some mark stands elsewhere than around the whole."""
        return any(0 < mark.start < len(self.plain) or 0 < mark.end < len(self.plain) for mark in self.marks)

    @property
    def is_bare(self) -> bool:
        """Whether nothing was taken out."""
        return not self.atoms and not self.marks

    def weave(self, target: str, alignment: Alignment | None = None) -> str | None:
        """Puts back what was taken out.

        Args:
            target: The translation of ``plain``.
            alignment: Of the words of ``plain`` and ``target``; one of other lengths is not used.

        Returns:
            The target with everything in its place; None where a carrier is not there exactly once, or a mark
            finds no word.
        """
        numbers = [int(number) for number in _CARRIER.findall(target)]
        own = range(self.first, self.first + len(self.atoms))
        if any(numbers.count(number) != 1 for number in own):
            return None
        if not self.marks:
            return self._filled(target)
        sources, targets = _spans_of_words(self.plain), _spans_of_words(target)
        if not sources or not targets:
            return None
        source_words = [self.plain[a:b] for a, b in sources]
        target_words = [target[a:b] for a, b in targets]
        rows = alignment
        if rows is None or len(rows) != len(targets) or len(rows[0]) != len(sources):
            rows = _align_by_look(source_words, target_words)
        rows = _with_articles(_with_carriers(rows, source_words, target_words), source_words, target_words)
        placed = _Placer(self.plain, target, sources, targets, rows).place(self.marks)
        return None if placed is None else self._rendered(target, placed, 0, len(target))

    def _filled(self, text: str) -> str:
        """A text with what its carriers stand for."""
        own = range(self.first, self.first + len(self.atoms))

        def fill(match: re.Match[str]) -> str:
            number = int(match[1])
            return self.atoms[number - self.first] if number in own else match[0]

        return _CARRIER.sub(fill, text) if self.atoms else text

    def _rendered(self, target: str, marks: Sequence[_Mark], start: int, end: int) -> str:
        parts: list[str] = []
        done = start
        for mark in sorted(marks, key=lambda mark: (mark.start, mark.order)):
            parts += [self._filled(target[done : mark.start]), mark.before]
            parts.append(self._rendered(target, mark.inside, mark.start, mark.end))
            parts.append(mark.after)
            done = mark.end
        return "".join([*parts, self._filled(target[done:end])])


def carry(
    text: str,
    *,
    keep: Callable[[str], bool] | None = None,
    patterns: Sequence[re.Pattern[str]] = (),
    passages: Sequence[tuple[int, int]] = (),
    markup: bool = True,
) -> Carried:
    """Takes out of a text what is protected in it.

    Args:
        text: A sentence on one line.
        keep: As for `tosprog.pipeline.protect.find_protected`.
        patterns: As there.
        passages: Offsets of further stretches to keep as they are.
        markup: As for `tosprog.pipeline.protect.find_protected`.

    Example:
        >>> carried = carry("Se **hele** listen på https://a.dk[^1].")
        >>> carried.plain
        'Se hele listen på %1.'
        >>> carried.weave("See the whole list at %1.")
        'See the **whole** list at https://a.dk[^1].'
    """
    first = 1 + max((int(number) for number in _CARRIER.findall(text)), default=0)
    return _Reader(first).read(
        list(_items(text, find_protected(text, keep=keep, patterns=patterns, markup=markup), passages))
    )


def _items(text: str, protected: Sequence[Protected], passages: Sequence[tuple[int, int]]) -> Iterator[_Item]:
    spans = [
        (span.start, span.end, span.kind)
        for span in protected
        if not any(span.start < end and start < span.end for start, end in passages)
    ]
    spans = sorted([*spans, *((start, end, "passage") for start, end in passages)])
    done = 0
    image_from: int | None = None
    for start, end, kind in spans:
        if image_from is not None:  # the text of an image is its description: it goes with the image
            if kind == "link target":
                yield _Item(TagKind.POINT, "image", text[image_from:end])
                done, image_from = end, None
            continue
        if kind == "image":
            if any(other == "link target" and other_start > start for other_start, _, other in spans):
                yield _Item(None, "", text[done:start])
                image_from = start
            continue
        yield _Item(None, "", text[done:start])
        yield _item(text, start, end, kind)
        done = end
    yield _Item(None, "", text[done:])


def _item(text: str, start: int, end: int, kind: str) -> _Item:
    raw = text[start:end]
    if kind == "open link":
        return _Item(TagKind.OPEN, "link", raw)
    if kind in ("link target", "link reference"):
        return _Item(TagKind.CLOSE, "link", raw)
    if kind == "markup":
        tag_kind, number = read_tag(raw)
        return _Item(tag_kind, f"tag {number}", raw)
    if kind == "tag":
        found = _TAG_NAME.match(raw)
        name = found[1].lower() if found else raw
        if raw.endswith("/>") or name in ("br", "img", "wbr", "hr", "input"):
            return _Item(TagKind.POINT, name, raw)
        return _Item(TagKind.CLOSE if raw.startswith("</") else TagKind.OPEN, f"<{name}>", raw)
    if kind == "emphasis":
        # Which of the two it is, is settled by what is open when it comes.
        after = text[end : end + 1]
        opens = bool(after) and not after.isspace()
        return _Item(TagKind.OPEN if opens else TagKind.CLOSE, raw, raw)
    role = PATTERNS[kind][0] if kind in PATTERNS else Role.WORD
    return _Item(TagKind.POINT if role is Role.POINT else TagKind.ATOM, kind, raw)


@dataclass(slots=True)
class _Open:
    item: _Item
    order: int
    start: int
    inside: list[_Mark] = field(default_factory=list)


class _Reader:
    """Builds the plain text and the tree of marks from the items of a text."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._plain = ""
        self._atoms: list[str] = []
        self._open: list[_Open] = []
        self._top: list[_Mark] = []
        self._order = 0
        self._last: list[_Mark] | None = None  # the list whose last mark is the last item, if that is a point

    def read(self, items: Sequence[_Item]) -> Carried:
        for item in items:
            self._order += 1
            self._take(item)
        while self._open:
            self._close_unmatched()
        bare = self._plain.rstrip()
        blanks, marks = self._plain[len(bare) :], self._top
        for i, mark in enumerate(marks):
            if blanks and mark.start > len(bare):
                before, blanks = blanks + mark.before, ""
                marks[i] = replace(mark, before=before)
        if blanks:
            bare = self._plain
        return Carried(bare, tuple(self._atoms), self._first, tuple(_clamped(marks, len(bare))))

    def _take(self, item: _Item) -> None:
        last, self._last = self._last, None
        if item.kind is None:
            if item.raw:
                self._add(item.raw, last)
            else:
                self._last = last
        elif item.kind is TagKind.ATOM:
            self._add(f"%{self._first + len(self._atoms)}", last)
            self._atoms.append(item.raw)
        elif item.kind is TagKind.POINT or item.kind is TagKind.BREAK:
            self._mark(_Mark(_Kind.POINT, self._order, len(self._plain), len(self._plain), item.raw))
            if item.key in ("br", "hr") and self._plain and not self._plain[-1].isspace():
                self._plain += " "  # words on either side are two
        elif any(one.item.key == item.key for one in self._open) and (
            item.kind is TagKind.CLOSE or item.key[:1] in "*_~"
        ):
            while self._open[-1].item.key != item.key:
                self._close_unmatched()
            self._close(item)
        elif item.kind is TagKind.OPEN:
            self._open.append(_Open(item, self._order, len(self._plain)))
        else:
            self._mark(_Mark(_Kind.CLOSES, self._order, len(self._plain), len(self._plain), item.raw))

    def _add(self, text: str, last: list[_Mark] | None = None) -> None:
        # A point between two blanks takes one of them along: the model reads a single one.
        if text[:1].isspace() and (self._plain[-1:].isspace() or (last and not self._plain)):
            bare = text.lstrip()
            if last:
                last[-1] = replace(last[-1], after=last[-1].after + text[: len(text) - len(bare)])
            text = bare
        self._plain += text

    def _mark(self, mark: _Mark) -> None:
        marks = self._open[-1].inside if self._open else self._top
        marks.append(mark)
        self._last = marks if mark.kind is not _Kind.PAIR else None

    def _close(self, item: _Item) -> None:
        one = self._open.pop()
        end = len(self._plain)
        if not self._plain[one.start : end].strip():  # no word in it: it stands at one place
            raw = one.item.raw + "".join(m.before + m.after for m in one.inside) + item.raw
            self._mark(_Mark(_Kind.POINT, one.order, one.start, one.start, raw))
        else:
            self._mark(
                _Mark(_Kind.PAIR, one.order, one.start, end, one.item.raw, item.raw, tuple(one.inside))
            )

    def _close_unmatched(self) -> None:
        one = self._open.pop()
        self._mark(_Mark(_Kind.OPENS, one.order, one.start, one.start, one.item.raw))
        for mark in one.inside:
            self._mark(mark)


def _clamped(marks: Sequence[_Mark], length: int) -> Iterator[_Mark]:
    for mark in marks:
        yield replace(
            mark,
            start=min(mark.start, length),
            end=min(mark.end, length),
            inside=tuple(_clamped(mark.inside, length)),
        )


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
    of = {match[0]: i for i, word in enumerate(sources) if (match := _CARRIER.search(word))}
    if not of:
        return rows
    fixed: list[tuple[float, ...]] = []
    for row, word in zip(rows, targets, strict=True):
        found = _CARRIER.search(word)
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

    def place(self, marks: Sequence[_Mark]) -> list[_Mark] | None:
        """The marks with their places on the target, None where one finds none."""
        return self._place(marks, 0, len(self._plain), 0, len(self._target))

    def _place(
        self, marks: Sequence[_Mark], start: int, end: int, target_start: int, target_end: int
    ) -> list[_Mark] | None:
        """Places marks on ``plain[start:end]`` within ``target[target_start:target_end]``."""
        allowed = [j for j, (a, b) in enumerate(self._targets) if a < target_end and b > target_start]
        used: set[int] = set()
        taken: set[int] = set()
        placed: list[_Mark] = []
        pairs = [mark for mark in marks if mark.kind is _Kind.PAIR]
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
            if mark.kind is not _Kind.PAIR:
                at = self._point(mark, start, end, allowed, (target_start, target_end))
                placed.append(self._beside(replace(mark, start=at, end=at), placed))
        return placed if _in_order(placed) else None

    def _words(self, start: int, end: int) -> list[int]:
        """Source words that have a letter or more within the span."""
        return [i for i, (a, b) in enumerate(self._sources) if a < end and b > start]

    def _share(self, j: int, words: Sequence[int]) -> float:
        return sum(self._rows[j][i] for i in words)

    def _span(
        self, mark: _Mark, words: Sequence[int], free: Sequence[int], bounds: tuple[int, int]
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
        self, mark: _Mark, words: Sequence[int], best: tuple[int, int], bounds: tuple[int, int]
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
        self, mark: _Mark, start: int, end: int, allowed: Sequence[int], bounds: tuple[int, int]
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
        if mark.kind is not _Kind.POINT:
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

    def _beside(self, point: _Mark, placed: Sequence[_Mark]) -> _Mark:
        """The point moved out of a pair that it was not in."""
        for mark in placed:
            if mark.kind is _Kind.PAIR and mark.start <= point.start <= mark.end:
                at = mark.end if point.order > mark.order else mark.start
                return replace(point, start=at, end=at)
        return point


def _in_order(placed: Sequence[_Mark]) -> bool:
    """Whether marks of pairs that reach over sentences keep their order, and none stands within another."""
    bound = [m for m in placed if m.kind in (_Kind.OPENS, _Kind.CLOSES)]
    in_source = sorted(bound, key=lambda m: m.order)
    return in_source == sorted(bound, key=lambda m: (m.start, m.order))
