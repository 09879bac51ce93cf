"""A part of a Word document as a tree over its source, under the same names whichever prefixes it uses.

Source: ECMA-376 (Office Open XML), https://ecma-international.org/publications-and-standards/standards/ecma-376/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from tosprog.models.errors import FormatError
from tosprog.pipeline.splice import Range
from tosprog.pipeline.xml_source import XmlToken, XmlTokenKind, parse_xml

_MAX_DEPTH = 200  # of elements; what walks the tree is recursive, and real documents stay below 60
_OFFICE = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
_XML = "http://www.w3.org/XML/1998/namespace"
_NAMESPACES = {
    _XML: "xml",
    f"{_OFFICE}wordprocessingml/2006/main": "w",
    f"{_STRICT}wordprocessingml/main": "w",
    f"{_OFFICE}drawingml/2006/wordprocessingDrawing": "wp",
    f"{_STRICT}drawingml/wordprocessingDrawing": "wp",
    f"{_OFFICE}drawingml/2006/picture": "pic",
    f"{_STRICT}drawingml/picture": "pic",
    f"{_OFFICE}officeDocument/2006/math": "m",
    f"{_STRICT}officeDocument/math": "m",
    f"{_OFFICE}markup-compatibility/2006": "mc",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
    "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup": "wpg",
    "urn:schemas-microsoft-com:vml": "v",
    "http://purl.org/dc/elements/1.1/": "dc",
}
_ATTRIBUTE = re.compile(r"""\s([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass(slots=True)
class Node:
    """An element and what is in it; ``text[start:inner]`` is its opening tag, ``text[outer:end]`` the closing.

    Attributes:
        name: With the usual prefix (``w:p``) in the namespaces of Word, else with the namespace.
        attributes: Named in the same way.
        prefix: As in the source, with its colon; empty where there is none.
        start: Offset of the opening tag in the source.
        inner: Offset behind the opening tag.
        outer: Offset of the closing tag; that of ``end`` in an empty element.
        end: Offset behind the closing tag.
        children: Elements and texts.
    """

    name: str
    attributes: Mapping[str, str]
    prefix: str
    start: int
    inner: int
    outer: int = 0
    end: int = 0
    children: list[Node | XmlToken] = field(default_factory=list)

    @property
    def elements(self) -> Iterator[Node]:
        """The elements directly in it."""
        return (child for child in self.children if isinstance(child, Node))

    @property
    def text(self) -> str:
        """The text directly in it."""
        return "".join(child.text for child in self.children if isinstance(child, XmlToken))

    def child(self, name: str) -> Node | None:
        """The first element of a name directly in it."""
        return next((child for child in self.elements if child.name == name), None)

    def holds(self, name: str) -> bool:
        """Whether an element of a name is in it, however deep."""
        return any(child.name == name or child.holds(name) for child in self.elements)


@dataclass(frozen=True, slots=True)
class Part:
    """A part's source and its root element; ``text.encode(codec)`` is what was read."""

    text: str
    root: Node
    codec: str

    def value_range(self, node: Node, name: str) -> Range | None:
        """Where an attribute's value stands in the source, None where the element has no such attribute.

        Args:
            node: The element.
            name: The attribute's, as in `Node.attributes`.
        """
        if name not in node.attributes:
            return None
        number = list(node.attributes).index(name)  # they are in the order of the source
        match = next(islice(_ATTRIBUTE.finditer(self.text, node.start, node.inner), number, None), None)
        if match is None:
            return None
        return match.span(2) if match[2] is not None else match.span(3)


def parse_part(data: bytes) -> Part:
    """Reads a part.

    Raises:
        FormatError: what `parse_xml` raises, and for elements nested too deep.
    """
    source = parse_xml(data)
    top = Node("", {}, "", 0, 0)
    stack = [top]
    scopes: list[_Scope] = [_Scope({"xml": _XML})]
    for token in source.tokens:
        if token.kind is XmlTokenKind.START:
            if len(stack) > _MAX_DEPTH:
                raise FormatError(f"its XML is nested more than {_MAX_DEPTH} deep: refused")
            scope = scopes[-1]
            attributes: dict[str, str] = {}
            if token.attributes:
                scope = scope.within(token.attributes)
                attributes = {scope.attribute(key): value for key, value in token.attributes.items()}
            scopes.append(scope)
            prefix, colon, _ = token.name.rpartition(":")
            node = Node(scope.element(token.name), attributes, prefix + colon, token.start, token.end)
            stack[-1].children.append(node)
            stack.append(node)
        elif token.kind is XmlTokenKind.END:
            scopes.pop()
            node = stack.pop()
            node.outer, node.end = token.start, token.end
        else:
            stack[-1].children.append(token)
    return Part(source.text, next(top.elements), source.codec)


class _Scope:
    """What prefixes stand for at a place; names that were asked for are kept, for there are few."""

    def __init__(self, uris: Mapping[str, str]) -> None:
        self._uris = uris
        self._names: dict[str, str] = {}

    def within(self, attributes: Mapping[str, str]) -> _Scope:
        """The scope of an element that has the attributes."""
        declared = {
            key[6:]: value for key, value in attributes.items() if key == "xmlns" or key.startswith("xmlns:")
        }
        return _Scope({**self._uris, **declared}) if declared else self

    def element(self, name: str) -> str:
        """The usual name of an element."""
        if name not in self._names:
            prefix, _, local = name.rpartition(":")
            uri = self._uris.get(prefix, prefix)
            self._names[name] = f"{_NAMESPACES[uri]}:{local}" if uri in _NAMESPACES else f"{{{uri}}}{local}"
        return self._names[name]

    def attribute(self, name: str) -> str:
        """The usual name of an attribute; one without prefix is in no namespace."""
        return self.element(name) if ":" in name else name
