"""EPUB: the web pages in a book, its table of contents, and what its package says of it.

Source: EPUB 3.3, https://www.w3.org/TR/epub-33/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from tosprog.models.errors import FormatError
from tosprog.pipeline import format_html
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.encoding import decode
from tosprog.pipeline.inline import clean, without_tags
from tosprog.pipeline.package import Package
from tosprog.pipeline.splice import Place, changed_places, splice
from tosprog.pipeline.xml_source import XmlSource, XmlTokenKind, escape_text, parse_xml

_MIMETYPE = b"application/epub+zip"
_CONTAINER, _RIGHTS = "META-INF/container.xml", "META-INF/encryption.xml"
_LABELS = ("dc:title", "dc:description", "dc:subject")
_CODE = re.compile(r"(da|en)(?:([-_])[A-Za-z]{2})?", re.IGNORECASE)
_REGIONS = {"en": "GB", "da": "DK"}


def looks_like(data: bytes) -> bool:
    """Whether bytes are a package whose first member says that it is a book."""
    return data.startswith(b"PK") and _MIMETYPE in data[:100]


@dataclass(frozen=True, slots=True)
class _Book:
    """The members that are read: the package document, the pages in reading order, old tables of contents."""

    opf: str
    pages: tuple[str, ...]
    tables: tuple[str, ...]


def read(data: bytes) -> Document:
    """Reads a book.

    Raises:
        FormatError: no book, a broken or protected one.
    """
    blocks = [place.block for _, places in _parts(Package(data)) for place in places]
    last = len(blocks) - 1
    spaced = tuple(replace(block, gap="\n\n" if i < last else "") for i, block in enumerate(blocks))
    return Document(spaced, "", "epub", "utf-8", False, data)


def write(document: Document) -> bytes:
    """The book as read, with the texts of changed blocks put into its pages."""
    package = Package(document.origin)
    parts = list(_parts(package))
    changed_places(document, [place for _, places in parts for place in places])
    members: dict[str, bytes] = {}
    at = 0
    book = _book(package)
    for name, places in parts:
        own = replace(document, blocks=document.blocks[at : at + len(places)], origin=package.read(name))
        at += len(places)
        written = format_html.write(own) if name in book.pages else _write_xml(own, places)
        if written != own.origin:
            members[name] = written
    return package.replaced(members)


def _parts(package: Package) -> Iterator[tuple[str, list[Place]]]:
    """Each member that is read, with its places."""
    book = _book(package)
    yield book.opf, _labels(parse_xml(package.read(book.opf)), _LABELS)
    for name in book.pages:
        yield name, format_html.find_places(decode(package.read(name)).text)
    for name in book.tables:
        yield name, _labels(parse_xml(package.read(name)), ("text",))


def _book(package: Package) -> _Book:
    if _RIGHTS in package and b"xhtml" in package.read(_RIGHTS):
        raise FormatError("the book is protected (DRM): its pages are encrypted, and cannot be read")
    container = parse_xml(package.read(_CONTAINER))
    opf = next((t.attributes["full-path"] for t in container.tokens if "full-path" in t.attributes), "")
    if opf not in package:
        raise FormatError(
            f"{_CONTAINER} names no package document; open the book in Calibre and save it anew"
        )
    folder = posixpath.dirname(opf)
    items: dict[str, tuple[str, str]] = {}
    spine: list[str] = []
    for token in parse_xml(package.read(opf)).tokens:
        name = token.name.rpartition(":")[2]
        if name == "item" and "href" in token.attributes:
            path = posixpath.normpath(posixpath.join(folder, unquote(token.attributes["href"])))
            items[token.attributes.get("id", path)] = (path, token.attributes.get("media-type", ""))
        elif name == "itemref":
            spine.append(token.attributes.get("idref", ""))
    order = [*(key for key in spine if key in items), *(key for key in items if key not in spine)]
    chosen = [(path, kind) for path, kind in dict.fromkeys(items[key] for key in order) if path in package]
    return _Book(
        opf,
        tuple(path for path, kind in chosen if kind in ("application/xhtml+xml", "text/html")),
        tuple(path for path, kind in chosen if kind == "application/x-dtbncx+xml"),
    )


def _labels(source: XmlSource, names: tuple[str, ...]) -> list[Place]:
    """The texts that are all that an element of one of the names holds."""
    places: list[Place] = []
    for before, token, after in zip(source.tokens, source.tokens[1:], source.tokens[2:], strict=False):
        is_alone = before.kind is XmlTokenKind.START and after.kind is XmlTokenKind.END
        if token.kind is XmlTokenKind.TEXT and is_alone and before.name in names:
            text = clean(token.text.strip())
            if any(char.isalpha() for char in text):
                places.append(Place(token.start, token.end, Block(BlockKind.LABEL, text)))
    return places


def _write_xml(document: Document, places: list[Place]) -> bytes:
    source = parse_xml(document.origin)
    replacements = [
        (place.start, place.end, escape_text(without_tags(block.text)))
        for place, block in zip(places, document.blocks, strict=True)
        if place.block.text != block.text
    ]
    new = dict(document.relabel)
    for before, token in zip(source.tokens, source.tokens[1:], strict=False):
        code = _CODE.fullmatch(token.text.strip()) if token.kind is XmlTokenKind.TEXT else None
        if code and before.name == "dc:language" and code[1].lower() in new:
            language = new[code[1].lower()]
            replacements.append(
                (token.start, token.end, language + (f"{code[2]}{_REGIONS[language]}" if code[2] else ""))
            )
    if not replacements:
        return document.origin
    return splice(source.text, replacements).encode(source.codec)
