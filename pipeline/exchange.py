"""Documents to translators and back: the table of exchange formats; a new one is a file and a line here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from tosprog.models.errors import EncodingError, FormatError, InputError, UsageError
from tosprog.models.languages import NAMES, Direction, other
from tosprog.pipeline import exchange_po, exchange_tmx, exchange_xliff
from tosprog.pipeline.document import Block, Translation, TranslationKind
from tosprog.pipeline.exchange_units import Exchange, ExchangeSegment, Name, State
from tosprog.pipeline.files import read_bytes, shown
from tosprog.pipeline.flow import process_document
from tosprog.pipeline.formats import read_document
from tosprog.pipeline.memory import TranslationMemory
from tosprog.pipeline.segment import unwrap
from tosprog.pipeline.translate import LoadBackend, TranslateOptions

Correction = tuple[str, str, Direction]
_MATCHES = 3  # of the memory with a segment, at most


@dataclass(frozen=True, slots=True)
class ExchangeFormat:
    """How segments are exchanged with translators' tools.

    Attributes:
        name: Key of `EXCHANGE_FORMATS`.
        suffixes: Endings of file names, lower case, dot included.
        write: What it is to hold, as bytes.
        read: Bytes to what they hold, a record for each document; raises `FormatError` or `EncodingError`. None where
            a file does not say which document it is of: it is written alone.
    """

    name: str
    suffixes: tuple[str, ...]
    write: Callable[[Exchange], bytes]
    read: Callable[[bytes], list[Exchange]] | None = None


EXCHANGE_FORMATS: dict[str, ExchangeFormat] = {
    format.name: format
    for format in (
        ExchangeFormat("xliff", (".xlf", ".xliff"), exchange_xliff.write, exchange_xliff.read),
        ExchangeFormat("po", (".po",), exchange_po.write, exchange_po.read),
        ExchangeFormat("tmx", (".tmx",), exchange_tmx.write),
    )
}


def exchange_format_of(path: str | PurePath, *, reads: bool = False) -> ExchangeFormat:
    """The format that a file's name ends in.

    Args:
        path: The file's name.
        reads: Whether it is to be read: then those that are written alone are not named as legal.

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
    legal = " ".join(
        suffix
        for format in EXCHANGE_FORMATS.values()
        if not reads or format.read is not None
        for suffix in format.suffixes
    )
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


def with_matches(exchange: Exchange, memory: TranslationMemory) -> Exchange:
    """An export with what a memory has that is like its sources, where it has not the same."""
    return replace(
        exchange,
        segments=tuple(
            one
            if one.is_kept or one.is_recalled
            else replace(
                one, matches=tuple(memory.fuzzy(one.plain_source, exchange.direction, limit=_MATCHES))
            )
            for one in exchange.segments
        ),
    )


def _exported(block: Block, name: Name, translation: Translation) -> ExchangeSegment:
    segment = translation.segment
    if translation.kind is TranslationKind.KEPT:
        return ExchangeSegment(name=name, source=segment.text, gap=segment.gap, is_kept=True)
    failed = translation.kind is TranslationKind.FAILED
    said = []
    if translation.checks:
        said.append(f"{'failed checks' if failed else 'checks'}: {', '.join(translation.checks)}")
    if translation.unknown:
        said.append(f"may be no word: {', '.join(translation.unknown)}")
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
        UsageError: an ending that no exchange format has, or one that is written alone.
        InputError: it is not there, broken, unsafe, or of other languages.
    """
    format = exchange_format_of(path, reads=True)
    if format.read is None:
        raise UsageError(
            f"{shown(path)} does not say where in a document its texts are; to have them used in translations, type: "
            f"tosprog memory import {shown(path)}"
        )
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
            source, target = one.plain_source, one.plain_target
            if source and target and not one.fault and (checked or is_changed(one, exchange)):
                found.append((source, target, exchange.direction))
    return found


def is_changed(one: ExchangeSegment, exchange: Exchange) -> bool:
    """Whether a segment's target is another one than the machine's."""
    return bool(one.target.strip()) and one.target.strip() != exchange.machine.get(one.name, "").strip()
