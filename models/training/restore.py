"""Exported weights as a network to train on: the way back from `export`, at the precision of int8.

A work folder can be lost; the weights that the repository carries cannot. Their rounding costs a fraction of what an
hour of training gives.
"""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import torch
from transformers import MarianConfig, MarianMTModel

from tosprog.models.errors import UsageError
from tosprog.models.languages import Direction
from tosprog.models.training import vocabulary

_BINARY_VERSION = 6
_DTYPES = (torch.float32, torch.int8, torch.int16, torch.int32, torch.float16)  # by CTranslate2's number
_FFN = {"fc1": "ffn/linear_0", "fc2": "ffn/linear_1", "final_layer_norm": "ffn/layer_norm"}


def read_variables(path: Path) -> dict[str, torch.Tensor]:
    """The variables of a CTranslate2 ``model.bin`` by name, int8 as it is; aliases are not followed.

    Raises:
        UsageError: the file is cut short or of another binary version.

    Source: ``ModelSpec._serialize`` of ctranslate2.specs.model_spec 4.
    """
    content = path.read_bytes()
    at = 0

    def number(code: str) -> int:
        nonlocal at
        (value,) = struct.unpack_from(f"<{code}", content, at)
        at += struct.calcsize(f"<{code}")
        return int(value)

    def string() -> str:
        nonlocal at
        length = number("H")
        at += length
        return content[at - length : at - 1].decode("utf-8")

    variables: dict[str, torch.Tensor] = {}
    try:
        if (version := number("I")) != _BINARY_VERSION:
            raise UsageError(f"{path} has binary version {version}, not {_BINARY_VERSION}: export it anew")
        string(), number("I")  # the specification's name and revision
        for _ in range(number("I")):
            name = string()
            shape = [number("I") for _ in range(number("B"))]
            dtype, size = _DTYPES[number("B")], number("I")
            own = bytearray(content[at : at + size])  # a copy: torch wants writable memory
            variables[name] = torch.frombuffer(own, dtype=dtype).reshape(shape)
            at += size
    except (struct.error, ValueError, RuntimeError, IndexError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no whole CTranslate2 model: {error}") from error
    return variables


def restore(direction: Direction, weights: Path) -> MarianMTModel:
    """A network that answers as the exported one does, ready for the trainer.

    Args:
        direction: What the weights translate.
        weights: A folder that `export` wrote.

    Raises:
        UsageError: ``model.bin`` is missing, torn, or of another architecture.
    """
    if not (weights / "model.bin").is_file():
        raise UsageError(
            f"{weights} holds no model.bin; name a folder of exported weights, as models/weights/da-en"
        )
    variables = read_variables(weights / "model.bin")

    def tensor(name: str) -> torch.Tensor:
        value = variables[name].float()
        if f"{name}_scale" in variables:
            value = value / variables[f"{name}_scale"][:, None]
        return value

    state: dict[str, torch.Tensor] = {}

    def put(name: str, origin: str) -> None:
        norm = "layer_norm" in name
        state[f"model.{name}.weight"] = tensor(f"{origin}/gamma" if norm else f"{origin}/weight")
        state[f"model.{name}.bias"] = tensor(f"{origin}/beta" if norm else f"{origin}/bias")

    def put_attention(name: str, origin: str, parts: tuple[tuple[str, ...], ...]) -> None:
        """``parts``: the projections that each of CTranslate2's matrices holds, one under the other."""
        for index, projections in enumerate((*parts, ("out_proj",))):
            for kind in ("weight", "bias"):
                pieces = tensor(f"{origin}/linear_{index}/{kind}").chunk(len(projections))
                for projection, piece in zip(projections, pieces, strict=True):
                    state[f"model.{name}.{projection}.{kind}"] = piece

    try:
        rows, width = variables["encoder/embeddings_0/weight"].shape
        layers = sum(name.startswith("encoder/") and name.endswith("ffn/linear_0/bias") for name in variables)
        for side in ("encoder", "decoder"):
            for layer in range(layers):
                name, origin = f"{side}.layers.{layer}", f"{side}/layer_{layer}"
                put_attention(
                    f"{name}.self_attn", f"{origin}/self_attention", (("q_proj", "k_proj", "v_proj"),)
                )
                put(f"{name}.self_attn_layer_norm", f"{origin}/self_attention/layer_norm")
                if side == "decoder":
                    parts = (("q_proj",), ("k_proj", "v_proj"))
                    put_attention(f"{name}.encoder_attn", f"{origin}/attention", parts)
                    put(f"{name}.encoder_attn_layer_norm", f"{origin}/attention/layer_norm")
                for own, theirs in _FFN.items():
                    put(f"{name}.{own}", f"{origin}/{theirs}")
            embeddings = "encoder/embeddings_0/weight" if side == "encoder" else "decoder/embeddings/weight"
            padded = torch.zeros(rows + 1, width)  # <pad> stayed behind; the decoder starts from its zero
            padded[:rows] = tensor(embeddings)
            state[f"model.{side}.embed_tokens.weight"] = padded
        bias = torch.zeros(1, rows + 1)
        if "decoder/projection/bias" in variables:  # CTranslate2 leaves out one that is all zeros
            bias[0, :rows] = tensor("decoder/projection/bias")
        heads = int(variables["encoder/num_heads"])
        ffn = variables["encoder/layer_0/ffn/linear_0/bias"].shape[0]
    except KeyError as error:
        raise UsageError(
            f"{weights / 'model.bin'} is not the Marian network of this recipe: no {error}"
        ) from error
    if direction.target == "en":
        # Export silences these; a training text may hold them (see `export`).
        target = vocabulary.entries(vocabulary.load(weights / "target.spm"))
        for mark, plain in vocabulary.LOOKALIKES.items():
            if mark in target and plain in target:
                bias[0, target.index(mark)] = bias[0, target.index(plain)]
    state["final_logits_bias"] = bias
    model = MarianMTModel(
        MarianConfig(
            vocab_size=rows + 1,
            decoder_vocab_size=rows + 1,
            share_encoder_decoder_embeddings=False,
            tie_word_embeddings=True,
            d_model=width,
            encoder_layers=layers,
            decoder_layers=layers,
            encoder_attention_heads=heads,
            decoder_attention_heads=heads,
            encoder_ffn_dim=ffn,
            decoder_ffn_dim=ffn,
            max_position_embeddings=variables["decoder/position_encodings/encodings"].shape[0],
            activation_function="swish",
            scale_embedding=True,
            static_position_embeddings=True,
            normalize_before=False,
            normalize_embedding=False,
            pad_token_id=rows,
            decoder_start_token_id=rows,
            eos_token_id=0,
            forced_eos_token_id=None,
        )
    )
    missing, unexpected = model.load_state_dict(state, strict=False)
    left = [name for name in missing if "embed_positions" not in name and not name.startswith("lm_head")]
    if left or unexpected:
        raise UsageError(f"{weights / 'model.bin'} does not fit: missing {left}, not known {unexpected}")
    model.lm_head.weight = model.get_decoder().embed_tokens.weight
    return model


def copy_pieces(direction: Direction, weights: Path, pieces: Path) -> None:
    """``da.spm`` and ``en.spm`` of exported weights, into the folder that training reads them from."""
    pieces.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(weights / "source.spm", pieces / f"{direction.source}.spm")
    shutil.copyfile(weights / "target.spm", pieces / f"{direction.target}.spm")
