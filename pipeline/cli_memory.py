"""`tosprog memory`: what people have translated, kept, looked up, and exchanged with other tools."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tosprog.models.errors import InputError, TosprogError
from tosprog.models.languages import Direction, other, parse_language
from tosprog.pipeline.cli_base import FAILED, OK, SOME_FAILED, Json, show_json, warn

if TYPE_CHECKING:
    from tosprog.pipeline.memory import TranslationMemory

memory_app = typer.Typer(
    help="The translation memory: import, export, add, search, list, stats, remove.", no_args_is_help=True
)
File = Annotated[
    Path | None,
    typer.Option("--memory", metavar="FILE", help="Another memory than the user's (TOSPROG_MEMORY)."),
]
Source = Annotated[str, typer.Argument(metavar="SOURCE", help="A text.")]
SourceLanguage = Annotated[str, typer.Option("--from", metavar="da|en", help="Language of the text.")]


def _opened(path: Path | None) -> TranslationMemory:
    from tosprog.pipeline.memory import TranslationMemory

    return TranslationMemory(path)


def _direction(code: str) -> Direction:
    language = parse_language(code)
    return Direction(language, other(language))


def _warn_of(memory: TranslationMemory) -> None:
    for notice in memory.notices:
        warn(notice)


def _line(*fields: object) -> str:
    """Fields with tabs between them, each on one line."""
    return "\t".join(" ".join(str(field).split()) for field in fields)


@memory_app.command("import")
def memory_import(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.tmx...", help="TMX files.")],
    corrections: Annotated[
        bool, typer.Option("--corrections", help="They are a reviewer's: they win, as typed ones do.")
    ] = False,
    memory: File = None,
    as_json: Json = False,
) -> int:
    """Take the units of TMX files into the memory; of each file all, or none if anything is wrong with it."""
    from tosprog.pipeline.memory_exchange import import_tmx

    there = _opened(memory)
    rows: list[dict[str, Any]] = []
    failed = 0
    for path in files:
        try:
            done = import_tmx(there, path, corrections=corrections)
        except TosprogError as error:
            failed += 1
            warn(str(error))
            rows.append({"file": str(path), "error": str(error)})
            continue
        for notice in done.notices:
            warn(f"{path}: {notice}")
        if count := done.added.conflicts:
            units = "unit gives" if count == 1 else "units give"
            warn(f"{path}: {count} new {units} another translation of a text that has one; the newest wins")
        added = asdict(done.added)
        rows.append({"file": str(path), **{k: v for k, v in asdict(done).items() if k != "added"}, **added})
        if not as_json:
            typer.echo(
                f"{path}: " + ", ".join(f"{added[name]} {name}" for name in ("new", "changed", "known"))
            )
    _warn_of(there)
    if as_json:
        show_json({"memory": str(there.path), "files": rows})
    return OK if not failed else FAILED if failed == len(files) else SOME_FAILED


@memory_app.command("export")
def memory_export(
    file: Annotated[Path, typer.Argument(metavar="FILE.tmx", help="What is written.")],
    cached: Annotated[
        bool,
        typer.Option("--cache", help="What models have answered, as kept by run, instead of the memory."),
    ] = False,
    memory: File = None,
    as_json: Json = False,
) -> int:
    """Write the memory as a TMX file."""
    from tosprog.pipeline.memory_exchange import export_cache, export_tmx

    if cached:
        from tosprog.models.cache import HypothesisCache
        from tosprog.models.store import cache_folder

        cache = HypothesisCache(cache_folder())
        count, notices = export_cache(cache, file), cache.notices
    else:
        there = _opened(memory)
        count, notices = export_tmx(there, file), there.notices
    for notice in notices:
        warn(notice)
    if as_json:
        show_json({"file": str(file), "units": count})
    else:
        typer.echo(f"{file}: {count} units")
    return OK


@memory_app.command("add")
def memory_add(
    source: Source,
    target: Annotated[str, typer.Argument(metavar="TARGET", help="Its translation.")],
    language: SourceLanguage,
    creator: Annotated[str, typer.Option("--creator", help="Who says so.")] = "",
    memory: File = None,
    as_json: Json = False,
) -> int:
    """Add a correction: from now on it goes before what was imported, and before a model."""
    from tosprog.pipeline.memory_units import Unit

    direction = _direction(language)
    danish, english = (source, target) if direction.source == "da" else (target, source)
    there = _opened(memory)
    done = there.add([Unit(danish=danish, english=english, origin="cli", creator=creator)])
    if as_json:
        show_json({"memory": str(there.path), **asdict(done)})
    else:
        typer.echo("added" if done.new else "renewed: the pair was there")
    return OK


@memory_app.command("search")
def memory_search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to look for.")],
    language: SourceLanguage,
    threshold: Annotated[float, typer.Option("--threshold", help="Least likeness, above 0, up to 1.")] = 0.75,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Most matches.")] = 5,
    memory: File = None,
    as_json: Json = False,
) -> int:
    """Print what the memory has for a text, the likest first: score, kind, source, target, origin, date."""
    there = _opened(memory)
    matches = there.search(text, _direction(language), threshold, limit)
    _warn_of(there)
    if as_json:
        show_json({"matches": [asdict(match) for match in matches]})
        return OK
    for one in matches:
        score = f"{int(one.score * 100)}%"  # what is not the same is never 100%
        date = one.changed[:10]
        typer.echo(_line(score, one.kind, one.source, one.target, one.origin, date, one.creator))
    if not matches:
        warn(f"nothing in {there.path} is like that; see --threshold")
    return OK


@memory_app.command("list")
def memory_list(
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Most units.")] = None,
    memory: File = None,
    as_json: Json = False,
) -> int:
    """Print the units: Danish, English, origin, date, creator."""
    there = _opened(memory)
    units = islice(there.units(), limit)
    if as_json:
        show_json({"units": [asdict(unit) for unit in units]})
    else:
        for unit in units:
            typer.echo(_line(unit.danish, unit.english, unit.origin, unit.changed[:10], unit.creator))
    _warn_of(there)
    return OK


@memory_app.command("stats")
def memory_stats(memory: File = None, as_json: Json = False) -> int:
    """Print where the memory is, and how many units it has of which origin."""
    there = _opened(memory)
    row = {
        "memory": str(there.path),
        "units": there.count(),
        "origins": there.origins(),
        "checksum": there.checksum(),
    }
    _warn_of(there)
    if as_json:
        show_json(row)
        return OK
    origins = ", ".join(f"{count} {origin}" for origin, count in there.origins().items())
    typer.echo(f"{row['memory']}: {row['units']} units{f' ({origins})' if origins else ''}")
    return OK


@memory_app.command("remove")
def memory_remove(
    source: Source,
    language: SourceLanguage,
    target: Annotated[
        str | None, typer.Argument(metavar="[TARGET]", help="Only with this translation.")
    ] = None,
    memory: File = None,
    as_json: Json = False,
) -> int:
    """Remove the units of a text."""
    there = _opened(memory)
    count = there.remove(source, _direction(language), target)
    _warn_of(there)
    if not count:
        raise InputError(f"{there.path} has no such unit; see: tosprog memory search TEXT --from {language}")
    if as_json:
        show_json({"memory": str(there.path), "removed": count})
    else:
        typer.echo(f"removed {count}")
    return OK
