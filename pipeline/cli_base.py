"""What the commands of the command line share: the options that several have, and what is said where."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from tosprog.models.errors import UsageError
from tosprog.models.languages import Direction, LanguageCode, parse_language

if TYPE_CHECKING:
    from tosprog.models.base import Backend
    from tosprog.models.entailment import Entailment
    from tosprog.models.generation import Generator
    from tosprog.pipeline.document import Document
    from tosprog.pipeline.glossary import Glossary
    from tosprog.pipeline.summary import SummaryOptions
    from tosprog.pipeline.translate import Toolbox, TranslateOptions


# Typer's own root of what is wrong in arguments: Click's, or, from 0.26 on, a copy of it.
WrongUsage: type[Exception] = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")
OK, FAILED, WRONG_USAGE, SOME_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
PREFIX = "TOSPROG"
app = typer.Typer(
    name="tosprog",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: a tenth of a second less
    context_settings={"help_option_names": ["-h", "--help"]},
)
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
    bool,
    typer.Option(
        "--localize-numbers/--keep-numbers",
        help="1.234,5 becomes 1,234.5 in English, and the reverse; or numbers stay as they are written.",
    ),
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
Rerank = Annotated[
    bool,
    typer.Option(
        "--rerank", help="Have the model of the other direction choose among translations: better, slower."
    ),
]
GlossaryFile = Annotated[
    Path | None,
    typer.Option("--glossary", metavar="FILE", help="Terms with their translation: TSV, CSV or TBX."),
]
Memory = Annotated[
    Path | None,
    typer.Option(
        "--memory", metavar="FILE", help="Translation memory; default: the one of `tosprog memory`."
    ),
]
NoMemory = Annotated[bool, typer.Option("--no-memory", help="Do without it.")]
MinConfidence = Annotated[
    float | None,
    typer.Option("--min-confidence", metavar="0-1", help="Mark translations that are likely to be worse."),
]
Unsure = Annotated[
    str, typer.Option("--unsure", metavar="mark|keep", help="Mark them (default), or keep the source.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Sentences = Annotated[int | None, typer.Option("--sentences", min=1, help="Most sentences (default 4).")]
Words = Annotated[int | None, typer.Option("--words", min=1, help="Most words.")]
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


def warn(text: str) -> None:
    """A line on stderr."""
    typer.echo(f"tosprog: {' '.join(text.split())}", err=True)


def show_json(value: object) -> None:
    """A line of JSON on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def memory_file(named: Path | None, without: bool) -> Path | None:
    """The file of the translation memory: the one named, else the user's, if there is one.

    Raises:
        UsageError: the one named is not there, or both are asked for.
    """
    from tosprog.pipeline.memory import default_path

    if without:
        if named is not None:
            raise UsageError(f"--memory {named} and --no-memory are both given; give one")
        return None
    if named is not None and not named.exists():
        raise UsageError(
            f"--memory {named} does not exist; type: tosprog memory import FILE.tmx --memory {named}"
        )
    path = named or default_path()
    return path if path.exists() else None


def checked_rerank(rerank: bool, beam: int) -> bool:
    """Whether another model chooses among the translations of a beam."""
    if rerank and beam == 1:
        raise UsageError("--rerank chooses among the translations of a beam; with it --beam is 2 or more")
    return rerank


def loader(model: str | None, online: bool, memory: Path | None = None, *, rerank: bool = False) -> Toolbox:
    """Loads the backend of a direction when it is first asked for, and keeps it; likewise another, should it fail."""
    from tosprog.models.registry import load_backend, other_model
    from tosprog.pipeline.memory import TranslationMemory
    from tosprog.pipeline.translate import Toolbox

    @cache
    def load(direction: Direction) -> Backend:
        return load_backend(direction, model, offline=not online, rerank=rerank)

    @cache
    def fallback(direction: Direction) -> Backend | None:
        name = other_model(direction, model)
        return None if name is None else load_backend(direction, name)

    return Toolbox(load, fallback, None if memory is None else TranslationMemory(memory))


def translate_options(
    to: str | None,
    source: str | None,
    beam: int,
    *,
    swap: bool = False,
    keep: list[str] | None = None,
    localize_numbers: bool = True,
    min_confidence: float | None = None,
    unsure: str = "mark",
    glossary: Path | None = None,
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
    if unsure not in ("mark", "keep"):
        raise UsageError(f"unknown --unsure {unsure!r}; legal is mark or keep")
    return TranslateOptions(
        target=target,
        source=origin,
        keep=tuple(keep or ()),
        localize_numbers=localize_numbers,
        decoding=DecodingOptions(beam_size=beam),
        min_confidence=min_confidence,
        keep_unsure=unsure == "keep",
        glossary=None if glossary is None else _glossary(glossary),
    )


def _glossary(path: Path) -> Glossary:
    from tosprog.pipeline.glossary_files import read_glossary

    found = read_glossary(path)
    for notice in found.notices:
        warn(notice)
    return found


def typed_over(context: typer.Context, to: str | None, swap: bool) -> str | None:
    """``to``, unless it is a setting and --swap or --bilingual was asked for."""
    source = context.get_parameter_source("to")
    is_setting = source is not None and source.name in ("DEFAULT_MAP", "ENVIRONMENT")
    return None if swap and is_setting else to


def summary_options(sentences: int | None, words: int | None) -> SummaryOptions:
    """How long a summary may be; as the library has it where neither is given."""
    from tosprog.pipeline.summary import SummaryOptions

    if sentences is None and words is None:
        return SummaryOptions()
    return SummaryOptions(sentences=sentences, words=words)


def checked_method(method: str | None, model: str | None) -> bool:
    """Whether a model writes."""
    legal = ("extractive", "abstractive")
    if method not in (None, *legal):
        raise UsageError(f"unknown method {method!r}; legal is {' or '.join(legal)}")
    if method == "extractive" and model is not None:
        raise UsageError(f"--summary-model {model} goes with --method abstractive")
    return method == "abstractive" or model is not None


def load_writer(writes: bool, model: str | None, online: bool) -> tuple[Generator | None, Entailment | None]:
    """A model that writes, and what checks it, where that is installed; none where none is to write."""
    if not writes:
        return None, None
    from tosprog.models import registry

    return registry.load_writer(model, offline=not online)


def read_file(name: str, fields: list[str] | None = None) -> Document:
    """Reads a document, or what standard input holds."""
    from tosprog.pipeline.files import read_bytes
    from tosprog.pipeline.formats import read_document

    if name == "-":
        return read_document(sys.stdin.buffer.read())
    return read_document(read_bytes(Path(name)), name, tuple(fields or ()))


def write_out(data: bytes, out: Path | None) -> None:
    """Into a file, or on stdout; no package of zipped XML onto a terminal."""
    from tosprog.pipeline.files import write_atomically

    if out is not None:
        write_atomically(out, data)
    elif data.startswith(b"PK") and sys.stdout.isatty():
        raise UsageError("the document is binary and would garble the terminal; add --out FILE, or redirect")
    else:
        sys.stdout.buffer.write(data)


_T = TypeVar("_T")


def with_bar(outcomes: Iterator[_T], total: int | None, describe: Callable[[_T], str]) -> Iterator[_T]:
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
