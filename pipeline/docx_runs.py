"""What a paragraph of a Word document holds, as items: texts, links, fields, notes, tracked changes.

Source: ECMA-376 part 1, 17.3 (paragraphs and runs), 17.13 (changes, passages), 17.16 (fields).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tosprog.pipeline.docx_source import Node
from tosprog.pipeline.inline import TagKind, clean
from tosprog.pipeline.splice import Piece, Range
from tosprog.pipeline.xml_source import escape_text

_Key = tuple[object, ...]

_PAIRS = frozenset("w:hyperlink w:ins w:moveTo w:smartTag w:customXml w:dir w:bdo".split())
# Words that are not in the document any more, and stay for whoever looks at its changes.
DELETED = frozenset(("w:del", "w:moveFrom"))
_BREAKS = frozenset("w:tab w:br w:cr w:ptab".split())
# What a run has instead of words, or fills with them.
_ATOMS = frozenset(
    "w:object w:ruby w:pgNum w:dayShort w:dayLong w:monthShort w:monthLong w:yearShort w:yearLong".split()
)
# Word's own notes on spelling and on where a page ended when it last looked.
_SILENT = frozenset("w:proofErr w:lastRenderedPageBreak w:softHyphen".split())
_RANGES = re.compile(r"(w:bookmark|w:commentRange|w:perm)(Start|End)")
# Of a run's look: what is not seen in Danish and English, or changes from run to run in converted files.
_UNSEEN = frozenset("w:lang w:noProof w:bCs w:iCs w:szCs w:kern w:rtl w:cs w:webHidden".split())
_LISTS = (["TOC"], ["INDEX"], ["TOA"])  # fields whose result is text of its own
_SMALL_SPACING = 10  # twentieths of a point between letters
_ON_BLANKS = frozenset("w:u w:strike w:dstrike w:shd w:highlight w:bdr".split())  # is seen on a space too
_MAX_NESTED = 20  # links and passages in each other; what is read here is walked recursively
_MAX_RANGE = 200  # items between the beginning and the end of a passage
_BLANKS = re.compile(r"[\t\r\n]")


@dataclass(frozen=True, slots=True)
class Look:
    """How a run looks: what is compared, and where its properties stand in the source."""

    key: _Key = ()
    range: Range = (0, 0)

    @property
    def shows_on_blanks(self) -> bool:
        """Whether it is seen on a space too."""
        return any(isinstance(part, tuple) and part[0] in _ON_BLANKS for part in self.key)


@dataclass(frozen=True, slots=True)
class Item:
    """A stretch of a paragraph: text (``kind`` is None) or markup.

    Attributes:
        kind: What tag the markup becomes; OPEN is a pair.
        pieces: All of it as it stands in the source, of a pair its opening.
        closing: Of a pair its closing.
        text: As a reader sees it.
        look: Of a text, or of the text in a pair.
        inside: What is in a pair.
        floats: As in `Tag`.
        field: Of a part of a field which one: ``begin``, ``instruction``, ``separate`` or ``end``.
        instruction: What a field is told to do.
        range_key: Of an element that begins or ends a passage: what the other has too, and which one it is.
        depth: How deep pairs are nested in it.
    """

    kind: TagKind | None
    pieces: tuple[Piece, ...]
    closing: tuple[Piece, ...] = ()
    text: str = ""
    look: Look | None = None
    inside: tuple[Item, ...] = ()
    floats: bool = False
    field: str = ""
    instruction: str = ""
    range_key: tuple[str, str, str] | None = None
    depth: int = 0

    @property
    def is_blank(self) -> bool:
        """Whether it is spaces that look the same in every look."""
        return self.kind is None and self.text.isspace() and not (self.look and self.look.shows_on_blanks)

    @property
    def raw(self) -> tuple[Piece, ...]:
        """All of it as it stands in the source, with what is inside."""
        return (*self.pieces, *(piece for item in self.inside for piece in item.raw), *self.closing)


def read_items(node: Node, is_code: Callable[[str], bool]) -> list[Item]:
    """The items of a paragraph, without its properties.

    Args:
        node: The ``w:p``.
        is_code: Whether the character style of an id is one for code.
    """
    return _Reader(is_code).read(node)


@dataclass(slots=True)
class _Chunk:
    """Children of a run that make one item; ``field`` as in `Item`."""

    kind: TagKind | None
    text: str
    field: str
    nodes: list[Node]


class _Reader:
    """Reads the content of a paragraph, and of the pairs in it, into items."""

    def __init__(self, is_code: Callable[[str], bool]) -> None:
        self._is_code = is_code

    def read(self, node: Node) -> list[Item]:
        """The items of what is in an element; parts of a field that is whole are one."""
        items: list[Item] = []
        for child in node.elements:
            if child.name == "w:r":
                items += self._run(child)
            elif child.name not in _SILENT and child.name != "w:pPr":
                items.append(self._other(child))
        return _with_ranges(_with_fields(items))

    def _other(self, node: Node) -> Item:
        raw: tuple[Piece, ...] = ((node.start, node.end),)
        is_link = node.name == "w:fldSimple" and _is_link(node.attributes.get("w:instr", ""))
        if node.name in _PAIRS or is_link:
            return self._pair(node, node)
        if node.name == "w:sdt" and (content := node.child("w:sdtContent")) is not None:
            return self._pair(node, content)
        if node.name in DELETED:
            return Item(TagKind.POINT, raw)
        if match := _RANGES.fullmatch(node.name):
            key = (match[1], node.attributes.get("w:id", ""), match[2])
            return Item(TagKind.POINT, raw, range_key=key)
        return Item(TagKind.ATOM if _has_words(node) else TagKind.POINT, raw)

    def _pair(self, node: Node, content: Node) -> Item:
        inside = self.read(content)
        if not _has_text(inside):
            return Item(TagKind.POINT, ((node.start, node.end),))
        opening, closing = (node.start, content.inner), (content.outer, node.end)
        return _pair((opening,), (closing,), inside, look=main_look(inside))

    def _run(self, run: Node) -> list[Item]:
        """The items of a run; neighbours of one kind in it are one."""
        properties = run.child("w:rPr")
        look = Look(_key_of(properties), (properties.start, properties.end)) if properties else Look()
        style = properties.child("w:rStyle") if properties else None
        is_code = style is not None and self._is_code(style.attributes.get("w:val", ""))
        chunks: list[_Chunk] = []
        for child in run.elements:
            if child.name == "w:rPr" or child.name in _SILENT:
                continue
            kind, text = _content(child)
            field = child.attributes.get("w:fldCharType", "") if child.name == "w:fldChar" else ""
            if child.name == "w:instrText":
                field = "instruction"
            if chunks and chunks[-1].kind is kind and not chunks[-1].field and not field:
                chunks[-1].text += text
                chunks[-1].nodes.append(child)
            else:
                chunks.append(_Chunk(kind, text, field, [child]))
        opening: tuple[Piece, ...] = ((run.start, run.inner), look.range)
        closing: Piece = (run.outer, run.end)
        items: list[Item] = []
        for chunk in chunks:
            if is_code and chunk.kind is None:
                items += _code(chunk.text, run.prefix, opening, closing)
                continue
            raw: tuple[Piece, ...] = ((run.start, run.end),)
            if len(chunks) > 1:
                raw = (*opening, *((node.start, node.end) for node in chunk.nodes), closing)
            instruction = chunk.nodes[0].text if chunk.field == "instruction" else ""
            own = look if chunk.kind is None else None
            items.append(
                Item(chunk.kind, raw, text=chunk.text, look=own, field=chunk.field, instruction=instruction)
            )
        return items


def _code(text: str, prefix: str, opening: tuple[Piece, ...], closing: Piece) -> Iterator[Item]:
    """The items of a run's code; blanks around it are none, and have the look of what is around."""
    for part in re.findall(r"\s+|\S+(?:\s+\S+)*", text):
        raw = f'<{prefix}t xml:space="preserve">{escape_text(part)}</{prefix}t>'
        if part.isspace():
            yield Item(None, (*opening, raw, closing), text=part)
        else:
            yield Item(TagKind.ATOM, (*opening, raw, closing))


def _content(node: Node) -> tuple[TagKind | None, str]:
    """What a child of a run is, and its text."""
    name = node.name
    if name == "w:t":
        text = _BLANKS.sub(" ", clean(node.text))
        return None, text if node.attributes.get("xml:space") == "preserve" else text.strip(" ")
    if name == "w:noBreakHyphen":
        return None, "-"
    if name in _BREAKS or name in ("w:fldChar", "w:instrText"):
        return TagKind.BREAK, ""
    return (TagKind.ATOM if name in _ATOMS else TagKind.POINT), ""


def _key_of(properties: Node) -> _Key:
    """What of run properties is seen."""
    return tuple(
        (node.name, tuple(sorted(node.attributes.items())), _key_of(node))
        for node in properties.elements
        if node.name not in _UNSEEN and not _is_small(node)
    )


def _is_small(node: Node) -> bool:
    """Whether letters are set apart so little that no one meant it, or only a font's class is hinted at."""
    if node.name == "w:rFonts":
        return set(node.attributes) <= {"w:hint"}
    value = node.attributes.get("w:val", "").removeprefix("-")
    return node.name == "w:spacing" and value.isdecimal() and int(value) <= _SMALL_SPACING


def _has_words(node: Node) -> bool:
    """Whether an element stands for words: a field's result, a formula."""
    return node.name.startswith("m:") or node.holds("w:t") or node.holds("m:t")


def _has_text(items: Sequence[Item]) -> bool:
    return any(
        item.text != "" if item.kind is None else item.kind is TagKind.ATOM or _has_text(item.inside)
        for item in items
    )


def _is_link(instruction: str) -> bool:
    return instruction.split()[:1] == ["HYPERLINK"]


def _with_fields(items: Sequence[Item]) -> list[Item]:
    """Makes one item of each field that begins and ends among the items: of a link a pair, of others an atom.

    The parts of a field that reaches further, or is a list of the text's own headings, stay as breaks, which keep
    their order in every translation.
    """
    found: list[Item] = []
    begins: list[tuple[int, int]] = []  # where a field's beginning and (or 0) its result stand
    for item in items:
        found.append(item)
        if item.field == "begin":
            begins.append((len(found) - 1, 0))
        elif item.field == "separate" and begins:
            begins[-1] = (begins[-1][0], len(found))
        elif item.field == "end" and begins:
            begin, result = begins.pop()
            parts = found[begin:]
            inside = found[result:-1] if result else []
            instruction = "".join(part.instruction for part in parts[: result - begin or None])
            if instruction.split()[:1] in _LISTS:
                continue
            raw = _joined(piece for part in parts for piece in part.raw)
            if not _has_text(inside):
                found[begin:] = [Item(TagKind.POINT, raw)]
            elif _is_link(instruction) and _depth(inside) < _MAX_NESTED:
                opening = _joined(piece for part in found[begin:result] for piece in part.raw)
                found[begin:] = [_pair(opening, item.raw, inside, look=main_look(inside))]
            else:
                found[begin:] = [Item(TagKind.ATOM, raw)]
    return found


def _with_ranges(items: Sequence[Item]) -> list[Item]:
    """Makes pairs of the elements that begin and end one passage with text; those that cross others stay points."""
    found: list[Item] = []
    begins: dict[tuple[str, str], int] = {}  # where a passage begins, the last one last
    for item in items:
        found.append(item)
        if item.range_key is None:
            continue
        key, side = item.range_key[:2], item.range_key[2]
        if side == "Start":
            begins.pop(key, None)
            begins[key] = len(found) - 1
        elif key in begins:
            begin = begins[key]
            while begins.popitem()[1] > begin:
                pass  # what began after it ends outside of it
            if len(found) - begin > _MAX_RANGE:
                continue
            inside = found[begin + 1 : -1]
            if _has_text(inside) and _depth(inside) < _MAX_NESTED:
                found[begin:] = [_pair(found[begin].pieces, item.pieces, inside, floats=True)]
    return found


def _pair(
    opening: tuple[Piece, ...],
    closing: tuple[Piece, ...],
    inside: Sequence[Item],
    *,
    look: Look | None = None,
    floats: bool = False,
) -> Item:
    return Item(
        TagKind.OPEN,
        opening,
        closing,
        look=look,
        inside=tuple(inside),
        floats=floats,
        depth=_depth(inside) + 1,
    )


def _depth(items: Sequence[Item]) -> int:
    return max((item.depth for item in items), default=0)


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The pieces, ranges that follow each other as one."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else ""
        if isinstance(piece, tuple) and isinstance(last, tuple) and last[1] == piece[0]:
            found[-1] = (last[0], piece[1])
        else:
            found.append(piece)
    return tuple(found)


def texts(items: Sequence[Item]) -> Iterator[Item]:
    """The texts that stand directly among the items, or in a passage among them."""
    for item in items:
        if item.kind is None:
            yield item
        elif item.floats:
            yield from texts(item.inside)


def main_look(items: Sequence[Item]) -> Look | None:
    """The look that most characters have, None where there is no text."""
    counts: Counter[_Key] = Counter()
    looks: dict[_Key, Look] = {}
    for item in texts(items):
        if item.text and item.look is not None:
            looks.setdefault(item.look.key, item.look)
            counts[item.look.key] += 1 + 1000 * sum(not char.isspace() for char in item.text)
    return looks[counts.most_common(1)[0][0]] if counts else None
