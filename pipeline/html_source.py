"""HTML as it stands in the file: tags, texts and entities with their places, found by the standard library's parser.

It takes what browsers take: unclosed tags, attributes without quotes, stray brackets. The places of its events cover
the source without a gap, so that a part of it can be replaced and the rest stay as it was.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from enum import Enum
from html.parser import HTMLParser

_ATTRIBUTE = re.compile(r"""\s([^\s=/>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")


class HtmlTokenKind(Enum):
    """What a token is."""

    START = "start"
    END = "end"
    TEXT = "text"  # an entity is a text of its own
    OTHER = "other"  # comments, declarations, processing instructions


@dataclass(frozen=True, slots=True)
class HtmlAttribute:
    """An attribute's name in small letters, its value with entities resolved, and where that stands."""

    name: str
    value: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class HtmlToken:
    """A piece of the source: ``source[start:end]``.

    Attributes:
        kind: What it is.
        start: Offset of its first character.
        end: Offset behind its last.
        name: Of the element, in small letters.
        text: Of a TEXT token, entities resolved.
        attributes: Of a START token.
        closed: Whether a START token ends in ``/>``.
    """

    kind: HtmlTokenKind
    start: int
    end: int
    name: str = ""
    text: str = ""
    attributes: tuple[HtmlAttribute, ...] = ()
    closed: bool = False

    def value(self, name: str) -> str:
        """An attribute's value, empty where there is none."""
        return next((one.value for one in self.attributes if one.name == name), "")


def parse_html(source: str) -> list[HtmlToken]:
    """The tokens of a source, in order and without a gap.

    Example:
        >>> [(token.kind.value, token.name or token.text) for token in parse_html("<P>S&oslash;<br>")]
        [('start', 'p'), ('text', 'S'), ('text', 'ø'), ('start', 'br')]
    """
    parser = _Parser(source)
    parser.feed(source)
    parser.close()
    starts = [event.start for event in parser.events]
    tokens: list[HtmlToken] = []
    for event, end in zip(parser.events, [*starts[1:], len(source)], strict=False):
        if end <= event.start:
            continue
        raw = source[event.start : end]
        if event.kind is HtmlTokenKind.TEXT:
            text = html.unescape(raw) if raw.startswith("&") else raw
            tokens.append(HtmlToken(event.kind, event.start, end, "", text))
        else:
            attributes = _attributes(raw, event.start) if event.kind is HtmlTokenKind.START else ()
            tokens.append(
                HtmlToken(event.kind, event.start, end, event.name, "", attributes, raw.endswith("/>"))
            )
    return tokens


def _attributes(raw: str, offset: int) -> tuple[HtmlAttribute, ...]:
    found: list[HtmlAttribute] = []
    for match in _ATTRIBUTE.finditer(raw):
        group = match.lastindex or 0
        quote = {2: '"', 3: "'"}.get(group, "")
        start, end = match.span(group)
        value = html.unescape(match[group])
        found.append(HtmlAttribute(match[1].lower(), value, offset + start, offset + end, quote))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Event:
    kind: HtmlTokenKind
    start: int
    name: str = ""


class _Parser(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.events: list[_Event] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", source))]

    def _add(self, kind: HtmlTokenKind, name: str = "") -> None:
        line, column = self.getpos()
        start = self._lines[line - 1] + column
        if not self.events and start > 0:
            self.events.append(_Event(HtmlTokenKind.OTHER, 0))
        self.events.append(_Event(kind, start, name))

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._add(HtmlTokenKind.START, tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        self._add(HtmlTokenKind.START, tag)

    def handle_endtag(self, tag: str) -> None:
        self._add(HtmlTokenKind.END, tag)

    def handle_data(self, data: str) -> None:
        self._add(HtmlTokenKind.TEXT)

    def handle_entityref(self, name: str) -> None:
        self._add(HtmlTokenKind.TEXT)

    def handle_charref(self, name: str) -> None:
        self._add(HtmlTokenKind.TEXT)

    def handle_comment(self, data: str) -> None:
        self._add(HtmlTokenKind.OTHER)

    def handle_decl(self, decl: str) -> None:
        self._add(HtmlTokenKind.OTHER)

    def handle_pi(self, data: str) -> None:
        self._add(HtmlTokenKind.OTHER)

    def unknown_decl(self, data: str) -> None:
        self._add(HtmlTokenKind.OTHER)
