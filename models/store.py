"""Where weights live on this machine, and how they get there and are checked.

    <home>/models/<name>/            the files of one pulled model, and lock.json
    <home>/locks/<name>.json         the lock of a removed model: pulled again, it is the same again

``<home>`` is the argument, else ``TOSPROG_HOME``, else the user's data folder. Bundled models lie beside the
code.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tosprog.models import channel_hub, channel_index
from tosprog.models.catalog import Channel, ModelEntry
from tosprog.models.errors import ModelCorruptError, ModelError, ModelMissingError

WEIGHTS = Path(__file__).with_name("weights")
LOCK = "lock.json"
SUMS = "SHA256SUMS"
_STALE_S = 24 * 3600  # what a killed pull left behind is cleared by the next pull after a day


def sha256_of(path: Path) -> str:
    """The file's sha256 as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def read_sums(folder: Path) -> dict[str, str]:
    """File -> checksum, as ``sha256sum`` writes them into ``SHA256SUMS``; empty without that file.

    Raises:
        ModelCorruptError: a line is not a checksum and a plain file name.
    """
    path = folder / SUMS
    if not path.is_file():
        return {}
    sums = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        checksum, _, name = line.partition(" ")
        name = name.lstrip(" *")
        if len(checksum) != 64 or not name or Path(name).name != name:
            raise ModelCorruptError(f"{path} has a line that is no checksum and file name: {line!r}")
        sums[name] = checksum
    return sums


def cache_folder() -> Path:
    """Where what can be made again is: ``TOSPROG_CACHE``, else ``TOSPROG_HOME/cache``, else the user's cache folder."""
    if folder := os.environ.get("TOSPROG_CACHE"):
        return Path(folder).expanduser()
    if home := os.environ.get("TOSPROG_HOME"):
        return Path(home).expanduser() / "cache"
    import platformdirs

    return Path(platformdirs.user_cache_dir("tosprog", appauthor=False))


@dataclass(frozen=True, slots=True)
class Lock:
    """What a pull fetched: the next load and the next pull are held to it.

    Attributes:
        name: Of the model.
        source: Repository or packages.
        revision: What the catalog asked for.
        commit: What that was resolved to.
        sha256: File -> checksum.
        bytes: File -> size.
    """

    name: str
    source: str
    revision: str
    commit: str
    sha256: dict[str, str]
    bytes: dict[str, int]


def _read_lock(path: Path) -> Lock | None:
    try:
        return Lock(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise ModelCorruptError(
            f"cannot read the lock file {path}: {error}; delete it and pull again"
        ) from error


def _source_of(entry: ModelEntry) -> str:
    return entry.source or " ".join(entry.packages)


def _fetch_hub(entry: ModelEntry, pinned: Lock | None, folder: Path) -> str:
    return channel_hub.fetch(entry, pinned.commit if pinned else entry.revision, folder)


def _fetch_index(entry: ModelEntry, pinned: Lock | None, folder: Path) -> str:
    return channel_index.fetch(entry, folder)


# Entry, lock of an earlier pull or None, empty folder -> what the revision was resolved to.
Fetcher = Callable[[ModelEntry, "Lock | None", Path], str]
FETCHERS: dict[Channel, Fetcher] = {  # the channels that download
    "hub": _fetch_hub,
    "index": _fetch_index,
}


class Store:
    """The weights on this machine."""

    def __init__(self, home: Path | None = None, *, bundled: Path = WEIGHTS) -> None:
        """Touches nothing; folders are made by the first pull.

        Args:
            home: Where pulled weights live.
            bundled: Where the weights that come with the code live.
        """
        if home is None:
            import platformdirs

            home = Path(
                os.environ.get("TOSPROG_HOME") or platformdirs.user_data_dir("tosprog", appauthor=False)
            )
        self.home = home.expanduser()
        self._bundled = bundled

    def path_of(self, entry: ModelEntry) -> Path:
        """The folder where the model's files are, or will be once pulled."""
        if entry.channel == "bundled":
            return self._bundled / entry.source
        if entry.channel == "folder":
            return Path(entry.source).expanduser()
        return self.home / "models" / entry.name

    def is_installed(self, entry: ModelEntry) -> bool:
        """Whether the model's folder is there; nothing is read."""
        path = self.path_of(entry)
        if entry.channel in FETCHERS:
            return (path / LOCK).is_file()
        return (path / "config.json").is_file() or any(path.glob("*.gguf"))

    def installed(self, entries: Iterable[ModelEntry]) -> tuple[ModelEntry, ...]:
        """Those of the entries that are on this machine, in their order."""
        return tuple(entry for entry in entries if self.is_installed(entry))

    def lock_of(self, entry: ModelEntry) -> Lock | None:
        """What was pulled, or None for a model that was not.

        Raises:
            ModelCorruptError: the lock file cannot be read.
        """
        return _read_lock(self.path_of(entry) / LOCK) if entry.channel in FETCHERS else None

    def checksums(self, entry: ModelEntry) -> dict[str, str]:
        """File -> sha256 from the lock, the export or the catalog; empty for a folder without any."""
        lock = self.lock_of(entry)
        return (lock.sha256 if lock else read_sums(self.path_of(entry))) | dict(entry.sha256)

    def require(self, entry: ModelEntry) -> Path:
        """The model's folder, its files present and of the recorded size; nothing is hashed.

        Raises:
            ModelMissingError: not installed; the message says what to type.
            ModelCorruptError: a recorded file is missing or has another size.
        """
        path = self.path_of(entry)
        if not self.is_installed(entry):
            raise ModelMissingError(f"model {entry.name} is not installed ({path}); {self._remedy(entry)}")
        lock = self.lock_of(entry)
        for name in self.checksums(entry):
            file = path / name
            if not file.is_file():
                raise ModelCorruptError(f"model {entry.name}: {file} is missing; {self._remedy(entry)}")
            if lock and name in lock.bytes and file.stat().st_size != lock.bytes[name]:
                raise ModelCorruptError(
                    f"model {entry.name}: {file} has {file.stat().st_size} bytes, not {lock.bytes[name]}; "
                    f"type: tosprog models remove {entry.name}, then: tosprog models pull {entry.name}"
                )
        return path

    @staticmethod
    def _remedy(entry: ModelEntry) -> str:
        if entry.channel == "bundled":
            return "it comes with Tosprog: install Tosprog again"
        if entry.channel == "folder":
            return "name a folder with config.json and weights"
        return f"when online, type: tosprog models pull {entry.name}"

    def pull(self, entry: ModelEntry, *, offline: bool = False, update: bool = False) -> Path:
        """Fetches the model unless it is installed, all or nothing, and returns its folder.

        The files go to a temporary folder beside the final one and are moved in one step; the lock is among
        them. A model that was pulled before is fetched at its locked commit and must have the locked
        checksums.

        Args:
            entry: What to fetch.
            offline: Fetch nothing; `channel_hub.is_offline` does the same.
            update: Fetch the catalog's revision as it is now, and lock that.

        Raises:
            ModelMissingError: offline, or a bundled model or folder that is not there.
            ModelError: the channel failed.
            ModelCorruptError: a checksum is not the recorded one; nothing is kept.
        """
        fetcher = FETCHERS.get(entry.channel)
        if self.is_installed(entry) and not (update and fetcher):
            return self.require(entry)
        if fetcher is None:
            return self.require(entry)
        if offline or channel_hub.is_offline():
            raise ModelMissingError(
                f"model {entry.name} is not installed and this is offline; "
                f"when online, type: tosprog models pull {entry.name}"
            )
        try:
            return self._fetch(entry, fetcher, update)
        except OSError as error:
            raise ModelError(
                f"cannot store model {entry.name} in {self.home}: {error}; free space or set TOSPROG_HOME"
            ) from error

    def _fetch(self, entry: ModelEntry, fetcher: Fetcher, update: bool) -> Path:
        target = self.path_of(entry)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._clear_stale(target.parent)
        pinned = None if update else _read_lock(self._kept_lock(entry))
        if pinned and (pinned.source, pinned.revision) != (_source_of(entry), entry.revision):
            pinned = None  # the catalog names another source by now
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".pull-") as scratch:
            folder = Path(scratch) / entry.name
            folder.mkdir()
            commit = fetcher(entry, pinned, folder)
            shutil.rmtree(folder / ".cache", ignore_errors=True)  # huggingface_hub's bookkeeping
            lock = self._lock(entry, commit, folder)
            self._hold(entry, dict(entry.sha256) | (pinned.sha256 if pinned else {}), lock.sha256)
            (folder / LOCK).write_text(json.dumps(asdict(lock), indent=1, sort_keys=True), encoding="utf-8")
            if target.exists():
                target.replace(Path(scratch) / "old")
            folder.replace(target)
        return target

    @staticmethod
    def _clear_stale(folder: Path) -> None:
        for path in folder.glob(".*-*"):
            if path.is_dir() and time.time() - path.stat().st_mtime > _STALE_S:
                shutil.rmtree(path, ignore_errors=True)

    @staticmethod
    def _lock(entry: ModelEntry, commit: str, folder: Path) -> Lock:
        files = sorted(path for path in folder.iterdir() if path.is_file())
        return Lock(
            name=entry.name,
            source=_source_of(entry),
            revision=entry.revision,
            commit=commit,
            sha256={path.name: sha256_of(path) for path in files},
            bytes={path.name: path.stat().st_size for path in files},
        )

    @staticmethod
    def _hold(entry: ModelEntry, recorded: dict[str, str], found: dict[str, str]) -> None:
        wrong = sorted(name for name, checksum in recorded.items() if found.get(name) != checksum)
        if wrong:
            raise ModelCorruptError(
                f"model {entry.name}: {', '.join(wrong)} differ from the recorded sha256; nothing was kept; "
                f"to accept what the source has now, type: tosprog models pull {entry.name} --update"
            )

    def verify(self, entry: ModelEntry) -> tuple[str, ...]:
        """Reads every file with a recorded checksum and returns their names.

        Empty for a folder of the user's own that has no ``SHA256SUMS``: there is nothing to hold it to.

        Raises:
            ModelMissingError: not installed.
            ModelCorruptError: a file is missing or differs.
        """
        path = self.require(entry)
        recorded = self.checksums(entry)
        wrong = [name for name, checksum in sorted(recorded.items()) if sha256_of(path / name) != checksum]
        if wrong:
            again = (
                f"type: tosprog models remove {entry.name}, then: tosprog models pull {entry.name}"
                if entry.channel in FETCHERS
                else self._remedy(entry)
            )
            raise ModelCorruptError(
                f"model {entry.name}: {', '.join(wrong)} in {path} differ from the recorded sha256; {again}"
            )
        return tuple(sorted(recorded))

    def remove(self, entry: ModelEntry) -> None:
        """Deletes a pulled model; its lock is kept, so that it comes back the same.

        Raises:
            ModelError: the model is bundled or a folder of the user's own.
            ModelMissingError: not installed.
        """
        if entry.channel not in FETCHERS:
            kind = "comes with Tosprog" if entry.channel == "bundled" else "is a folder of your own"
            raise ModelError(
                f"model {entry.name} {kind} ({self.path_of(entry)}); only pulled models can be removed"
            )
        path = self.path_of(entry)
        if not path.exists():
            raise ModelMissingError(f"model {entry.name} is not installed; see: tosprog models list")
        kept = self._kept_lock(entry)
        kept.parent.mkdir(parents=True, exist_ok=True)
        if (path / LOCK).is_file():
            (path / LOCK).replace(kept)
        shutil.rmtree(path)

    def _kept_lock(self, entry: ModelEntry) -> Path:
        return self.home / "locks" / f"{entry.name}.json"
