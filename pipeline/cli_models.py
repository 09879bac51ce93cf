"""`tosprog formats` and `tosprog models`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tosprog.pipeline.cli_base import OK, Json, show_json

if TYPE_CHECKING:
    from tosprog.models.catalog import ModelEntry


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
        show_json({"formats": rows})
        return OK
    for format in FORMATS.values():
        written = f" (written as {format.written_as})" if format.written_as else ""
        typer.echo(f"{format.name:<10} {' '.join(format.suffixes):<24} {format.about}{written}")
    return OK


models_app = typer.Typer(help="The models: list, pull, verify, remove.", no_args_is_help=True)
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
        show_json({"models": rows})
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
