"""A trained network as CTranslate2 int8: the files that the repository carries."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import ctranslate2
import torch
from ctranslate2.converters.transformers import MarianMTLoader
from transformers import MarianMTModel

from tosprog.models.languages import Direction
from tosprog.models.training import vocabulary

# Easy sentences that a sound model of the direction gets right; a wrong answer at load means broken files.
KNOWN: dict[str, dict[str, object]] = {
    "da-en": {"source": "Huset er stort.", "contains": ["house"]},
    "en-da": {"source": "The house is big.", "contains": ["hus"]},
}


def export(checkpoint: Path, pieces: Path, direction: Direction, out: Path) -> None:
    """Writes ``model.bin``, vocabularies, ``source.spm``, ``target.spm``, ``known.json`` and ``SHA256SUMS``.

    The folder is replaced whole.

    Args:
        checkpoint: A folder that the trainer saved.
        pieces: Folder with ``da.spm`` and ``en.spm``.
        direction: What the checkpoint translates.
        out: The folder to write.
    """
    model = MarianMTModel.from_pretrained(checkpoint, dtype=torch.float32)
    model.lm_head.weight = model.get_decoder().embed_tokens.weight
    loader = MarianMTLoader()  # type: ignore[no-untyped-call]
    spec = loader.get_model_spec(model)  # type: ignore[no-untyped-call]
    for side, register in (
        (direction.source, spec.register_source_vocabulary),
        (direction.target, spec.register_target_vocabulary),
    ):
        register(vocabulary.entries(vocabulary.load(pieces / f"{side}.spm"))[:-1])  # <pad> stays behind
    spec.config.eos_token = vocabulary.EOS
    spec.config.unk_token = vocabulary.UNK
    spec.config.decoder_start_token = vocabulary.EOS
    spec.validate()
    spec.optimize(quantization="int8")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as name:
        folder = Path(name) / out.name
        folder.mkdir()
        spec.save(str(folder))
        shutil.copyfile(pieces / f"{direction.source}.spm", folder / "source.spm")
        shutil.copyfile(pieces / f"{direction.target}.spm", folder / "target.spm")
        known = json.dumps(KNOWN[str(direction)], ensure_ascii=False)
        (folder / "known.json").write_text(known + "\n", encoding="utf-8")
        lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}" for p in sorted(folder.iterdir())]
        (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n")
        ctranslate2.Translator(str(folder))  # must load before it replaces what is there
        if out.exists():
            shutil.rmtree(out)
        folder.rename(out)
