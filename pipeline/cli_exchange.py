"""`tosprog export` and `tosprog import`: a document to a translator's tool, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tosprog.models.errors import UsageError
from tosprog.models.languages import NAMES
from tosprog.pipeline.cli_base import (
    OK,
    SOME_FAILED,
    Beam,
    Fields,
    From,
    GlossaryFile,
    Json,
    Keep,
    LocalizeNumbers,
    Memory,
    MinConfidence,
    Model,
    NoMemory,
    Online,
    Rerank,
    To,
    Unsure,
    checked_rerank,
    loader,
    memory_file,
    show_json,
    translate_options,
    warn,
    write_out,
)


def export_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A document of any format that is read.")],
    to: To,
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE.xlf|.po|.tmx", help="What is written: XLIFF 2.1, PO, or a memory."
        ),
    ],
    source: From = None,
    keep: Keep = None,
    localize_numbers: LocalizeNumbers = True,
    field: Fields = None,
    model: Model = None,
    glossary: GlossaryFile = None,
    memory: Memory = None,
    no_memory: NoMemory = False,
    beam: Beam = 4,
    rerank: Rerank = False,
    min_confidence: MinConfidence = None,
    unsure: Unsure = "mark",
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Translate a document into a file for a translator's tool; tosprog import takes .xlf and .po back."""
    from tosprog.pipeline.exchange import exchange_format_of, export_document, with_matches
    from tosprog.pipeline.files import read_bytes, write_atomically

    format = exchange_format_of(out)
    if _same(out, file):
        raise UsageError(f"--out {out} is the document itself; name another file")
    options = translate_options(
        to,
        source,
        beam,
        keep=keep,
        localize_numbers=localize_numbers,
        min_confidence=min_confidence,
        unsure=unsure,
        glossary=glossary,
    )
    load = loader(model, online, memory_file(memory, no_memory), rerank=checked_rerank(rerank, beam))
    exchange = export_document(read_bytes(file), file, load, options, fields=tuple(field or ()))
    if load.memory is not None and format.read is not None:  # a memory of the document has no use for them
        exchange = with_matches(exchange, load.memory)
    write_atomically(out, format.write(exchange))
    own = [one for one in exchange.segments if not one.is_kept]
    failed = [one for one in own if not one.target]
    direction = exchange.direction
    for one in failed:
        warn(f"{out}: {one.name} has no translation yet ({'; '.join(one.notes) or 'no check said why'})")
    if as_json:
        show_json(
            {
                "file": str(out),
                "format": format.name,
                "source": direction.source,
                "target": direction.target,
                "segments": len(own),
                "untranslated": len(failed),
            }
        )
    else:
        left = f", {len(failed)} without a translation" if failed else ""
        typer.echo(
            f"{out}: {_count(len(own), 'segment')} from {NAMES[direction.source]} into {NAMES[direction.target]}{left}"
        )
    return SOME_FAILED if failed else OK


def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.xlf|.po", help="What tosprog export wrote, edited since.")
    ],
    document: Annotated[
        Path,
        typer.Option("--document", metavar="FILE", help="The document that was exported, as it was then."),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the document here; default: print it.")
    ] = None,
    remember: Annotated[
        bool,
        typer.Option(
            "--remember", help="Add what a person changed or approved to the memory; it wins from then on."
        ),
    ] = False,
    memory: Memory = None,
    as_json: Json = False,
) -> int:
    """Put a translator's targets into the document; everything else stays as it was."""
    from tosprog.pipeline.exchange_merge import merge_exchange
    from tosprog.pipeline.exchange_units import State
    from tosprog.pipeline.files import read_bytes
    from tosprog.pipeline.formats import write_document

    if memory is not None and not remember:
        raise UsageError(f"--memory {memory} goes with --remember")
    for name, path in (("document", document), ("translator's file", file)):
        if out is not None and _same(out, path):
            raise UsageError(
                f"--out {out} is the {name} itself, which is needed to import again; name another file"
            )
    done = merge_exchange(file, read_bytes(document), document)
    for fault in done.faults:
        warn(f"{file}: {fault}")
    data = write_document(done.document)
    if out is not None or not as_json:
        write_out(data, out)
    remembered = _remember(file, memory) if remember else 0
    states = {state.value: done.states[state] for state in State}
    if as_json:
        show_json(
            {
                "file": str(file),
                "document": str(document),
                "out": None if out is None else str(out),
                "states": states,
                "changed": done.changed,
                "remembered": remembered,
                "untranslated": done.untranslated,
                "unused": done.unused,
                "faults": list(done.faults),
            }
        )
    else:
        shown = ", ".join(f"{count} {state}" for state, count in states.items() if count) or "no segment"
        left = [
            f"{count} {what}"
            for count, what in (
                (remembered, "remembered"),
                (done.unused, "not used"),
                (done.untranslated, "without a translation"),
            )
            if count
        ]
        warn(f"{file}: {'; '.join([f'{shown}; {done.changed} changed by hand', *left])}")
    return SOME_FAILED if done.unused or done.untranslated else OK


def _remember(file: Path, memory: Path | None) -> int:
    """Adds the corrections in a translator's file to a memory; how many there are."""
    from tosprog.pipeline.exchange import corrections
    from tosprog.pipeline.memory import TranslationMemory
    from tosprog.pipeline.memory_units import Unit

    units = []
    for source, target, direction in corrections(file):
        danish, english = (source, target) if direction.source == "da" else (target, source)
        units.append(Unit(danish=danish, english=english, origin="review"))
    store = TranslationMemory(memory)
    if units:
        store.add(units)
    for notice in store.notices:
        warn(notice)
    return len(units)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
