"""A translation memory out of TMX files, and into one; what models have answered, as a memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tosprog.models.cache import HypothesisCache
from tosprog.models.errors import FormatError
from tosprog.pipeline.files import shown, writing_atomically
from tosprog.pipeline.memory import TranslationMemory
from tosprog.pipeline.memory_units import Added, Origin, Unit
from tosprog.pipeline.tmx import TmxFile, TmxUnit, write_tmx


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a TMX file.

    Attributes:
        added: What the memory took.
        units: In the file.
        without_pair: Of them, left out since they lack Danish or English.
        languages: The other languages of these, the most frequent first.
        notices: What was left out, a line each, for people.
    """

    added: Added
    units: int
    without_pair: int
    languages: tuple[str, ...]
    notices: tuple[str, ...]


def import_tmx(memory: TranslationMemory, path: Path, *, corrections: bool = False) -> Imported:
    """Adds the units of a TMX file, all or, if anything is wrong with it, none.

    Args:
        memory: Where to.
        path: The file.
        corrections: Whether they are a reviewer's, and go before what is imported.

    Raises:
        FormatError: it is no TMX, broken, unsafe, or without a Danish-English pair.
        InputError: it cannot be read, or the memory's file is none.
        OutputError: the memory cannot be written.
    """
    file = TmxFile(path)
    origin: Origin = "review" if corrections else "tmx"
    added = memory.add(_unit(one, origin) for one in file)
    if file.units and file.units == file.without_pair:
        raise FormatError(f"{shown(path)}: {file.notices[0]}")
    return Imported(
        added=added,
        units=file.units,
        without_pair=file.without_pair,
        languages=tuple(code for code, _ in file.languages.most_common()),
        notices=tuple(file.notices),
    )


def export_tmx(memory: TranslationMemory, path: Path) -> int:
    """Writes every unit of the memory into a TMX file, whole or not at all.

    Returns:
        How many there were.

    Raises:
        InputError: the memory cannot be read.
        OutputError: the file cannot be written.
    """
    with writing_atomically(path) as file:
        return write_tmx(file, map(_tmx_unit, memory.units()))


def export_cache(cache: HypothesisCache, path: Path) -> int:
    """Writes what models have answered into a TMX file: each text as a model was asked it, its creator the model.

    Returns:
        How many units there were.

    Raises:
        OutputError: the file cannot be written.
    """
    with writing_atomically(path) as file:
        return write_tmx(file, _cached(cache))


def _unit(one: TmxUnit, origin: Origin) -> Unit:
    danish, english = (one.source, one.target) if one.source_language == "da" else (one.target, one.source)
    return Unit(
        danish=danish,
        english=english,
        origin=origin,
        creator=one.creator,
        changed=one.changed,
        state=one.state,
        note=one.note,
    )


def _tmx_unit(one: Unit) -> TmxUnit:
    properties = {"x-origin": one.origin} | ({"x-state": one.state} if one.state else {})
    return TmxUnit(
        source_language="da",
        target_language="en",
        source=one.danish,
        target=one.english,
        changed=one.changed,
        creator=one.creator,
        note=one.note,
        properties=properties,
    )


def _cached(cache: HypothesisCache) -> Iterator[TmxUnit]:
    for direction, model, source, target, score in cache.rows():
        if not source.strip() or not target.strip():
            continue
        yield TmxUnit(
            source_language=direction.source,
            target_language=direction.target,
            source=source,
            target=target,
            creator=model,
            properties={"x-score": f"{score:.3f}"},
        )
