"""XML as it stands in the file: its tags and texts with their places, found by expat, which is in Python.

The source is kept beside the tokens, so that a part of it can be replaced and the rest stay as it was.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from enum import Enum
from xml.parsers import expat
from xml.sax.saxutils import escape

from tosprog.models.errors import FormatError

_MAX_DEPTH = 2_000  # nesting; real documents stay below 100
_CODEC = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
# What XML 1.0 does not allow in a document: https://www.w3.org/TR/xml/#charsets
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlTokenKind(Enum):
    """What a token is."""

    START = "start"
    END = "end"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class XmlToken:
    """A tag or a text of an XML source.

    An empty element (``<a/>``) is a START with the whole tag, and an END of no length behind it. Comments and
    processing instructions make no token: they stand between the places of others.

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


@dataclass(frozen=True, slots=True)
class XmlSource:
    """An XML document as text, and its tokens in order; ``text.encode(codec)`` is what was read."""

    text: str
    tokens: tuple[XmlToken, ...]
    codec: str = "utf-8"


def parse_xml(data: bytes) -> XmlSource:
    """Finds the tokens of an XML document.

    Raises:
        FormatError: not well formed, in an encoding other than UTF-8 or UTF-16 or a single-byte one that expat
            knows, nested too deep, or with entities of its own (how XML bombs are made).

    Example:
        >>> [token.text for token in parse_xml("<p>Sø &amp; hav</p>".encode()).tokens if token.text]
        ['Sø & hav']
    """
    text, codec = _decode(data)
    # Offsets are expat's, in bytes of what it is given; every codec but ASCII needs a way back to characters.
    encoded = text.encode("utf-8", "surrogatepass")
    to_character = _character_offsets(text, encoded)
    events: list[tuple[XmlTokenKind, int, str, str, dict[str, str]]] = []
    ends: list[int] = []
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
        ends.append(parser.CurrentByteIndex)

    def entity(*arguments: object) -> None:
        raise FormatError(
            "its XML declares entities of its own: refused, for they can be made to fill the memory"
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.CommentHandler = other
    parser.ProcessingInstructionHandler = other
    parser.StartCdataSectionHandler = other
    parser.EndCdataSectionHandler = other
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(encoded, True)
    except expat.ExpatError as error:
        raise FormatError(
            f"its XML is broken ({expat.errors.messages[error.code]} at line {error.lineno}, column "
            f"{error.offset + 1}); open it in the program that made it and save it again"
        ) from error
    return XmlSource(text, _tokens(text, events, ends, encoded, to_character), codec)


def _tokens(
    text: str,
    events: list[tuple[XmlTokenKind, int, str, str, dict[str, str]]],
    others: list[int],
    encoded: bytes,
    to_character: array[int] | None,
) -> tuple[XmlToken, ...]:
    """Gives each event its end, and joins the pieces that expat cuts a text into."""

    def character(offset: int) -> int:
        return offset if to_character is None else to_character[offset]

    others.sort()
    breaks = iter([*others, len(encoded) + 1])
    next_break = next(breaks)
    tokens: list[XmlToken] = []
    for i, (kind, offset, name, piece, attributes) in enumerate(events):
        after = events[i + 1][1] if i + 1 < len(events) else len(encoded)
        if kind is XmlTokenKind.TEXT:
            while next_break < offset:
                next_break = next(breaks)
            stop = min(after, next_break if next_break > offset else after)
            begin, stop = character(offset), character(stop)
            last = tokens[-1] if tokens else None
            if last is not None and last.kind is kind and last.end == begin:
                tokens[-1] = XmlToken(kind, last.start, stop, "", last.text + piece)
            else:
                tokens.append(XmlToken(kind, begin, stop, "", piece))
            continue
        begin = character(offset)
        if kind is XmlTokenKind.END and not text.startswith("</", begin):
            tokens.append(XmlToken(kind, tokens[-1].end, tokens[-1].end, name))  # of an empty element
            continue
        tokens.append(XmlToken(kind, begin, _tag_end(text, begin), name, "", attributes))
    return tuple(tokens)


def _tag_end(text: str, start: int) -> int:
    """Behind the ``>`` of the tag; one within quotes is part of a value."""
    position = start
    while True:
        close = text.index(">", position)
        quote = min((at for mark in "\"'" if (at := text.find(mark, position, close)) >= 0), default=-1)
        if quote < 0:
            return close + 1
        position = text.index(text[quote], quote + 1) + 1


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FormatError("its XML is in UTF-16; save the document anew in a current program")
    found = _CODEC.match(data.removeprefix(b"\xef\xbb\xbf"))
    codec = found[1].decode("ascii").lower() if found else "utf-8"
    try:
        text = data.decode(codec)
    except (LookupError, UnicodeDecodeError) as error:
        raise FormatError(f"its XML is not the {codec} that it says it is ({error})") from error
    if text.encode(codec) != data:
        raise FormatError(f"its XML cannot be written back as {codec}; save the document anew")
    return text, codec


def _character_offsets(text: str, encoded: bytes) -> array[int] | None:
    """For each byte offset the offset of its character; None where the two are the same."""
    if len(text) == len(encoded):
        return None
    offsets = array("L")
    for index, char in enumerate(text):
        offsets.extend([index] * len(char.encode("utf-8", "surrogatepass")))
    offsets.append(len(text))
    return offsets


def escape_text(text: str) -> str:
    """A text made safe to stand between tags; characters that XML does not allow are left out.

    Example:
        >>> escape_text("a < b & c")
        'a &lt; b &amp; c'
    """
    return escape(_ILLEGAL.sub("", text))


def escape_attribute(text: str) -> str:
    """A text made safe to stand in an attribute's value, whichever quotes are around it."""
    return escape(_ILLEGAL.sub("", text), {'"': "&quot;", "'": "&apos;", "\n": "&#10;", "\t": "&#9;"})
