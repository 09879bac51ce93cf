"""JSON and JSON Lines: strings are found by their place in the source; keys, numbers and layout stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.encoding import decode, encode
from tosprog.pipeline.fields import check_fields, names_of_path, plain_name
from tosprog.pipeline.inline import clean
from tosprog.pipeline.splice import Place, changed_places, splice

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_LINE_END = re.compile(r"(?:\\\\|\\[^nr]|[^\\])*?((?:\\r)?\\n|\\r)")  # as it is escaped
_SENTENCE = re.compile(r"[.!?…][\"”»’)]*(?:\s|$)")
_LANGUAGE_KEYS = frozenset(("lang", "language", "locale", "inlanguage"))
_CODE = re.compile(r"(da|en)(?:[-_][A-Za-z]{2})?")


def read(data: bytes, fields: tuple[str, ...] = ()) -> Document:
    """Reads JSON, or one JSON value a line.

    Every line of a string is a block; keys are never translated.

    Args:
        data: The file's bytes.
        fields: Keys (``title``) or paths (``items[].title``) to translate; none are all strings.

    Raises:
        FormatError: no JSON, or a field that is not there.
        EncodingError: no supported encoding explains the bytes.
    """
    decoded = decode(data)
    places = _find_places(decoded.text, fields)
    blocks = tuple(place.block for place in places)
    return Document(blocks, "", "json", decoded.codec, decoded.bom, data, fields)


def write(document: Document) -> bytes:
    """The bytes as read, with the strings of changed blocks put in."""
    source = decode(document.origin).text
    changed = changed_places(document, _find_places(source, document.fields))
    ascii_only = source.isascii() and "\\u" in source
    replacements = [
        (place.start, place.end, json.dumps(text, ensure_ascii=ascii_only)[1:-1]) for place, text in changed
    ]
    new = dict(document.relabel)
    for start, end, path in _strings(source) if new else ():
        code = _CODE.fullmatch(source[start:end])
        if code and path and path[-1].casefold() in _LANGUAGE_KEYS and code[1] in new:
            replacements.append((start, start + 2, new[code[1]]))
    if not replacements:
        return document.origin
    return encode(splice(source, replacements), document.encoding, bom=document.bom)


def _find_places(source: str, fields: tuple[str, ...]) -> list[Place]:
    _validate(source)
    wanted = {plain_name(field) for field in fields}
    found: dict[str, None] = {}
    places: list[Place] = []
    for start, end, path in _strings(source):
        names = names_of_path(path)
        found.update(dict.fromkeys(names))
        if path and path[-1].casefold() in _LANGUAGE_KEYS:
            continue
        if not wanted or any(plain_name(name) in wanted for name in names):
            places += _lines(source, start, end)
    check_fields(fields, found)
    last = len(places) - 1
    return [
        replace(place, block=replace(place.block, gap="\n\n" if i < last else ""))
        for i, place in enumerate(places)
    ]


def _validate(source: str) -> None:
    """Whether it is one JSON value, or one a line.

    Raises:
        FormatError: neither.
    """
    if not source.strip():
        return
    try:
        try:
            json.loads(source)
        except json.JSONDecodeError as error:
            lines = source.split("\n")
            if error.msg != "Extra data" or sum(bool(line.strip()) for line in lines) < 2:
                raise
            for number, line in enumerate(lines, start=1):
                try:
                    if line.strip():
                        json.loads(line)
                except json.JSONDecodeError as inner:
                    raise FormatError(
                        f"line {number} is no JSON ({inner.msg} at column {inner.colno}); correct that line"
                    ) from error
    except json.JSONDecodeError as error:
        raise FormatError(
            f"it is no JSON ({error.msg} at line {error.lineno}, column {error.colno}); correct that place"
        ) from error
    except RecursionError as error:
        raise FormatError("its JSON is nested too deep: refused") from error


def _strings(source: str) -> Iterator[tuple[int, int, list[str]]]:
    """Each string value's inside, with the path of keys to it."""
    path: list[str] = []
    keys: list[bool] = []  # for each open bracket whether it is an object
    expects_key = False
    for match in _TOKEN.finditer(source):
        symbol = match[0]
        if symbol in "{[":
            keys.append(symbol == "{")
            path.append("" if symbol == "{" else "[]")
            expects_key = symbol == "{"
        elif symbol in "}]":
            keys.pop()
            path.pop()
            expects_key = False
        elif symbol == ",":
            expects_key = bool(keys) and keys[-1]
        elif symbol == ":":
            expects_key = False
        elif symbol.startswith('"'):
            if expects_key:
                path[-1] = json.loads(symbol, strict=False)
            else:
                yield match.start() + 1, match.end() - 1, list(path)


def _lines(source: str, start: int, end: int) -> Iterator[Place]:
    """A place for each line of a string that has a letter in it."""
    at = start
    while at <= end:
        found = _LINE_END.match(source, at, end)
        stop = found.start(1) if found else end
        raw = source[at:stop]
        text = clean(json.loads(f'"{raw}"', strict=False))
        bare = text.strip()
        if any(char.isalpha() for char in bare):
            # Blanks at the ends are written as themselves.
            lead = len(raw) - len(raw.lstrip())
            trail = len(raw) - len(raw.rstrip())
            kind = BlockKind.PARAGRAPH if _SENTENCE.search(bare) else BlockKind.LABEL
            inside = clean(json.loads(f'"{raw[lead : len(raw) - trail]}"', strict=False))
            yield Place(at + lead, stop - trail, Block(kind, inside))
        if found is None:
            return
        at = found.end()
