"""From what the user typed after ``--model`` to a loaded, checked backend."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from tosprog.models.backend_ctranslate2 import CTranslate2Backend
from tosprog.models.backend_double import DoubleBackend
from tosprog.models.backend_transformers import TransformersBackend
from tosprog.models.base import Backend, DecodingOptions
from tosprog.models.catalog import BackendName, ModelEntry, load_catalog
from tosprog.models.errors import ModelCorruptError, ModelError, ModelMissingError, UsageError
from tosprog.models.languages import Direction
from tosprog.models.store import Store, sha256_of

DOUBLE = "double"
KNOWN = "known.json"
_DEFAULT_POSITIONS = 512  # a Marian network's


class Loader(Protocol):
    """What loads a model's folder: a backend's class."""

    def __call__(
        self, folder: Path, entry: ModelEntry, direction: Direction, /, *, checksum: str, threads: int | None
    ) -> Backend:
        """Loads it."""
        ...


LOADERS: dict[BackendName, Loader] = {
    "ctranslate2": CTranslate2Backend,
    "transformers": TransformersBackend,
}
WEIGHTS: dict[BackendName, str] = {
    "ctranslate2": "model.bin",
    "transformers": "*.safetensors",
}


def find_entry(name: str, entries: Sequence[ModelEntry]) -> ModelEntry:
    """The entry of that name.

    Raises:
        ModelMissingError: there is none; the message lists the names.
    """
    for entry in entries:
        if entry.name == name:
            return entry
    names = [entry.name for entry in entries]
    close = difflib.get_close_matches(name, names, n=1)
    hint = f", did you mean {close[0]!r}?" if close else ""
    raise ModelMissingError(
        f"unknown model {name!r}{hint}; legal is a folder, {DOUBLE}, {', '.join(names)}; "
        "see: tosprog models list"
    )


def default_entry(direction: Direction, entries: Sequence[ModelEntry]) -> ModelEntry:
    """The bundled model of the direction."""
    return find_entry(f"tosprog-{direction}", entries)


def entry_of_folder(folder: Path, direction: Direction) -> ModelEntry:
    """Describes a folder that no catalog names: a CTranslate2 or a safetensors one.

    Raises:
        ModelError: it has a PyTorch pickle alone.
        ModelMissingError: it has no weights at all.
    """
    config = folder / "config.json"
    kind = next((name for name, pattern in WEIGHTS.items() if any(folder.glob(pattern))), None)
    if kind is None and any(folder.glob("pytorch_model*.bin")):
        raise ModelError(f"{folder} has a PyTorch pickle alone; legal are safetensors or CTranslate2 weights")
    if kind is None or not config.is_file():
        raise ModelMissingError(
            f"{folder} is no model; legal is a folder with config.json and either model.bin (CTranslate2) "
            "or *.safetensors (transformers)"
        )
    try:
        settings = json.loads(config.read_text(encoding="utf-8"))
        positions = int(settings.get("max_position_embeddings", _DEFAULT_POSITIONS))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ModelCorruptError(f"cannot read {config}: {error}") from error
    return ModelEntry(
        name=re.sub(r"[^a-z0-9._-]", "-", folder.resolve().name.lower()).lstrip("._-") or "folder",
        task="translate",
        directions=(direction,),
        channel="folder",
        source=str(folder),
        backend=kind,
        licence="unknown",
        max_tokens=max(2, positions),
    )


def _resolve(model: str | None, direction: Direction, entries: Sequence[ModelEntry]) -> ModelEntry:
    if model is None:
        return default_entry(direction, entries)
    names = {entry.name for entry in entries}
    if model and model not in names and Path(model).expanduser().is_dir():
        return entry_of_folder(Path(model).expanduser(), direction)
    entry = find_entry(model, entries)
    if entry.task != "translate" or direction not in entry.directions:
        legal = [e.name for e in entries if direction in e.directions and e.task == "translate"]
        raise UsageError(f"model {model} does not translate {direction}; legal is {', '.join(legal)}")
    return entry


def _checksum(store: Store, entry: ModelEntry, folder: Path) -> str:
    """Of the weights: the recorded one where there is one, since reading 60 MB costs a start 50 ms."""
    recorded = store.checksums(entry)
    sums = [
        recorded.get(path.name) or sha256_of(path) for path in sorted(folder.glob(WEIGHTS[entry.backend]))
    ]
    if len(sums) == 1:
        return sums[0]
    return hashlib.sha256("".join(sums).encode()).hexdigest()


def check_known(backend: Backend, folder: Path, name: str) -> None:
    """Translates the sentence of the folder's ``known.json``, if it has one, greedily.

    The file is ``{"source": "...", "contains": ["...", ...]}``; each of the strings must be in the answer, in
    either case.

    Raises:
        ModelCorruptError: one is not, or the file cannot be read.
    """
    path = folder / KNOWN
    if not path.is_file():
        return
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        source, wanted = str(known["source"]), [str(part) for part in known["contains"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelCorruptError(f"cannot read {path}: {error}; type: tosprog models verify {name}") from error
    (hypothesis,) = backend.translate([source], DecodingOptions(beam_size=1))
    missing = [part for part in wanted if part.casefold() not in hypothesis.text.casefold()]
    if missing:
        raise ModelCorruptError(
            f"model {name} answers {source!r} with {hypothesis.text[:80]!r}, which lacks {missing[0]!r}; "
            f"type: tosprog models verify {name}"
        )


def load_backend(
    direction: Direction,
    model: str | None = None,
    *,
    offline: bool = True,
    store: Store | None = None,
    threads: int | None = None,
    catalog: Sequence[ModelEntry] | None = None,
) -> Backend:
    """Loads a model and checks it with its known sentence.

    Args:
        direction: What to translate from and into.
        model: A name in the catalog, a folder (CTranslate2, or transformers with safetensors), or ``double``;
            None is the bundled model of the direction.
        offline: Look nothing up. Otherwise a model that is not installed is pulled.
        store: Where weights live; None is the user's.
        threads: Of one translation; None is up to four.
        catalog: None is the shipped one.

    Raises:
        UsageError: the model is for another direction.
        ModelMissingError: unknown or not installed.
        ModelCorruptError: files or answers are not what they should be.
        ModelError: the model cannot be had or used for another reason.

    Example:
        >>> from tosprog.models.languages import parse_direction
        >>> backend = load_backend(parse_direction("da-en"), "double")
        >>> backend.translate(["Hej"], DecodingOptions())[0].text
        '[en] Hej'
    """
    if model == DOUBLE:
        return DoubleBackend(direction)
    entries = load_catalog() if catalog is None else catalog
    entry = _resolve(model, direction, entries)
    store = store or Store()
    folder = store.require(entry) if offline or store.is_installed(entry) else store.pull(entry)
    if not any(folder.glob(WEIGHTS[entry.backend])):
        raise ModelCorruptError(f"model {entry.name}: {folder} has no {WEIGHTS[entry.backend]}")
    load = LOADERS[entry.backend]
    backend = load(folder, entry, direction, checksum=_checksum(store, entry, folder), threads=threads)
    check_known(backend, folder, entry.name)
    return backend
