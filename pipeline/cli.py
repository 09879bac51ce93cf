"""The command line: parse, call one library function, print. Results on stdout, all else on stderr."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, NoReturn, TypeVar

import typer

from tosprog.models.errors import InputError, TosprogError, UsageError
from tosprog.models.languages import LANGUAGES, Direction, LanguageCode, parse_language
from tosprog.pipeline.files import shown
from tosprog.pipeline.inline import without_tags

if TYPE_CHECKING:
    from tosprog.models.base import Backend
    from tosprog.models.catalog import ModelEntry
    from tosprog.models.entailment import Entailment
    from tosprog.models.generation import Generator
    from tosprog.pipeline.batch import Outcome, Run
    from tosprog.pipeline.digest import ReadText, Unread
    from tosprog.pipeline.document import Document, Segment, Translation
    from tosprog.pipeline.evaluate_summaries import Interval, SummaryEvaluation
    from tosprog.pipeline.plan import WorkItem
    from tosprog.pipeline.summary import SummaryOptions
    from tosprog.pipeline.translate import TranslateOptions

# Typer's own root of what is wrong in arguments: Click's, or, from 0.26 on, a copy of it.
_WrongUsage: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")

OK, FAILED, WRONG_USAGE, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130

app = typer.Typer(
    name="tosprog",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: a tenth of a second less
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(help="The models: list, pull, verify, remove.", no_args_is_help=True)
app.add_typer(models_app, name="models")

To = Annotated[str, typer.Option("--to", metavar="da|en", help="Language to put everything into.")]
MaybeTo = Annotated[
    str | None, typer.Option("--to", metavar="da|en", help="Language to put everything into (default en).")
]
Swap = Annotated[bool, typer.Option("--swap", help="Put each sentence into the other language instead.")]
Bilingual = Annotated[
    bool, typer.Option("--bilingual", help="Both languages side by side, as a page (or with a tab).")
]
Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="REGEX", help="Do not translate what matches; may be given again."),
]
LocalizeNumbers = Annotated[
    bool, typer.Option("--localize-numbers", help="1.234,5 becomes 1,234.5 in English, and the reverse.")
]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="NAME",
        help="Of JSON and CSV, translate this key or column only; may be given again.",
    ),
]
From = Annotated[
    str | None, typer.Option("--from", metavar="da|en", help="Language of the text; default: found out.")
]
Model = Annotated[
    str | None,
    typer.Option("--model", metavar="NAME|FOLDER", help="See: tosprog models list. Default: bundled."),
]
Online = Annotated[
    bool, typer.Option("--online/--offline", help="Whether a model that is missing may be downloaded.")
]
Beam = Annotated[int, typer.Option("--beam", min=1, max=32, help="Beam size; 1 is fastest.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Sentences = Annotated[int | None, typer.Option("--sentences", min=1, help="Most sentences (default 4).")]
Words = Annotated[int | None, typer.Option("--words", min=1, help="Most words.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("tosprog"))
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Print the version.")
    ] = False,
) -> None:
    """Puts mixed Danish-English documents into one language, and summarises them, on this machine."""


def _warn(text: str) -> None:
    typer.echo(f"tosprog: {' '.join(text.split())}", err=True)


def _show(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


def _loader(model: str | None, online: bool) -> Callable[[Direction], Backend]:
    """Loads the backend of a direction when it is first asked for, and keeps it."""
    loaded: dict[Direction, Backend] = {}

    def load(direction: Direction) -> Backend:
        from tosprog.models.registry import load_backend

        if direction not in loaded:
            loaded[direction] = load_backend(direction, model, offline=not online)
        return loaded[direction]

    return load


def _options(
    to: str | None,
    source: str | None,
    beam: int,
    *,
    swap: bool = False,
    keep: list[str] | None = None,
    localize_numbers: bool = False,
) -> TranslateOptions:
    """What to do; ``to`` is None where each sentence goes into the other language."""
    from tosprog.models.base import DecodingOptions
    from tosprog.pipeline.translate import TranslateOptions

    if swap and to is not None:
        raise UsageError(f"--to {to} and --swap (or --bilingual) are both given; give one")
    target = None if swap else parse_language(to or "en")
    origin: LanguageCode | None = None if source is None else parse_language(source)
    if origin is not None and origin == target:
        raise UsageError(f"--from and --to are both {target!r}; legal is one da and the other en")
    return TranslateOptions(
        target=target,
        source=origin,
        keep=tuple(keep or ()),
        localize_numbers=localize_numbers,
        decoding=DecodingOptions(beam_size=beam),
    )


def _typed_over(context: typer.Context, to: str | None, swap: bool) -> str | None:
    """``to``, unless it is a setting and --swap or --bilingual was asked for."""
    source = context.get_parameter_source("to")
    is_setting = source is not None and source.name in ("DEFAULT_MAP", "ENVIRONMENT")
    return None if swap and is_setting else to


def _summary_options(sentences: int | None, words: int | None) -> SummaryOptions:
    from tosprog.pipeline.summary import SummaryOptions

    if sentences is None and words is None:
        return SummaryOptions()
    return SummaryOptions(sentences=sentences, words=words)


def _read(name: str, fields: list[str] | None = None) -> Document:
    from tosprog.pipeline.files import read_bytes
    from tosprog.pipeline.formats import read_document

    if name == "-":
        return read_document(sys.stdin.buffer.read())
    return read_document(read_bytes(Path(name)), name, tuple(fields or ()))


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
        "checks": list(translation.checks),
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
    import threading

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


@app.command()
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
    localize_numbers: LocalizeNumbers = False,
    field: Fields = None,
    model: Model = None,
    beam: Beam = 4,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Translate a text, lines of standard input, or a document, and print the result."""
    from tosprog.pipeline.document import TranslationKind
    from tosprog.pipeline.flow import process_document, process_lines
    from tosprog.pipeline.formats import write_document

    to = _typed_over(context, to, swap or bilingual)
    options = _options(to, source, beam, swap=swap or bilingual, keep=keep, localize_numbers=localize_numbers)
    load = _loader(model, online)
    if out is not None and file is None:
        raise UsageError(
            f"--out {out} goes with --file; for a text, redirect: tosprog translate TEXT > {out}"
        )
    if file is not None and text is not None:
        raise UsageError(f"both a text ({text[:30]!r}) and --file {file} are given; give one")
    failed = 0

    def show(text: str, translations: Iterable[Translation]) -> None:
        nonlocal failed
        rows = list(translations)
        for translation in rows:
            if translation.kind is TranslationKind.FAILED:
                failed += 1
                _warn(
                    f"kept as it was ({', '.join(translation.checks)} check failed): "
                    f"{translation.segment.plain[:60]!r}"
                )
            elif translation.checks:
                from tosprog.pipeline.detect import language_name

                name = language_name(translation.segment.language or "")
                _warn(f"kept, {name} and neither Danish nor English: {translation.segment.plain[:60]!r}")
        if as_json:
            _show({"text": text, "segments": [_translation_json(row) for row in rows]})

    if file is not None and not bilingual and _is_large(file):
        from tosprog.pipeline.stream import process_large

        with _written_at_once(out) as stream:
            for done in process_large(file, load, options, stream):
                show(done.document.text, (t for row in done.translations for t in row))
    elif file is not None:
        document = _read(str(file), field)
        done = process_document(document, load, options)
        show(done.document.text, (t for row in done.translations for t in row))
        if not as_json:
            if bilingual:
                from tosprog.pipeline.bilingual import render_bilingual

                data = render_bilingual(document, done.translations, shown(file.name)).encode("utf-8")
            else:
                data = write_document(done.document)
            _write(data, out)
    else:
        for lines in _available(_stdin_lines()) if text in (None, "-") else [[text or ""]]:
            for line, translations in process_lines(lines, load, options):
                rows = list(translations)
                show(line, rows)
                if not as_json:
                    typer.echo("\t".join(_side_by_side(rows)) if bilingual else line)
    return SOME_FAILED if failed else OK


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


def _write(data: bytes, out: Path | None) -> None:
    """Into a file, or on stdout; no package of zipped XML onto a terminal."""
    from tosprog.pipeline.files import write_atomically

    if out is not None:
        write_atomically(out, data)
    elif data.startswith(b"PK") and sys.stdout.isatty():
        raise UsageError("the document is binary and would garble the terminal; add --out FILE, or redirect")
    else:
        sys.stdout.buffer.write(data)


def _side_by_side(translations: Iterable[Translation]) -> tuple[str, str]:
    """A line in Danish and in English."""
    rows = list(translations)
    danish, english = (
        " ".join("".join(text for text, _ in row.in_language(code)) for row in rows) for code in ("da", "en")
    )
    return danish, english


@app.command()
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
    document = _read(what) if is_document else Document((Block(BlockKind.PARAGRAPH, what),))
    segments = [segment for _, row in segment_document(document) for segment in row]
    if as_json:
        _show({"segments": [_segment_json(segment) for segment in segments]})
    else:
        for segment in segments:
            text = " ".join(segment.plain.split())
            typer.echo(f"{segment.language or '-':<3} {segment.confidence:4.2f}  {text}")
    return OK


Method = Annotated[
    str | None,
    typer.Option(
        "--method",
        metavar="extractive|abstractive",
        help="Quote the best sentences (default), or have a model write.",
    ),
]
SummaryModel = Annotated[
    str | None,
    typer.Option(
        "--summary-model", metavar="NAME|FOLDER", help="The model that writes; see: tosprog models list."
    ),
]


def _checked_method(method: str | None, model: str | None) -> bool:
    """Whether a model writes."""
    legal = ("extractive", "abstractive")
    if method not in (None, *legal):
        raise UsageError(f"unknown method {method!r}; legal is {' or '.join(legal)}")
    if method == "extractive" and model is not None:
        raise UsageError(f"--summary-model {model} goes with --method abstractive")
    return method == "abstractive" or model is not None


def _writer(model: str | None, online: bool) -> tuple[Generator, Entailment | None]:
    """A model that writes, and what checks it, where that is installed."""
    from tosprog.models.registry import installed_entailment, load_generator

    generator = load_generator(model, offline=not online)
    return generator, installed_entailment(generator.languages[0])


@app.command()
def summarize(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A document, or - for standard input.")],
    to: Annotated[str | None, typer.Option("--to", metavar="da|en", help="Answer in this language.")] = None,
    sentences: Sentences = None,
    words: Words = None,
    method: Method = None,
    summary_model: SummaryModel = None,
    format: Annotated[
        str, typer.Option("--format", metavar="text|markdown|html|json", help="What is printed.")
    ] = "text",
    model: Model = None,
    beam: Beam = 4,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Print a summary of a document, each sentence with what it rests on."""
    from tosprog.pipeline.flow import process_lines, summarize_document, title_of
    from tosprog.pipeline.summary_formats import check_format, render_summary

    format = "json" if as_json else format
    check_format(format)
    options = None if to is None else _options(to, None, beam)
    limits = _summary_options(sentences, words)
    document = _read(file)
    writes = _checked_method(method, summary_model)
    generator, entailment = _writer(summary_model, online) if writes else (None, None)
    summary = summarize_document(
        document, _loader(model, online), limits, options, generator=generator, entailment=entailment
    )
    name = "standard input" if file == "-" else shown(Path(file).name)
    title = name if file == "-" else title_of(document, Path(file))
    if options is not None and format in ("markdown", "html") and title not in (name, shown(Path(file).stem)):
        ((title, _),) = process_lines([" ".join(title.split())], _loader(model, online), options)
    rendered = render_summary(summary, format, title, name, (options.target if options else None) or "en")
    if rendered:
        typer.echo(rendered.removesuffix("\n"))
    if format == "text":
        if summary.sentences:
            numbers = sorted({source.number for s in summary.sentences for source in s.sources})
            _warn(f"from sentences {', '.join(map(str, numbers))} of {summary.total}")
        if summary.support_rate is not None:
            _warn(f"by {summary.method}; {summary.support_rate:.0%} of its sentences had support")
        for one in summary.rejected:
            _warn(f"without support ({', '.join(one.checks)}): {one.text}")
        if summary.note is not None:
            _warn(summary.note)
    return OK


@app.command()
def describe(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A document, or - for standard input.")],
    count: Annotated[int, typer.Option("--keywords", min=1, max=50, help="Most keywords.")] = 8,
    sentences: Annotated[
        int | None, typer.Option("--sentences", min=1, help="Most sentences of an abstract (default 3).")
    ] = None,
    words: Annotated[int | None, typer.Option("--words", min=1, help="Most words of an abstract.")] = None,
    method: Method = None,
    summary_model: SummaryModel = None,
    model: Model = None,
    beam: Beam = 4,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Suggest a title, keywords and an abstract for a document, each in Danish and English."""
    from tosprog.models.registry import load_rarity
    from tosprog.pipeline.describe import ABSTRACT, describe_document

    writes = _checked_method(method, summary_model)
    document = _read(file)
    generator, entailment = _writer(summary_model, online) if writes else (None, None)
    done = describe_document(
        document,
        _loader(model, online),
        load_rarity,
        count=count,
        abstract=ABSTRACT if sentences is None and words is None else _summary_options(sentences, words),
        options=_options("en", None, beam),
        generator=generator,
        entailment=entailment,
    )
    if as_json:
        _show(
            {
                "language": done.language,
                "title": dict(done.titles),
                "title_from": done.title_from,
                "keywords": [
                    dict(one.texts) | {"score": one.keyword.score, "count": one.keyword.count}
                    for one in done.subjects
                ],
                "abstract": {code: summary.text for code, summary in done.abstracts.items()},
                "note": {code: summary.note_in(code) for code, summary in done.abstracts.items()},
            }
        )
        return OK
    for code in LANGUAGES:
        typer.echo(f"title ({code}): {done.titles[code]}")
        typer.echo(f"keywords ({code}): {', '.join(one.texts[code] for one in done.subjects)}")
        typer.echo(f"abstract ({code}): {done.abstracts[code].text}\n")
    _warn(f"the title is {_TITLE_FROM[done.title_from]}")
    note = done.abstracts[done.language].note
    if note is not None:
        _warn(note)
    return OK


_TITLE_FROM = {
    "heading": "the document's own",
    "model": "a model's",
    "keywords": "made of its keywords: no heading says what the text is about",
}


@app.command()
def digest(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder to read, with its sub-folders.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write to a file; its ending (.html, .md, .json) says how."
        ),
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="da|en", help="Write in this language.")] = None,
    sentences: Annotated[
        int | None, typer.Option("--sentences", min=1, help="Most sentences of a paragraph (default 3).")
    ] = None,
    words: Annotated[int | None, typer.Option("--words", min=1, help="Most words of a paragraph.")] = None,
    themes: Annotated[
        int | None, typer.Option("--themes", min=2, help="Number of themes to look for; default: found out.")
    ] = None,
    method: Method = None,
    summary_model: SummaryModel = None,
    format: Annotated[
        str | None, typer.Option("--format", metavar="markdown|html|json", help="What is written.")
    ] = None,
    model: Model = None,
    beam: Beam = 4,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Sum up a folder in one page: a paragraph for each text, themes, and what is there twice."""
    from tosprog.models.base import DecodingOptions
    from tosprog.models.registry import load_rarity
    from tosprog.pipeline.digest import PARAGRAPH, DigestOptions, Unread, make_digest, read_texts
    from tosprog.pipeline.digest_formats import digest_format, render_digest
    from tosprog.pipeline.plan import sources_in

    form = "json" if as_json else digest_format(out, format)
    writes = _checked_method(method, summary_model)
    options = DigestOptions(
        target=None if to is None else parse_language(to),
        summary=PARAGRAPH if sentences is None and words is None else _summary_options(sentences, words),
        themes=themes,
        decoding=DecodingOptions(beam_size=beam),
    )
    sources = sources_in(folder, "digest essays --out digest.html", apart_from=out.resolve() if out else None)
    generator, entailment = _writer(summary_model, online) if writes else (None, None)
    load = _loader(model, online)
    done = []
    texts = read_texts(sources, load, options, generator=generator, entailment=entailment)
    for one in _with_bar(texts, len(sources), _name_of_text):
        done.append(one)
        if isinstance(one, Unread):
            _warn(f"{'failed' if one.failed else 'skipped'}: {shown(one.path)}: {one.reason}")
    rendered = render_digest(make_digest(done, load, load_rarity, options), form, folder, out)
    _write(rendered.encode("utf-8"), out)
    return SOME_FAILED if any(isinstance(one, Unread) and one.failed for one in done) else OK


@app.command()
def run(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder to read, with its sub-folders.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="The folder to write, with the same names.")
    ],
    to: MaybeTo = None,
    swap: Swap = False,
    bilingual: Bilingual = False,
    keep: Keep = None,
    localize_numbers: LocalizeNumbers = False,
    field: Fields = None,
    summarize: Annotated[
        bool, typer.Option("--summarize/--no-summarize", help="Write NAME.summary.md too.")
    ] = True,
    sentences: Sentences = None,
    words: Words = None,
    method: Method = None,
    summary_model: SummaryModel = None,
    model: Model = None,
    beam: Beam = 4,
    include: Annotated[
        list[str] | None,
        typer.Option(
            "--include", metavar="PATTERN", help="Only what matches, as '*.docx'; may be given again."
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude", metavar="PATTERN", help="Not what matches, as 'drafts/'; may be given again."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove the outputs of files that are gone.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, max=4096, help="Workers at once (default 1).")
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option("--engine", metavar="serial|processes|ray", help="Where files are processed."),
    ] = None,
    address: Annotated[
        str | None, typer.Option("--address", metavar="HOST:PORT", help="Of a Ray cluster.")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Seconds for one sentence; then it is kept as it is.")
    ] = 60.0,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Remember sentences from run to run.")
    ] = True,
    watch: Annotated[
        bool, typer.Option("--watch", help="Then wait, and do what is new or changed, until Ctrl-C.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No line a file, only the sums.")] = False,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Put every document of a folder into one language, with a summary beside each.

    Run again, it does only what is new or changed; stopped at any moment, it goes on where it was.
    """
    from tosprog.models.store import cache_folder
    from tosprog.pipeline.batch import Run
    from tosprog.pipeline.engines import start_engine
    from tosprog.pipeline.plan import Selection, plan_folder
    from tosprog.pipeline.work import BatchOptions, Recipe

    to = _typed_over(context, to, swap or bilingual)
    writes = _checked_method(method, summary_model)
    if writes and not summarize:
        raise UsageError("--no-summarize goes without --method abstractive and --summary-model")
    if to is None and not (swap or bilingual):
        raise UsageError("no language given; add --to en or --to da, or --swap, or --bilingual")
    options = BatchOptions(
        translate=_options(
            to, None, beam, swap=swap or bilingual, keep=keep, localize_numbers=localize_numbers
        ),
        summary=_summary_options(sentences, words) if summarize else None,
        bilingual=bilingual,
        fields=tuple(field or ()),
    )
    recipe = Recipe(
        model=model,
        offline=not online,
        cache=cache_folder() if cache else None,
        timeout_s=timeout,
        writes=writes,
        summary_model=summary_model,
    )
    selection = Selection(include or (), exclude or ())
    plan = partial(plan_folder, folder, out, selection, bilingual=bilingual)
    interrupted = _Interruption()
    todo = Run(folder.resolve(), out, recipe, options, prune=prune, stopped=interrupted.is_set)
    if dry_run:
        return _dry_run(todo, plan(), jobs or 1, quiet=quiet, as_json=as_json)
    plan()  # says what is wrong with the folder before anything starts

    def once() -> int:
        total = sum(1 for _ in plan()) if sys.stderr.isatty() else None
        outcomes = todo.outcomes(plan(), start_engine(engine, recipe, options, jobs=jobs, address=address))
        return _run(todo, _with_bar(outcomes, total, _Speed().after), interrupted, quiet, as_json)

    with interrupted:
        code = once()
        if not watch:
            return code
        from tosprog.pipeline.watch import changes

        _warn(f"watching {shown(folder)}; Ctrl-C ends")
        for _ in changes(folder, out, interrupted.event, selection.has):
            once()
    return OK


class _Interruption:
    """Ctrl-C: at first it asks for an end after the files in hand, then it ends at once."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.is_set = self.event.is_set
        self._before: Any = None

    def __enter__(self) -> _Interruption:
        self._before = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _on_signal(self, *_: object) -> None:
        if self.event.is_set():
            raise KeyboardInterrupt
        self.event.set()
        _warn("ending after the files in hand; Ctrl-C again ends at once")


def _run(
    todo: Run, outcomes: Iterator[Outcome], interrupted: _Interruption, quiet: bool, as_json: bool
) -> int:
    from tosprog.pipeline.folder_report import FolderReport, line_of, lines_of

    report = FolderReport(todo.out)
    for outcome in outcomes:
        row = report.add(outcome)
        if outcome.message and not outcome.unchanged:
            _warn(f"{outcome.status.value}: {shown(outcome.item.name)}: {outcome.message}")
        if not (quiet or as_json):
            typer.echo(line_of(row))
    for notice in todo.notices:
        _warn(notice)
    report.write(todo.notices)
    if as_json:
        typer.echo(report.json_path.read_text(encoding="utf-8").removesuffix("\n"))
    else:
        for line in lines_of(report.totals()):
            typer.echo(line)
    if not report.files:
        _warn(f"{todo.folder} holds no files that are asked for")
    _warn(f"the report: {shown(report.html_path)}")
    if interrupted.is_set():
        return INTERRUPTED
    return SOME_FAILED if report.needs_attention else OK


def _dry_run(todo: Run, items: Iterator[WorkItem], jobs: int, *, quiet: bool, as_json: bool) -> int:
    from collections import Counter

    from tosprog.pipeline.preview import preview, words_per_s

    plans: Counter[str] = Counter()
    words = 0
    rows = []
    for one in preview(todo, items):
        plans[one.plan] += 1
        words += one.words if one.plan == "translate" else 0
        if as_json:
            rows.append(
                {
                    "source": one.item.name,
                    "plan": one.plan,
                    "reason": one.reason,
                    "format": one.format,
                    "segments": one.segments,
                    "languages": one.languages,
                    "words": one.words,
                }
            )
        elif not quiet:
            languages = ", ".join(f"{code} {count}" for code, count in one.languages.items())
            facts = f"{one.format}, {one.segments} segments, words: {languages or 0}"
            typer.echo(f"{one.plan:<9} {shown(one.item.name)}  ({one.reason or facts})")
    seconds = words / words_per_s(todo.out, jobs)
    if as_json:
        _show({"plans": dict(plans), "words": words, "estimated_seconds": round(seconds), "files": rows})
        return OK
    counts = ", ".join(f"{count:,} to {plan}" for plan, count in sorted(plans.items())) or "none"
    typer.echo(f"{plans.total():,} files: {counts.replace('to unchanged', 'unchanged')}")
    typer.echo(f"{words:,} words to translate, about {_duration(seconds)}; nothing was written")
    return OK


def _duration(seconds: float) -> str:
    if seconds < 90:
        count = max(1, round(seconds))
        return f"{count} second{'s' if count > 1 else ''}"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def _name_of_text(one: ReadText | Unread) -> str:
    return shown((one.entry.path if hasattr(one, "entry") else one.path).name)


_T = TypeVar("_T")


def _with_bar(outcomes: Iterator[_T], total: int | None, describe: Callable[[_T], str]) -> Iterator[_T]:
    """The same outcomes, one a file, with a bar on stderr where that is a terminal."""
    if not sys.stderr.isatty():
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        for outcome in outcomes:
            bar.update(task, advance=1, description=describe(outcome).replace("[", r"\["))
            bar.stop()  # what is printed meanwhile stands above it
            yield outcome
            bar.start()


class _Speed:
    """What is shown of a run beside its bar."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._segments = self._words = 0

    def after(self, outcome: Outcome) -> str:
        if not outcome.unchanged:
            self._segments += outcome.translated + outcome.kept + outcome.failed
            self._words += outcome.words
        rate = self._words / max(0.1, time.monotonic() - self._started)
        return f"{self._segments:,} segments, {rate:,.0f} words/s, {shown(Path(outcome.item.name).name)}"


@app.command()
def evaluate(
    source: Annotated[Path, typer.Option("--source", metavar="FILE", help="Sentences, one a line, UTF-8.")],
    reference: Annotated[
        Path, typer.Option("--reference", metavar="FILE", help="Their translations, line by line.")
    ],
    to: To = "en",
    model: Annotated[
        list[str] | None,
        typer.Option("--model", metavar="NAME|FOLDER", help="May be given again, to compare with the first."),
    ] = None,
    beam: Beam = 4,
    online: Online = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with a plot.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Print how well models translate: BLEU, chrF, by length and case form."""
    from tosprog.models.languages import LANGUAGES
    from tosprog.pipeline.evaluate import evaluate as evaluate_models
    from tosprog.pipeline.evaluate import peak_memory_mb
    from tosprog.pipeline.files import read_bytes, write_atomically

    origin = next(code for code in LANGUAGES if code != parse_language(to))
    options = _options(to, origin, beam)
    lines, gold = ([block.strip() for block in _utf8_lines(read_bytes(p), p)] for p in (source, reference))
    names: list[str | None] = list(model) if model else [None]
    models = [(name or "bundled", _loader(name, online)) for name in names]
    done = evaluate_models(lines, gold, models, options)
    if html is not None:
        from tosprog.pipeline.report_html import render_evaluations

        title = f"{source.name}, {origin} to {to}"
        write_atomically(html, render_evaluations(title, done, lines, gold).encode("utf-8"))
    if as_json:
        from dataclasses import asdict

        _show({"peak_memory_mb": peak_memory_mb(), "models": [asdict(one) for one in done]})
        return OK
    typer.echo(
        f"{'model':<28} {'BLEU':>6} {'p':>6} {'chrF2':>6} {'p':>6} {'tokens/s':>9}  empty loops copies failed"
    )
    for one in done:
        p_values = [f"{p:>6.3f}" if p is not None else f"{'':>6}" for p in (one.bleu_p, one.chrf_p)]
        typer.echo(
            f"{one.model[-28:]:<28} {one.bleu:>6.1f} {p_values[0]} {one.chrf:>6.1f} {p_values[1]} "
            f"{one.tokens_per_second:>9.0f}  {one.empty:>5} {one.loops:>5} {one.copies:>6} {one.failed:>6}"
        )
    typer.echo("")
    for group in (*done[0].by_length, *done[0].by_form):
        rows = [g for one in done for g in (*one.by_length, *one.by_form) if g.name == group.name]
        scores = "   ".join(f"{g.bleu:>5.1f} {g.chrf:>5.1f}" for g in rows)
        typer.echo(f"{group.name:<16} {group.lines:>6} lines   {scores}")
    typer.echo(f"\nBLEU {done[0].bleu_signature}\nchrF {done[0].chrf_signature}")
    peak = peak_memory_mb()
    typer.echo(f"{len(lines)} lines" + (f", peak memory {peak:.0f} MB" if peak is not None else ""))
    return OK


def _utf8_lines(data: bytes, path: Path) -> list[str]:
    try:
        return data.decode("utf-8-sig").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}; convert it first") from error


@app.command("evaluate-summaries")
def evaluate_summaries(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.jsonl|FOLDER",
            help="Lines with source and target; or NAME.md with NAME.json beside it.",
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="da|en", help="Of a folder: language of the summaries (default da)."),
    ] = None,
    sentences: Annotated[
        int | None, typer.Option("--sentences", min=1, help="Most sentences (default 1 for a file).")
    ] = None,
    words: Annotated[
        int | None, typer.Option("--words", min=1, help="Most words (default 90 for a folder).")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Take so many texts, always the same ones.")
    ] = None,
    examples: Annotated[
        int, typer.Option("--examples", min=0, help="Print the summaries of so many texts, for reading.")
    ] = 0,
    summary_model: Annotated[
        list[str] | None,
        typer.Option(
            "--summary-model",
            metavar="NAME|FOLDER",
            help="Also this model that writes; give it more than once to compare.",
        ),
    ] = None,
    model: Model = None,
    beam: Beam = 4,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Print how good summaries are: ROUGE against people's summaries, next to baselines."""
    from tosprog.pipeline.evaluate_summaries import System, writing
    from tosprog.pipeline.evaluate_summaries import evaluate_summaries as evaluate_systems
    from tosprog.pipeline.evaluation_texts import read_texts, sample_texts
    from tosprog.pipeline.summary import SummaryOptions

    if sentences is None and words is None:
        sentences, words = (None, 90) if data.is_dir() else (1, None)
    limits = SummaryOptions(sentences=sentences, words=words)
    texts = sample_texts(read_texts(data, None if to is None else parse_language(to)), limit)
    load = _loader(model, online)
    translate = _options(texts[0].language, None, beam)
    systems: dict[str, System] = {}
    for name in summary_model or ():
        # Loaded when its turn comes, so that the memory of those before it is their own.
        systems[name] = writing(cache(partial(_writer, name, online)), load, translate)
    done = evaluate_systems(texts, limits, load=load, translate=translate, systems=systems)
    if as_json:
        from dataclasses import asdict

        _show({**asdict(done), "references": [text.references for text in texts]})
        return OK
    _show_summary_scores(done)
    for i, text in enumerate(texts[:examples]):
        typer.echo(f"\n== {shown(text.name)}")
        for reference in text.references:
            typer.echo(f"reference: {' '.join(reference.split())}")
        for one in done.systems:
            typer.echo(f"{one.system}: {' '.join(one.summaries[i].split())}")
    return OK


def _show_summary_scores(done: SummaryEvaluation) -> None:
    """Two tables: scores with their intervals, and the rest."""

    def cell(value: Interval | None, sign: str = "") -> str:
        return f"{value.mean:{sign}.1f} [{value.low:{sign}.1f}, {value.high:{sign}.1f}]" if value else ""

    typer.echo(f"{'system':<28} {'ROUGE-1':<18} {'ROUGE-2':<18} {'ROUGE-L':<18} ROUGE-L to the first")
    for one in done.systems:
        scores = " ".join(f"{cell(score.f1):<18}" for score in one.scores)
        typer.echo(f"{one.system[-28:]:<28} {scores} {cell(one.scores[-1].difference, '+')}".rstrip())
    typer.echo(
        f"\n{'system':<28} {'support':>7} {'in limit':>8} {'quoted':>6} {'words':>6} {'s/text':>7} {'peak MB':>8}"
    )
    for one in done.systems:
        support = "-" if one.support_rate is None else f"{one.support_rate:.0%}"
        quoted = "-" if one.support_rate is None and not one.fell_back else f"{one.fell_back:.0%}"
        peak = "-" if one.peak_memory_mb is None else f"{one.peak_memory_mb:.0f}"
        typer.echo(
            f"{one.system[-28:]:<28} {support:>7} {one.length_kept:>8.0%} {quoted:>6} {one.words:>6.1f} "
            f"{one.seconds:>7.3f} {peak:>8}"
        )
    length = {"--sentences": done.options.sentences, "--words": done.options.words}
    limits = " ".join(f"{name} {value}" for name, value in length.items() if value is not None)
    typer.echo(f"\n{len(done.texts)} texts, {limits}; F1 with 95 % intervals\n{done.signature}")


@app.command("formats")
def formats_list(as_json: Json = False) -> int:
    """Print the kinds of documents that are read, and what of each is translated."""
    from tosprog.pipeline.formats import FORMATS

    rows = [
        {
            "name": format.name,
            "suffixes": list(format.suffixes),
            "translated": format.about,
            "written_as": format.written_as or format.name,
            "fields": format.takes_fields,
        }
        for format in FORMATS.values()
    ]
    if as_json:
        _show({"formats": rows})
        return OK
    for format in FORMATS.values():
        written = f" (written as {format.written_as})" if format.written_as else ""
        typer.echo(f"{format.name:<10} {' '.join(format.suffixes):<24} {format.about}{written}")
    return OK


Name = Annotated[str, typer.Argument(metavar="NAME", help="A name that `tosprog models list` prints.")]


def _entry(name: str) -> ModelEntry:
    from tosprog.models.catalog import load_catalog
    from tosprog.models.registry import find_entry

    return find_entry(name, load_catalog())


@models_app.command("list")
def models_list(as_json: Json = False) -> int:
    """Print the models that Tosprog knows, and which of them are here."""
    from tosprog.models.catalog import load_catalog
    from tosprog.models.store import Store

    store = Store()
    rows = [
        {
            "name": entry.name,
            "directions": [str(direction) for direction in entry.directions],
            "channel": entry.channel,
            "licence": entry.licence,
            "size_mb": entry.size_mb,
            "installed": store.is_installed(entry),
            "note": entry.note,
        }
        for entry in load_catalog()
    ]
    if as_json:
        _show({"models": rows})
        return OK
    for row in rows:
        state = "here" if row["installed"] else "-"
        directions = " ".join(row["directions"]) if isinstance(row["directions"], list) else ""
        typer.echo(
            f"{row['name']:<26} {directions:<12} {row['channel']:<8} {state:<5} "
            f"{row['size_mb']!s:>5} MB  {row['licence']}  {row['note'] or ''}"
        )
    return OK


@models_app.command("pull")
def models_pull(
    name: Name,
    offline: Annotated[bool, typer.Option("--offline", help="Look nothing up.")] = False,
    update: Annotated[
        bool, typer.Option("--update", help="Take a newer revision than the pinned one.")
    ] = False,
) -> int:
    """Download a model and pin what came."""
    from tosprog.models.store import Store

    typer.echo(str(Store().pull(_entry(name), offline=offline, update=update)))
    return OK


@models_app.command("verify")
def models_verify(name: Name) -> int:
    """Compare a model's files with their checksums, and ask it its known sentence."""
    from tosprog.models.registry import load_backend
    from tosprog.models.store import Store

    entry = _entry(name)
    for line in Store().verify(entry):
        typer.echo(line)
    if entry.task == "translate":
        for direction in entry.directions:
            typer.echo(load_backend(direction, entry.name).signature)
    return OK


@models_app.command("remove")
def models_remove(name: Name) -> int:
    """Delete a downloaded model."""
    from tosprog.models.store import Store

    Store().remove(_entry(name))
    typer.echo(f"removed {name}")
    return OK


def _stop(code: int) -> NoReturn:
    """Ends without a traceback from a closed pipe at exit."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


config_app = typer.Typer(help="Settings: show.", no_args_is_help=True)
app.add_typer(config_app, name="config")


@config_app.command("show")
def show_config(
    command: Annotated[
        str | None, typer.Argument(metavar="COMMAND", help="Of this command alone, as run.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Print what each option is, and where that comes from: the environment, tosprog.toml, or as built."""
    from tosprog.pipeline.config import find_config

    commands = _commands()
    if command is not None and command not in commands:
        raise UsageError(f"{command!r} is no command; legal is {', '.join(commands)}")
    path, configured = find_config(Path.cwd()), _configured()
    rows = []
    for name, one in commands.items():
        for parameter in one.params:
            if name != (command or name) or parameter.name in (None, "help"):
                continue
            variable = f"{_PREFIX}_{name}_{parameter.name}".upper()
            value, source = parameter.default, "built in"
            if variable in os.environ:
                value, source = os.environ[variable], f"environment, {variable}"
            elif parameter.name in configured.get(name, {}):
                value, source = configured[name][parameter.name], f"file, {path}"
            value = value.value if isinstance(value, Enum) else value
            rows.append({"command": name, "option": _names(parameter)[0], "value": value, "source": source})
    if as_json:
        _show(
            {
                "file": None if path is None else str(path),
                "options": json.loads(json.dumps(rows, default=str)),
            }
        )
        return OK
    typer.echo(f"file: {path or 'none; it would be tosprog.toml, here or in a folder above'}")
    for row in rows:
        if row["source"] != "built in" or command is not None:
            typer.echo(
                f"{row['command']} {row['option']} = {json.dumps(row['value'], default=str)}  ({row['source']})"
            )
    return OK


_PREFIX = "TOSPROG"


def _commands() -> dict[str, Any]:
    """Every command that is typed as one word."""
    found: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    return {name: command for name, command in found.items() if not hasattr(command, "commands")}


def _names(parameter: Any) -> tuple[str, ...]:
    """What a parameter is called in a file."""
    long = [*parameter.opts, *parameter.secondary_opts]
    return tuple(name[2:] for name in long if name.startswith("--")) or (parameter.name.replace("_", "-"),)


def _configured() -> dict[str, dict[str, Any]]:
    """What tosprog.toml sets, by command and parameter."""
    from tosprog.pipeline.config import Parameter, find_config, load_config

    path = find_config(Path.cwd())
    if path is None:
        return {}
    commands = _commands()

    def described(command: Any, parameter: Any) -> Parameter:
        context = typer.Context(command)

        def check(value: object) -> None:
            try:
                parameter.process_value(context, value)
            except _WrongUsage as error:
                raise ValueError(error.format_message().rstrip(".")) from error  # type: ignore[attr-defined]

        is_path = (parameter.metavar or "").split("|")[0] in ("FOLDER", "FILE")
        return Parameter(parameter.name, _names(parameter), is_path, parameter.multiple, check)

    return load_config(
        path,
        {
            name: tuple(described(command, one) for one in command.params if one.name != "help")
            for name, command in commands.items()
        },
    )


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the command line and exits with the codes of the design: 0, 1, 2, 3 or 130."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = app(
            args=arguments, standalone_mode=False, default_map=_configured(), auto_envvar_prefix=_PREFIX
        )
        if code == INTERRUPTED:  # what current versions of Typer make of Ctrl-C
            raise KeyboardInterrupt
        _stop(code if isinstance(code, int) else OK)
    except (KeyboardInterrupt, typer.Abort):
        _warn(
            "interrupted; files that were finished are complete, no other was written; run goes on from there"
        )
        _stop(INTERRUPTED)
    except typer.Exit as done:
        _stop(done.exit_code)
    except _WrongUsage as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            typer.echo(error.format_message(), err=True)  # type: ignore[attr-defined]
            _stop(WRONG_USAGE)
        _warn(f"{error.format_message().rstrip('.')}; see: tosprog --help")  # type: ignore[attr-defined]
        _stop(WRONG_USAGE)
    except BrokenPipeError:
        _stop(OK)
    except UsageError as error:
        _warn(str(error))
        _stop(WRONG_USAGE)
    except TosprogError as error:
        _warn(str(error))
        _stop(FAILED)
    except Exception as error:
        if os.environ.get("TOSPROG_DEBUG"):
            raise
        _warn(f"unexpected {type(error).__name__}: {error}; for a traceback set TOSPROG_DEBUG=1")
        _stop(FAILED)


if __name__ == "__main__":
    main()
