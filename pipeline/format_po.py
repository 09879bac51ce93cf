"""Gettext catalogues (.po, .pot): what polib finds in them, written back at its place.

The text of an entry is its translation, or its message where that is still to be translated. What is new goes into
``msgstr``, marked fuzzy: a person is to look at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.encoding import decode, encode
from tosprog.pipeline.inline import BREAK_TAG, TagKind, clean, make_tag
from tosprog.pipeline.splice import Place, changed_places, splice

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_KEYWORD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)[ \t]*(".*")[ \t]*\r?\n?$')
_STRING = re.compile(r'[ \t]*(".*")[ \t]*\r?\n?$')
_ACCELERATOR = re.compile(r"[&_](?=[^\W\d_])")  # marks the key of a menu entry: "&File", "_Edit"
_FLAGS = re.compile(r"#,[^\r\n]*")
_LANGUAGE = re.compile(r'"Language: *(da|en)(?:_[A-Z]{2})?\\n"')
_SENTENCE = re.compile(r"[.!?…][\"”»’)]*(?:\s|$)")
_BREAK = make_tag(TagKind.BREAK, 0)
_WIDTH = 76


@dataclass(slots=True)
class _Entry:
    """An entry's strings by keyword, where each stands, and where its first line does."""

    start: int
    flags: tuple[int, int] | None = None
    texts: dict[str, str] = field(default_factory=dict)
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Message:
    """A text to translate: where its ``msgstr`` stands, its entry's flags, and the blanks around it."""

    place: Place
    flags: tuple[int, int]
    lead: str
    trail: str


def read(data: bytes) -> Document:
    """Reads a catalogue; obsolete entries, contexts and comments are left alone.

    Raises:
        FormatError: no catalogue.
        EncodingError: no supported encoding explains the bytes.
    """
    decoded = decode(data)
    blocks = tuple(message.place.block for message in _find_messages(decoded.text))
    return Document(blocks, "", "po", decoded.codec, decoded.bom, data)


def write(document: Document) -> bytes:
    """The bytes as read, with new translations put in and marked fuzzy, and the header's language named anew."""
    source = decode(document.origin).text
    end = "\r\n" if "\r\n" in source else "\n"
    replacements: list[tuple[int, int, str]] = []
    messages = _find_messages(source)
    changed = {place.start: text for place, text in changed_places(document, [one.place for one in messages])}
    marked: set[int] = set()
    for message in messages:
        place, (start, stop) = message.place, message.flags
        if place.start not in changed:
            continue
        text = message.lead + BREAK_TAG.sub("\n", changed[place.start]) + message.trail
        replacements.append((place.start, place.end, _quoted(text, end)))
        if start not in marked:
            marked.add(start)
            if start == stop:
                replacements.append((start, start, f"#, fuzzy{end}"))
            elif "fuzzy" not in source[start:stop]:
                replacements.append((start, start + 2, "#, fuzzy,"))
    new = dict(document.relabel)
    if new and (found := _LANGUAGE.search(source)) and found[1] in new:
        replacements.append((found.start(), found.end(), f'"Language: {new[found[1]]}\\n"'))
    if not replacements:
        return document.origin
    return encode(splice(source, replacements), document.encoding, bom=document.bom)


def _quoted(text: str, end: str) -> str:
    """A text as ``msgstr`` has it: on one line, or an empty string and a line for each of its own."""
    import polib

    lines = text.splitlines(keepends=True)
    if len(lines) > 1:
        return end.join(['""', *(f'"{polib.escape(line)}"' for line in lines)])
    if len(polib.escape(text)) <= _WIDTH:
        return f'"{polib.escape(text)}"'
    wrapped: list[str] = [""]
    for word in re.findall(r"\S+\s*|\s+", text):
        if wrapped[-1] and len(polib.escape(wrapped[-1] + word)) > _WIDTH:
            wrapped.append("")
        wrapped[-1] += word
    return end.join(['""', *(f'"{polib.escape(line)}"' for line in wrapped)])


def _find_messages(source: str) -> list[_Message]:
    import polib

    if not source.strip():
        return []
    try:
        catalogue = polib.pofile(source if "\n" in source else source + "\n", check_for_duplicates=False)
    except (OSError, ValueError, IndexError, UnicodeError) as error:
        raise FormatError(f"it is no catalogue ({error}); correct that line") from error
    entries = list(_entries(source))
    own = [entry for entry in entries if entry.texts.get("msgid") or "msgctxt" in entry.texts]
    if not entries:
        raise FormatError("it is no catalogue (it has no msgid); see: msgfmt --check FILE")
    if len(own) != sum(not entry.obsolete for entry in catalogue):
        raise FormatError("its entries cannot be told apart; rewrite it with: msgcat FILE -o FILE")
    messages = [message for entry in own for message in _messages_of(entry, polib.unescape)]
    last = len(messages) - 1
    return [
        replace(m, place=replace(m.place, block=replace(m.place.block, gap="\n\n" if i < last else "")))
        for i, m in enumerate(messages)
    ]


def _messages_of(entry: _Entry, unescape: Callable[[str], str]) -> Iterator[_Message]:
    for keyword, (start, end) in entry.spans.items():
        if not keyword.startswith("msgstr"):
            continue
        first = keyword in ("msgstr", "msgstr[0]")
        instead = entry.texts.get("msgid" if first else "msgid_plural", "")
        text = unescape(entry.texts[keyword] or instead)
        bare = text.strip()
        if not any(char.isalpha() for char in bare):
            continue
        lead, trail = text[: text.index(bare)], text[text.index(bare) + len(bare) :]
        found = _ACCELERATOR.findall(bare)
        if len(found) == 1:
            bare = _ACCELERATOR.sub("", bare)
        shown = _BREAK.join(clean(bare).split("\n"))
        kind = BlockKind.PARAGRAPH if _SENTENCE.search(bare) else BlockKind.LABEL
        flags = entry.flags or (entry.start, entry.start)
        yield _Message(Place(start, end, Block(kind, shown)), flags, lead, trail)


def _entries(source: str) -> Iterator[_Entry]:
    """Each entry that is not obsolete, the header included."""
    entry: _Entry | None = None
    flags: tuple[int, int] | None = None
    keyword = ""
    for number, match in enumerate(_LINE.finditer(source), start=1):
        line = match[0]
        if not line:
            break
        found = _KEYWORD.match(line)
        if found and (
            found[1] == "msgctxt" or (found[1] == "msgid" and (entry is None or "msgid" in entry.texts))
        ):
            if entry is not None and entry.texts:
                yield entry
            entry = _Entry(match.start(), flags)
            flags = None
        if found and entry is not None:
            keyword = found[1]
            entry.texts[keyword] = found[2][1:-1]
            entry.spans[keyword] = (match.start() + found.start(2), match.start() + found.end(2))
        elif (more := _STRING.match(line)) and entry is not None and keyword:
            entry.texts[keyword] += more[1][1:-1]
            entry.spans[keyword] = (entry.spans[keyword][0], match.start() + more.end(1))
        elif line.lstrip().startswith(("msg", '"')):
            raise FormatError(f"line {number} is broken ({line.strip()[:40]}); see: msgfmt --check FILE")
        else:
            keyword = ""
            if _FLAGS.match(line):
                flags = (match.start(), match.start() + len(line.rstrip("\r\n")))
            elif line.startswith("#~") or not line.strip():
                flags = None if line.startswith("#~") else flags
    if entry is not None and entry.texts:
        yield entry
