"""OpenDocument text (.odt, .ott, and the same in one file: .fodt): the changed paragraphs are put into its XML.

A paragraph lies within another where that holds a note, a comment or a text box; so what is written is put together
from ranges of the source, each with its own changes.
Source: OpenDocument 1.3, part 3, https://docs.oasis-open.org/office/OpenDocument/v1.3/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.inline import TAG, TagKind, clean, make_tag, read_tag
from tosprog.pipeline.package import Package
from tosprog.pipeline.splice import Edit, Piece, Place, Range, changed_places, render
from tosprog.pipeline.xml_source import XmlSource, XmlToken, XmlTokenKind, escape_text, parse_xml

_MIMETYPE = b"application/vnd.oasis.opendocument.text"
_PARTS = ("meta.xml", "content.xml", "styles.xml")
_MAX_DEPTH = 250  # of elements; the walk is recursive, and real documents stay below 50
_MAX_SPACES = 64  # that one text:s is read as

_CONTEXTS = {
    "text:list-item": BlockKind.LIST_ITEM,
    "text:list-header": BlockKind.LIST_ITEM,
    "text:index-title": BlockKind.HEADING,
    "table:table-cell": BlockKind.TABLE_CELL,
    "text:note-body": BlockKind.NOTE,
    "office:annotation": BlockKind.NOTE,
    "draw:text-box": BlockKind.PARAGRAPH,
    # What stands on every page is no part of the argument: no sentence for a summary.
    "office:master-styles": BlockKind.LABEL,
}
_LABELS = frozenset(
    "svg:title svg:desc table:title table:desc text:index-title-template "
    "dc:title dc:subject dc:description meta:keyword".split()
)
_SKIPPED = frozenset(
    "text:tracked-changes office:styles office:automatic-styles office:font-face-decls office:settings "
    "office:scripts office:forms office:binary-data draw:object draw:object-ole".split()
)
_STYLE_KINDS = {
    "Title": (BlockKind.HEADING, 1),
    "Subtitle": (BlockKind.HEADING, 2),
    "Heading": (BlockKind.HEADING, 1),
    **{f"Heading_20_{level}": (BlockKind.HEADING, min(level, 6)) for level in range(1, 11)},
    "Quotations": (BlockKind.QUOTATION, 0),
    "Quote": (BlockKind.QUOTATION, 0),
    "Intense_20_Quote": (BlockKind.QUOTATION, 0),
}

_PAIRS = frozenset(("text:span", "text:a", "text:meta", "text:ruby", "loext:content-control"))
_BREAKS = frozenset(("text:line-break", "text:tab"))
# They hold text that does not stand in the sentence; what else holds none is a point too, and a field is an atom.
_POINTS = frozenset(("text:note", "text:bibliography-mark", "text:script"))
_POINT_PREFIXES = ("draw:", "dr3d:", "office:", "field:")
_CODE_STYLE = "Source_20_Text"
# Elements without content that mark where a passage begins and ends.
_RANGE = re.compile(r"(.+?)(-start|-end)?")
_RANGE_KEYS = ("text:name", "text:change-id", "text:id", "office:name")
_RANGE_NAMES = frozenset(
    "text:bookmark text:reference-mark text:change text:toc-mark text:user-index-mark "
    "text:alphabetical-index-mark office:annotation field:fieldmark".split()
)
_MAX_RANGE = 200  # items between the two

# What a span may have and still look like the text around it. LibreOffice notes in rsid when a passage was typed.
_UNSEEN = re.compile(
    r"(?:officeooo|loext):(?:paragraph-)?rsid|fo:(?:language|country|script)"
    r"|style:(?:language|country|script|rfc-language-tag)(?:-asian|-complex)?"
)
_BLANKS = re.compile(r"[ \t\r\n]+")
_ATTRIBUTE = re.compile(r"""\s([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REGIONS = {"en": "GB", "da": "DK"}
_NAMESPACES = {
    f"xmlns:{prefix}": f"urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"
    for prefix in ("office", "text", "table", "style")
}


@dataclass(slots=True)
class _Node:
    """An element and what is in it; ``source[start:inner]`` is its opening tag, ``source[outer:end]`` the closing."""

    name: str
    attributes: Mapping[str, str]
    start: int
    inner: int
    outer: int = 0
    end: int = 0
    children: list[_Node | XmlToken] = field(default_factory=list)

    @property
    def elements(self) -> Iterator[_Node]:
        """The elements directly in it."""
        return (child for child in self.children if isinstance(child, _Node))

    @property
    def has_text(self) -> bool:
        """Whether there is any text in it, however deep."""
        return any(
            child.has_text if isinstance(child, _Node) else bool(child.text.strip())
            for child in self.children
        )


@dataclass(frozen=True, slots=True)
class _Tag:
    """What a tag of a block stands for: ranges of the source.

    Attributes:
        opening: Of a pair its opening markup, else all of it.
        closing: Of a pair its closing markup.
        floats: Whether the two are elements of their own, such as a bookmark's beginning and end.
    """

    opening: Range
    closing: Range = (0, 0)
    floats: bool = False


@dataclass(frozen=True, slots=True)
class _Spot:
    """A block's place, what its tags stand for, and whether its spaces are as they are: in titles of the document."""

    place: Place
    tags: tuple[_Tag, ...]
    is_verbatim: bool


@dataclass(frozen=True, slots=True)
class _Item:
    """A stretch of a paragraph: text (``kind`` is None) or markup.

    Attributes:
        kind: What tag the markup becomes.
        start: Offset in the source.
        end: Offset behind it.
        text: As a reader sees it.
        pair: The same number in both of a pair.
        look: What a span's style does to its text; neighbours of one look are one pair.
        silent: Whether the markup does nothing: it gets no tag.
        floats: As in `_Tag`.
        key: Of an element that may begin or end a passage: what the other has too.
    """

    kind: TagKind | None
    start: int
    end: int
    text: str = ""
    pair: int = -1
    look: object = None
    silent: bool = False
    floats: bool = False
    key: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Styles:
    """What a part says of its paragraphs in other places.

    Attributes:
        parents: Of each paragraph style the one that it is made from.
        looks: What each automatic text style does.
        deleted: Names of the tracked changes that take text away.
    """

    parents: Mapping[str, str]
    looks: Mapping[str, object]
    deleted: frozenset[str]

    @classmethod
    def of(cls, roots: Sequence[_Node]) -> _Styles:
        parents: dict[str, str] = {}
        looks: dict[str, object] = {}
        for root in roots:
            for group in root.elements:
                if group.name not in ("office:styles", "office:automatic-styles"):
                    continue
                for style in group.elements:
                    name, family = (style.attributes.get(key, "") for key in ("style:name", "style:family"))
                    parent = style.attributes.get("style:parent-style-name", "")
                    if family == "paragraph":
                        parents[name] = parent
                    elif family == "text" and group.name == "office:automatic-styles":
                        seen = {
                            (node.name, key, value)
                            for node in style.elements
                            for key, value in node.attributes.items()
                            if not _UNSEEN.fullmatch(key)
                        }
                        looks[name] = (parent, frozenset(seen)) if parent or seen else None
        regions = [node for root in roots for node in _changed_regions(root)]
        deleted = {
            region.attributes.get(key, "")
            for region in regions
            if any(node.name == "text:deletion" for node in region.elements)
            for key in ("text:id", "xml:id")
        }
        return cls(parents, looks, frozenset(deleted))

    def kind_of(self, name: str) -> tuple[BlockKind, int] | None:
        """Kind and level that a paragraph's style, or one that it is made from, gives it."""
        for _ in range(20):
            if name in _STYLE_KINDS or not name:
                break
            name = self.parents.get(name, "")
        return _STYLE_KINDS.get(name)

    def look_of(self, span: _Node) -> object:
        """What a span does to its text, None where that is nothing."""
        name = span.attributes.get("text:style-name", "")
        if set(span.attributes) - {"text:style-name"}:
            return object()  # something refers to this very span
        return self.looks.get(name, name or None)


def _changed_regions(root: _Node) -> Iterator[_Node]:
    """What is said of each tracked change, ahead of the text."""
    nodes = [root]
    for name in ("office:body", "office:text", "text:tracked-changes", "text:changed-region"):
        nodes = [child for node in nodes for child in node.elements if child.name == name]
    return iter(nodes)


def looks_like(data: bytes) -> bool:
    """Whether the first member of a zip says that it is OpenDocument text, or a flat XML file says so."""
    if data.startswith(b"PK\x03\x04") and data[30:38] == b"mimetype":
        start = 38 + int.from_bytes(data[28:30], "little")
        return data.startswith(_MIMETYPE, start)
    head = data[:4096]
    return b"<office:document" in head and _MIMETYPE in head


def read(data: bytes) -> Document:
    """Reads OpenDocument text.

    Raises:
        FormatError: no zip file and no flat XML, another kind of OpenDocument, encrypted, broken, or a bomb.
    """
    spots = _find_spots(_load(data)[1])
    blocks = [
        replace(spot.place.block, gap="\n\n" if i + 1 < len(spots) else "") for i, spot in enumerate(spots)
    ]
    return Document(tuple(blocks), format="odt", origin=data)


def write(document: Document) -> bytes:
    """The document's bytes: the texts of its changed blocks in what it was read from.

    Raises:
        FormatError: the document has other blocks than its origin.
    """
    package, parts = _load(document.origin)
    spots = _find_spots(parts)
    at = {(spot.place.part, spot.place.start): spot for spot in spots}
    edits: dict[str, list[Edit]] = {name: [] for name in parts}
    for place, text in changed_places(document, [spot.place for spot in spots]):
        pieces = tuple(_pieces(text, at[place.part, place.start]))
        edits[place.part].append(Edit(place.start, place.end, pieces))
    for name, (source, _) in parts.items():
        edits[name] += _relabelled(source, dict(document.relabel))
    changed = {
        name: render(source.text, edits[name]).encode(source.codec, "xmlcharrefreplace")
        for name, (source, _) in parts.items()
        if edits[name]
    }
    if package is None:
        return changed.get("", document.origin)
    return package.replaced(changed)


_Parts = dict[str, tuple[XmlSource, _Node]]


def _load(data: bytes) -> tuple[Package | None, _Parts]:
    """The package (None of a flat file) and its parts that have text."""
    parts: _Parts = {}
    package = None
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        parts[""] = _parse(data)
    else:
        package = Package(data)
        if "META-INF/manifest.xml" in package and b":encryption-data" in package.read(
            "META-INF/manifest.xml"
        ):
            raise FormatError("encrypted; open it with its password and save it without one")
        parts = {name: _parse(package.read(name)) for name in _PARTS if name in package}
        if "content.xml" not in parts:
            raise FormatError("the file has no content.xml in it: it is another kind of document")
    _, root = parts.get("content.xml") or parts[""]
    kinds = [kind.name for body in root.elements if body.name == "office:body" for kind in body.elements]
    if "office:text" not in kinds:
        kind = kinds[0].removeprefix("office:") if kinds else root.name
        raise FormatError(f"no text document but a {kind}; save its text as .odt or .docx")
    return package, parts


def _parse(data: bytes) -> tuple[XmlSource, _Node]:
    source = parse_xml(data)
    top = _Node("", {}, 0, 0)
    stack = [top]
    for token in source.tokens:
        if token.kind is XmlTokenKind.START:
            if len(stack) > _MAX_DEPTH:
                raise FormatError(f"its XML is nested more than {_MAX_DEPTH} deep: refused")
            node = _Node(token.name, token.attributes, token.start, token.end)
            stack[-1].children.append(node)
            stack.append(node)
        elif token.kind is XmlTokenKind.END:
            node = stack.pop()
            node.outer, node.end = token.start, token.end
        else:
            stack[-1].children.append(token)
    root = next(top.elements)
    for key, value in root.attributes.items():
        if key.startswith("xmlns:") and _NAMESPACES.get(key, value) != value:
            raise FormatError(f"it uses {key} for {value}; open it in LibreOffice and save it again")
        if value in _NAMESPACES.values() and key not in _NAMESPACES:
            raise FormatError(f"it names {value} by {key}; open it in LibreOffice and save it again")
    return source, root


def _find_spots(parts: _Parts) -> list[_Spot]:
    """The blocks in reading order, each with its place and what its tags stand for."""
    shared = [root for name, (_, root) in parts.items() if name == "styles.xml"]
    spots: list[_Spot] = []
    for name, (_, root) in parts.items():
        roots = [root] if root in shared else [*shared, root]
        _Walk(name, _Styles.of(roots), spots).walk(root, BlockKind.PARAGRAPH)
    return spots


class _Walk:
    """Goes through a part's elements and notes down its blocks."""

    def __init__(self, part: str, styles: _Styles, spots: list[_Spot]) -> None:
        self._part, self._styles, self._spots = part, styles, spots

    def walk(self, node: _Node, kind: BlockKind) -> None:
        """Notes down the blocks in an element; paragraphs are of the kind given, unless something says otherwise."""
        if node.name in _SKIPPED:
            return
        if node.name in _LABELS:
            self._add(node, BlockKind.LABEL, 0)
        elif node.name in ("text:p", "text:h"):
            self._add(node, *self._kind_of(node, kind))
        else:
            if kind is not BlockKind.LABEL:
                kind = _CONTEXTS.get(node.name, kind)
            for child in node.elements:
                self.walk(child, kind)

    def _kind_of(self, node: _Node, kind: BlockKind) -> tuple[BlockKind, int]:
        if kind in (BlockKind.NOTE, BlockKind.LABEL):
            return kind, 0
        if node.name == "text:h":
            level = node.attributes.get("text:outline-level", "1")
            return BlockKind.HEADING, max(1, min(6, int(level))) if level.isdecimal() else 1
        if kind is BlockKind.HEADING:
            return kind, 1
        return self._styles.kind_of(node.attributes.get("text:style-name", "")) or (kind, 0)

    def _add(self, node: _Node, kind: BlockKind, level: int) -> None:
        is_verbatim = node.name in _LABELS
        reader = _Paragraph(self._styles, is_verbatim=is_verbatim)
        reader.read(node)
        items = _trimmed(_with_ranges(reader.items, self._styles.deleted))
        if any(char.isalnum() for item in items for char in item.text):
            text, tags = _with_tags(items)
            place = Place(items[0].start, items[-1].end, Block(kind, text, "", level), (), self._part)
            self._spots.append(_Spot(place, tags, is_verbatim))
        for inner in reader.inner:
            self.walk(inner, kind if kind is BlockKind.LABEL else BlockKind.PARAGRAPH)


class _Paragraph:
    """Reads a paragraph into items; ``inner`` are the elements in it that may hold blocks of their own."""

    def __init__(self, styles: _Styles, *, is_verbatim: bool) -> None:
        self._styles = styles
        self._is_verbatim = is_verbatim
        self._pairs = 0
        self._after_space = True
        self.items: list[_Item] = []
        self.inner: list[_Node] = []

    def read(self, node: _Node) -> None:
        """Adds the items of what is in an element."""
        for child in node.children:
            if isinstance(child, XmlToken):
                self._text(child)
            elif child.name in _PAIRS and not self._is_code(child):
                self._pair(child)
            elif child.name == "text:s":
                self._spaces(child)
            elif child.name in _BREAKS:
                self._single(TagKind.BREAK, child)
            elif self._is_point(child):
                self._single(TagKind.POINT, child)
            else:
                self._single(TagKind.ATOM, child)

    def _text(self, token: XmlToken) -> None:
        """Blanks become one space, none after another: ODF 1.3, part 3, 6.1.2."""
        text = clean(token.text)
        if not self._is_verbatim:
            text = _BLANKS.sub(" ", text)
            if self._after_space:
                text = text.removeprefix(" ")
        if text:
            self._after_space = text.endswith(" ")
        self.items.append(_Item(None, token.start, token.end, text))

    def _spaces(self, node: _Node) -> None:
        count = node.attributes.get("text:c", "1")
        if not count.isdecimal() or len(count) > 3 or int(count) > _MAX_SPACES:
            self._single(TagKind.POINT, node)
            return
        self.items.append(_Item(None, node.start, node.end, " " * int(count)))
        self._after_space = False

    def _single(self, kind: TagKind, node: _Node) -> None:
        self.items.append(_Item(kind, node.start, node.end, key=_range_key(node)))
        self.inner.append(node)
        self._after_space = False

    def _pair(self, node: _Node) -> None:
        inner, outer = node.inner, node.outer
        body = node
        if node.name == "text:ruby":
            base = next((child for child in node.elements if child.name == "text:ruby-base"), None)
            if base is None:
                self._single(TagKind.POINT, node)
                return
            body, inner, outer = base, base.inner, base.outer
        elif node.outer == node.end:  # an empty element: <text:span/>
            self._single(TagKind.POINT, node)
            return
        look = self._styles.look_of(node) if node.name == "text:span" else object()
        last = self.items[-1] if self.items else None
        if last is not None and last.kind is TagKind.CLOSE and last.look == look and not last.silent:
            self.items.pop()  # goes on as the span before it
            pair, first = last.pair, -1
        else:
            self._pairs += 1
            pair, first = self._pairs, len(self.items)
            self.items.append(_Item(TagKind.OPEN, node.start, inner, "", pair, look, look is None))
        self.read(body)
        if first >= 0 and all(item.kind is TagKind.POINT for item in self.items[first + 1 :]):
            del self.items[first:]  # no word in it: it stands at one place
            self.items.append(_Item(TagKind.POINT, node.start, node.end))
        else:
            self.items.append(_Item(TagKind.CLOSE, outer, node.end, "", pair, look, look is None))

    def _is_code(self, node: _Node) -> bool:
        return node.attributes.get("text:style-name") == _CODE_STYLE

    def _is_point(self, node: _Node) -> bool:
        if node.name == "draw:frame" and node.attributes.get("text:anchor-type") == "as-char":
            return not any(
                child.name == "draw:object" for child in node.elements
            )  # a formula stands for words
        return node.name in _POINTS or node.name.startswith(_POINT_PREFIXES) or not node.has_text


def _range_key(node: _Node) -> tuple[str, str, str] | None:
    """What an element marks the beginning (or end) of, where it does."""
    found = _RANGE.fullmatch(node.name)
    if found is None or found[1] not in _RANGE_NAMES or not (found[2] or found[1] == "office:annotation"):
        return None
    name = next((node.attributes[key] for key in _RANGE_KEYS if key in node.attributes), "")
    return found[1], name, "end" if found[2] == "-end" else "start"


def _with_ranges(items: Sequence[_Item], deleted: frozenset[str]) -> list[_Item]:
    """Makes pairs of the elements that begin and end one passage, where they cross no other pair.

    A passage that is deleted, as a tracked change, is a point with all that is in it.
    """
    found: list[_Item | None] = list(items)
    begins: dict[tuple[str, str], int] = {}
    pairs = max((item.pair for item in items), default=0)
    for i, item in enumerate(items):
        if item.key is None:
            continue
        name, label, side = item.key
        if side == "start":
            begins[name, label] = i
            continue
        first = begins.pop((name, label), i)
        between = [other for other in found[first + 1 : i] if other is not None]
        if not 0 < len(between) < _MAX_RANGE or not _is_balanced(between):
            continue
        if name == "text:change" and label in deleted:
            found[first : i + 1] = [_Item(TagKind.POINT, items[first].start, item.end), *[None] * (i - first)]
        elif any(other.text.strip() for other in between):
            pairs += 1
            found[first] = replace(items[first], kind=TagKind.OPEN, pair=pairs, floats=True)
            found[i] = replace(item, kind=TagKind.CLOSE, pair=pairs, floats=True)
    return [item for item in found if item is not None]


def _is_balanced(items: Sequence[_Item]) -> bool:
    opened: list[int] = []
    for item in items:
        if item.kind is TagKind.OPEN:
            opened.append(item.pair)
        elif item.kind is TagKind.CLOSE and (not opened or opened.pop() != item.pair):
            return False
    return not opened


def _trimmed(items: Sequence[_Item]) -> Sequence[_Item]:
    """The items without what stands wholly before, behind or around the text."""
    start, end = 0, len(items)
    while start < end:
        first, last = items[start], items[end - 1]
        if _is_outside(first):
            start += 1
        elif _is_outside(last):
            end -= 1
        elif first.kind is TagKind.OPEN and last.kind is TagKind.CLOSE and first.pair == last.pair:
            start, end = start + 1, end - 1
        else:
            break
    return items[start:end]


def _is_outside(item: _Item) -> bool:
    if item.kind is None:
        return not item.text.strip(" \t\r\n")
    return item.kind in (TagKind.POINT, TagKind.BREAK)


def _with_tags(items: Iterable[_Item]) -> tuple[str, tuple[_Tag, ...]]:
    text: list[str] = []
    tags: list[_Tag] = []
    numbers: dict[int, int] = {}
    for item in items:
        span = (item.start, item.end)
        if item.kind is None:
            text.append(item.text)
        elif item.silent:
            continue
        elif item.kind is TagKind.CLOSE:
            number = numbers[item.pair]
            tags[number] = replace(tags[number], closing=span)
            text.append(make_tag(item.kind, number))
        else:
            numbers[item.pair] = len(tags)
            text.append(make_tag(item.kind, len(tags)))
            tags.append(_Tag(span, floats=item.floats))
    return "".join(text), tuple(tags)


def _pieces(text: str, spot: _Spot) -> Iterator[Piece]:
    """What a block's text is written as; pairs that cross are closed and opened again, so that it is well formed."""
    tags = spot.tags
    write_text = _verbatim if spot.is_verbatim else _spaced
    opened: list[int] = []
    written: set[int] = set()
    after_space = True
    done = 0
    for match in TAG.finditer(text):
        plain, after_space = write_text(text[done : match.start()], after_space)
        yield plain
        done = match.end()
        kind, number = read_tag(match[0])
        if number >= len(tags):
            continue
        tag = tags[number]
        if kind is TagKind.OPEN and not tag.floats:
            opened.append(number)
            yield tag.opening
        elif kind is not TagKind.CLOSE:
            after_space = False
            yield tag.opening
        elif tag.floats:
            yield tag.closing
        elif number in opened:
            crossed = opened[opened.index(number) + 1 :]
            yield from (tags[other].closing for other in reversed(crossed))
            yield tag.closing
            yield from (tags[other].opening for other in crossed)
            opened.remove(number)
        written.add(number)
    yield write_text(text[done:], after_space)[0]
    yield from (tags[number].closing for number in reversed(opened))
    for number, tag in enumerate(tags):  # nothing that was there may be lost
        if number not in written:
            yield tag.opening
            yield tag.closing


def _verbatim(text: str, after_space: bool) -> tuple[str, bool]:
    return escape_text(text), after_space


def _spaced(text: str, after_space: bool) -> tuple[str, bool]:
    """The text as XML, spaces that would be taken for one as ``text:s``; and whether a space is its last."""
    parts: list[str] = []
    for part in re.split(r"([ \t\r\n]+)", text):
        if not part:
            continue
        if part.isspace() and _BLANKS.fullmatch(part):
            more = len(part) - (not after_space)
            parts.append("" if after_space else " ")
            if more:
                parts.append(f'<text:s text:c="{more}"/>' if more > 1 else "<text:s/>")
            after_space = not more
        else:
            parts.append(escape_text(part))
            after_space = False
    return "".join(parts), after_space


def _relabelled(source: XmlSource, languages: Mapping[str, str]) -> Iterator[Edit]:
    """Names the languages of styles and of the document anew."""
    if not languages:
        return
    within = ""
    for token in source.tokens:
        if token.kind is XmlTokenKind.START:
            within = token.name
            if "fo:language" in token.attributes or "style:rfc-language-tag" in token.attributes:
                yield from _relabelled_style(source.text, token, languages)
        elif token.kind is XmlTokenKind.TEXT and within == "dc:language":
            code = token.text.strip()
            if (new := _renamed(code, languages)) is not None:
                yield Edit(token.start, token.end, (new,))
        elif token.kind is XmlTokenKind.END:
            within = ""


def _relabelled_style(source: str, token: XmlToken, languages: Mapping[str, str]) -> Iterator[Edit]:
    new = languages.get(token.attributes.get("fo:language", "").lower())
    for match in _ATTRIBUTE.finditer(source, token.start + 1 + len(token.name), token.end):
        start, end = match.span(2) if match[2] is not None else match.span(3)
        value = None
        if match[1] == "fo:language":
            value = new
        elif match[1] == "fo:country" and new is not None:
            value = _REGIONS.get(new, "none")
        elif match[1] == "style:rfc-language-tag":
            value = _renamed(source[start:end], languages)
        if value is not None:
            yield Edit(start, end, (value,))


def _renamed(code: str, languages: Mapping[str, str]) -> str | None:
    """A language's new code, with a region where the old one had more than a language; None where it stays."""
    primary, *more = re.split("[-_]", code)
    new = languages.get(primary.lower())
    return f"{new}-{_REGIONS[new]}" if new in _REGIONS and more else new
