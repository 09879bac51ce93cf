"""Glossaries out of files: tables (TSV, CSV) and TBX. An error names the line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tosprog.models.errors import EncodingError, FormatError, InputError
from tosprog.models.languages import NAMES, LanguageCode
from tosprog.pipeline.encoding import decode
from tosprog.pipeline.files import shown
from tosprog.pipeline.glossary import Glossary, Term
from tosprog.pipeline.glossary_tbx import read_tbx

MAX_TERMS = 100_000
MAX_BYTES = 50 * 2**20
MAX_WORDS, MAX_CHARACTERS = 12, 200  # of a term; a longer one is a sentence, for a translation memory
MAX_FORMS = 50
_COLUMNS = {
    "da": "da", "danish": "da", "dansk": "da",
    "en": "en", "english": "en", "engelsk": "en",
    "forms": "forms", "forms_da": "forms", "forms_en": "forms_en", "case": "case", "note": "note",
}  # fmt: skip
_DELIMITERS = ("\t", ";", ",")
_YES = frozenset(("yes", "y", "ja", "true", "1", "x"))
_NO = frozenset(("", "no", "n", "nej", "false", "0"))
_SHOWN = 60  # characters of a term in a message
_MAX_CONFLICTS = 20  # that are told one by one
_MAX_CELL = 10_000  # characters


@dataclass(frozen=True, slots=True)
class _Row:
    """A term and the line where it begins."""

    line: int
    term: Term


def read_glossary(path: Path) -> Glossary:
    """Reads a glossary: TSV, CSV (comma or semicolon), or TBX, whatever the file's name.

    A table has a header with the columns ``da`` and ``en``, in any order, and may have ``forms`` and ``forms_en``
    (further forms, parted by ``|``), ``case`` (``yes``: capitals count) and ``note``. Of a TBX entry the first term of
    each language is taken, and the others count as its further forms. What was ignored, or is in conflict, is told
    in `Glossary.notices`.

    Raises:
        InputError: the file cannot be read, or is over `MAX_BYTES`.
        FormatError: a column is missing; a term is empty, has no letter or digit, or more than `MAX_WORDS` words or
            `MAX_CHARACTERS` characters; there are more than `MAX_TERMS`; a quotation mark is not closed; XML that
            is broken or unsafe; no term at all. The message names the line.
        EncodingError: the bytes are neither UTF-8 nor UTF-16.
    """
    name = shown(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(
                f"{name} is over {MAX_BYTES // 2**20} MB, more than a glossary may have; split it"
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{name} does not exist; name a glossary (.tsv, .csv or .tbx)") from error
    except IsADirectoryError as error:
        raise InputError(f"{name} is a folder, not a file; name a glossary (.tsv, .csv or .tbx)") from error
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error
    try:
        return parse_glossary(data)
    except EncodingError as error:
        raise EncodingError(f"{name}: {error}") from error
    except FormatError as error:
        raise FormatError(f"{name}: {error}") from error


def parse_glossary(data: bytes) -> Glossary:
    """Reads the bytes of a glossary; errors as of `read_glossary`."""
    if _is_xml(data):
        found = read_tbx(data)
        rows: Iterable[_Row] = (
            _Row(entry.line, _term_of(entry.line, entry.terms["da"], entry.terms["en"]))
            for entry in found.entries
        )
        return _gathered(
            rows, found.notices, "a <termEntry> or <conceptEntry> with a Danish and an English term"
        )
    return _gathered(_rows(_text_of(data)), (), "a line below its header, as in: kommune<TAB>municipality")


def _is_xml(data: bytes) -> bool:
    return data[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _text_of(data: bytes) -> str:
    decoded = decode(data)
    if decoded.codec == "cp1252":
        bad = data.decode("utf-8", "surrogateescape")
        at = next(index for index, char in enumerate(bad) if "\udc80" <= char <= "\udcff")
        line = bad.count("\n", 0, at) + 1
        raise EncodingError(
            f"line {line}: byte {data[len(bad[:at].encode())]:#x} is no UTF-8; save it as UTF-8"
        )
    return decoded.text


def _rows(text: str) -> Iterator[_Row]:
    delimiter, header, width = _header(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for number, cells in enumerate(reader):
            first, line = line, reader.line_num + 1
            if number and any(cell.strip() for cell in cells):
                yield _row(first, cells, header, width)
    except csv.Error as error:
        raise FormatError(f"line {line}: {error}; a quotation mark around a cell has to be closed") from error


def _header(text: str) -> tuple[str, dict[str, int], int]:
    """The delimiter, the place of each column, and how many there are: what makes a header with both languages."""
    best: list[str] = []
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        except csv.Error:
            continue
        names = [cell.strip().lower() for cell in cells]
        columns: dict[str, int] = {}
        for index, name in enumerate(names):
            if name in _COLUMNS:
                if _COLUMNS[name] in columns:
                    raise FormatError(f"line 1: two columns for {_COLUMNS[name]}; leave one of them out")
                columns[_COLUMNS[name]] = index
        if "da" in columns and "en" in columns:
            return delimiter, columns, len(names)
        best = max(best, names, key=len)
    missing = [code for code in ("da", "en") if code not in (_COLUMNS.get(name) for name in best)]
    columns_found = ", ".join(repr(name[:_SHOWN]) for name in best[:10]) or "nothing"
    raise FormatError(
        f"line 1: no column {' and no column '.join(missing)}; it has {columns_found}; legal is a header with the "
        "columns da and en, parted by tabs, commas or semicolons"
    )


def _row(line: int, cells: Sequence[str], header: dict[str, int], width: int) -> _Row:
    def cell(name: str) -> str:
        index = header.get(name)
        text = " ".join(cells[index].split()) if index is not None and index < len(cells) else ""
        if len(text) > _MAX_CELL:
            raise FormatError(
                f"line {line}: {len(text):,} characters in column {name}; legal are {_MAX_CELL:,}"
            )
        return text

    if any(extra.strip() for extra in cells[width:]):
        raise FormatError(
            f"line {line}: {len(cells)} cells, but {width} columns; put quotation marks around a cell that has the "
            "delimiter in it"
        )
    case = cell("case").lower()
    if case not in _YES | _NO:
        raise FormatError(f"line {line}: case is {case[:_SHOWN]!r}; legal are yes and no")
    danish, english = (
        [cell(code), *_forms(cell(column))] for code, column in (("da", "forms"), ("en", "forms_en"))
    )
    return _Row(line, _term_of(line, danish, english, case in _YES, cell("note")))


def _forms(cell: str) -> list[str]:
    return [form for form in (part.strip() for part in cell.split("|")) if form]


def _term_of(
    line: int, danish: Sequence[str], english: Sequence[str], case_sensitive: bool = False, note: str = ""
) -> Term:
    for language, texts in (("da", danish), ("en", english)):
        for text in texts:
            _check(line, text, language)  # type: ignore[arg-type]  # a literal
        if len(texts) > MAX_FORMS:
            raise FormatError(
                f"line {line}: {len(texts) - 1} forms of {texts[0]!r}; legal are {MAX_FORMS - 1}"
            )
    return Term(
        danish[0], english[0], _further(danish), _further(english), case_sensitive=case_sensitive, note=note
    )


def _further(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in dict.fromkeys(texts) if one != texts[0])


def _check(line: int, text: str, language: LanguageCode) -> None:
    name = NAMES[language]
    if not text:
        raise FormatError(f"line {line}: the {name} term is empty; fill it in, or take the line out")
    words = len(text.split())
    if words > MAX_WORDS or len(text) > MAX_CHARACTERS:
        raise FormatError(
            f"line {line}: the {name} term {text[:_SHOWN]!r} has {words} words and {len(text)} characters; legal are "
            f"{MAX_WORDS} and {MAX_CHARACTERS}; sentences belong in a translation memory"
        )
    if not any(char.isalnum() for char in text):
        raise FormatError(f"line {line}: the {name} term {text!r} has no letter or digit; take the line out")


def _gathered(rows: Iterable[_Row], notices: Sequence[str], wanted: str) -> Glossary:
    """The glossary of rows, without those that say the same again; what is in conflict is told."""
    terms: list[Term] = []
    pairs: set[tuple[str, str]] = set()
    firsts: dict[tuple[LanguageCode, str], _Row] = {}
    repeated: list[int] = []
    conflicts: list[str] = []
    for row in rows:
        keys = (row.term.key("da"), row.term.key("en"))
        if keys in pairs:
            repeated.append(row.line)
            continue
        if len(terms) == MAX_TERMS:
            raise FormatError(f"line {row.line}: more than {MAX_TERMS:,} terms; split the glossary")
        pairs.add(keys)
        terms.append(row.term)
        conflicts += _conflicts(row, firsts)
    if not terms:
        raise FormatError(f"it has no term; legal is {wanted}")
    told = [*notices, *conflicts[:_MAX_CONFLICTS]]
    if len(conflicts) > _MAX_CONFLICTS:
        told.append(f"and {len(conflicts) - _MAX_CONFLICTS} more terms with two translations")
    if repeated:
        lines = ", ".join(map(str, repeated[:10])) + ("…" if len(repeated) > 10 else "")
        told.append(
            f"{len(repeated)} {'pair is' if len(repeated) == 1 else 'pairs are'} there twice and ignored: line "
            f"{lines}"
        )
    return Glossary(tuple(terms), tuple(told))


def _conflicts(row: _Row, firsts: dict[tuple[LanguageCode, str], _Row]) -> Iterator[str]:
    """What a row says of a term of which an earlier one says something else."""
    sides: tuple[tuple[LanguageCode, LanguageCode], ...] = (("da", "en"), ("en", "da"))
    for language, translated in sides:
        first = firsts.setdefault((language, row.term.key(language)), row)
        if first is not row:
            yield (
                f"lines {first.line} and {row.line}: {NAMES[language]} {row.term.side(language)!r} has two "
                f"translations: {first.term.side(translated)!r} and {row.term.side(translated)!r}; the first is used"
            )
