"""What a Word package holds: its parts, found by their relationships, and what its styles say of paragraphs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

from tosprog.models.errors import FormatError
from tosprog.pipeline.document import BlockKind
from tosprog.pipeline.docx_source import Node, Part, parse_part
from tosprog.pipeline.package import Package

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN_TYPE = b"wordprocessingml.document.main+xml"
# Relationship types, by their last word, whose parts are read; in reading order.
_READ = ("footnotes", "endnotes", "comments", "header", "footer", "styles", "settings")
_OTHERS = {
    "xl": "a spreadsheet; save it as .csv",
    "ppt": "a presentation; copy its text into a .docx or .md",
    "visio": "a drawing",
}

_HEADING = re.compile(r"(?:heading|overskrift)\s*([1-9])")
_TITLES = {"title": 1, "titel": 1, "subtitle": 2, "undertitel": 2, "toc heading": 1, "contents heading": 1}
_QUOTATIONS = ("quote", "intense quote", "quotations", "block text", "citat", "stærkt citat", "strktcitat")
_CONTENTS = re.compile(r"(?:toc|contents|index|indholdsfortegnelse)\s*\d|table of (?:figures|authorities)")
_CODE = frozenset(
    (
        *("html code", "html keyboard", "html sample", "html variable", "source text"),
        *("verbatim char", "inline code", "code", "code char"),
    )
)
_MAX_PARENTS = 20


@dataclass(slots=True)
class _Style:
    names: tuple[str, ...]  # as the file says, and its id, in lower case
    parent: str
    outline: str
    is_numbered: bool


@dataclass(slots=True)
class Styles:
    """What styles say of paragraphs and runs. The names of Word's own styles are English in every Word."""

    _styles: dict[str, _Style] = field(default_factory=dict)

    @classmethod
    def of(cls, part: Part | None) -> Styles:
        """The styles of a styles part."""
        styles: dict[str, _Style] = {}
        for node in part.root.elements if part else ():
            if node.name == "w:style":
                identifier = node.attributes.get("w:styleId", "")
                properties = node.child("w:pPr")
                names = (_value(node.child("w:name")).lower(), identifier.lower())
                styles[identifier] = _Style(
                    names, _value(node.child("w:basedOn")), outline_of(properties), is_numbered(properties)
                )
        return cls(styles)

    def _line(self, identifier: str) -> Iterator[_Style]:
        """The style, and those that it is made from; a style that is not defined is known by its id."""
        for _ in range(_MAX_PARENTS):
            if not identifier:
                return
            style = self._styles.get(identifier) or _Style((identifier.lower(),), "", "", False)
            yield style
            identifier = style.parent

    def kind_of(self, identifier: str) -> tuple[BlockKind, int] | None:
        """Kind and level that a paragraph style gives, None for a plain paragraph."""
        outlined = listed = False
        for style in self._line(identifier):
            for name in style.names:
                if match := _HEADING.fullmatch(name):
                    return BlockKind.HEADING, min(6, int(match[1]))
                if name in _TITLES:
                    return BlockKind.HEADING, _TITLES[name]
                if name in _QUOTATIONS:
                    return BlockKind.QUOTATION, 0
                if _CONTENTS.match(name):
                    return BlockKind.LABEL, 0
            if style.outline and not outlined:
                outlined = True
                if level := level_of(style.outline):
                    return BlockKind.HEADING, level
            listed |= style.is_numbered or any(name.startswith("list") for name in style.names)
        return (BlockKind.LIST_ITEM, 0) if listed else None

    def is_code(self, identifier: str) -> bool:
        """Whether a character style is one for code."""
        return any(name in _CODE for style in self._line(identifier) for name in style.names)


def _value(node: Node | None) -> str:
    return node.attributes.get("w:val", "") if node else ""


def outline_of(properties: Node | None) -> str:
    """The outline level that paragraph properties give, as it stands there: 0 is the highest, 9 none."""
    return _value(properties.child("w:outlineLvl")) if properties else ""


def level_of(outline: str) -> int:
    """A heading's level, 1 to 6, 0 where the outline level is none.

    Example:
        >>> level_of("0"), level_of("7"), level_of("9")
        (1, 6, 0)
    """
    return min(6, int(outline) + 1) if outline in tuple("012345678") else 0


def is_numbered(properties: Node | None) -> bool:
    """Whether paragraph properties make an item of a list."""
    numbering = properties.child("w:numPr") if properties else None
    return numbering is not None and _value(numbering.child("w:numId")) not in ("", "0")


def style_of(properties: Node | None, name: str) -> str:
    """The style that paragraph or run properties name, empty where they do not."""
    return _value(properties.child(name)) if properties else ""


@dataclass(frozen=True, slots=True)
class WordPackage:
    """A Word document's package and the parts of it that are read.

    Attributes:
        package: With all members.
        parts: By name, those with text in reading order.
        roles: For each part the last word of its relationship's type: ``header``, ``core-properties``.
        styles: Of the document.
    """

    package: Package
    parts: Mapping[str, Part]
    roles: Mapping[str, str]
    styles: Styles


def open_package(data: bytes) -> WordPackage:
    """Opens a Word document.

    Raises:
        FormatError: another kind of file, an encrypted or a broken one, or a bomb.
    """
    if data.startswith(_OLE):
        raise FormatError(
            "encrypted, or an old .doc; open it in Word or LibreOffice (with its password) and save it as .docx "
            "without one"
        )
    if data.startswith(b"{\\rtf"):
        raise FormatError("a rich text file (RTF); open it in Word or LibreOffice and save it as .docx")
    package = Package(data)
    top = dict(_related(package, ""))
    main = next((name for name, role in top.items() if role == "officeDocument"), "word/document.xml")
    if main not in package:
        raise FormatError(f"no Word document: {_what_else(package, main)}")
    roles = {name: role for name, role in top.items() if role == "core-properties"}
    roles[main] = "officeDocument"
    related = dict(_related(package, main))
    for wanted in _READ:
        roles |= {name: role for name, role in related.items() if role == wanted and name not in roles}
    parts = {name: _parsed(package.read(name), role) for name, role in roles.items()}
    if parts[main].root.name != "w:document":
        raise FormatError(f"no Word document: {_what_else(package, main)}")
    styles = next((parts[name] for name, role in roles.items() if role == "styles"), None)
    return WordPackage(package, parts, roles, Styles.of(styles))


def _parsed(data: bytes, role: str) -> Part:
    return _parsed_once(data) if role == "styles" else parse_part(data)


@lru_cache(maxsize=2)
def _parsed_once(data: bytes) -> Part:
    """Styles take the longest, and are the same in reading and writing, and in documents made from one template."""
    return parse_part(data)


def _what_else(package: Package, main: str) -> str:
    folders = {name.partition("/")[0] for name in (main, *package.names)}
    what = next((what for folder, what in _OTHERS.items() if folder in folders), "")
    return what or "the zip file has no word/document.xml in it; if it is a Word file, save it again as .docx"


def _related(package: Package, source: str) -> Iterator[tuple[str, str]]:
    """Names of the members that a part (empty: the package) refers to, and the last words of the types."""
    folder, name = posixpath.split(source)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    if relations not in package:
        return
    known = {member.lower(): member for member in package.names}
    for node in parse_part(package.read(relations)).root.elements:
        target = unquote(node.attributes.get("Target", ""))
        if not target or node.attributes.get("TargetMode") == "External":
            continue
        path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        if path.lower() in known:  # names in a package are alike in either case
            yield known[path.lower()], node.attributes.get("Type", "").rpartition("/")[2]


def looks_like(data: bytes) -> bool:
    """Whether bytes are a zip file with a Word document in it."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    try:
        package = Package(data)
        return "word/document.xml" in package or _MAIN_TYPE in package.read("[Content_Types].xml")
    except FormatError:
        return False
