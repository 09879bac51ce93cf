"""Machine-made French of English sentences: the bridge over which Danish pieces get their first meaning."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from tosprog.models.training import vocabulary
from tosprog.models.training.corpora import Pair

_MAX_WORDS = 28
_CHUNK = 2000


def sample(rows: Sequence[tuple[float, Pair]], count: int, seed: int = 1) -> list[Pair]:
    """Draws short pairs by weight, without repetition."""
    dice = random.Random(seed)
    short = [(weight, pair) for weight, pair in rows if len(pair.english.split()) <= _MAX_WORDS]
    # Exponential keys (Efraimidis and Spirakis 2006): a weighted sample without replacement in one sort.
    keyed = sorted(short, key=lambda row: dice.random() ** (1 / row[0]), reverse=True)
    return [pair for _, pair in keyed[:count]]


def translate_to_french(pairs: Sequence[Pair], parent: Path, scratch: Path) -> list[str]:
    """French of each pair's English side, greedily; same length and order.

    Args:
        pairs: From `sample`.
        parent: Folder of the en-fr parent.
        scratch: Where its CTranslate2 form is put.
    """
    import ctranslate2
    import torch
    from ctranslate2.converters import TransformersConverter
    from transformers import MarianConfig, MarianMTModel

    if not (scratch / "model.bin").is_file():
        # The converter reads safetensors; the parent's pickle goes through torch's restricted unpickler here.
        model = MarianMTModel(MarianConfig.from_pretrained(parent))
        state = torch.load(parent / "pytorch_model.bin", map_location="cpu", weights_only=True)
        model.load_state_dict(state, strict=False)
        model.tie_weights()
        safe = scratch.with_name(scratch.name + ".hf")
        model.save_pretrained(safe)
        for name in ("source.spm", "target.spm", "vocab.json"):
            (safe / name).write_bytes((parent / name).read_bytes())
        TransformersConverter(str(safe)).convert(str(scratch), quantization="int8", force=True)
    source, target = vocabulary.load(parent / "source.spm"), vocabulary.load(parent / "target.spm")
    translator = ctranslate2.Translator(str(scratch), compute_type="int8")
    french: list[str] = []
    for start in range(0, len(pairs), _CHUNK):
        pieces = [
            [*source.encode(pair.english, out_type=str), vocabulary.EOS]
            for pair in pairs[start : start + _CHUNK]
        ]
        results = translator.translate_batch(
            pieces, beam_size=1, max_batch_size=1024, batch_type="tokens", max_decoding_length=90
        )
        french += [target.decode(result.hypotheses[0]) for result in results]
    return french
