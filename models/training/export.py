"""A trained network as CTranslate2 int8: the files that the repository carries."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import ctranslate2
import sentencepiece
import torch
from ctranslate2.converters.transformers import MarianMTLoader
from transformers import MarianMTModel

from tosprog.models.languages import Direction
from tosprog.models.training import vocabulary

# Easy sentences and a word that a sound model's answer has; a wrong answer at load means broken files. A model
# gets the first that it masters.
KNOWN: dict[str, tuple[tuple[str, str], ...]] = {
    "da-en": (
        ("Huset er stort.", "house"),
        ("Jeg læser en bog.", "book"),
        ("Børnene går i skole.", "school"),
        ("Vi bor i en lille by.", "we"),
    ),
    "en-da": (
        ("The house is big.", "hus"),
        ("I am reading a book.", "bog"),
        ("The children go to school.", "skole"),
        ("We live in a small town.", "vi"),
    ),
}


def export(checkpoint: Path, pieces: Path, direction: Direction, out: Path) -> None:
    """Writes ``model.bin``, vocabularies, ``source.spm``, ``target.spm``, ``known.json`` and ``SHA256SUMS``.

    The folder is replaced whole, once the exported model has loaded and answered.

    Args:
        checkpoint: A folder that the trainer saved.
        pieces: Folder with ``da.spm`` and ``en.spm``.
        direction: What the checkpoint translates.
        out: The folder to write.

    Raises:
        ValueError: the model masters none of the sentences in `KNOWN`.
    """
    model = MarianMTModel.from_pretrained(checkpoint, dtype=torch.float32)
    model.lm_head.weight = model.get_decoder().embed_tokens.weight
    if direction.target == "en":
        # They start as twins of the plain mark, and a frozen decoder leaves them so: the plain one is written.
        target = vocabulary.entries(vocabulary.load(pieces / "en.spm"))
        for mark in vocabulary.LOOKALIKES:
            model.final_logits_bias[0, target.index(mark)] = -1e4
    loader = MarianMTLoader()
    spec = loader.get_model_spec(model)
    for language, register in (
        (direction.source, spec.register_source_vocabulary),
        (direction.target, spec.register_target_vocabulary),
    ):
        register(vocabulary.entries(vocabulary.load(pieces / f"{language}.spm"))[:-1])  # <pad> stays behind
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
        for path in folder.glob("*_vocabulary.json"):  # without CTranslate2's indent: two thirds of the size
            path.write_text(json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False), "utf-8")
        shutil.copyfile(pieces / f"{direction.source}.spm", folder / "source.spm")
        shutil.copyfile(pieces / f"{direction.target}.spm", folder / "target.spm")
        known = json.dumps(_mastered(folder, KNOWN[str(direction)]), ensure_ascii=False)
        (folder / "known.json").write_text(known + "\n", encoding="utf-8")
        lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}" for p in sorted(folder.iterdir())]
        (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n")
        if out.exists():
            shutil.rmtree(out)
        folder.rename(out)


def _mastered(folder: Path, candidates: Sequence[tuple[str, str]]) -> dict[str, object]:
    translator = ctranslate2.Translator(str(folder), compute_type="int8")
    source, target = (
        sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{side}.spm"))
        for side in ("source", "target")
    )
    for sentence, word in candidates:
        tokens = [*source.encode(sentence, out_type=str), vocabulary.EOS]
        answer = target.decode(translator.translate_batch([tokens])[0].hypotheses[0])
        if word in answer.lower():
            return {"source": sentence, "contains": [word]}
    raise ValueError(f"the exported model answers none of {[sentence for sentence, _ in candidates]} soundly")
