"""Translation memories as tools exchange them (TMX 1.4b), read and written a unit at a time, whatever their size.

Source: TMX 1.4b Specification, https://www.gala-global.org/tmx-14b
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from html.entities import html5
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from tosprog.models.errors import FormatError, InputError
from tosprog.models.languages import LanguageCode, other
from tosprog.pipeline.files import shown
from tosprog.pipeline.protect import PATTERNS
from tosprog.pipeline.xml_source import escape_attribute, escape_text

MAX_TEXT = 100_000  # characters of a text; a longer one is no segment
_CHUNK = 1 << 16
_MAX_TOKEN = 8 * 2**20  # bytes of a tag or comment, which expat holds whole
_MAX_DEPTH = 100  # nesting; real files stay below 10
_NAMED = 8  # languages in a notice
_MAX_SIDE = 100  # languages, notes and properties that are remembered
_CODES: dict[str, LanguageCode] = {"da": "da", "dan": "da", "en": "en", "eng": "en"}
_NATIVE = frozenset(("bpt", "ept", "ph", "it", "ut"))  # what stands in these is code of the source's format
_PLACEHOLDER = re.compile(PATTERNS["placeholder"][1])  # code that is part of the sentence, as in "Open %s"
_BREAK = re.compile(r"<(?:br|lb|p|tab)\b[^<>]*>|\\(?:n|line|par|tab)\b|[\n\t]+", re.IGNORECASE)
_BREAK_TYPES = frozenset(("lb", "br", "break", "newline", "tab"))
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)(?:\.\d+)?Z?")
_STATE = re.compile(r"(?:x-)?(?:state|status|confirmationlevel)", re.IGNORECASE)  # as tools name it


@dataclass(frozen=True, slots=True, kw_only=True)
class TmxUnit:
    """A sentence in both languages.

    Attributes:
        source_language: As the unit or the file says; where it does not, that of the first text.
        target_language: The other one.
        source: Text, markup left out.
        target: Text, markup left out.
        changed: When last, UTC, as ISO 8601 has it; empty if unknown.
        creator: Who changed or made it; empty if unknown.
        note: Notes, a line each.
        properties: Of the unit or its texts, by type.
    """

    source_language: LanguageCode
    target_language: LanguageCode
    source: str
    target: str
    changed: str = ""
    creator: str = ""
    note: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """What the tool that made it says of its state (``ApprovedTranslation``, ``draft``); empty if nothing."""
        return next((value for name, value in self.properties.items() if _STATE.fullmatch(name)), "")


def language_of_code(code: str) -> LanguageCode | None:
    """The language that a code of a TMX file means; None of any but Danish and English.

    Example:
        >>> [language_of_code(code) for code in ("da-DK", "EN_us", "eng", "de")]
        ['da', 'en', 'en', None]
    """
    return _CODES.get(_primary(code))


def _primary(code: str) -> str:
    return re.split("[-_]", code.strip().lower(), maxsplit=1)[0]


class TmxFile:
    """A TMX file; iterating reads it, unit by unit, those that have a Danish and an English text.

    Attributes:
        path: Where it is.
        units: Read so far, with those that are left out.
        without_pair: Units left out since they lack Danish or English.
        languages: What other languages these have, and how often.
        unusable: Units left out since a text is empty, or longer than `MAX_TEXT`.
        variants: Units with several texts in one language, of which the first is taken.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.languages: Counter[str] = Counter()
        self.units = self.without_pair = self.unusable = self.variants = 0

    def __iter__(self) -> Iterator[TmxUnit]:
        """Reads the units.

        Raises:
            InputError: the file cannot be read.
            FormatError: it is no TMX, its XML is broken, or its DOCTYPE has declarations of its own, with which
                XML bombs are made. A DTD that it names is never opened.
        """
        self.languages.clear()
        self.units = self.without_pair = self.unusable = self.variants = 0
        name = shown(self.path)
        try:
            with self.path.open("rb") as file:
                yield from self._read(file)
        except FileNotFoundError as error:
            raise InputError(f"{name} does not exist; name a .tmx file") from error
        except IsADirectoryError as error:
            raise InputError(f"{name} is a folder, not a file; name its .tmx files") from error
        except OSError as error:
            raise InputError(f"cannot read {name}: {error.strerror}") from error
        except FormatError as error:
            raise FormatError(f"{name}: {error}") from error

    @property
    def notices(self) -> list[str]:
        """What was left out, a line each, for people."""
        codes = ", ".join(code for code, _ in self.languages.most_common(_NAMED)) or "one language alone"
        said = (
            (self.without_pair, f"no Danish-English pair: {codes}"),
            (self.unusable, f"a text that is empty or above {MAX_TEXT:,} characters"),
            (self.variants, "several texts in one language; the first is taken"),
        )
        return [
            f"{count} of {self.units} units {'has' if count == 1 else 'have'} {what}"
            for count, what in said
            if count
        ]

    def _read(self, file: BinaryIO) -> Iterator[TmxUnit]:
        handlers = _Handlers(self)
        parser, done = handlers.parser, 0
        try:
            while chunk := file.read(_CHUNK):
                parser.Parse(chunk, False)
                done += len(chunk)
                if done - parser.CurrentByteIndex > _MAX_TOKEN:
                    raise FormatError(
                        f"a tag or comment at line {parser.CurrentLineNumber} is over "
                        f"{_MAX_TOKEN // 2**20} MB: refused"
                    )
                yield from handlers.taken()
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise FormatError(
                f"its XML is broken ({expat.errors.messages[error.code]} at line {error.lineno}, column "
                f"{error.offset + 1}); export it again, or correct that place"
            ) from error
        except (
            LookupError,
            ValueError,
        ) as error:  # an encoding that Python does not know, or expat cannot use
            raise FormatError(f"{error}; legal are UTF-8 and UTF-16; export it anew") from error
        yield from handlers.taken()


class _Handlers:
    """What expat calls while it reads a file; the units that are whole gather."""

    def __init__(self, file: TmxFile) -> None:
        self._file = file
        self._ready: list[TmxUnit] = []
        self._depth = 0
        self._source: LanguageCode | None = None  # of the whole file
        self._in_unit = False
        self._begin({})
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._skipped

    def taken(self) -> list[TmxUnit]:
        """The units that became whole since the last call."""
        ready, self._ready = self._ready, []
        return ready

    def _begin(self, attributes: dict[str, str]) -> None:
        """A unit begins."""
        self._texts: dict[LanguageCode, str] = {}
        self._codes: list[str] = []
        self._many = self._long = False
        self._own_source = language_of_code(attributes.get("srclang", ""))
        self._notes: list[str] = []
        self._properties: dict[str, str] = {}
        self._changed = self._creator = ""
        self._language: LanguageCode | None = None
        self._target: list[str] | None = None  # what text is put into
        self._segment: list[str] | None = None
        self._length = 0
        self._type = ""
        self._native = 0  # how deep in code
        self._was_native = False
        self._dated(attributes)

    def _dated(self, attributes: dict[str, str]) -> None:
        """The newest date of a unit and its texts, and who is named there."""
        changed = _iso(attributes.get("changedate", "")) or _iso(attributes.get("creationdate", ""))
        creator = attributes.get("changeid") or attributes.get("creationid") or ""
        if changed > self._changed or (creator and not self._creator and changed == self._changed):
            self._changed, self._creator = changed, creator or self._creator

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if self._depth == 0 and name != "tmx":
            raise FormatError(f"it is no TMX: it begins with <{name[:40]}>, not <tmx>")
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise FormatError(f"its XML is nested more than {_MAX_DEPTH} deep: refused")
        if name == "tu":
            self._in_unit = True
            self._begin(attributes)
        elif name == "header":
            self._source = language_of_code(attributes.get("srclang", ""))
        elif not self._in_unit:
            return
        elif self._segment is not None:
            if name in _NATIVE:
                self._native += 1
                if self._native == 1:
                    self._type = attributes.get("type", "").lower()
                    self._collect([])
        elif name == "tuv":
            code = attributes.get("xml:lang") or attributes.get("lang") or ""
            self._language = language_of_code(code)
            if self._language is None:
                self._codes.append(_primary(code)[:20] or "unnamed")
            self._dated(attributes)
        elif name == "seg":
            if self._language in self._texts:
                self._many = True
            elif self._language is not None:
                self._segment = []
                self._was_native = False
                self._length = 0
                self._collect(self._segment)
        elif name in ("note", "prop"):
            self._type = attributes.get("type", "")
            self._length = 0
            self._collect([])

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._depth -= 1
        if not self._in_unit:
            return
        if name == "tu":
            self._finish()
        elif self._segment is not None:
            if name in _NATIVE and self._native:
                self._native -= 1
                if self._native == 0:
                    self._segment.append(_shown_code("".join(self._target or ()), self._type))
                    self._was_native = True
                    self._collect(self._segment)
            elif name == "seg":
                text = "".join(self._segment)
                if self._language is not None:
                    self._texts[self._language] = re.sub(" {2,}", " ", text) if self._was_native else text
                self._segment = None
                self._collect(None)
        elif name in ("note", "prop") and self._target is not None:
            text = "".join(self._target).strip()
            if name == "note" and text and len(self._notes) < _MAX_SIDE:
                self._notes.append(text)
            elif name == "prop" and len(self._properties) < _MAX_SIDE:
                self._properties[self._type[:_MAX_SIDE]] = text
            self._collect(None)

    def _collect(self, target: list[str] | None) -> None:
        self._target = target
        self.parser.CharacterDataHandler = None if target is None else self._characters

    def _characters(self, piece: str) -> None:
        self._length += len(piece)
        if self._length > MAX_TEXT:
            self._long = self._long or self._segment is not None
        elif self._target is not None:
            self._target.append(piece)

    def _finish(self) -> None:
        """The unit has ended."""
        self._in_unit = False
        self._collect(None)
        file = self._file
        file.units += 1
        if len(self._texts) < 2:
            file.without_pair += 1
            for code in dict.fromkeys(self._codes):
                if code in file.languages or len(file.languages) < _MAX_SIDE:
                    file.languages[code] += 1
            return
        if self._long or not all(text.strip() for text in self._texts.values()):
            file.unusable += 1
            return
        file.variants += self._many
        source = next(code for code in (self._own_source, self._source, *self._texts) if code is not None)
        self._ready.append(
            TmxUnit(
                source_language=source,
                target_language=other(source),
                source=self._texts[source],
                target=self._texts[other(source)],
                changed=self._changed,
                creator=self._creator,
                note="\n".join(self._notes),
                properties=self._properties,
            )
        )

    def _doctype(self, name: str, system: str | None, public: str | None, has_own: int) -> None:
        if has_own:
            raise FormatError(
                "its DOCTYPE has declarations of its own: refused, for they can be made to read other files or fill "
                'the memory; legal is <!DOCTYPE tmx SYSTEM "tmx14.dtd">'
            )

    def _entity(self, *arguments: object) -> None:
        raise FormatError("its XML declares entities of its own: refused")

    def _skipped(self, name: str, is_parameter: bool) -> None:  # one of the DTD that is not opened
        if is_parameter:
            return
        if f"{name};" not in html5:
            raise FormatError(f"its XML has &{name};, which stands for nothing that is known; export it anew")
        if self._target is not None:
            self._characters(html5[f"{name};"])


def _shown_code(code: str, type_: str) -> str:
    """What is left of code in a sentence: a placeholder stays, a line break parts words, all else goes."""
    bare = code.strip()
    if _PLACEHOLDER.fullmatch(bare):
        return bare
    return " " if type_ in _BREAK_TYPES or _BREAK.fullmatch(bare or code) else ""


def _iso(date: str) -> str:
    """A date of TMX (``20240501T120000Z``) as ISO 8601 has it; empty where it is none."""
    found = _DATE.fullmatch(date.strip())
    if found is None:
        return ""
    try:
        moment = datetime(*map(int, found.groups()), tzinfo=timezone.utc)  # type: ignore[arg-type, misc]
    except ValueError:
        return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment.year > 999 else ""


def write_tmx(file: BinaryIO, units: Iterable[TmxUnit]) -> int:
    """Writes a TMX 1.4 file in UTF-8, for either direction; characters that XML does not allow are left out.

    Returns:
        How many units were written.
    """
    file.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">\n'
        f'<header creationtool="tosprog" creationtoolversion="{escape_attribute(version("tosprog"))}" '
        'segtype="sentence" o-tmf="tosprog" adminlang="en" srclang="*all*" datatype="plaintext"/>\n'
        "<body>\n".encode()
    )
    count = 0
    for count, unit in enumerate(units, start=1):  # noqa: B007 - is returned
        file.write(_element(unit).encode("utf-8"))
    file.write(b"</body>\n</tmx>\n")
    return count


def _element(unit: TmxUnit) -> str:
    attributes = f' srclang="{unit.source_language}"'
    if unit.creator:
        attributes += f' creationid="{escape_attribute(unit.creator)}"'
    if changed := _iso(unit.changed):
        attributes += f' changedate="{changed.replace("-", "").replace(":", "")}"'
    parts = [f"<tu{attributes}>"]
    parts += [f"<note>{escape_text(line)}</note>" for line in unit.note.split("\n") if line.strip()]
    parts += [
        f'<prop type="{escape_attribute(name)}">{escape_text(value)}</prop>'
        for name, value in unit.properties.items()
    ]
    for language, text in ((unit.source_language, unit.source), (unit.target_language, unit.target)):
        parts.append(f'<tuv xml:lang="{language}"><seg>{escape_text(text)}</seg></tuv>')
    return "\n".join([*parts, "</tu>\n"])
