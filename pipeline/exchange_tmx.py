"""A document's sentences with their translations as a translation memory (TMX), for tools and colleagues; one way."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from tosprog.pipeline.exchange_units import Exchange
from tosprog.pipeline.tmx import TmxUnit, write_tmx

_PERSON, _MACHINE = "a translation memory", "tosprog"


def write(exchange: Exchange) -> bytes:
    """The segments that have a target as TMX 1.4, without tags, each pair once; who made it is its creator."""
    file = BytesIO()
    write_tmx(file, _units(exchange))
    return file.getvalue()


def _units(exchange: Exchange) -> Iterator[TmxUnit]:
    seen = set()
    for one in exchange.segments:
        source, target = one.plain_source, one.plain_target
        if one.is_kept or not source or not target or (source, target) in seen:
            continue
        seen.add((source, target))
        yield TmxUnit(
            source_language=exchange.direction.source,
            target_language=exchange.direction.target,
            source=source,
            target=target,
            creator=_PERSON if one.is_recalled else _MACHINE,
            note="\n".join(one.notes),
            properties={"x-document": exchange.original, "x-state": one.state.value},
        )
