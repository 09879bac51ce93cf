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

from tosprog.models.base import Alignment
from tosprog.pipeline.inline import TagKind, read_tag
from tosprog.pipeline.keep import Finder
from tosprog.pipeline.placement import CARRIER, Mark, MarkKind, place_marks
from tosprog.pipeline.protect import PATTERNS, Protected, Role, find_protected

_TAG_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*)")


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
    marks: tuple[Mark, ...] = ()

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
        numbers = [int(number) for number in CARRIER.findall(target)]
        own = range(self.first, self.first + len(self.atoms))
        if any(numbers.count(number) != 1 for number in own):
            return None
        if not self.marks:
            return self._filled(target)
        placed = place_marks(self.marks, self.plain, target, alignment)
        return None if placed is None else self._rendered(target, placed, 0, len(target))

    def _filled(self, text: str) -> str:
        """A text with what its carriers stand for."""
        own = range(self.first, self.first + len(self.atoms))

        def fill(match: re.Match[str]) -> str:
            number = int(match[1])
            return self.atoms[number - self.first] if number in own else match[0]

        return CARRIER.sub(fill, text) if self.atoms else text

    def _rendered(self, target: str, marks: Sequence[Mark], start: int, end: int) -> str:
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
    patterns: Sequence[Finder] = (),
    markup: bool = True,
) -> Carried:
    """Takes out of a text what is protected in it.

    Args:
        text: A sentence on one line.
        keep: As for `tosprog.pipeline.protect.find_protected`.
        patterns: As there.
        markup: As for `tosprog.pipeline.protect.find_protected`.

    Example:
        >>> carried = carry("Se **hele** listen på https://a.dk[^1].")
        >>> carried.plain
        'Se hele listen på %1.'
        >>> carried.weave("See the whole list at %1.")
        'See the **whole** list at https://a.dk[^1].'
    """
    first = 1 + max((int(number) for number in CARRIER.findall(text)), default=0)
    return _Reader(first).read(
        list(_items(text, find_protected(text, keep=keep, patterns=patterns, markup=markup)))
    )


def _items(text: str, protected: Sequence[Protected]) -> Iterator[_Item]:
    spans = [(span.start, span.end, span.kind) for span in protected]
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
    inside: list[Mark] = field(default_factory=list)


class _Reader:
    """Builds the plain text and the tree of marks from the items of a text."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._plain = ""
        self._atoms: list[str] = []
        self._open: list[_Open] = []
        self._top: list[Mark] = []
        self._order = 0
        self._last: list[Mark] | None = None  # the list whose last mark is the last item, if that is a point

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
            self._mark(Mark(MarkKind.POINT, self._order, len(self._plain), len(self._plain), item.raw))
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
            self._mark(Mark(MarkKind.CLOSES, self._order, len(self._plain), len(self._plain), item.raw))

    def _add(self, text: str, last: list[Mark] | None = None) -> None:
        # A point between two blanks takes one of them along: the model reads a single one.
        if text[:1].isspace() and (self._plain[-1:].isspace() or (last and not self._plain)):
            bare = text.lstrip()
            if last:
                last[-1] = replace(last[-1], after=last[-1].after + text[: len(text) - len(bare)])
            text = bare
        self._plain += text

    def _mark(self, mark: Mark) -> None:
        marks = self._open[-1].inside if self._open else self._top
        marks.append(mark)
        self._last = marks if mark.kind is not MarkKind.PAIR else None

    def _close(self, item: _Item) -> None:
        one = self._open.pop()
        end = len(self._plain)
        if not self._plain[one.start : end].strip():  # no word in it: it stands at one place
            raw = one.item.raw + "".join(m.before + m.after for m in one.inside) + item.raw
            self._mark(Mark(MarkKind.POINT, one.order, one.start, one.start, raw))
        else:
            self._mark(
                Mark(MarkKind.PAIR, one.order, one.start, end, one.item.raw, item.raw, tuple(one.inside))
            )

    def _close_unmatched(self) -> None:
        one = self._open.pop()
        self._mark(Mark(MarkKind.OPENS, one.order, one.start, one.start, one.item.raw))
        for mark in one.inside:
            self._mark(mark)


def _clamped(marks: Sequence[Mark], length: int) -> Iterator[Mark]:
    for mark in marks:
        yield replace(
            mark,
            start=min(mark.start, length),
            end=min(mark.end, length),
            inside=tuple(_clamped(mark.inside, length)),
        )
