"""A folder of weights in files below a limit: a lent machine with an accelerator may take and give small files only."""

from __future__ import annotations

import io
import shutil
import tarfile
from pathlib import Path

from tosprog.models.errors import UsageError
from tosprog.models.store import SUMS, read_sums, sha256_of

PART_BYTES = 15 * 2**20
EXPORTED, ROUNDED = "model.bin", "rounded.safetensors"  # what a folder of weights holds, one of them


def split(folder: Path, out: Path, part_bytes: int = PART_BYTES) -> list[Path]:
    """Packs a folder as ``part.000``, ``part.001``, ... with their checksums.

    Args:
        folder: What `export` or `write_rounded` wrote: 60 MB, an eighth of a checkpoint.
        out: A folder; parts that are there are replaced.
        part_bytes: Size of a part, the last one aside.

    Raises:
        UsageError: there is neither ``model.bin`` nor ``rounded.safetensors``.
    """
    if not any((folder / name).is_file() for name in (EXPORTED, ROUNDED)):
        raise UsageError(
            f"{folder} holds no {EXPORTED} and no {ROUNDED}; name a folder of exported weights, as "
            "models/weights/da-en, or one that round wrote"
        )
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, path.name)
    content = packed.getvalue()
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("part.*"):
        old.unlink()
    paths: list[Path] = []
    for start in range(0, len(content), part_bytes):
        paths.append(out / f"part.{len(paths):03}")
        paths[-1].write_bytes(content[start : start + part_bytes])
    sums = "".join(f"{sha256_of(path)}  {path.name}\n" for path in paths)
    (out / SUMS).write_text(sums, encoding="utf-8")
    return paths


def join(parts: Path, folder: Path) -> None:
    """Puts `split`'s parts together again.

    Raises:
        UsageError: a part is missing or torn, or ``folder`` is there already.
    """
    if folder.exists():
        raise UsageError(f"{folder} is there already; move it away, or name another folder")
    sums = read_sums(parts)
    if not sums:
        raise UsageError(f"{parts} holds no {SUMS}; name the folder that split wrote")
    packed = io.BytesIO()
    for name, wanted in sums.items():
        path = parts / name
        if not path.is_file():
            raise UsageError(f"{path} is missing: copy it again")
        if sha256_of(path) != wanted:
            raise UsageError(f"{path} is torn: copy it again")
        packed.write(path.read_bytes())
    packed.seek(0)
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    with tarfile.open(fileobj=packed) as archive:
        archive.extractall(fresh, filter="data")
    fresh.rename(folder)
