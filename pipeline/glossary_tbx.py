"""Terms out of TBX, the exchange format of termbases: version 2 (``martif``) and version 3 (``tbx``).

Source: ISO 30042:2019, https://www.tbxinfo.net; TBX-Basic of 2008, https://www.ttt.org/oscarstandards/tbx
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html.entities import html5
from xml.parsers import expat

from tosprog.models.errors import FormatError
from tosprog.models.languages import LANGUAGES, LanguageCode
from tosprog.pipeline.tmx import language_of_code

_ROOTS = ("martif", "tbx")
_ENTRIES = ("termEntry", "conceptEntry")
_LANGUAGES = ("langSet", "langSec")
_MAX_DEPTH = 100  # nesting; real files stay below 20
_NAMED = 8  # languages in a notice
_MAX_LANGUAGES = 100  # that are counted


@dataclass(frozen=True, slots=True)
class Entry:
    """A concept: its line in the file, and its terms by language, in order."""

    line: int
    terms: dict[LanguageCode, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Entries:
    """What a TBX file holds.

    Attributes:
        entries: Those that have a Danish and an English term.
        notices: What was left out, a line each, for people.
    """

    entries: tuple[Entry, ...]
    notices: tuple[str, ...] = ()


def read_tbx(data: bytes) -> Entries:
    """Reads a TBX file.

    Raises:
        FormatError: it is no TBX, its XML is broken, or its DOCTYPE has declarations of its own, with which XML
            bombs are made. A DTD that it names is never opened. The message names the line.
    """
    handlers = _Handlers()
    try:
        handlers.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise FormatError(
            f"its XML is broken ({expat.errors.messages[error.code]} at line {error.lineno}, column "
            f"{error.offset + 1}); export it again, or correct that place"
        ) from error
    except (LookupError, ValueError) as error:  # an encoding that Python does not know, or expat cannot use
        line = handlers.parser.CurrentLineNumber
        raise FormatError(f"line {line}: {error}; legal are UTF-8 and UTF-16; export it anew") from error
    return Entries(tuple(handlers.entries), handlers.notices())


class _Handlers:
    """What expat calls while it reads a file."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._concepts = self._without_pair = 0
        self._languages: Counter[str] = Counter()
        self._depth = 0
        self._line = 0
        self._terms: dict[LanguageCode, list[str]] | None = None  # of the entry that is read
        self._codes: list[str] = []
        self._language: LanguageCode | None = None
        self._text: list[str] | None = None
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._skipped

    def notices(self) -> tuple[str, ...]:
        """What was left out."""
        if not self._without_pair:
            return ()
        codes = ", ".join(code for code, _ in self._languages.most_common(_NAMED)) or "one language alone"
        has = "has" if self._without_pair == 1 else "have"
        return (f"{self._without_pair} of {self._concepts} entries {has} no Danish-English pair: {codes}",)

    def _fail(self, message: str) -> None:
        raise FormatError(f"line {self.parser.CurrentLineNumber}: {message}")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if self._depth == 0 and name not in _ROOTS:
            self._fail(f"it is no TBX: it begins with <{name[:40]}>, not <martif> or <tbx>")
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._fail(f"its XML is nested more than {_MAX_DEPTH} deep: refused")
        if name in _ENTRIES:
            self._line, self._terms, self._codes = self.parser.CurrentLineNumber, {}, []
        elif self._terms is None:
            return
        elif name in _LANGUAGES:
            code = attributes.get("xml:lang") or attributes.get("lang") or ""
            self._language = language_of_code(code)
            if self._language is None:
                self._codes.append(code.strip().lower().replace("_", "-").partition("-")[0][:20] or "unnamed")
        elif name == "term" and self._language is not None:
            self._text = []

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._depth -= 1
        if self._terms is None:
            return
        if name == "term" and self._text is not None and self._language is not None:
            self._terms.setdefault(self._language, []).append(" ".join("".join(self._text).split()))
            self._text = None
        elif name in _LANGUAGES:
            self._language = None
        elif name in _ENTRIES:
            self._finish(self._terms)
            self._terms = None

    def _finish(self, terms: dict[LanguageCode, list[str]]) -> None:
        self._concepts += 1
        if all(code in terms for code in LANGUAGES):
            self.entries.append(Entry(self._line, {code: tuple(found) for code, found in terms.items()}))
            return
        self._without_pair += 1
        for code in dict.fromkeys(self._codes):
            if code in self._languages or len(self._languages) < _MAX_LANGUAGES:
                self._languages[code] += 1

    def _characters(self, piece: str) -> None:
        if self._text is not None:
            self._text.append(piece)

    def _doctype(self, name: str, system: str | None, public: str | None, has_own: int) -> None:
        if has_own:
            self._fail(
                "its DOCTYPE has declarations of its own: refused, for they can be made to read other files or "
                'fill the memory; legal is <!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">'
            )

    def _entity(self, *arguments: object) -> None:
        self._fail("its XML declares entities of its own: refused")

    def _skipped(self, name: str, is_parameter: bool) -> None:  # one of the DTD that is not opened
        if is_parameter:
            return
        if f"{name};" not in html5:
            self._fail(f"its XML has &{name};, which stands for nothing that is known; export it anew")
        self._characters(html5[f"{name};"])
