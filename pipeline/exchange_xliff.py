"""XLIFF 2.1, which translators' tools read and write (https://docs.oasis-open.org/xliff/xliff-core/v2.1/).

A unit is a block, a segment a segment. What is between them, and what stays as it is, is ``ignorable``. The machine's
translation is kept as a match too (the module for translation candidates), where no editing of the target reaches it;
beside it is what a translation memory has that is like the source.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from itertools import groupby
from xml.etree import ElementTree

from tosprog.models.errors import FormatError
from tosprog.models.languages import Direction
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
from tosprog.pipeline.inline import TAG, TagKind, clean, make_tag, read_tag
from tosprog.pipeline.xml_source import XmlTokenKind, escape_attribute, escape_text, parse_xml

_CORE = "urn:oasis:names:tc:xliff:document:2.0"  # of 2.1 too
_MATCHES = "urn:oasis:names:tc:xliff:matches:2.0"
_METADATA = "urn:oasis:names:tc:xliff:metadata:2.0"
_ORIGIN = "tosprog"  # of a match that is the machine's translation
# The states within ``translated`` of what nobody has looked at.
_MACHINE, _MEMORY = "tosprog:machine", "tosprog:memory"
# What XML 1.0 does not allow, and what tags are made of: written as <cp>, as the standard has it.
_AS_CODE_POINT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
_MAX_DEPTH = 100  # of elements within a text
_BLOCK = re.compile(r"b([1-9]\d{0,8})")
_SEGMENT = re.compile(r"s([1-9]\d{0,8})")


def write(exchange: Exchange) -> bytes:
    """The segments as an XLIFF 2.1 file in UTF-8."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f'<xliff xmlns="{_CORE}" xmlns:mda="{_METADATA}" xmlns:mtc="{_MATCHES}" version="2.1" '
        f'srcLang="{exchange.direction.source}" trgLang="{exchange.direction.target}">\n',
        f'<file id="f1" original="{escape_attribute(exchange.original)}" canResegment="no" '
        'xml:space="preserve">\n',
        '<mda:metadata>\n<mda:metaGroup category="tosprog">\n',
    ]
    about = {
        "sha256": exchange.sha256,
        "segments": write_ranges(exchange.exported or ()),
        "fields": json.dumps(exchange.fields) if exchange.fields else "",
        "version": version("tosprog"),
    }
    parts += [
        f'<mda:meta type="{name}">{escape_text(value)}</mda:meta>\n' for name, value in about.items() if value
    ]
    parts.append("</mda:metaGroup>\n</mda:metadata>\n")
    for block, row in groupby(exchange.segments, key=lambda one: one.name.block):
        parts += _unit(block, list(row), exchange)
    return "".join([*parts, "</file>\n</xliff>\n"]).encode("utf-8")


def _unit(block: int, row: Sequence[ExchangeSegment], exchange: Exchange) -> Iterator[str]:
    codes = _Codes(row)
    own = [one for one in row if not one.is_kept]
    yield f'<unit id="b{block}">\n'
    written = [(one, codes.sources(one.source), codes.sources(one.gap)) for one in row]
    sources = {one.name: ids for one, ids, _ in written}
    matches = [match for one in own for match in _matches(one, sources[one.name], codes, exchange)]
    if matches:
        yield "".join(["<mtc:matches>\n", *matches, "</mtc:matches>\n"])
    if any(one.notes for one in own):
        yield "<notes>\n"
        for one in own:
            for note in one.notes:
                yield f'<note category="tosprog">s{one.name.segment}: {escape_text(note)}</note>\n'
        yield "</notes>\n"
    between = ""
    for one, ids, of_gap in written:
        if one.is_kept:
            between += codes.content(one.source, ids)
        else:
            if between:
                yield f"<ignorable><source>{between}</source></ignorable>\n"
            yield _segment(one, ids, codes, exchange)
            between = ""
        between += codes.content(one.gap, of_gap)
    if between:
        yield f"<ignorable><source>{between}</source></ignorable>\n"
    yield "</unit>\n"


def _matches(one: ExchangeSegment, ids: _Ids, codes: _Codes, exchange: Exchange) -> Iterator[str]:
    """The machine's translation, and what the memory has that is like the source."""
    ref = f'<mtc:match ref="#s{one.name.segment}"'
    if machine := exchange.machine.get(one.name):
        yield (
            f'{ref} type="{"tm" if one.is_recalled else "mt"}" origin="{_ORIGIN}">'
            f"<source>{codes.content(one.source, ids)}</source>"
            f"<target>{codes.content(machine, ids)}</target></mtc:match>\n"
        )
    for match in one.matches:
        yield (
            f'{ref} type="tm" origin="memory" similarity="{100 * match.score:.2f}">'
            f"<source>{_text(match.source)}</source><target>{_text(match.target)}</target></mtc:match>\n"
        )


def _segment(one: ExchangeSegment, ids: _Ids, codes: _Codes, exchange: Exchange) -> str:
    state = f' state="{one.state.value}"'
    if one.state is State.TRANSLATED and one.target == exchange.machine.get(one.name):
        state += f' subState="{_MEMORY if one.is_recalled else _MACHINE}"'
    target = f"<target>{codes.content(one.target, ids)}</target>" if one.target else ""
    return (
        f'<segment id="s{one.name.segment}"{state}><source>{codes.content(one.source, ids)}</source>'
        f"{target}</segment>\n"
    )


_Ids = dict[str, list[str]]  # the identifiers that each tag of a segment has, in order


class _Codes:
    """The inline elements of a unit: each has an identifier of its own, the same in source and target."""

    def __init__(self, row: Sequence[ExchangeSegment]) -> None:
        self._found: Counter[str] = Counter(tag for one in row for tag in TAG.findall(one.source + one.gap))
        self._used: Counter[str] = Counter()

    def sources(self, text: str) -> _Ids:
        """The identifiers of a source's tags; to be called once for each, in order."""
        ids: _Ids = {}
        for tag in TAG.findall(text):
            ids.setdefault(tag, []).append(self._next(tag))
        return ids

    def _next(self, tag: str) -> str:
        self._used[tag] += 1
        count = self._used[tag]
        return tag_name(tag) if count == 1 else f"{tag_name(tag)}-{count}"

    def content(self, text: str, ids: _Ids) -> str:
        """A text as it stands in ``source`` or ``target``."""
        waiting = {tag: list(names) for tag, names in ids.items()}
        pairs = _pairs(TAG.findall(text))
        parts: list[str] = []
        for number, (before, tag) in enumerate(split_tags(text)):
            parts.append(_text(before))
            if tag:
                names = waiting.get(tag)
                parts.append(self._element(tag, names.pop(0) if names else self._next(tag), number in pairs))
        return "".join(parts)

    def _element(self, tag: str, name: str, is_pair: bool) -> str:
        kind, number = read_tag(tag)
        if kind is TagKind.OPEN:
            if is_pair:
                return f'<pc id="{name}" canDelete="no">'
            isolated = "" if self._found[make_tag(TagKind.CLOSE, number)] else ' isolated="yes"'
            return f'<sc id="{name}" canDelete="no"{isolated}/>'
        if kind is TagKind.CLOSE:
            if is_pair:
                return "</pc>"
            if self._found[make_tag(TagKind.OPEN, number)]:
                return f'<ec startRef="{name}" canDelete="no"/>'
            return f'<ec id="{name}" canDelete="no" isolated="yes"/>'
        shown = ' type="fmt" subType="xlf:lb"' if kind is TagKind.BREAK else ""
        return f'<ph id="{name}" canDelete="no"{shown}/>'


def _pairs(tags: Sequence[str]) -> set[int]:
    """The places of tags that are the two ends of an element: within one text, and not across another's end."""
    found: set[int] = set()
    opened: list[tuple[int, int]] = []  # number of the tag, place
    for place, tag in enumerate(tags):
        kind, number = read_tag(tag)
        if kind is TagKind.OPEN:
            opened.append((number, place))
        elif kind is TagKind.CLOSE and number in (one for one, _ in opened):
            while opened:
                other, start = opened.pop()
                if other == number:
                    found |= {start, place}
                    break
    return found


def _text(text: str) -> str:
    done, parts = 0, []
    for match in _AS_CODE_POINT.finditer(text):
        parts += [escape_text(text[done : match.start()]), f'<cp hex="{ord(match[0]):04X}"/>']
        done = match.end()
    return "".join([*parts, escape_text(text[done:])])


def read(data: bytes) -> list[Exchange]:
    """Reads an XLIFF 2 file, as written or as another tool wrote it anew.

    Returns:
        For each ``file`` of it, what it holds.

    Raises:
        FormatError: no XLIFF 2, broken, unsafe, or of other languages.
    """
    source = parse_xml(data)  # says where it is broken, and refuses entities; what comes after may trust it
    first = next(token for token in source.tokens if token.kind is XmlTokenKind.START)
    if "<!DOCTYPE" in source.text[: first.start]:
        raise FormatError("it has a DOCTYPE: refused, for XLIFF has none; remove that line")
    try:
        parser = ElementTree.XMLParser(encoding="utf-8")  # noqa: S314 - checked above
        root = ElementTree.fromstring(source.text.removeprefix("\ufeff").encode("utf-8"), parser)  # noqa: S314
    except ElementTree.ParseError as error:  # a prefix that no namespace is bound to
        raise FormatError(
            f"its XML is broken ({error}); open it in the program that made it and save it again"
        ) from error
    namespace, _, name = root.tag.rpartition("}")
    if name != "xliff":
        raise FormatError(f"it is no XLIFF: it begins with <{name[:40]}>, not <xliff>")
    if namespace.lstrip("{") != _CORE and not namespace.startswith("{urn:oasis:names:tc:xliff:document:2."):
        raise FormatError(
            f"it is XLIFF {root.get('version', '')[:10] or 'without a version'}; legal is 2.0 or 2.1: export it anew"
        )
    codes = [root.get(attribute, "") for attribute in ("srcLang", "trgLang")]
    languages = [language_of(code) for code in codes]
    if languages[0] is None or languages[1] is None or languages[0] == languages[1]:
        shown = " into ".join(code[:20] or "no language" for code in codes)
        raise FormatError(f"it is from {shown}; legal is da into en, or en into da")
    direction = Direction(languages[0], languages[1])
    core = namespace + "}"
    return [_file(element, core, direction) for element in root.iter(f"{core}file")]


def _file(element: ElementTree.Element, core: str, direction: Direction) -> Exchange:
    about = {
        meta.get("type", ""): (meta.text or "").strip()
        for group in element.findall(f"./{{{_METADATA}}}metadata/{{{_METADATA}}}metaGroup")
        if group.get("category") == "tosprog"
        for meta in group.iter(f"{{{_METADATA}}}meta")
    }
    segments: list[ExchangeSegment] = []
    machine: dict[Name, str] = {}
    faults: list[str] = []
    for unit in element.iter(f"{core}unit"):
        identifier = unit.get("id", "")
        found = _BLOCK.fullmatch(identifier)
        if found is None:
            faults.append(f"unit {identifier[:40]!r} was not exported by tosprog: not used")
            continue
        block = int(found[1])
        for match in unit.iter(f"{{{_MATCHES}}}match"):
            of = _SEGMENT.fullmatch(match.get("ref", "").removeprefix("#"))
            if of and match.get("origin") == _ORIGIN and (target := match.find(f"{core}target")) is not None:
                machine[Name(block, int(of[1]))] = _content(target)[0]
        for segment in unit.findall(f"{core}segment"):
            of = _SEGMENT.fullmatch(segment.get("id", ""))
            if of is None:
                faults.append(
                    f"unit {identifier}: segment {segment.get('id', '')[:40]!r} is of no segment of the document: "
                    "not used; do not split segments"
                )
                continue
            segments.append(_read_segment(segment, Name(block, int(of[1])), core))
    return Exchange(
        original=element.get("original", ""),
        sha256=about.get("sha256", "").lower(),
        direction=direction,
        segments=tuple(segments),
        machine=machine,
        exported=read_ranges(about.get("segments", "")),
        fields=read_fields(about.get("fields", "")),
        faults=tuple(faults),
    )


def _read_segment(segment: ElementTree.Element, name: Name, core: str) -> ExchangeSegment:
    source, target = segment.find(f"{core}source"), segment.find(f"{core}target")
    text, strange = ("", ()) if target is None else _content(target)
    said = segment.get("state", "initial")
    state = next((state for state in State if state.value == said), State.INITIAL)
    return ExchangeSegment(
        name=name,
        source="" if source is None else _content(source)[0],
        target=text,
        state=state,
        fault=f"its target has what its source has not: {', '.join(strange)}" if strange else "",
    )


def _content(element: ElementTree.Element) -> tuple[str, tuple[str, ...]]:
    """The text of ``source`` or ``target`` with tags, and elements that are none of ours."""
    strange: list[str] = []

    def walk(node: ElementTree.Element, depth: int = 0) -> Iterable[str]:
        yield clean(node.text or "")
        for child in node:
            yield from elements(child.tag.rpartition("}")[2], child, depth + 1)
            yield clean(child.tail or "")

    def elements(name: str, child: ElementTree.Element, depth: int) -> Iterable[str]:
        if depth > _MAX_DEPTH:
            strange.append(f"elements nested more than {_MAX_DEPTH} deep")
        elif name == "cp":
            yield _code_point(child.get("hex", ""))
        elif name == "mrk":  # a remark on words, not a part of them
            yield from walk(child, depth)
        elif name in ("pc", "sc", "ph"):
            yield tag(name, child.get("id", ""))
            if name == "pc":
                yield from walk(child, depth)
                yield tag(name, child.get("id", ""), closes=True)
        elif name == "ec":
            yield tag(name, child.get("startRef", child.get("id", "")), closes=True)
        elif name not in ("sm", "em"):
            strange.append(f"<{name[:20]}>")

    def tag(name: str, identifier: str, *, closes: bool = False) -> str:
        made = tag_of(identifier, closes=closes)
        if made is None:
            strange.append(f'<{name} id="{identifier[:20]}">')
        return made or ""

    text = "".join(walk(element))
    return text, tuple(dict.fromkeys(strange))


def _code_point(digits: str) -> str:
    number = int(digits, 16) if re.fullmatch("[0-9A-Fa-f]{1,6}", digits) else 0x110000
    return chr(number) if number < 0x110000 else ""
