"""XML as it stands in the file: its tags and texts with their places, found by expat, which is in Python.

The source is kept beside the tokens, so that a part of it can be replaced and the rest stay as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from html.entities import html5
from xml.parsers import expat
from xml.sax.saxutils import escape

from tosprog.models.errors import FormatError

_MAX_DEPTH = 2_000  # nesting; real documents stay below 100
_CODEC = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_TAG = re.compile(r"""[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>""")  # ``>`` within quotes is part of a value
_SECTION, _SECTION_END = "<![CDATA[", "]]>"
# What XML 1.0 does not allow in a document: https://www.w3.org/TR/xml/#charsets
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# As they stand, a reader takes them for an end of the value, or for spaces.
_IN_ATTRIBUTE = {'"': "&quot;", "'": "&apos;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


class XmlTokenKind(Enum):
    """What a token is."""

    START = "start"
    END = "end"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class XmlToken:
    """A tag or a text of an XML source.

    An empty element (``<a/>``) is a START with the whole tag, and an END of no length behind it. Comments and
    processing instructions make no token: they stand between the places of others. A CDATA section is text, and the
    token's place has the section's marks in it: what replaces it is to be escaped, as all text.

    Attributes:
        kind: What it is.
        start: Offset of its first character in `XmlSource.text`.
        end: Offset behind its last.
        name: Of the element, with its prefix as written (``w:p``); empty for text.
        text: Of a TEXT token, entities resolved.
        attributes: Of a START token, names as written.
    """

    kind: XmlTokenKind
    start: int
    end: int
    name: str = ""
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


# Kind (None: what ends a text), offset in bytes, name, text, attributes.
_Event = tuple[XmlTokenKind | None, int, str, str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class XmlSource:
    """An XML document as text, and its tokens in order; ``text.encode(codec)`` is what was read."""

    text: str
    tokens: tuple[XmlToken, ...]
    codec: str = "utf-8"


def parse_xml(data: bytes) -> XmlSource:
    """Finds the tokens of an XML document.

    Raises:
        FormatError: not well formed, in an encoding other than UTF-8 or a single-byte one, nested too deep, or
            with entities of its own (how XML bombs are made). Entities of HTML are known where a DOCTYPE names
            an external DTD, as XHTML has it; nothing outside of the document is ever opened.

    Example:
        >>> [token.text for token in parse_xml("<p>Sø &amp; hav</p>".encode()).tokens if token.text]
        ['Sø & hav']
    """
    text, codec = _decode(data)
    # Offsets are expat's, in bytes of what it is given; every text but ASCII needs a way back to characters.
    encoded = text.encode("utf-8", "surrogatepass")
    events: list[_Event] = []
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = False
    parser.ordered_attributes = False
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise FormatError(f"its XML is nested more than {_MAX_DEPTH} deep: refused")
        events.append((XmlTokenKind.START, parser.CurrentByteIndex, name, "", attributes))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        events.append((XmlTokenKind.END, parser.CurrentByteIndex, name, "", {}))

    def characters(piece: str) -> None:
        events.append((XmlTokenKind.TEXT, parser.CurrentByteIndex, "", piece, {}))

    def other(*_: object) -> None:  # ends the text before it
        events.append((None, parser.CurrentByteIndex, "", "", {}))

    def entity(*arguments: object) -> None:
        raise FormatError(
            "its XML declares entities of its own: refused, for they can be made to fill the memory"
        )

    def skipped(name: str, is_parameter: bool) -> None:  # one of the DTD that is not opened
        if is_parameter:
            return
        if f"{name};" not in html5:
            raise FormatError(f"its XML has &{name};, which stands for nothing that is known; save it anew")
        characters(html5[f"{name};"])

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.CommentHandler = other
    parser.ProcessingInstructionHandler = other
    parser.StartCdataSectionHandler = other
    parser.EndCdataSectionHandler = other
    parser.EntityDeclHandler = entity
    parser.SkippedEntityHandler = skipped
    try:
        parser.Parse(encoded, True)
    except expat.ExpatError as error:
        raise FormatError(
            f"its XML is broken ({expat.errors.messages[error.code]} at line {error.lineno}, column "
            f"{error.offset + 1}); open it in the program that made it and save it again"
        ) from error
    return XmlSource(text, _tokens(text, events, encoded), codec)


def _tokens(text: str, events: list[_Event], encoded: bytes) -> tuple[XmlToken, ...]:
    """Gives each event its end, and joins the pieces that expat cuts a text into."""
    is_ascii = len(text) == len(encoded)
    last_byte = last_character = 0

    def character(offset: int) -> int:
        """The character at an offset no smaller than the last one asked for."""
        nonlocal last_byte, last_character
        if is_ascii:
            return offset
        last_character += len(encoded[last_byte:offset].decode("utf-8", "surrogatepass"))
        last_byte = offset
        return last_character

    tokens: list[XmlToken] = []
    for i, (kind, offset, name, piece, attributes) in enumerate(events):
        if kind is None:
            continue
        last = tokens[-1] if tokens else None
        if (
            kind is XmlTokenKind.END
            and last is not None
            and last.kind is XmlTokenKind.START
            and text.startswith("/>", last.end - 2)
        ):
            tokens.append(XmlToken(kind, last.end, last.end, name))
            continue
        begin = character(offset)
        if kind is not XmlTokenKind.TEXT:
            stop = _TAG.match(text, begin).end()  # type: ignore[union-attr]  # expat has seen the tag
            tokens.append(XmlToken(kind, begin, stop, name, "", attributes))
            continue
        stop = character(events[i + 1][1])  # the end of the root comes after every text
        if text.startswith(_SECTION, begin - len(_SECTION)) and events[i - 1][0] is None:
            begin -= len(_SECTION)
        if text.startswith(_SECTION_END, stop) and events[i + 1][0] is None:
            # Only there does a section end: text may not have its mark.
            stop += len(_SECTION_END)
        if last is not None and last.kind is kind and last.end == begin:
            tokens[-1] = XmlToken(kind, last.start, stop, "", last.text + piece)
        else:
            tokens.append(XmlToken(kind, begin, stop, "", piece))
    return tuple(tokens)


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FormatError("its XML is in UTF-16; save the document anew in a current program")
    found = _CODEC.match(data.removeprefix(b"\xef\xbb\xbf"))
    codec = found[1].decode("ascii").lower() if found else "utf-8"
    try:
        text = data.decode(codec)
        same = text.encode(codec) == data
    except (LookupError, ValueError) as error:
        raise FormatError(f"its XML is not the {codec} that it says it is ({error})") from error
    if not same:
        raise FormatError(f"its XML cannot be written back as {codec}; save the document anew")
    return text, codec


def escape_text(text: str) -> str:
    """A text made safe to stand between tags; characters that XML does not allow are left out.

    Example:
        >>> escape_text("a < b & c")
        'a &lt; b &amp; c'
    """
    return escape(_ILLEGAL.sub("", text), {"\r": "&#13;"})


def escape_attribute(text: str) -> str:
    """A text made safe to stand in an attribute's value, whichever quotes are around it."""
    return escape(_ILLEGAL.sub("", text), _IN_ATTRIBUTE)
