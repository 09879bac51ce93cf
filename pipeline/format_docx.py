"""Word (.docx, .docm, .dotx): the texts of changed paragraphs are put into the XML, all else stays as it was.

What is where in such a file is known to `docx_parts`, what is in a paragraph to `docx_inline`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tosprog.pipeline import docx_parts
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.docx_inline import Paragraph, read_paragraph
from tosprog.pipeline.docx_parts import WordPackage, open_package
from tosprog.pipeline.docx_runs import DELETED
from tosprog.pipeline.docx_source import Node, Part
from tosprog.pipeline.inline import TAG, clean
from tosprog.pipeline.splice import Edit, Piece, Place, changed_places, render
from tosprog.pipeline.xml_source import escape_attribute, escape_text

looks_like = docx_parts.looks_like

_ROLES = {
    "footnotes": BlockKind.NOTE,
    "endnotes": BlockKind.NOTE,
    "comments": BlockKind.NOTE,
    # What stands on every page is no part of the argument: no sentence for a summary.
    "header": BlockKind.LABEL,
    "footer": BlockKind.LABEL,
    "core-properties": BlockKind.LABEL,
}
_FIXED = (BlockKind.NOTE, BlockKind.LABEL)  # kinds that a part has, whatever its styles say
_TITLES = frozenset(("dc:title", "dc:subject", "dc:description"))
# Attributes with texts for readers: alternative text, hints, the words of a watermark.
_TEXTS = {
    "wp:docPr": ("title", "descr"),
    "pic:cNvPr": ("title", "descr"),
    "wps:cNvPr": ("title", "descr"),
    "wpg:cNvPr": ("title", "descr"),
    "v:textpath": ("string",),
    "w:hyperlink": ("w:tooltip",),
    "w:tblCaption": ("w:val",),
    "w:tblDescription": ("w:val",),
}
_IN_DRAWINGS = ("title", "alt")  # of what VML draws
_PICTURE = re.compile(r".*\.(?:png|jpe?g|gif|tiff?|bmp|emf|wmf|svg|webp)\s*", re.IGNORECASE | re.DOTALL)
_REGIONS = {"en": "GB", "da": "DK"}


@dataclass(frozen=True, slots=True)
class _Spot:
    """A block's place, the element that it is in, and of a paragraph what its tags stand for.

    The text of an attribute has its name, that of a title nothing.
    """

    place: Place
    node: Node
    paragraph: Paragraph | None = None
    attribute: str = ""

    def pieces(self, text: str) -> Iterator[Piece]:
        """What stands in the place when the block has another text."""
        if self.paragraph is not None:
            yield from self.paragraph.pieces(text)
        else:
            text = TAG.sub("", text)
            yield escape_attribute(text) if self.attribute else escape_text(text)


def read(data: bytes) -> Document:
    """Reads a Word document.

    Raises:
        FormatError: another kind of file, an encrypted or a broken one, or a bomb.
    """
    spots = _find_spots(open_package(data))
    last = len(spots) - 1
    blocks = (replace(spot.place.block, gap="\n\n" if i < last else "") for i, spot in enumerate(spots))
    return Document(tuple(blocks), format="docx", origin=data)


def write(document: Document) -> bytes:
    """The document's bytes: the texts of its changed blocks in what it was read from.

    Raises:
        FormatError: the document has other blocks than its origin.
    """
    opened = open_package(document.origin)
    spots = _find_spots(opened)
    at = {(spot.place.part, spot.place.start): spot for spot in spots}
    languages = dict(document.relabel)
    edits: dict[str, list[Edit]] = {name: [] for name in opened.parts}
    for place, text in changed_places(document, [spot.place for spot in spots]):
        spot, part = at[place.part, place.start], opened.parts[place.part]
        edits[place.part].append(Edit(place.start, place.end, tuple(spot.pieces(text))))
        if spot.paragraph is not None:
            edits[place.part] += _relabelled(part, spot.node, languages)
    for name, role in opened.roles.items():
        if role in ("styles", "settings", "core-properties"):
            edits[name] += _relabelled(opened.parts[name], opened.parts[name].root, languages)
    changed = {
        name: render(part.text, edits[name]).encode(part.codec, "xmlcharrefreplace")
        for name, part in opened.parts.items()
        if edits[name]
    }
    return opened.package.replaced(changed)


def _find_spots(opened: WordPackage) -> list[_Spot]:
    """The blocks in reading order."""
    spots: list[_Spot] = []
    for name, part in opened.parts.items():
        walk = _Walk(opened, name, spots)
        if opened.roles[name] == "core-properties":
            walk.walk_titles(part.root)
        elif opened.roles[name] not in ("styles", "settings"):
            walk.walk(part.root, _ROLES.get(opened.roles[name], BlockKind.PARAGRAPH))
    return spots


class _Walk:
    """Goes through a part's elements and notes down its blocks."""

    def __init__(self, opened: WordPackage, name: str, spots: list[_Spot]) -> None:
        self._name, self._part, self._spots = name, opened.parts[name], spots
        self._styles = opened.styles

    def walk_titles(self, root: Node) -> None:
        """Notes down the titles of the document."""
        for node in root.elements:
            if node.name in _TITLES and not any(node.elements):
                self._add(node, (node.inner, node.outer), node.text)

    def walk(self, node: Node, kind: BlockKind) -> None:
        """Notes down the blocks in an element, paragraphs of the kind given unless a style says otherwise."""
        self._labels(node)
        for child in node.elements:
            if child.name in DELETED:
                continue
            inner = kind
            if child.name == "w:p":
                self._paragraph(child, kind)
            elif kind is not BlockKind.LABEL and child.name == "mc:Fallback":
                inner = BlockKind.LABEL  # the same once more, for programs that are too old for the other
            elif kind not in _FIXED and child.name in ("w:tc", "w:txbxContent"):
                inner = BlockKind.TABLE_CELL if child.name == "w:tc" else BlockKind.PARAGRAPH
            self.walk(child, inner)

    def _paragraph(self, node: Node, kind: BlockKind) -> None:
        paragraph = read_paragraph(node, self._styles.is_code)
        if paragraph is None:
            return
        level = 0
        if kind not in _FIXED:
            kind, level = self._kind_of(node.child("w:pPr"), kind)
        block = Block(kind, paragraph.text, "", level)
        self._spots.append(_Spot(Place(node.inner, node.outer, block, (), self._name), node, paragraph))

    def _kind_of(self, properties: Node | None, kind: BlockKind) -> tuple[BlockKind, int]:
        if level := docx_parts.level_of(docx_parts.outline_of(properties)):
            return BlockKind.HEADING, level
        found = self._styles.kind_of(docx_parts.style_of(properties, "w:pStyle"))
        if found is None and docx_parts.is_numbered(properties):
            return BlockKind.LIST_ITEM, 0
        return found or (kind, 0)

    def _labels(self, node: Node) -> None:
        """Notes down the texts in an element's attributes."""
        names = _TEXTS.get(node.name, _IN_DRAWINGS if node.name.startswith("v:") else ())
        for name in names:
            value = node.attributes.get(name, "")
            if value and not _PICTURE.fullmatch(value):  # some programs put the picture's file name there
                self._add(node, self._part.value_range(node, name), value, name)

    def _add(self, node: Node, range: tuple[int, int] | None, text: str, attribute: str = "") -> None:
        text = clean(text)
        if range is not None and any(char.isalnum() for char in text):
            place = Place(*range, Block(BlockKind.LABEL, text), (), self._name)
            self._spots.append(_Spot(place, node, attribute=attribute))


def _relabelled(part: Part, node: Node, languages: Mapping[str, str]) -> Iterator[Edit]:
    """Names the languages in an element anew, but not those of deleted text or of paragraphs within it."""
    if not languages:
        return
    for child in node.elements:
        if child.name in ("w:lang", "w:themeFontLang"):
            new = _renamed(child.attributes.get("w:val", ""), languages, with_region=True)
            range = part.value_range(child, "w:val")
            if new and range:
                yield Edit(*range, (new,))
        elif child.name == "dc:language":
            if new := _renamed(child.text.strip(), languages):
                yield Edit(child.inner, child.outer, (new,))
        elif child.name not in DELETED and child.name != "w:p":
            yield from _relabelled(part, child, languages)


def _renamed(code: str, languages: Mapping[str, str], *, with_region: bool = False) -> str | None:
    """A language's new code, with a region where the old one had one or it has to; None where it stays."""
    primary, *more = re.split("[-_]", code)
    new = languages.get(primary.lower())
    return f"{new}-{_REGIONS[new]}" if new in _REGIONS and (more or with_region) else new
