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
from tosprog.models.base import Backend, DecodingOptions, ScoringBackend
from tosprog.models.catalog import BackendName, ModelEntry, Task, load_catalog
from tosprog.models.entailment import Entailment
from tosprog.models.errors import ModelCorruptError, ModelError, ModelMissingError, UsageError
from tosprog.models.generation import Generator
from tosprog.models.generator_llamacpp import LlamaCppGenerator
from tosprog.models.generator_transformers import TransformersGenerator
from tosprog.models.languages import Direction, LanguageCode, other
from tosprog.models.reranked import RerankedBackend, reranked_signature
from tosprog.models.store import Store, sha256_of
from tosprog.models.tokenizer import WordRarity

DOUBLE = "double"
KNOWN = "known.json"
_DEFAULT_POSITIONS = 512  # a Marian network's
_CONTEXT = 8192  # of a GGUF file in a folder of the user's own


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


class GeneratorLoader(Protocol):
    """What loads the folder of a model that writes: a generator's class."""

    def __call__(
        self, folder: Path, entry: ModelEntry, /, *, checksum: str, threads: int | None
    ) -> Generator:
        """Loads it."""
        ...


GENERATORS: dict[BackendName, GeneratorLoader] = {
    "llamacpp": LlamaCppGenerator,
    "transformers": TransformersGenerator,
}
WEIGHTS: dict[BackendName, str] = {
    "ctranslate2": "model.bin",
    "transformers": "*.safetensors",
    "llamacpp": "*.gguf",
}
SUMMARIZER = "qwen2.5-coder-1.5b"


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
    """Describes a translation model in a folder that no catalog names: a CTranslate2 or a safetensors one.

    Raises:
        ModelError: it has a PyTorch pickle alone.
        ModelMissingError: it has no weights at all.
    """
    kind = _kind_of_folder(
        folder, tuple(LOADERS), "config.json and either model.bin (CTranslate2) or *.safetensors"
    )
    return _described(folder, "translate", kind, directions=(direction,))


def _kind_of_folder(folder: Path, kinds: Sequence[BackendName], legal: str) -> BackendName:
    kind = next((name for name in kinds if any(folder.glob(WEIGHTS[name]))), None)
    if kind is None and any(folder.glob("pytorch_model*.bin")):
        raise ModelError(f"{folder} has a PyTorch pickle alone; legal are safetensors or CTranslate2 weights")
    if kind is None or (kind != "llamacpp" and not (folder / "config.json").is_file()):
        raise ModelMissingError(f"{folder} is no model; legal is a folder with {legal} (transformers)")
    return kind


def _described(
    folder: Path,
    task: Task,
    kind: BackendName,
    *,
    directions: tuple[Direction, ...] = (),
    languages: tuple[LanguageCode, ...] = (),
) -> ModelEntry:
    positions = _DEFAULT_POSITIONS
    config = folder / "config.json"
    if config.is_file():
        try:
            settings = json.loads(config.read_text(encoding="utf-8"))
            positions = int(settings.get("max_position_embeddings", _DEFAULT_POSITIONS))
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise ModelCorruptError(f"cannot read {config}: {error}") from error
    elif kind == "llamacpp":
        positions = _CONTEXT
    return ModelEntry(
        name=re.sub(r"[^a-z0-9._-]", "-", folder.resolve().name.lower()).lstrip("._-") or "folder",
        task=task,
        directions=directions,
        languages=languages,
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
    rerank: bool = False,
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
        rerank: Load the model of the reverse direction too, and let it choose among hypotheses: see
            `tosprog.models.reranked`. It is the same model where that has both directions, else the bundled one.

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
    folder, checksum = _located(entry, store or Store(), offline)
    backend = LOADERS[entry.backend](folder, entry, direction, checksum=checksum, threads=threads)
    check_known(backend, folder, entry.name)
    if not rerank:
        return backend
    back = _reverse(model, direction, entries)
    reverse = load_backend(
        direction.reverse, back, offline=offline, store=store, threads=threads, catalog=catalog
    )
    if not isinstance(reverse, ScoringBackend):
        raise ModelError(
            f"model {reverse.signature} cannot say how likely a translation is; leave out --rerank"
        )
    return RerankedBackend(backend, reverse)


def _reverse(model: str | None, direction: Direction, entries: Sequence[ModelEntry]) -> str | None:
    """The name of the model that looks back; None is the bundled one."""
    entry = next((one for one in entries if one.name == model), None)
    return model if entry is not None and direction.reverse in entry.directions else None


def other_model(
    direction: Direction,
    model: str | None = None,
    *,
    store: Store | None = None,
    catalog: Sequence[ModelEntry] | None = None,
) -> str | None:
    """The first installed model of a direction that is not ``model``; None where there is none.

    Args:
        direction: What it translates from and into.
        model: As for `load_backend`.
        store: Where weights live; None is the user's.
        catalog: None is the shipped one.
    """
    if model == DOUBLE:
        return None
    store, entries = store or Store(), load_catalog() if catalog is None else catalog
    own = _resolve(model, direction, entries).name
    return next(
        (
            entry.name
            for entry in entries
            if entry.task == "translate"
            and direction in entry.directions
            and entry.name != own
            and store.is_installed(entry)
        ),
        None,
    )


def backend_signature(
    direction: Direction,
    model: str | None = None,
    *,
    offline: bool = True,
    store: Store | None = None,
    catalog: Sequence[ModelEntry] | None = None,
    rerank: bool = False,
) -> str:
    """Which model `load_backend` would load for the same arguments, with the checksum of its weights; loads none.

    Raises:
        UsageError, ModelMissingError, ModelCorruptError: as `load_backend` does.
    """
    if model == DOUBLE:
        return f"{DOUBLE}/{direction}"
    entries = load_catalog() if catalog is None else catalog
    entry = _resolve(model, direction, entries)
    own = _signature(entry, _located(entry, store or Store(), offline)[1])
    if not rerank:
        return own
    back = backend_signature(
        direction.reverse,
        _reverse(model, direction, entries),
        offline=offline,
        store=store,
        catalog=catalog,
    )
    return reranked_signature(own, back)


def generator_signature(
    model: str | None = None,
    *,
    offline: bool = True,
    store: Store | None = None,
    catalog: Sequence[ModelEntry] | None = None,
) -> str:
    """Which model `load_generator` would load for the same arguments, as `backend_signature` does."""
    entry = _resolve_generator(model, load_catalog() if catalog is None else catalog)
    return _signature(entry, _located(entry, store or Store(), offline)[1])


def _signature(entry: ModelEntry, checksum: str) -> str:
    return f"{entry.backend}/{entry.name}@{checksum[:12]}"


def _located(entry: ModelEntry, store: Store, offline: bool) -> tuple[Path, str]:
    """The model's folder, pulled if need be and allowed, and the checksum of its weights."""
    folder = store.require(entry) if offline or store.is_installed(entry) else store.pull(entry)
    if not any(folder.glob(WEIGHTS[entry.backend])):
        raise ModelCorruptError(f"model {entry.name}: {folder} has no {WEIGHTS[entry.backend]}")
    return folder, _checksum(store, entry, folder)


def load_generator(
    model: str | None = None,
    *,
    offline: bool = True,
    store: Store | None = None,
    threads: int | None = None,
    catalog: Sequence[ModelEntry] | None = None,
) -> Generator:
    """Loads a model that writes summaries.

    Args:
        model: A name in the catalog, or a folder (GGUF, or transformers with safetensors; taken to write English);
            None is `SUMMARIZER`.
        offline: Look nothing up. Otherwise a model that is not installed is pulled.
        store: Where weights live; None is the user's.
        threads: None is up to four.
        catalog: None is the shipped one.

    Raises:
        UsageError: the model is for another task.
        ModelMissingError: unknown or not installed.
        ModelCorruptError: files are not what they should be.
        ModelError: the model cannot be had or used for another reason.
    """
    entry = _resolve_generator(model, load_catalog() if catalog is None else catalog)
    folder, checksum = _located(entry, store or Store(), offline)
    return GENERATORS[entry.backend](folder, entry, checksum=checksum, threads=threads)


def load_writer(
    model: str | None = None, *, offline: bool = True, threads: int | None = None
) -> tuple[Generator, Entailment | None]:
    """Loads a model that writes summaries, as `load_generator` does, and one that checks them, if one is installed."""
    generator = load_generator(model, offline=offline, threads=threads)
    return generator, installed_entailment(generator.languages[0])


def _resolve_generator(model: str | None, entries: Sequence[ModelEntry]) -> ModelEntry:
    name = model or SUMMARIZER
    if name not in {entry.name for entry in entries} and Path(name).expanduser().is_dir():
        folder = Path(name).expanduser()
        kind = _kind_of_folder(folder, tuple(GENERATORS), "one *.gguf, or config.json and *.safetensors")
        return _described(folder, "summarize", kind, languages=("en",))
    entry = find_entry(name, entries)
    if entry.task != "summarize":
        legal = [one.name for one in entries if one.task == "summarize"]
        raise UsageError(f"model {name} does not summarise; legal is a folder, {', '.join(legal)}")
    return entry


def load_rarity(language: LanguageCode) -> WordRarity:
    """How rare words of the language are, by the vocabulary of the bundled model that reads it.

    Raises:
        ModelCorruptError: its file is missing or damaged.
    """
    entry = default_entry(Direction(language, other(language)), load_catalog())
    folder, _ = _located(entry, Store(), True)
    return WordRarity(folder)


def installed_entailment(
    language: LanguageCode, store: Store | None = None, catalog: Sequence[ModelEntry] | None = None
) -> Entailment | None:
    """The first installed model that checks what follows from a text in that language, None without one."""
    store = store or Store()
    for entry in load_catalog() if catalog is None else catalog:
        if entry.task == "entail" and language in entry.languages and store.is_installed(entry):
            folder, checksum = _located(entry, store, True)
            return Entailment(folder, entry, checksum=checksum)
    return None
