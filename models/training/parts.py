"""A checkpoint in files below a limit: machines with an accelerator often hand back small files only."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from pathlib import Path

import torch
from transformers import MarianMTModel

from tosprog.models.errors import UsageError

PART_BYTES = 15 * 2**20
_SUMS = "SHA256SUMS"


def split(checkpoint: Path, out: Path, part_bytes: int = PART_BYTES) -> list[Path]:
    """Writes the network in half precision, and its place in the data, as ``part.000``, ``part.001``, ...

    The optimizer's state stays behind: eight times the size, and a hundred steps of warm-up make up for it.

    Args:
        checkpoint: ``runs/DIRECTION/last``.
        out: A folder; parts that are there are replaced.
        part_bytes: Size of a part, the last one aside.

    Raises:
        UsageError: there is no checkpoint.
    """
    if not (checkpoint / "state.json").is_file():
        raise UsageError(f"{checkpoint} is no checkpoint; name the folder last of a run, as runs/da-en/last")
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        MarianMTModel.from_pretrained(checkpoint, dtype=torch.float16).save_pretrained(scratch)
        shutil.copyfile(checkpoint / "state.json", scratch / "state.json")
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for path in sorted(scratch.iterdir()):
                archive.add(path, path.name)
    content = packed.getvalue()
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("part.*"):
        old.unlink()
    paths: list[Path] = []
    for start in range(0, len(content), part_bytes):
        paths.append(out / f"part.{len(paths):03}")
        paths[-1].write_bytes(content[start : start + part_bytes])
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths)
    (out / _SUMS).write_text(sums, encoding="utf-8")
    return paths


def join(parts: Path, checkpoint: Path) -> int:
    """Puts `split`'s parts together into a checkpoint that training goes on from; target tokens it has seen.

    Raises:
        UsageError: a part is missing or torn, or ``checkpoint`` is there already.
    """
    if checkpoint.exists():
        raise UsageError(f"{checkpoint} is there already; move it away, or name another --run")
    if not (parts / _SUMS).is_file():
        raise UsageError(f"{parts} holds no {_SUMS}; name the folder that split wrote")
    packed = io.BytesIO()
    for line in (parts / _SUMS).read_text(encoding="utf-8").splitlines():
        wanted, name = line.split("  ")
        path = parts / name
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != wanted:
            raise UsageError(f"{path} is {'torn' if content else 'missing'}: copy it again")
        packed.write(content)
    packed.seek(0)
    fresh = checkpoint.with_name(checkpoint.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    with tarfile.open(fileobj=packed) as archive:
        archive.extractall(fresh, filter="data")
    state: dict[str, int] = json.loads((fresh / "state.json").read_text(encoding="utf-8"))
    fresh.rename(checkpoint)
    return state["target_tokens"]
