"""Settings from a file: ``tosprog.toml`` in the folder where one works, or in one above it.

    to = "en"              # for every command that has --to
    [run]                  # for `tosprog run`
    jobs = 2
    exclude = ["drafts/"]

Names are those of the long options, with - or _. The environment (TOSPROG_RUN_JOBS) goes before the file, and what is
typed before both.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tosprog.models.errors import InputError, UsageError

CONFIG = "tosprog.toml"


@dataclass(frozen=True, slots=True)
class Parameter:
    """An option, or argument, of a command, as a file may set it.

    Attributes:
        key: How the command line calls it in a call of the library, as ``dry_run``.
        names: What it is called in a file: its long options without their dashes, or its key.
        is_path: Whether a relative value is meant from the folder of the file.
        many: Whether it takes a list.
        check: Raises ValueError, with what is legal, where a value is none for it.
    """

    key: str
    names: tuple[str, ...]
    is_path: bool
    many: bool
    check: Callable[[Any], None]


Commands = Mapping[str, tuple[Parameter, ...]]


def find_config(start: Path) -> Path | None:
    """The nearest `CONFIG` from a folder upward, None where there is none."""
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder / CONFIG
    return None


def load_config(path: Path, commands: Commands) -> dict[str, dict[str, Any]]:
    """What a file sets, for each command: key -> value.

    Args:
        path: The file.
        commands: Every command, with what it takes.

    Raises:
        InputError: it cannot be read, or is no TOML.
        UsageError: a section, a name or a value that is none.
    """
    if sys.version_info >= (3, 11):  # here, as most commands find no file
        import tomllib
    else:
        import tomli as tomllib
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f'{path} is no TOML: {error}; legal are lines such as: to = "en"') from error
    sections = {name: value for name, value in values.items() if isinstance(value, dict)}
    shared = {name: value for name, value in values.items() if not isinstance(value, dict)}
    for name in sections:
        if name not in commands:
            raise UsageError(f"{path}: [{name}] is no command; {_legal(name, commands)}")
    found: dict[str, dict[str, Any]] = {command: {} for command in commands}
    for name, value in shared.items():
        takers = [command for command, parameters in commands.items() if _find(name, parameters)]
        if not takers:
            every = {
                one for parameters in commands.values() for parameter in parameters for one in parameter.names
            }
            raise UsageError(f"{path}: {name} is no option of any command; {_legal(name, every)}")
        for command in takers:
            _set(found[command], path, "", name, value, commands[command])
    for command, section in sections.items():
        for name, value in section.items():
            _set(found[command], path, f"[{command}] ", name, value, commands[command])
    return found


def _set(
    found: dict[str, Any],
    path: Path,
    section: str,
    name: str,
    value: object,
    parameters: tuple[Parameter, ...],
) -> None:
    parameter = _find(name, parameters)
    if parameter is None:
        legal = _legal(name, {one for parameter in parameters for one in parameter.names})
        raise UsageError(f"{path}: {section}{name} is no option; {legal}")
    if parameter.many and not isinstance(value, list):
        value = [value]
    if parameter.is_path and isinstance(value, str):
        value = str(path.parent / Path(value).expanduser())
    try:
        parameter.check(value)
    except ValueError as error:
        raise UsageError(f"{path}: {section}{name} = {value!r}: {error}") from error
    found[parameter.key] = value


def _find(name: str, parameters: tuple[Parameter, ...]) -> Parameter | None:
    wanted = name.replace("_", "-")
    return next((one for one in parameters if wanted in one.names), None)


def _legal(name: str, names: Mapping[str, object] | set[str]) -> str:
    import difflib

    close = difflib.get_close_matches(name, list(names), n=1)
    return f"did you mean {close[0]!r}?" if close else f"legal is {', '.join(sorted(names))}"
