"""`tosprog translate` and `tosprog detect`."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from tosprog.models.errors import InputError, UsageError
from tosprog.pipeline.cli_base import (
    OK,
    SOME_FAILED,
    Beam,
    Bilingual,
    Fields,
    From,
    GlossaryFile,
    Json,
    Keep,
    LocalizeNumbers,
    MaybeTo,
    Memory,
    MinConfidence,
    Model,
    NoMemory,
    Online,
    Rerank,
    Swap,
    Unsure,
    checked_rerank,
    loader,
    memory_file,
    read_file,
    show_json,
    translate_options,
    typed_over,
    warn,
    write_out,
)
from tosprog.pipeline.files import shown
from tosprog.pipeline.inline import without_tags

if TYPE_CHECKING:
    from tosprog.pipeline.document import Segment, Translation
    from tosprog.pipeline.translate import LoadBackend, TranslateOptions


def _looks_like_file(text: str) -> bool:
    """A path that exists, or a single word with a folder or a known ending in it."""
    from tosprog.pipeline.formats import FORMATS

    try:
        if Path(text).exists():
            return True
    except (OSError, ValueError):  # longer than a path may be
        return False
    endings = tuple(suffix for format in FORMATS.values() for suffix in format.suffixes)
    return not any(c.isspace() for c in text) and text.lower().endswith(endings)


def _segment_json(segment: Segment) -> dict[str, Any]:
    return {"text": segment.plain, "language": segment.language, "confidence": round(segment.confidence, 4)}


def _translation_json(translation: Translation) -> dict[str, Any]:
    segment = translation.segment
    clauses = [
        {"source": without_tags(one.source), "text": without_tags(one.text), "language": one.language}
        for one in translation.clauses
    ]
    return {
        "source": segment.plain,
        "text": translation.plain,
        "language": segment.language,
        "confidence": round(segment.confidence, 4),
        "kind": translation.kind.value,
        "score": None if translation.score is None else round(translation.score, 4),
        "translation_confidence": None
        if translation.confidence is None
        else round(translation.confidence, 4),
        "checks": list(translation.checks),
        "unknown_words": list(translation.unknown),
        "terms": [
            {"source": one.source, "target": one.target, "kind": one.kind.value} for one in translation.terms
        ],
        **({"clauses": clauses} if clauses else {}),
    }


def _stdin_lines() -> Iterator[str]:
    """Lines of standard input without their ends, as they come.

    Raises:
        InputError: bytes that are not UTF-8.
    """
    # A file of its own: Python aborts at exit while a thread still reads sys.stdin.
    with open(os.dup(sys.stdin.fileno()), "rb") as stream:  # noqa: PTH123 - a descriptor has no path
        for number, line in enumerate(stream, start=1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise InputError(
                    f"line {number} of standard input is not UTF-8; convert it, or use --file"
                ) from error
            yield text.removesuffix("\n").removesuffix("\r")


def _available(lines: Iterator[str], most: int = 64) -> Iterator[list[str]]:
    """The lines in lists: those that are there already go together, and none waits for a later one."""
    import queue

    waiting: queue.Queue[str | BaseException | None] = queue.Queue(maxsize=4 * most)

    def read() -> None:
        try:
            for line in lines:
                waiting.put(line)
            waiting.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the lines are asked for
            waiting.put(error)

    threading.Thread(target=read, daemon=True).start()
    end: BaseException | None = None
    going = True
    while going:
        batch: list[str] = []
        item = waiting.get()
        while True:
            if not isinstance(item, str):
                going, end = False, item
                break
            batch.append(item)
            if len(batch) == most or waiting.empty():
                break
            item = waiting.get()
        if batch:
            yield batch
    if end is not None:
        raise end


def translate(
    context: typer.Context,
    text: Annotated[
        str | None,
        typer.Argument(metavar="[TEXT|-]", help="A text; - (or none) reads lines from standard input."),
    ] = None,
    to: MaybeTo = None,
    source: From = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="Translate a document, print it.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="With --file: write it here instead.")
    ] = None,
    swap: Swap = False,
    bilingual: Bilingual = False,
    keep: Keep = None,
    localize_numbers: LocalizeNumbers = True,
    field: Fields = None,
    model: Model = None,
    beam: Beam = 4,
    rerank: Rerank = False,
    min_confidence: MinConfidence = None,
    unsure: Unsure = "mark",
    glossary: GlossaryFile = None,
    memory: Memory = None,
    no_memory: NoMemory = False,
    alternatives: Annotated[
        int | None,
        typer.Option(
            "--alternatives", min=1, max=16, help="Print up to so many translations of each sentence."
        ),
    ] = None,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Translate a text, lines of standard input, or a document, and print the result."""
    from tosprog.pipeline.document import TermUseKind, TranslationKind
    from tosprog.pipeline.flow import process_document, process_lines
    from tosprog.pipeline.formats import write_document
    from tosprog.pipeline.translate import UNSURE

    to = typed_over(context, to, swap or bilingual)
    options = translate_options(
        to,
        source,
        beam,
        swap=swap or bilingual,
        keep=keep,
        localize_numbers=localize_numbers,
        min_confidence=min_confidence,
        unsure=unsure,
        glossary=glossary,
    )
    load = loader(model, online, memory_file(memory, no_memory), rerank=checked_rerank(rerank, beam))
    if out is not None and file is None:
        raise UsageError(
            f"--out {out} goes with --file; for a text, redirect: tosprog translate TEXT > {out}"
        )
    if file is not None and text is not None:
        raise UsageError(f"both a text ({text[:30]!r}) and --file {file} are given; give one")
    if alternatives is not None:
        if file is not None or bilingual:
            raise UsageError("--alternatives goes with a text or lines of standard input, not with documents")
        return _show_alternatives(text, load, options, alternatives, as_json)
    failed = 0

    def show(text: str, translations: Iterable[Translation]) -> None:
        nonlocal failed
        rows = list(translations)
        for translation in rows:
            for use in translation.terms:
                if use.kind is TermUseKind.VIOLATED:
                    warn(
                        f"not as the glossary has it ({use.source}: {use.target}): {translation.plain[:60]!r}"
                    )
            if translation.kind is TranslationKind.FAILED:
                failed += 1
                warn(
                    f"kept as it was ({', '.join(translation.checks)} check failed): "
                    f"{translation.segment.plain[:60]!r}"
                )
            elif UNSURE in translation.checks:
                warn(f"unsure, confidence {translation.confidence:.2f}: {translation.plain[:60]!r}")
            elif translation.checks:
                from tosprog.pipeline.detect import language_name

                name = language_name(translation.segment.language or "")
                warn(f"kept, {name} and neither Danish nor English: {translation.segment.plain[:60]!r}")
            if translation.unknown:
                warn(
                    f"check what may be no word ({', '.join(translation.unknown)}): {translation.plain[:60]!r}"
                )
        if as_json:
            show_json({"text": text, "segments": [_translation_json(row) for row in rows]})

    if file is not None and not bilingual and _is_large(file):
        from tosprog.pipeline.stream import process_large

        with _written_at_once(out) as stream:
            for done in process_large(file, load, options, stream):
                show(done.document.text, (t for row in done.translations for t in row))
    elif file is not None:
        from tosprog.pipeline.bilingual_formats import renderer_of

        render = renderer_of(out if bilingual else None)
        document = read_file(str(file), field)
        done = process_document(document, load, options)
        show(done.document.text, (t for row in done.translations for t in row))
        if not as_json:
            title = shown(file.name)
            write_out(
                render(document, done.translations, title) if bilingual else write_document(done.document),
                out,
            )
    else:
        for lines in _available(_stdin_lines()) if text in (None, "-") else [[text or ""]]:
            for line, translations in process_lines(lines, load, options):
                rows = list(translations)
                show(line, rows)
                if not as_json:
                    typer.echo("\t".join(_side_by_side(rows)) if bilingual else line)
    return SOME_FAILED if failed else OK


def _show_alternatives(
    text: str | None, load: LoadBackend, options: TranslateOptions, most: int, as_json: bool
) -> int:
    """For each sentence its translations with their scores, the best first."""
    from tosprog.pipeline.alternatives import alternatives_of

    for lines in _available(_stdin_lines()) if text in (None, "-") else [[text or ""]]:
        for row in alternatives_of(lines, load, options, most):
            if as_json:
                found = [{"text": one.text, "score": round(one.score, 4)} for one in row.alternatives]
                show_json({"source": row.source, "language": row.language, "alternatives": found})
                continue
            for one in row.alternatives:
                typer.echo(f"{one.score:6.2f}  {one.text}")
            if not row.alternatives:
                warn(f"nothing to translate: {row.source[:60]!r}")
    return OK


def _is_large(file: Path) -> bool:
    from tosprog.pipeline.stream import is_large

    return is_large(file)


@contextmanager
def _written_at_once(out: Path | None) -> Iterator[BinaryIO]:
    """A file to write; its content comes into place, or onto stdout, when all of it is there."""
    import shutil
    import tempfile

    from tosprog.pipeline.files import writing_atomically

    if out is not None:
        with writing_atomically(out) as file:
            yield file
        return
    with tempfile.TemporaryFile() as file:
        yield file
        file.seek(0)
        shutil.copyfileobj(file, sys.stdout.buffer)


def _side_by_side(translations: Iterable[Translation]) -> tuple[str, str]:
    """A line in Danish and in English."""
    rows = list(translations)
    danish, english = (
        " ".join("".join(text for text, _ in row.in_language(code)) for row in rows) for code in ("da", "en")
    )
    return danish, english


def detect(
    what: Annotated[
        str, typer.Argument(metavar="FILE|TEXT|-", help="A document, a text, or - for standard input.")
    ],
    as_json: Json = False,
) -> int:
    """Print each segment with its language and confidence."""
    from tosprog.pipeline.document import Block, BlockKind, Document
    from tosprog.pipeline.flow import segment_document

    is_document = what == "-" or _looks_like_file(what)
    document = read_file(what) if is_document else Document((Block(BlockKind.PARAGRAPH, what),))
    segments = [segment for _, row in segment_document(document) for segment in row]
    if as_json:
        show_json({"segments": [_segment_json(segment) for segment in segments]})
    else:
        for segment in segments:
            text = " ".join(segment.plain.split())
            typer.echo(f"{segment.language or '-':<3} {segment.confidence:4.2f}  {text}")
    return OK
