"""A paragraph of a Word document as text with tags, and back: runs, links, fields, notes and tracked changes.

Word cuts a paragraph into runs, often in the middle of a word. Neighbours of one look are one stretch here; the
look that most of the text has is the paragraph's own and gets no tag, each other stretch is a pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tosprog.pipeline.docx_runs import Item, Look, main_look, read_items, texts
from tosprog.pipeline.docx_source import Node
from tosprog.pipeline.inline import TAG, TagKind, make_tag, read_tag
from tosprog.pipeline.splice import Piece
from tosprog.pipeline.xml_source import escape_text

_AS_SPACES = str.maketrans("\t\r\n", "   ")


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tag stands for.

    Attributes:
        opening: Of a pair its opening markup, else all of it.
        closing: Of a pair its closing markup.
        look: Of the text in a pair, None where that is as around it.
        floats: Whether the two are elements of their own, such as a bookmark's beginning and end.
    """

    opening: tuple[Piece, ...]
    closing: tuple[Piece, ...] = ()
    look: Look | None = None
    floats: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph's text with tags, what they stand for, and what stands before and behind the text."""

    text: str
    tags: tuple[Tag, ...]
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]
    look: Look
    prefix: str

    def pieces(self, text: str) -> Iterator[Piece]:
        """The paragraph's content with another text; well formed, and with every tag, whatever the text is."""
        yield from self.before
        opened: list[int] = []
        written: set[int] = set()
        done = 0
        for match in TAG.finditer(text):
            yield from self._run(text[done : match.start()], opened)
            done = match.end()
            kind, number = read_tag(match[0])
            if number >= len(self.tags):
                continue
            tag = self.tags[number]
            if kind is TagKind.CLOSE:
                yield from self._closed(number, opened)
            elif number not in written:
                if kind is TagKind.OPEN and not tag.floats:
                    opened.append(number)
                yield from tag.opening
            written.add(number)
        yield from self._run(text[done:], opened)
        for number in reversed(opened):
            yield from self.tags[number].closing
        for number, tag in enumerate(self.tags):  # nothing that was there may be lost
            if number not in written:
                yield from (*tag.opening, *tag.closing)
        yield from self.after

    def _closed(self, number: int, opened: list[int]) -> Iterator[Piece]:
        """The end of a pair; those that were opened in it are closed before, and opened again behind."""
        tag = self.tags[number]
        if tag.floats:
            yield from tag.closing
        elif number in opened:
            crossed = opened[opened.index(number) + 1 :]
            for other in reversed(crossed):
                yield from self.tags[other].closing
            yield from tag.closing
            for other in crossed:
                yield from self.tags[other].opening
            opened.remove(number)

    def _run(self, text: str, opened: Sequence[int]) -> Iterator[Piece]:
        if text:
            looks = (self.tags[number].look for number in reversed(opened))
            look = next((look for look in looks if look is not None), self.look)
            name = self.prefix
            yield f"<{name}r>"
            yield look.range
            inner = escape_text(text.translate(_AS_SPACES))
            yield f'<{name}t xml:space="preserve">{inner}</{name}t></{name}r>'


def read_paragraph(node: Node, is_code: Callable[[str], bool]) -> Paragraph | None:
    """Reads a paragraph; None where it has no letter and no digit.

    Args:
        node: The ``w:p``.
        is_code: Whether the character style of an id is one for code.
    """
    items: Sequence[Item] = read_items(node, is_code)
    before: list[Piece] = [(child.start, child.end) for child in node.elements if child.name == "w:pPr"]
    after: list[Piece] = []
    while items:
        first, last = items[0], items[-1]
        if _is_outside(first):
            before += first.raw
            items = items[1:]
        elif _is_outside(last):
            after[:0] = last.raw
            items = items[:-1]
        elif len(items) == 1 and first.kind is TagKind.OPEN:
            before += first.pieces
            after[:0] = first.closing
            items = first.inside
        else:
            break
    look = main_look(items) or Look()
    text, tags = _coded(_grouped(items, look))
    if not any(char.isalnum() for char in TAG.sub("", text)):
        return None
    return Paragraph(text, tags, tuple(before), tuple(after), look, node.prefix)


def _is_outside(item: Item) -> bool:
    if item.kind is None:
        return not item.text.strip()
    return item.kind in (TagKind.POINT, TagKind.BREAK)


def _grouped(items: Sequence[Item], base: Look) -> list[Item]:
    """Makes pairs of neighbours whose look is the same, and not that of the text around them."""
    found: list[Item] = []
    stretch: list[Item] = []
    look: Look | None = None  # of the stretch
    pending: list[Item] = []  # behind the stretch, in it if it goes on

    def flush() -> None:
        nonlocal look
        if look is not None:
            found.append(Item(TagKind.OPEN, (), look=look, inside=tuple(stretch)))
        found.extend(pending)
        stretch.clear()
        pending.clear()
        look = None

    for item in items:
        own = _look_of(item)
        if own is not None and own.key == base.key:
            flush()
            found.append(item)
        elif own is not None and look is not None and own.key == look.key:
            stretch += [*pending, item]
            pending.clear()
        elif own is not None:
            flush()
            look = own
            stretch.append(item)
        else:
            if item.inside:
                inner = base if item.look is None else item.look
                if item.floats and any(not text.is_blank for text in texts([item])):
                    flush()  # it has text of the look around the stretch
                item = replace(item, inside=tuple(_grouped(item.inside, inner)))
            (found if look is None else pending).append(item)
    flush()
    return found


def _look_of(item: Item) -> Look | None:
    """The one look of a text, or of a passage that has nothing but text of one look; else None."""
    if item.kind is None:
        return None if item.is_blank else item.look
    looks = [text.look for text in texts([item]) if text.look is not None and not text.is_blank]
    is_one = bool(looks) and all(look.key == looks[0].key for look in looks)
    return looks[0] if is_one and _has_only_passages(item) else None


def _has_only_passages(item: Item) -> bool:
    """Whether every pair in a pair, and the pair itself, is a passage."""
    return item.floats and all(
        part.kind is not TagKind.OPEN or _has_only_passages(part) for part in item.inside
    )


def _coded(items: Sequence[Item]) -> tuple[str, tuple[Tag, ...]]:
    """The items as text with tags; points, breaks and atoms that follow each other are one."""
    text: list[str] = []
    tags: list[Tag] = []

    def add(items: Sequence[Item]) -> None:
        last: TagKind | None = None
        for item in items:
            if item.kind is None:
                text.append(item.text)
                last = None if item.text else last
            elif item.kind is TagKind.OPEN:
                number = len(tags)
                tags.append(Tag(item.pieces, item.closing, item.look, item.floats))
                text.append(make_tag(TagKind.OPEN, number))
                add(item.inside)
                text.append(make_tag(TagKind.CLOSE, number))
                last = None
            elif item.kind is last:
                tags[-1] = Tag((*tags[-1].opening, *item.pieces))
            else:
                text.append(make_tag(item.kind, len(tags)))
                tags.append(Tag(item.pieces))
                last = item.kind

    add(items)
    return "".join(text), tuple(tags)
