"""A checkpoint as int8 without CTranslate2, which a lent machine may lack: an eighth of its size, exported at home.

A row of a matrix has one scale, as CTranslate2 has it, so that the export rounds nothing a second time.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from transformers import MarianConfig, MarianMTModel

from tosprog.models.errors import UsageError
from tosprog.models.languages import LANGUAGES, Direction, parse_direction
from tosprog.models.training.parts import ROUNDED

_ABOUT = "rounded.json"


def write_rounded(checkpoint: Path, pieces: Path, direction: Direction, out: Path) -> None:
    """Writes the network of a checkpoint, with its pieces and what it translates.

    Args:
        checkpoint: A folder that the trainer saved.
        pieces: Folder with ``da.spm`` and ``en.spm``.
        direction: What the checkpoint translates.
        out: The folder to write.
    """
    model = MarianMTModel.from_pretrained(checkpoint, dtype=torch.float32)
    state: dict[str, torch.Tensor] = {}
    for name, value in model.state_dict().items():
        if "embed_positions" in name or name.startswith(
            "lm_head"
        ):  # sines, and the decoder's embeddings again
            continue
        if value.dim() == 2 and len(value) > 1:
            scale = 127 / value.abs().amax(dim=1).clamp_min(1e-9)
            state[name] = torch.round(value * scale[:, None]).to(torch.int8)
            state[f"{name}_scale"] = scale
        else:
            state[name] = value.clone()
    out.mkdir(parents=True, exist_ok=True)
    save_file(state, out / ROUNDED)
    about = {"direction": str(direction), "config": model.config.to_dict()}
    (out / _ABOUT).write_text(json.dumps(about) + "\n", encoding="utf-8")
    for code in LANGUAGES:
        shutil.copyfile(pieces / f"{code}.spm", out / f"{code}.spm")


def export_rounded(folder: Path, weights: Path) -> Direction:
    """Exports what `write_rounded` wrote as ``weights/DIRECTION``; returns the direction.

    Raises:
        UsageError: a file is missing or torn.
    """
    from tosprog.models.training.export import export  # needs CTranslate2

    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        state = load_file(folder / ROUNDED)
    except (OSError, ValueError, SafetensorError) as error:
        raise UsageError(f"{folder} holds no whole rounded checkpoint: {error}") from error
    direction = parse_direction(about["direction"])
    model = MarianMTModel(MarianConfig.from_dict(about["config"]))
    full = model.state_dict()
    for name, value in state.items():
        scale = state.get(f"{name}_scale")
        if not name.endswith("_scale"):
            full[name] = value if scale is None else value.float() / scale[:, None]
    model.load_state_dict(full)
    model.lm_head.weight = model.get_decoder().embed_tokens.weight
    with tempfile.TemporaryDirectory() as work:
        model.save_pretrained(Path(work) / "whole")
        export(Path(work) / "whole", folder, direction, weights / str(direction))
    return direction
