"""Subtitles (.srt, .vtt): webvtt-py says which lines are a cue's text; everything else stays as it is.

A sentence that runs over several cues is one block, with a point where one cue ends. Its translation is dealt out to
the cues again at those points, and wrapped.
Sources: WebVTT, https://www.w3.org/TR/webvtt1/; 42 characters a line, Netflix Timed Text Style Guide: General
Requirements and its Danish and English parts, https://partnerhelp.netflixstudios.com/hc/en-us/articles/215758617
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tosprog.models.errors import FormatError
from tosprog.pipeline.document import Block, BlockKind, Document
from tosprog.pipeline.encoding import decode, encode
from tosprog.pipeline.inline import TAG, TagKind, clean, make_tag, read_tag
from tosprog.pipeline.splice import Place, changed_places, splice

_LINE_CHARS = 42
_MAX_CUES = 4  # in a block
_PAUSE_MS = 2_000  # after so long a sentence has ended

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")
_TIME = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})")
_TIMES = re.compile(rf"\s*{_TIME.pattern}\s*-->\s*{_TIME.pattern}")
_NUMBER = re.compile(r"\s*\d+\s*")
_SRT_START = re.compile(r"\s*\d+[ \t]*(?:\r\n|\r|\n)\s*\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3}\s*-->")
_HEADER = re.compile(r"WEBVTT(?=[ \t\r\n]|$)")
_HEADER_END = re.compile(r"(?:\r\n|\r(?!\n)|\n)[\r\n]|\Z")
_LANGUAGE = re.compile(r"(?<=[\r\n])(Language:[ \t]*)([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]+)*)")
_KIND = re.compile(r"(?<=[\r\n])Kind:[ \t]*(\w+)")
_REGIONS = {"en": "GB", "da": "DK"}

# A tag, a position or style as SSA has them, a colour as MicroDVD has them.
_SRT_MARKUP = re.compile(r"</?([A-Za-z]+)\b[^<>]*>|\{\\[^{}]*\}|\{[yYcCsSfF]:[^{}]*\}")
_VTT_MARKUP = re.compile(r"</?([A-Za-z]*)[^<>]*>|\{\\[^{}]*\}")
_PAIRED = frozenset("i b u s c v font lang ruby rt em strong".split())
_DASH_LINE = re.compile(r"[ \t]*(?:\r\n|\r|\n)[ \t]*[-–—][ \t]*(?=[^\s–—-])")
_DASH = re.compile(r"[ \t]*[-–—][ \t]*(?=[^\s–—-])")
_BLANKS = re.compile(r"[ \t\r\n]+")
_WORD = re.compile(r"[^ \t\r\n]+")
_FIRST = "\0"  # text of a cue that no file has
_CLOSING = "\"'”’»«)]}>♪♫*# \t"
_ENDS = (".", "!", "?", "…")
_CAPTION = re.compile(r"[(\[♪♫]")
_SETTING = re.compile(r"\{\\a|<v")  # where on the screen, and whose voice


@dataclass(frozen=True, slots=True)
class _Item:
    """A stretch of a cue: text (``kind`` is None) or markup; ``pair`` is the same number in both of a pair."""

    kind: TagKind | None
    start: int
    end: int
    text: str = ""
    name: str = ""
    pair: int = -1


@dataclass(frozen=True, slots=True)
class _Cue:
    """A cue's text, without what stands before, behind or around it.

    Attributes:
        start: Offset in the source.
        end: Offset behind it.
        begins_ms: When it comes.
        ends_ms: When it goes.
        items: What it is made of.
        has_dash: Whether a dash stands before it: someone speaks.
        setting: The markup before it that says where it stands and whose voice it is.
    """

    start: int
    end: int
    begins_ms: int
    ends_ms: int
    items: tuple[_Item, ...]
    has_dash: bool
    setting: tuple[str, ...]

    @property
    def text(self) -> str:
        """As a reader sees it."""
        return "".join(item.text for item in self.items)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A block: its place, its cues, its tags, and the numbers of those that part its cues."""

    place: Place
    cues: tuple[_Cue, ...]
    borders: frozenset[int]


@dataclass(slots=True)
class _Word:
    """A word of a new text with the markup on it; ``line_break`` is the markup that parts it from the one before."""

    text: str
    length: int
    line_break: str | None = None
    before: str = ""
    after: str = ""

    @property
    def markup(self) -> str:
        """As it is written."""
        return self.before + self.text + self.after


def looks_like(data: bytes) -> bool:
    """Whether bytes begin as WebVTT or SubRip does."""
    head = data[:512].removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[2:].replace(b"\0", b"")
    text = head.decode("latin-1")
    return _HEADER.match(text) is not None or _SRT_START.match(text) is not None


def read(data: bytes) -> Document:
    """Reads subtitles.

    Raises:
        FormatError: no text, or no subtitles.
        EncodingError: bytes that no supported encoding explains.
    """
    decoded = decode(data)
    spots = _find_spots(decoded.text)
    blocks = [
        replace(spot.place.block, gap="\n\n" if i + 1 < len(spots) else "") for i, spot in enumerate(spots)
    ]
    return Document(tuple(blocks), format="subtitles", encoding=decoded.codec, bom=decoded.bom, origin=data)


def write(document: Document) -> bytes:
    """The document's bytes: the new texts dealt out to their cues.

    Raises:
        FormatError: the document has other blocks than its origin.
    """
    decoded = decode(document.origin)
    source = decoded.text
    spots = _find_spots(source)
    at = {spot.place.start: spot for spot in spots}
    edits = list(_relabelled(source, dict(document.relabel)))
    for place, text in changed_places(document, [spot.place for spot in spots]):
        edits += _dealt_out(source, at[place.start], text)
    if not edits:
        return document.origin
    return encode(splice(source, edits), decoded.codec, bom=decoded.bom)


def _relabelled(source: str, languages: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    header = _header(source)
    for match in _LANGUAGE.finditer(header):
        if (new := languages.get(match[2].lower())) is not None:
            yield (
                match.start(2),
                match.end(),
                f"{new}-{_REGIONS[new]}" if match[3] and new in _REGIONS else new,
            )


def _header(source: str) -> str:
    """The header of WebVTT, empty in SubRip."""
    if not _HEADER.match(source):
        return ""
    end = _HEADER_END.search(source)
    return source[: end.start()] if end else source


def _find_spots(source: str) -> list[_Spot]:
    """The blocks in order: sentences, or several, over as few cues as they need."""
    kind = _KIND.search(_header(source))
    if kind is not None and kind[1].lower() == "metadata":  # for programs, not for people
        return []
    alone = kind is not None and kind[1].lower() == "chapters"
    groups: list[list[_Cue]] = []
    last: _Cue | None = None
    for cue in _find_cues(source):
        if not any(char.isalnum() for char in cue.text):
            last = None
            continue
        if last is not None and not alone and len(groups[-1]) < _MAX_CUES and _goes_on(last, cue):
            groups[-1].append(cue)
        else:
            groups.append([cue])
        last = cue
    return [_spot(source, group) for group in groups]


def _goes_on(cue: _Cue, after: _Cue) -> bool:
    """Whether the sentence of a cue runs on in the next one."""
    text = cue.text.rstrip()
    bare = text.rstrip(_CLOSING)
    if bare.endswith(_ENDS) or text.endswith(("♪", "♫")) or (text[:1] in "([" and text[-1:] in ")]"):
        return False
    if after.has_dash or _CAPTION.match(after.text):
        return False
    if after.setting != cue.setting and not after.text[:1].islower():
        return False  # another voice, or a sign in the picture
    return after.begins_ms - cue.ends_ms <= _PAUSE_MS


def _find_cues(source: str) -> Iterator[_Cue]:
    """The cues that have text, each found in the source by the lines that the library gives it."""
    lines = [match.span(1) for match in _LINE.finditer(source)]
    timed = {i for i, (start, end) in enumerate(lines) if _TIMES.match(source, start, end)}
    is_vtt = _HEADER.match(source) is not None
    position = 0
    for wanted in _texts_of_cues(source, lines, timed, is_vtt=is_vtt):
        for i in range(position, len(lines)):
            if i in timed and (span := _span_of(source, lines, i + 1, wanted)) is not None:
                begins_ms, ends_ms = _times(source[slice(*lines[i])])
                yield _read_cue(source, span, (begins_ms, ends_ms), is_vtt=is_vtt)
                position = i + 1
                break


def _texts_of_cues(
    source: str, lines: Sequence[tuple[int, int]], timed: set[int], *, is_vtt: bool
) -> Iterator[list[str]]:
    """For each cue the lines of its text, blank ones left out."""
    if not source.strip():
        return
    import webvtt

    texts = [source[start:end] for start, end in lines]
    if not is_vtt:
        if not timed:
            raise FormatError(
                "no cue in it: subtitles have lines such as 00:00:01,000 --> 00:00:03,500; save a text as .txt"
            )
        # The library wants a number over each cue, and a cue at the very beginning; some programs write none.
        numbered = ["0", "00:00:00,000 --> 00:00:00,000", _FIRST, ""]
        for i, text in enumerate(texts):
            above = next((line for line in reversed(numbered) if line.strip()), "")
            if i in timed and not _NUMBER.fullmatch(above):
                numbered += ["", "1"]
            numbered.append(text.strip())
        texts = numbered
    joined = "\n".join(texts).lstrip("\n")
    try:
        found = webvtt.from_buffer(io.StringIO(joined, newline=""), format="vtt" if is_vtt else "srt")
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as error:
        raise FormatError(
            f"no subtitles that can be read ({error}); open it in a subtitle editor and save it again"
        ) from error
    for caption in found.captions:
        wanted = [line.strip() for line in caption.lines if line.strip()]
        if wanted and wanted[0] != _FIRST:
            yield wanted


def _span_of(
    source: str, lines: Sequence[tuple[int, int]], first: int, wanted: Sequence[str]
) -> tuple[int, int] | None:
    """Where these lines stand from the line ``first`` on, blank ones left out; None where others do."""
    i = first
    span = None
    for text in wanted:
        while i < len(lines) and not source[slice(*lines[i])].strip():
            i += 1
        if i == len(lines) or source[slice(*lines[i])].strip() != text:
            return None
        span = (span[0] if span else lines[i][0], lines[i][1])
        i += 1
    return span


def _times(line: str) -> tuple[int, int]:
    begins, ends = (
        ((int(h or 0) * 60 + int(m)) * 60 + int(s)) * 1000 + int(f"{ms:0<3}")
        for h, m, s, ms in _TIME.findall(line)[:2]
    )
    return begins, ends


def _read_cue(source: str, span: tuple[int, int], times: tuple[int, int], *, is_vtt: bool) -> _Cue:
    items = _paired(list(_items(source, *span, is_vtt=is_vtt)))
    setting: list[str] = []
    has_dash = False
    start, end = 0, len(items)
    while start < end:
        first, last = items[start], items[end - 1]
        if first.kind is None and (dash := _DASH.match(source, first.start, first.end)) and not has_dash:
            has_dash = True
            items[start] = replace(
                first, start=dash.end(), text=_text_of(source[dash.end() : first.end], is_vtt)
            )
        elif _is_outside(first):
            setting += _SETTING.findall(source[first.start : first.end])
            start += 1
        elif _is_outside(last):
            end -= 1
        elif first.kind is TagKind.OPEN and last.kind is TagKind.CLOSE and first.pair == last.pair:
            setting += _SETTING.findall(source[first.start : first.end])
            start, end = start + 1, end - 1
        else:
            break
    if start == end:
        return _Cue(*span, *times, (), has_dash, tuple(setting))
    inside = items[start:end]
    first, last = inside[0], inside[-1]
    if first.kind is None:  # blanks at the ends stay where they are
        raw = source[first.start : first.end]
        inside[0] = replace(first, start=first.end - len(raw.lstrip(" \t\r\n")), text=first.text.lstrip(" "))
    last = inside[-1]
    if last.kind is None:
        raw = source[last.start : last.end].rstrip(" \t\r\n")
        inside[-1] = replace(last, end=last.start + len(raw), text=last.text.rstrip(" "))
    return _Cue(inside[0].start, inside[-1].end, *times, tuple(inside), has_dash, tuple(setting))


def _is_outside(item: _Item) -> bool:
    if item.kind is None:
        return not item.text.strip(" ")
    return item.kind is TagKind.POINT


def _items(source: str, start: int, end: int, *, is_vtt: bool) -> Iterator[_Item]:
    """The texts and the markup of a cue; a line that begins with a dash is someone else's."""
    markup = _VTT_MARKUP if is_vtt else _SRT_MARKUP
    speaks = _DASH.match(source, start, end) is not None
    marks = [(match.span(), match) for match in markup.finditer(source, start, end)]
    within = {offset for (a, b), _ in marks for offset in range(a, b)}
    for match in _DASH_LINE.finditer(source, start, end):
        before = source[start : match.start()].rstrip(_CLOSING)
        if match.start() not in within and (speaks or before.endswith(_ENDS)):
            marks.append((match.span(), match))
    done = start
    for (a, b), match in sorted(marks, key=lambda mark: mark[0]):
        if a > done:
            yield _Item(None, done, a, _text_of(source[done:a], is_vtt))
        name = (match[1] or "").lower() if match.re is markup and match.re.groups else ""
        if match.re is _DASH_LINE:
            yield _Item(TagKind.BREAK, a, b)
        elif name in _PAIRED:
            kind = TagKind.CLOSE if source.startswith("</", a) else TagKind.OPEN
            yield _Item(kind, a, b, "", name)
        else:
            yield _Item(TagKind.POINT, a, b)
        done = b
    if end > done:
        yield _Item(None, done, end, _text_of(source[done:end], is_vtt))


def _text_of(raw: str, is_vtt: bool) -> str:
    """Text as a reader sees it: a line end is a space."""
    return clean(_BLANKS.sub(" ", html.unescape(raw) if is_vtt else raw))


def _paired(items: list[_Item]) -> list[_Item]:
    """Gives both tags of a pair its number; one without the other is a point."""
    opened: list[int] = []
    for i, item in enumerate(items):
        if item.kind is TagKind.OPEN:
            opened.append(i)
        elif item.kind is TagKind.CLOSE:
            while opened and items[opened[-1]].name != item.name:
                if not any(items[other].name == item.name for other in opened):
                    break
                opened.pop()
            if opened and items[opened[-1]].name == item.name:
                first = opened.pop()
                items[first] = replace(items[first], pair=first)
                items[i] = replace(item, pair=first)
    return [
        replace(item, kind=TagKind.POINT)
        if item.pair < 0 and item.kind in (TagKind.OPEN, TagKind.CLOSE)
        else item
        for item in items
    ]


def _spot(source: str, cues: Sequence[_Cue]) -> _Spot:
    text: list[str] = []
    tags: list[tuple[str, str]] = []
    borders: set[int] = set()
    for i, cue in enumerate(cues):
        if i:
            borders.add(len(tags))
            text.append(" " + make_tag(TagKind.POINT, len(tags)))
            tags.append(("", ""))
        numbers: dict[int, int] = {}
        for item in cue.items:
            raw = source[item.start : item.end]
            if item.kind is None:
                text.append(item.text)
            elif item.kind is TagKind.CLOSE:
                number = numbers[item.pair]
                tags[number] = (tags[number][0], raw)
                text.append(make_tag(item.kind, number))
            else:
                numbers[item.pair] = len(tags)
                text.append(make_tag(item.kind, len(tags)))
                tags.append((raw, ""))
    block = Block(BlockKind.PARAGRAPH, "".join(text))
    return _Spot(Place(cues[0].start, cues[-1].end, block, tuple(tags)), tuple(cues), frozenset(borders))


def _dealt_out(source: str, spot: _Spot, text: str) -> Iterator[tuple[int, int, str]]:
    """The new text of each cue; one that gets the very words that it has is left alone."""
    newline = _LINE_END.search(source)
    is_vtt = _HEADER.match(source) is not None
    old = _deal(spot.place.block.text, spot, is_vtt=is_vtt)
    for cue, before, after in zip(spot.cues, old, _deal(text, spot, is_vtt=is_vtt), strict=True):
        if before != after:
            lines = [
                len(_text_of(_without_markup(line, is_vtt), is_vtt))
                for line in _LINE_END.split(source[cue.start : cue.end])
            ]
            width = max(_LINE_CHARS, *lines)
            yield cue.start, cue.end, _wrapped(after, width, newline[0] if newline else "\n")


def _without_markup(raw: str, is_vtt: bool) -> str:
    return (_VTT_MARKUP if is_vtt else _SRT_MARKUP).sub("", raw)


def _deal(text: str, spot: _Spot, *, is_vtt: bool) -> list[list[_Word]]:
    """Gives each cue its words, at least one if there are enough.

    A pair that is open where a cue ends is closed there and opened again in the next.
    """
    plain, marks = _unwoven(text, spot)
    words = [match.span() for match in _WORD.finditer(plain)]
    cuts = _cuts(words, [offset for offset, _, number in marks if number in spot.borders], len(spot.cues))
    marks = [mark for mark in marks if mark[2] not in spot.borders]
    dealt: list[list[_Word]] = [[] for _ in spot.cues]
    opened: list[int] = []
    cue = 0
    next_mark = 0

    def close_all() -> str:
        return "".join(spot.place.tags[number][1] for number in reversed(opened))

    for i, (start, end) in enumerate(words):
        pending = []
        while next_mark < len(marks) and marks[next_mark][0] <= start:
            pending.append(marks[next_mark])
            next_mark += 1
        closers = max((k + 1 for k, mark in enumerate(pending) if mark[1] is TagKind.CLOSE), default=0)
        if not dealt[cue]:
            closers = 0
        else:
            dealt[cue][-1].after += _written(pending[:closers], spot, opened)
        word = _Word("", end - start)
        breaks = [spot.place.tags[number][0] for _, kind, number in pending if kind is TagKind.BREAK]
        if cue + 1 < len(spot.cues) and i >= cuts[cue]:
            if dealt[cue]:
                dealt[cue][-1].after += close_all()
            while cue + 1 < len(spot.cues) and i >= cuts[cue]:
                cue += 1
            word.before = "".join(spot.place.tags[number][0] for number in opened)
        if breaks:
            word.line_break = "".join(breaks)
        word.before += _written(pending[closers:], spot, opened)
        done = start
        while next_mark < len(marks) and marks[next_mark][0] < end:
            offset = marks[next_mark][0]
            word.text += _escaped(plain[done:offset], is_vtt) + _written([marks[next_mark]], spot, opened)
            done = offset
            next_mark += 1
        word.text += _escaped(plain[done:end], is_vtt)
        dealt[cue].append(word)
    rest = _written(marks[next_mark:], spot, opened) + close_all()
    last = next((words_of for words_of in reversed(dealt) if words_of), None)
    if last is not None:
        last[-1].after += rest
    elif rest:
        dealt[0].append(_Word(rest, 0))
    return dealt


_Mark = tuple[int, TagKind, int]


def _unwoven(text: str, spot: _Spot) -> tuple[str, list[_Mark]]:
    """The text without its tags, and each one's offset in it; a break is a line end."""
    plain: list[str] = []
    marks: list[_Mark] = []
    done = length = 0
    for match in TAG.finditer(text):
        plain.append(text[done : match.start()])
        length += len(plain[-1])
        done = match.end()
        kind, number = read_tag(match[0])
        if number < len(spot.place.tags):
            if kind is TagKind.BREAK:
                plain.append("\n")
                length += 1
            marks.append((length, kind, number))
    plain.append(text[done:])
    return "".join(plain), marks


def _written(marks: Sequence[_Mark], spot: _Spot, opened: list[int]) -> str:
    """The markup of tags; ``opened`` has the pairs that are open. Pairs that cross are closed and opened again."""
    parts: list[str] = []
    for _, kind, number in marks:
        opening, closing = spot.place.tags[number]
        if kind is TagKind.OPEN:
            opened.append(number)
            parts.append(opening)
        elif kind is TagKind.CLOSE:
            if number in opened:
                crossed = opened[opened.index(number) + 1 :]
                parts += [spot.place.tags[other][1] for other in reversed(crossed)]
                parts.append(closing)
                parts += [spot.place.tags[other][0] for other in crossed]
                opened.remove(number)
        elif kind is not TagKind.BREAK:
            parts.append(opening)
    return "".join(parts)


def _cuts(words: Sequence[tuple[int, int]], borders: Sequence[int], cues: int) -> list[int]:
    """How many words stand before each border: each cue gets one at least, the first ones if there are too few."""
    cuts = [sum((start + end) / 2 < border for start, end in words) for border in sorted(borders)]
    cuts = (cuts + [len(words)] * cues)[: cues - 1]  # a border that got lost is taken to stand at the end
    if len(words) < cues:
        return [min(i + 1, len(words)) for i in range(cues - 1)]
    for i in range(len(cuts)):
        cuts[i] = max(cuts[i], cuts[i - 1] + 1 if i else 1)
    for i in reversed(range(len(cuts))):
        cuts[i] = min(cuts[i], (cuts[i + 1] if i + 1 < len(cuts) else len(words)) - 1)
    return cuts


def _wrapped(words: Sequence[_Word], width: int, newline: str) -> str:
    """The words in as few lines as the width needs, and these of like length; a line break of its own stays."""
    turns: list[list[_Word]] = []
    for word in words:
        if not turns or word.line_break is not None:
            turns.append([])
        turns[-1].append(word)
    parts: list[str] = []
    for i, turn in enumerate(turns):
        dash = turn[0].line_break or ""
        parts.append(dash if i else dash.lstrip(" \t\r\n"))
        wanted = len(_lines(turn, width))
        low, high = max(word.length for word in turn), width
        while low < high:
            middle = (low + high) // 2
            if len(_lines(turn, middle)) <= wanted:
                high = middle
            else:
                low = middle + 1
        lines = _lines(turn, max(low, high))
        parts.append(newline.join(" ".join(word.markup for word in line) for line in lines))
    return "".join(parts)


def _lines(words: Sequence[_Word], width: int) -> list[list[_Word]]:
    lines: list[list[_Word]] = []
    length = 0
    for word in words:
        if lines and length + 1 + word.length <= width:
            lines[-1].append(word)
            length += 1 + word.length
        else:
            lines.append([word])
            length = word.length
    return lines


def _escaped(text: str, is_vtt: bool) -> str:
    """A text that is no markup, and no line of times."""
    text = text.replace("-->", "->")
    return html.escape(text, quote=False) if is_vtt else text
