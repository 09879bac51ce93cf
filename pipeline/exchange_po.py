"""Gettext catalogues for translators: a message a segment, the machine's translation marked fuzzy.

Not to be taken for `format_po`, which translates a program's catalogue: here one stands for a document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from tosprog.models.errors import FormatError
from tosprog.models.languages import Direction
from tosprog.pipeline.encoding import decode
from tosprog.pipeline.exchange_units import (
    Exchange,
    ExchangeSegment,
    Name,
    State,
    language_of,
    read_fields,
    read_ranges,
    split_tags,
    tag_name,
    tag_of,
    write_ranges,
)
from tosprog.pipeline.inline import TagKind, clean, read_tag

_MACHINE = "machine: "
# <g3> and </g3> are a pair, <x4/> is what stands between words, or for one, <U+2028> a character that no line may have.
_SHOWN = re.compile(r"(\\*)(<(?:/?g\d{1,9}|[xwb]\d{1,9}/|U\+[0-9A-F]{2,6})>)")
# What some tool takes for the end of a line, or for none of its business.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_LINE = re.compile(r'(?:msg[a-z_]+(?:\[\d+\])?\s*)?"(?:[^"\\]|\\.)*"\s*')
_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def write(exchange: Exchange) -> bytes:
    """The segments as a catalogue in UTF-8; its comments have the machine's translation, whatever becomes of it."""
    import polib

    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {
        "Project-Id-Version": _header(exchange.original),
        "Language": exchange.direction.target,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Generator": f"tosprog {version('tosprog')}",
        "X-Source-Language": exchange.direction.source,
        "X-Tosprog-Document": _header(exchange.original),
        "X-Tosprog-Sha256": exchange.sha256,
        "X-Tosprog-Segments": write_ranges(exchange.exported or ()),
    }
    if exchange.fields:
        catalogue.metadata["X-Tosprog-Fields"] = json.dumps(exchange.fields)
    for one in exchange.segments:
        if one.is_kept:
            continue
        machine = exchange.machine.get(one.name, "")
        comments = [" ".join(note.split()) for note in one.notes]
        comments += [f'{_MACHINE}"{polib.escape(shown(machine))}"'] if machine else []
        comments += [
            f'memory, {100 * match.score:.0f} %: "{_inline(match.source)}" is "{_inline(match.target)}"'
            for match in one.matches
        ]
        is_fuzzy = bool(one.target) and one.state in (State.INITIAL, State.TRANSLATED)
        catalogue.append(
            polib.POEntry(
                msgctxt=str(one.name),
                msgid=shown(one.source),
                msgstr=shown(one.target),
                comment="\n".join(comments),
                flags=["fuzzy"] if is_fuzzy else [],
            )
        )
    return str(catalogue).encode()


def _inline(text: str) -> str:
    import polib

    return str(polib.escape(shown(" ".join(text.split()))))


def _header(text: str) -> str:
    return " ".join(_UNSAFE.sub("?", text).split())


def shown(text: str) -> str:
    r"""A text with its tags as people see them; one that looks like a tag and is none has a backslash before it.

    Example:
        >>> from tosprog.pipeline.inline import TagKind, make_tag
        >>> shown("a " + make_tag(TagKind.POINT, 4)), shown("a <x4/>")
        ('a <x4/>', 'a \\<x4/>')
    """
    parts: list[str] = []
    for before, tag in split_tags(text):
        bare = _SHOWN.sub(r"\1\1\\\2", before)
        pieces = _UNSAFE.split(bare)
        unsafe = _UNSAFE.findall(bare)
        tags = [*(f"<U+{ord(char):02X}>" for char in unsafe), _mark(tag) if tag else ""]
        for piece, mark in zip(pieces, tags, strict=True):
            slashes = len(piece) - len(piece.rstrip("\\")) if mark else 0
            parts += [piece, "\\" * slashes, mark]
    return "".join(parts)


def _mark(tag: str) -> str:
    kind, _ = read_tag(tag)
    name = tag_name(tag)
    return f"</{name}>" if kind is TagKind.CLOSE else f"<{name}>" if kind is TagKind.OPEN else f"<{name}/>"


def read_shown(text: str) -> str:
    """What `shown` made, as it was."""

    def real(match: re.Match[str]) -> str:
        half, odd = divmod(len(match[1]), 2)
        if odd:
            return "\\" * half + match[2]
        inner = match[2][1:-1]
        if inner.startswith("U+"):
            number = int(inner[2:], 16)
            return "\\" * half + (chr(number) if number < 0x110000 else "")
        return "\\" * half + (tag_of(inner.strip("/"), closes=inner.startswith("/")) or "")

    return _SHOWN.sub(real, clean(text))


def read(data: bytes) -> list[Exchange]:
    """Reads such a catalogue, as written or as another tool wrote it anew.

    Returns:
        What it holds: one.

    Raises:
        FormatError: no catalogue, broken, or of other languages.
        EncodingError: no supported encoding explains the bytes.
    """
    import polib

    text = _LINE_ENDS.sub(" ", decode(data).text) + "\n"  # polib takes them for the end of a line
    for number, line in enumerate(
        text.split("\n"), start=1
    ):  # polib would take a letter for the missing quote
        if line.startswith(("msg", '"')) and not _LINE.fullmatch(line):
            raise FormatError(f"line {number} is broken ({line.strip()[:40]}); see: msgfmt --check FILE")
    try:
        catalogue: Any = polib.pofile(text, check_for_duplicates=False)
    except (OSError, ValueError, IndexError, UnicodeError) as error:
        said = re.sub(r"Syntax error in po file (?:None )?", "syntax error ", str(error))
        raise FormatError(f"it is no catalogue ({' '.join(said.split())}); correct that line") from error
    about: dict[str, str] = {name.lower(): value for name, value in catalogue.metadata.items()}
    if not about:
        raise FormatError("it is no catalogue of tosprog export: it has no header; export it again")
    codes = [about.get(name, "") for name in ("x-source-language", "language")]
    languages = [language_of(code) for code in codes]
    if languages[0] is None or languages[1] is None or languages[0] == languages[1]:
        named = " into ".join(code[:20] or "no language" for code in codes)
        raise FormatError(
            f"it is from {named} (X-Source-Language and Language in its header); legal is da into en, or en into da"
        )
    faults: list[str] = []
    machine: dict[Name, str] = {}
    return [
        Exchange(
            original=about.get("x-tosprog-document", ""),
            sha256=about.get("x-tosprog-sha256", "").strip().lower(),
            direction=Direction(languages[0], languages[1]),
            segments=tuple(_segments(catalogue, machine, faults, polib.unescape)),
            machine=machine,
            exported=read_ranges(about.get("x-tosprog-segments", "")),
            fields=read_fields(about.get("x-tosprog-fields", "")),
            faults=tuple(faults),
        )
    ]


def _segments(
    catalogue: Any, machine: dict[Name, str], faults: list[str], unescape: Any
) -> Iterator[ExchangeSegment]:
    for entry in catalogue:
        if entry.obsolete:
            continue
        name = Name.read(entry.msgctxt or "")
        if name is None:
            faults.append(
                f"message {str(entry.msgctxt or entry.msgid)[:40]!r} was not exported by tosprog: not used"
            )
            continue
        for line in str(entry.comment).split("\n"):
            if found := re.fullmatch(_MACHINE + '"(.*)"', line.strip()):
                machine[name] = read_shown(unescape(found[1]))
        state = State.TRANSLATED if "fuzzy" in entry.flags else State.REVIEWED
        target = read_shown(entry.msgstr)
        yield ExchangeSegment(
            name=name,
            source=read_shown(entry.msgid),
            target=target,
            state=state if target else State.INITIAL,
        )
