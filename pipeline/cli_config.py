"""`tosprog config`, and what tosprog.toml sets."""

from __future__ import annotations

import json
import os
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from tosprog.models.errors import UsageError
from tosprog.pipeline.cli_base import OK, PREFIX, Json, WrongUsage, app, show_json

config_app = typer.Typer(help="Settings: show.", no_args_is_help=True)


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
    path, settings = find_config(Path.cwd()), configured()
    rows = []
    for name, one in commands.items():
        for parameter in one.params:
            if name != (command or name) or parameter.name in (None, "help"):
                continue
            variable = f"{PREFIX}_{name}_{parameter.name}".upper()
            value, source = parameter.default, "built in"
            if variable in os.environ:
                value, source = os.environ[variable], f"environment, {variable}"
            elif parameter.name in settings.get(name, {}):
                value, source = settings[name][parameter.name], f"file, {path}"
            value = value.value if isinstance(value, Enum) else value
            rows.append({"command": name, "option": _names(parameter)[0], "value": value, "source": source})
    if as_json:
        show_json(
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


def _commands() -> dict[str, Any]:
    """Every command that is typed as one word."""
    found: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    return {name: command for name, command in found.items() if not hasattr(command, "commands")}


def _names(parameter: Any) -> tuple[str, ...]:
    """What a parameter is called in a file."""
    long = [*parameter.opts, *parameter.secondary_opts]
    return tuple(name[2:] for name in long if name.startswith("--")) or (parameter.name.replace("_", "-"),)


def configured() -> dict[str, dict[str, Any]]:
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
            except WrongUsage as error:
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
