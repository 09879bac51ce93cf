"""HTML, as people have it: the text between block elements is translated, everything else stays as it was."""

from __future__ import annotations

import codecs
import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.encoding import decode
from tosprog.pipeline.html_source import HtmlAttribute, HtmlToken, HtmlTokenKind, parse_html
from tosprog.pipeline.inline import TAG, TagKind, clean, make_tag, read_tag
from tosprog.pipeline.splice import Place, changed_places, splice

_BLOCKS = frozenset(
    "address article aside base blockquote body button caption center col colgroup dd details dialog dir div dl dt "
    "fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html label legend "
    "li link main menu meta nav nobr ol optgroup option p search section select summary table tbody td tfoot th thead "
    "title tr ul".split()
)
# Their content is no text to translate: it is passed over, or goes with the sentence as one thing.
_SKIPPED = frozenset(
    "script style pre textarea template noscript iframe object embed audio video canvas map xmp listing".split()
)
_ATOMS = frozenset("code kbd samp var tt math svg".split())
_POINTS = frozenset("img input wbr area param source track".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_KINDS = {
    "li": BlockKind.LIST_ITEM,
    "dd": BlockKind.LIST_ITEM,
    "td": BlockKind.TABLE_CELL,
    "th": BlockKind.TABLE_CELL,
    "blockquote": BlockKind.QUOTATION,
    **dict.fromkeys("title option button label legend caption figcaption summary".split(), BlockKind.LABEL),
    **{f"h{level}": BlockKind.HEADING for level in range(1, 7)},
}
# A new one ends an open one of the same kind, as browsers do it.
_IMPLIED_END = {
    "p": "p",
    "li": "li",
    "dt": "dt dd",
    "dd": "dt dd",
    "td": "td th",
    "th": "td th",
    "option": "option",
}
_LABELS = frozenset(("alt", "title", "placeholder", "aria-label"))
_META_LABELS = frozenset("description og:title og:description twitter:title twitter:description".split())
_FOOTNOTE = re.compile(
    r"\b(?:sdfootnote|sdendnote|footnotes?|fn\d|doc-(?:footnote|endnotes?))", re.IGNORECASE
)
_CODE = re.compile(r"(da|en)(?:([-_])[A-Za-z]{2})?", re.IGNORECASE)
_REGIONS = {"en": "GB", "da": "DK"}
_CHARSET = re.compile(
    rb"""<meta[^>]*charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)|^\s*<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9_.:-]+)""",
    re.I,
)
_CHARSETS = {"utf-8": "utf-8", "iso-8859-1": "cp1252", "windows-1252": "cp1252", "iso-8859-15": "iso-8859-15"}
_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<\?xml[^>]*\?>)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_BASE = "base"  # name of items that are the markup of ordinary text
_MOST_OF_A_MARK = 4  # characters of a link such as [12]


def looks_like(data: bytes) -> bool:
    """Whether bytes begin as a web page does."""
    return _START.match(data[:4096]) is not None


def read(data: bytes) -> Document:
    """Reads a web page.

    Raises:
        FormatError: the bytes are not text.
        EncodingError: no supported encoding explains them.
    """
    text, codec, bom = _decode(data)
    return Document(tuple(place.block for place in find_places(text)), "", "html", codec, bom, data)


def write(document: Document) -> bytes:
    """The bytes as read, with the texts of changed blocks put in; a character that the encoding lacks is a number."""
    source, codec, bom = _decode(document.origin)
    written = rewritten(source, document)
    if written == source:
        return document.origin
    mark = codecs.BOM_UTF8 if bom and codec == "utf-8" else document.origin[:2] if bom else b""
    return mark + written.encode(codec, "xmlcharrefreplace")


def rewritten(source: str, document: Document) -> str:
    """The source with the document's texts in it, and its languages named anew.

    Attributes go first: they may stand within the tags that a paragraph's text carries along.
    """
    places = find_places(source)
    texts = {
        index: block.text
        for index, (place, block) in enumerate(zip(places, document.blocks, strict=True))
        if block.text != place.block.text
    }
    changed_places(document, places)
    first = [
        (places[i].start, places[i].end, _attribute_text(text, places[i].part))
        for i, text in texts.items()
        if places[i].part
    ]
    source = splice(source, [*first, *_relabelled(source, dict(document.relabel))])
    places = find_places(source)
    return splice(
        source,
        [
            (places[i].start, places[i].end, _marked_up(text, places[i]))
            for i, text in texts.items()
            if not places[i].part
        ],
    )


def _attribute_text(text: str, quote: str) -> str:
    escaped = html.escape(TAG.sub(" ", text), quote=False)
    if quote == '"':
        return escaped.replace('"', "&quot;")
    if quote == "'":
        return escaped.replace("'", "&#39;")
    return '"' + escaped.replace('"', "&quot;") + '"'


def _marked_up(text: str, place: Place) -> str:
    """A block's text as source: its tags as they were, what stands in none of them in the base markup."""
    parts: list[str] = []
    depth = at = 0

    def add(piece: str) -> None:
        if piece:
            before, after = ("", "") if depth else place.base
            parts.append(before + _escaped(piece) + after)

    for match in TAG.finditer(text):
        add(text[at : match.start()])
        kind, number = read_tag(match[0])
        depth += (kind is TagKind.OPEN) - (kind is TagKind.CLOSE)
        parts.append(place.tags[number][1 if kind is TagKind.CLOSE else 0])
        at = match.end()
    add(text[at:])
    return "".join(parts)


def _escaped(text: str) -> str:
    return html.escape(text, quote=False).replace("\u00a0", "&nbsp;")


def _relabelled(source: str, new: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    """Where the source names a language, the new one."""
    for token in parse_html(source) if new else ():
        if token.kind is not HtmlTokenKind.START:
            continue
        for one in token.attributes:
            is_meta = (
                one.name == "content"
                and token.name == "meta"
                and (
                    token.value("http-equiv").lower() == "content-language"
                    or token.value("property").lower() == "og:locale"
                )
            )
            code = _CODE.fullmatch(one.value)
            if code and (one.name in ("lang", "xml:lang") or is_meta) and code[1].lower() in new:
                language = new[code[1].lower()]
                yield one.start, one.end, language + (f"{code[2]}{_REGIONS[language]}" if code[2] else "")


@dataclass(slots=True)
class _Item:
    """A piece of a run of text: ``kind`` None is text."""

    kind: TagKind | None
    start: int
    end: int
    text: str = ""
    name: str = ""
    partner: int = -1


def find_places(source: str) -> list[Place]:
    """The blocks of a source; an attribute's place has its quote (or a blank) as ``part``."""
    walker = _Walker(source)
    walker.walk(parse_html(source))
    places = sorted(walker.places, key=lambda place: (place.start, place.end))
    last = len(places) - 1
    return [
        replace(place, block=replace(place.block, gap="\n\n" if i < last else ""))
        for i, place in enumerate(places)
    ]


class _Walker:
    def __init__(self, source: str) -> None:
        self._source = source
        self.places: list[Place] = []
        self._run: list[_Item] = []
        self._open: list[HtmlToken] = []

    def walk(self, tokens: Sequence[HtmlToken]) -> None:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            if token.kind is HtmlTokenKind.TEXT:
                self._run.append(_Item(None, token.start, token.end, token.text))
            elif token.kind is HtmlTokenKind.OTHER:
                self._run.append(_Item(TagKind.POINT, token.start, token.end))
            elif token.kind is HtmlTokenKind.START and self._is_whole(token):
                index = self._take_whole(tokens, index)
            else:
                self._take_tag(token)
            index += 1
        self._flush()

    def _is_whole(self, token: HtmlToken) -> bool:
        """Whether an element is passed over with all that is in it."""
        if token.closed or token.name in _VOID:
            return False
        kept = token.value("translate").lower() == "no" or "notranslate" in token.value("class").split()
        return kept or token.name in _SKIPPED or token.name in _ATOMS

    def _take_whole(self, tokens: Sequence[HtmlToken], index: int) -> int:
        """Takes an element as one thing; returns the index of its last token."""
        first = tokens[index]
        depth, last = 0, index
        for at in range(index, len(tokens)):
            token = tokens[at]
            if token.name == first.name and token.kind is HtmlTokenKind.START and not token.closed:
                depth += 1
            elif token.name == first.name and token.kind is HtmlTokenKind.END:
                depth -= 1
                if depth == 0:
                    last = at
                    break
        else:
            if first.name not in _SKIPPED:  # never closed: it is as if it were not there
                self._run.append(_Item(TagKind.POINT, first.start, first.end))
                return index
            last = len(tokens) - 1
        if first.name in _BLOCKS or first.name in ("pre", "textarea", "template", "noscript"):
            self._flush()
        else:
            kind = TagKind.POINT if first.name in _SKIPPED else TagKind.ATOM
            self._run.append(_Item(kind, first.start, tokens[last].end))
        return last

    def _take_tag(self, token: HtmlToken) -> None:
        if token.kind is HtmlTokenKind.START:
            self._take_attributes(token)
        if token.name in _BLOCKS:
            self._flush()
            self._set_context(token)
        elif token.name == "br":
            self._run.append(_Item(TagKind.BREAK, token.start, token.end))
        elif token.kind is HtmlTokenKind.END:
            self._run.append(_Item(TagKind.CLOSE, token.start, token.end, name=token.name))
        elif token.closed or token.name in _POINTS or token.name in _VOID:
            self._run.append(_Item(TagKind.POINT, token.start, token.end))
        else:
            self._run.append(_Item(TagKind.OPEN, token.start, token.end, name=token.name))

    def _set_context(self, token: HtmlToken) -> None:
        if token.kind is HtmlTokenKind.END:
            names = [one.name for one in self._open]
            if token.name in names:
                del self._open[len(names) - 1 - names[::-1].index(token.name) :]
            return
        implied = _IMPLIED_END.get(token.name, "").split()
        if implied and self._open and self._open[-1].name in implied:
            self._open.pop()
        elif implied and token.name != "p":
            while self._open and self._open[-1].name == "p":
                self._open.pop()
            if self._open and self._open[-1].name in implied:
                self._open.pop()
        if not token.closed and token.name not in _VOID:
            self._open.append(token)

    def _take_attributes(self, token: HtmlToken) -> None:
        for one in token.attributes:
            if self._is_label(token, one) and any(char.isalpha() for char in one.value):
                block = Block(BlockKind.LABEL, clean(one.value))
                self.places.append(Place(one.start, one.end, block, (), one.quote or " "))

    @staticmethod
    def _is_label(token: HtmlToken, one: HtmlAttribute) -> bool:
        if token.name == "meta":
            name = (token.value("name") or token.value("property")).lower()
            return one.name == "content" and name in _META_LABELS
        if token.name == "input" and one.name == "value":
            return token.value("type").lower() in ("submit", "button", "reset")
        return one.name in _LABELS and token.name not in ("link", "style", "script")

    def _kind(self) -> tuple[BlockKind, int]:
        for token in reversed(self._open):
            if token.name in _KINDS:
                kind = _KINDS[token.name]
                return kind, int(token.name[1]) if kind is BlockKind.HEADING else 0
            if any(
                one.name in ("id", "class", "role") and _FOOTNOTE.search(one.value)
                for one in token.attributes
            ):
                return BlockKind.NOTE, 0
        return BlockKind.PARAGRAPH, 0

    def _flush(self) -> None:
        run, self._run = self._run, []
        run, base = self._without_base(_folded(_paired(run)))
        texts = [
            i
            for i, item in enumerate(run)
            if (item.kind is None and item.text.strip()) or item.kind is TagKind.ATOM
        ]
        if not any(any(c.isalpha() for c in run[i].text) for i in texts):
            return
        first, last = texts[0], texts[-1]
        # Pairs that stand around the whole stay outside; what begins or ends within comes in.
        grown = True
        while grown:
            grown = False
            for i, item in enumerate(run):
                if item.partner < 0 or first <= i <= last or not first <= item.partner <= last:
                    continue
                first, last, grown = min(first, i), max(last, i), True
        while first and run[first - 1].name == _BASE:
            first -= 1
        while last + 1 < len(run) and run[last + 1].name == _BASE:
            last += 1
        kind, level = self._kind()
        self.places.append(replace(self._place(run[first : last + 1], first, kind, level), base=base))

    def _without_base(self, run: list[_Item]) -> tuple[list[_Item], tuple[str, str]]:
        """Takes out the markup that a program put around every stretch of ordinary text, as LibreOffice does."""
        pairs: list[tuple[int, int]] = []
        i = 0
        while i < len(run):
            if run[i].kind is TagKind.OPEN and run[i].partner > i:
                pairs.append((i, run[i].partner))
                i = run[i].partner
            elif run[i].kind is None and run[i].text.strip():
                return run, ("", "")  # ordinary text has no markup here
            i += 1
        lengths: Counter[str] = Counter()
        for start, end in pairs:
            if run[start].name in ("span", "font") and not any(
                item.partner >= 0 for item in run[start + 1 : end]
            ):
                lengths[self._raw(run[start])] += sum(len(item.text) for item in run[start:end])
        if len(pairs) < 2 or not lengths:
            return run, ("", "")
        raw = lengths.most_common(1)[0][0]
        chosen = [(start, end) for start, end in pairs if self._raw(run[start]) == raw]
        if any(item.partner >= 0 for start, end in chosen for item in run[start + 1 : end]):
            return run, ("", "")
        for start, end in chosen:
            for at in (start, end):
                run[at] = _Item(TagKind.POINT, run[at].start, run[at].end, name=_BASE)
        return run, (raw, f"</{re.match(r'<([^ />]+)', raw)[1]}>")  # type: ignore[index]  # it is a tag

    def _raw(self, item: _Item) -> str:
        return self._source[item.start : item.end]

    def _place(self, run: Sequence[_Item], offset: int, kind: BlockKind, level: int) -> Place:
        start, end = run[0].start, run[-1].end
        tags: list[tuple[str, str]] = []
        numbers: dict[int, int] = {}
        parts: list[str] = []
        for i, item in enumerate(run):
            raw = self._raw(item)
            if item.name == _BASE:
                continue
            if item.kind is None:
                text = _BLANKS.sub(" ", clean(item.text))  # as a browser shows it
                if i == 0:
                    start += len(raw) - len(raw.lstrip())
                    text = text.lstrip()
                if i == len(run) - 1:
                    end -= len(raw) - len(raw.rstrip())
                    text = text.rstrip()
                parts.append(text)
            elif item.kind is TagKind.CLOSE and item.partner >= 0:
                number = numbers[item.partner]
                tags[number] = (tags[number][0], raw)
                parts.append(make_tag(TagKind.CLOSE, number))
            else:
                paired = item.kind is TagKind.OPEN and item.partner >= 0
                numbers[offset + i] = len(tags)
                tag_kind = (
                    item.kind if paired or item.kind not in (TagKind.OPEN, TagKind.CLOSE) else TagKind.POINT
                )
                parts.append(make_tag(tag_kind, len(tags)))
                tags.append((raw, ""))
        return Place(start, end, Block(kind, "".join(parts), "", level), tuple(tags))


def _paired(run: Sequence[_Item]) -> list[_Item]:
    """The items with the index of the other tag of each pair; what crosses another pair has none."""
    items = [replace(item) for item in run]
    stack: list[int] = []
    for i, item in enumerate(items):
        if item.kind is TagKind.OPEN:
            stack.append(i)
        elif item.kind is TagKind.CLOSE:
            at = next((k for k in range(len(stack) - 1, -1, -1) if items[stack[k]].name == item.name), None)
            if at is not None:
                item.partner, items[stack[at]].partner = stack[at], i
                del stack[at:]
    return items


def _folded(run: Sequence[_Item]) -> list[_Item]:
    """Pairs without a word in them, and links that are marks ("[1]"), as points."""
    items: list[_Item] = []
    i = 0
    while i < len(run):
        item = run[i]
        if item.kind is TagKind.OPEN and item.partner > i:
            inside = run[i + 1 : item.partner]
            text = "".join(one.text for one in inside if one.kind is None).strip()
            is_mark = (
                item.name in ("a", "sup")
                and len(text) <= _MOST_OF_A_MARK
                and not any(c.isalpha() for c in text)
            )
            if (not text or is_mark) and not any(one.kind in (TagKind.ATOM, TagKind.BREAK) for one in inside):
                items.append(_Item(TagKind.POINT, item.start, run[item.partner].end))
                i = item.partner + 1
                continue
        items.append(item)
        i += 1
    return _paired(items)


def _decode(data: bytes) -> tuple[str, str, bool]:
    """Text, codec, and whether a byte order mark came first.

    Raises:
        FormatError: binary data.
        EncodingError: no supported encoding explains the bytes.
    """
    found = _CHARSET.search(data[:4096])
    name = (found[1] or found[2]).decode("ascii").lower() if found else ""
    if name in _CHARSETS and b"\0" not in data and not data.startswith(codecs.BOM_UTF8):
        try:
            text = data.decode(_CHARSETS[name])
            if text.encode(_CHARSETS[name]) == data and not (name != "utf-8" and _is_utf8(data)):
                return text, _CHARSETS[name], False
        except UnicodeError:
            pass
    decoded = decode(data)
    return decoded.text, decoded.codec, decoded.bom


def _is_utf8(data: bytes) -> bool:
    """Whether bytes with letters beyond ASCII are UTF-8, whatever their page says."""
    try:
        return not data.isascii() and bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False
