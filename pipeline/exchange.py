"""Documents to translators and back: the table of exchange formats; a new one is a file and a line here."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from tosprog.models.errors import EncodingError, FormatError, InputError, UsageError
from tosprog.models.languages import NAMES, Direction, other
from tosprog.pipeline import exchange_po, exchange_xliff
from tosprog.pipeline.document import Block, Document, Segment, Translation, TranslationKind
from tosprog.pipeline.exchange_units import Exchange, ExchangeSegment, Name, State, tag_name
from tosprog.pipeline.files import read_bytes, shown
from tosprog.pipeline.flow import assemble, process_document
from tosprog.pipeline.formats import read_document
from tosprog.pipeline.inline import TAG, TagKind, make_tag, read_tag, without_tags
from tosprog.pipeline.segment import segment_block, unwrap
from tosprog.pipeline.translate import LoadBackend, TranslateOptions

# A line end within a block may begin another one, and the number of blocks never changes.
_LINE_ENDS = re.compile("\\s*[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]\\s*")
Correction = tuple[str, str, Direction]


@dataclass(frozen=True, slots=True)
class ExchangeFormat:
    """How segments are exchanged with translators' tools.

    Attributes:
        name: Key of `EXCHANGE_FORMATS`.
        suffixes: Endings of file names, lower case, dot included.
        read: Bytes to what they hold, a record for each document; raises `FormatError` or `EncodingError`.
        write: What it is to hold, as bytes.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes], list[Exchange]]
    write: Callable[[Exchange], bytes]


EXCHANGE_FORMATS: dict[str, ExchangeFormat] = {
    format.name: format
    for format in (
        ExchangeFormat("xliff", (".xlf", ".xliff"), exchange_xliff.read, exchange_xliff.write),
        ExchangeFormat("po", (".po",), exchange_po.read, exchange_po.write),
    )
}


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of putting a translator's work into its document.

    Attributes:
        document: With the targets in it.
        faults: Why something in the file could not be used, a line each.
        unused: Segments whose target could not be used: they have the machine's translation, or their source.
        untranslated: Segments that have no target, from the machine or anyone.
        changed: Segments where a person wrote something else than the machine.
        states: Segments by the state that the file gives them.
    """

    document: Document
    faults: tuple[str, ...]
    unused: int
    untranslated: int
    changed: int
    states: Counter[State]


def exchange_format_of(path: str | PurePath) -> ExchangeFormat:
    """The format that a file's name ends in.

    Raises:
        UsageError: an ending that no format has.

    Example:
        >>> exchange_format_of("report.xlf").name
        'xliff'
    """
    suffix = PurePath(path).suffix.lower()
    for format in EXCHANGE_FORMATS.values():
        if suffix in format.suffixes:
            return format
    legal = " ".join(suffix for format in EXCHANGE_FORMATS.values() for suffix in format.suffixes)
    raise UsageError(f"{path}: unknown ending {suffix!r} of a file for translators; legal are {legal}")


def export_document(
    data: bytes,
    path: str | PurePath,
    load: LoadBackend,
    options: TranslateOptions,
    *,
    fields: tuple[str, ...] = (),
) -> Exchange:
    """Translates a document, for a person to look the translation over.

    Exported is what goes into the wanted language; of what stays as it is no more than stands between.

    Args:
        data: The document's bytes.
        path: Its name, which tells the format.
        load: Gives the backend of a direction.
        options: The target language, which has to be given, and decoding.
        fields: As for `tosprog.pipeline.formats.read_document`.

    Raises:
        UsageError: no target language.
        InputError: the document cannot be read, or has nothing to translate.
    """
    if options.target is None:
        raise UsageError("a file for translators has one target language; give --to da or --to en")
    document = read_document(data, path, fields)
    done = process_document(document, load, options)
    segments: list[ExchangeSegment] = []
    machine: dict[Name, str] = {}
    exported: set[int] = set()
    count = 0
    for i, (block, row) in enumerate(zip(document.blocks, done.translations, strict=True), start=1):
        own: list[ExchangeSegment] = []
        for j, translation in enumerate(row, start=1):
            count += 1
            one = _exported(block, Name(i, j), translation)
            own.append(one)
            if not one.is_kept:
                exported.add(count)
                if one.target:
                    machine[one.name] = one.target
        segments += own if any(not one.is_kept for one in own) else ()
    if not segments:
        raise InputError(f"{path} has nothing to translate into {NAMES[options.target]}; nothing was written")
    return Exchange(
        original=shown(PurePath(path).name),
        sha256=hashlib.sha256(data).hexdigest(),
        direction=Direction(other(options.target), options.target),
        segments=tuple(segments),
        machine=machine,
        exported=frozenset(exported),
        fields=fields,
    )


def _exported(block: Block, name: Name, translation: Translation) -> ExchangeSegment:
    segment = translation.segment
    if translation.kind is TranslationKind.KEPT:
        return ExchangeSegment(name=name, source=segment.text, gap=segment.gap, is_kept=True)
    failed = translation.kind is TranslationKind.FAILED
    said = []
    if translation.checks:
        said.append(f"{'failed checks' if failed else 'checks'}: {', '.join(translation.checks)}")
    if translation.is_recalled:
        said.append("from the translation memory")
    if translation.score is not None:
        said.append(f"score {translation.score:.2f}")
    if translation.confidence is not None:
        said.append(f"confidence {translation.confidence:.2f}")
    return ExchangeSegment(
        name=name,
        source=unwrap(segment.text, block.line_prefix),
        target="" if failed else translation.text,
        state=State.INITIAL if failed else State.TRANSLATED,
        notes=("; ".join(said),) if said else (),
        gap=segment.gap,
        is_recalled=translation.is_recalled,
    )


def read_exchange(path: Path) -> list[Exchange]:
    """Reads a file of a translator.

    Returns:
        What it holds, a record for each document.

    Raises:
        UsageError: an ending that no exchange format has.
        InputError: it is not there, broken, unsafe, or of other languages.
    """
    format = exchange_format_of(path)
    data = read_bytes(path)
    try:
        return format.read(data)
    except FormatError as error:
        raise FormatError(f"{shown(path)}: {error}") from error
    except EncodingError as error:
        raise EncodingError(f"{shown(path)}: {error}") from error


def corrections(exchange_file: Path) -> list[Correction]:
    """The segments that a person has changed, or set to reviewed or final.

    Returns:
        For each its source and its target, without tags, and its direction; those without a target are left out.

    Raises:
        UsageError: as for `read_exchange`.
        InputError: as there.
    """
    found: list[Correction] = []
    for exchange in read_exchange(exchange_file):
        for one in exchange.segments:
            checked = one.state in (State.REVIEWED, State.FINAL)
            source, target = (" ".join(without_tags(text).split()) for text in (one.source, one.target))
            if source and target and not one.fault and (checked or _is_changed(one, exchange)):
                found.append((source, target, exchange.direction))
    return found


def _is_changed(one: ExchangeSegment, exchange: Exchange) -> bool:
    return bool(one.target.strip()) and one.target.strip() != exchange.machine.get(one.name, "").strip()


def merge_exchange(path: Path, data: bytes, document_path: str | PurePath) -> Merged:
    """Puts the targets of a translator's file into the document that it was exported from.

    What cannot be used is said; its segment has the machine's translation, or its source where there is none.

    Args:
        path: The translator's file.
        data: The document's bytes.
        document_path: Its name, which tells the format.

    Raises:
        UsageError: as for `read_exchange`.
        InputError: as there; or it is of another document, or the document was changed since.
    """
    exchanges = read_exchange(path)
    own = hashlib.sha256(data).hexdigest()
    exchange = next((one for one in exchanges if one.sha256 == own), None)
    if exchange is None:
        said = ", ".join(f"{one.original[:100]!r} {one.sha256[:12]}" for one in exchanges if one.sha256)
        if not said:
            raise FormatError(
                f"{shown(path)} does not say which document it is of (its SHA-256 is gone); export it again"
            )
        raise FormatError(
            f"{shown(path)} is not of {shown(str(document_path))} as it is now: its SHA-256 is {own[:12]}, that "
            f"exported was {said}; give the document as it was, or export it again"
        )
    document = read_document(data, document_path, exchange.fields)
    merger = _Merger(document, exchange)
    faults = [
        *(
            f"{one.original[:100]!r} is of another document: not used"
            for one in exchanges
            if one is not exchange
        ),
        *exchange.faults,
    ]
    rows = merger.rows()
    relabel = ((exchange.direction.source, exchange.direction.target),)
    return Merged(
        document=assemble(document, rows, relabel),
        faults=(*faults, *merger.faults),
        unused=merger.unused + len(faults),
        untranslated=merger.untranslated,
        changed=merger.changed,
        states=merger.states,
    )


class _Merger:
    """Goes through a document's segments and gives each its translation; counts on the way."""

    def __init__(self, document: Document, exchange: Exchange) -> None:
        self.faults: list[str] = []
        self.unused = self.untranslated = self.changed = 0
        self.states: Counter[State] = Counter()
        self._document = document
        self._exchange = exchange
        self._given: dict[Name, list[ExchangeSegment]] = {}
        for one in exchange.segments:
            self._given.setdefault(one.name, []).append(one)

    def rows(self) -> list[tuple[Translation, ...]]:
        """For each block the outcomes of its segments."""
        count = 0
        rows = []
        for i, block in enumerate(self._document.blocks, start=1):
            segments = segment_block(block)
            wanted = {
                Name(i, j): segment
                for j, segment in enumerate(segments, start=1)
                if self._is_exported(Name(i, j), count + j)
            }
            count += len(segments)
            usable = self._usable(i, block, wanted)
            rows.append(
                tuple(
                    self._outcome(Name(i, j), segment, usable)
                    if Name(i, j) in wanted
                    else Translation(segment, segment.text, TranslationKind.KEPT)
                    for j, segment in enumerate(segments, start=1)
                )
            )
        for name, some in self._given.items():  # what is left
            self.unused += len(some)
            self.faults.append(f"{name}: the document has no such segment to translate: not used")
        return rows

    def _is_exported(self, name: Name, number: int) -> bool:
        exported = self._exchange.exported
        return name in self._given if exported is None else number in exported

    def _usable(self, i: int, block: Block, wanted: dict[Name, Segment]) -> dict[Name, ExchangeSegment]:
        """The segments of the file that are the block's own; says which are not."""
        usable: dict[Name, ExchangeSegment] = {}
        missing: list[Name] = []
        other_source: list[tuple[Name, str, str]] = []
        for name, segment in wanted.items():
            given = self._given.pop(name, [])
            source = unwrap(segment.text, block.line_prefix)
            if not given:
                missing.append(name)
            elif len(given) > 1:
                self._unusable(f"{name} is there {len(given)} times: none is used")
            elif given[0].source != source:
                other_source.append((name, given[0].source, source))
            else:
                usable[name] = given[0]
        extra = [name for name in self._given if name.block == i]
        if other_source and (missing or extra):
            names = ", ".join(
                str(name) for name in sorted([*missing, *extra, *(one for one, *_ in other_source)])
            )
            self._unusable(
                f"unit b{i}: segments were merged or split by hand ({names}); each needs its own source and target",
                len(missing) + len(other_source),
            )
            for name in extra:
                del self._given[name]
            return usable
        if missing:
            of = "unit" if len(missing) == len(wanted) else "segment"
            names = f"b{i}" if of == "unit" else ", ".join(map(str, missing))
            self._unusable(f"{of} {names} is missing from the file", len(missing))
        for name, found, source in other_source:
            self._unusable(
                f"{name}: its source is {_short(found)}, that of the document {_short(source)}; it is of another "
                "document, or was changed"
            )
        return usable

    def _unusable(self, fault: str, segments: int = 1) -> None:
        self.faults.append(fault)
        self.unused += segments

    def _outcome(self, name: Name, segment: Segment, usable: dict[Name, ExchangeSegment]) -> Translation:
        machine = self._exchange.machine.get(name, "")
        text = machine
        one = usable.get(name)
        if one is not None:
            self.states[one.state] += 1
            if one.fault or _is_changed(one, self._exchange):
                target = _LINE_ENDS.sub(" ", one.target.strip())
                fault = one.fault or _lost(target, one.source, machine)
                if fault:
                    self._unusable(
                        f"{name}: {fault}; {'the machine translation' if machine else 'its source'} stays"
                    )
                else:
                    text = target
                    self.changed += 1
            elif machine and not one.target.strip():
                self._unusable(f"{name}: its target is empty; the machine translation stays")
        if not text:
            self.untranslated += 1
            return Translation(segment, segment.text, TranslationKind.FAILED)
        return Translation(segment, text, TranslationKind.TRANSLATED)


def _short(text: str) -> str:
    plain = without_tags(text)
    return repr(plain if len(plain) <= 40 else f"{plain[:39]}…")


def _lost(target: str, source: str, machine: str) -> str:
    """What is wrong with a target's tags; empty where nothing is."""
    wanted, found = Counter(TAG.findall(source)), Counter(TAG.findall(target))
    if found not in (wanted, Counter(TAG.findall(machine)) if machine else wanted):
        lost, more = (
            ", ".join(sorted({_tag_shown(tag) for tag in some})) for some in (wanted - found, found - wanted)
        )
        return " and ".join(
            [f"its target has lost {lost}"] * bool(lost) + [f"its target has {more} too often"] * bool(more)
        )
    for tag in wanted:
        kind, number = read_tag(tag)
        close = make_tag(TagKind.CLOSE, number)
        if kind is TagKind.OPEN and close in found and target.find(close) < target.find(tag):
            return f"its target closes <{tag_name(tag)}> before it opens it"
    return ""


def _tag_shown(tag: str) -> str:
    kind, _ = read_tag(tag)
    name = tag_name(tag)
    return f"</{name}>" if kind is TagKind.CLOSE else f"<{name}>"
