"""A Danish-English network out of an English-French one, by lexical transfer.

The parents (OPUS-MT fr-en and en-fr, Apache-2.0) know one of our two languages on one side. That side is kept as
it is: its pieces are the parent's own. On the other side each Danish piece starts as the mean of the French
pieces that it is aligned to, so that the parent reads Danish as a French gloss from the first step on.

Source: Kim, Gao and Ney, "Effective Cross-lingual Transfer of Neural Machine Translation Models without Shared
Vocabularies", ACL 2019 (aligning the child's embeddings to the parent's); the alignments are eflomal's (Östling and
Tiedemann 2016) over Danish pieces and machine-made French of the same sentences.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import sentencepiece as spm
import torch
from transformers import MarianConfig, MarianMTModel

from tosprog.models.languages import Direction
from tosprog.models.training import vocabulary

_KEPT_LINKS = 4  # the likeliest French pieces of a Danish one
_MIN_SHARE = 0.08  # of a Danish piece's links


def gloss_table(
    danish: Sequence[str],
    french: Sequence[str],
    new: spm.SentencePieceProcessor,
    old: spm.SentencePieceProcessor,
) -> dict[str, dict[str, float]]:
    """For each Danish piece, French pieces with their share of its alignment links.

    Args:
        danish: Sentences.
        french: The same sentences in French; same length and order.
        new: Splits the Danish.
        old: Splits the French, as the parent does.
    """
    from eflomal import Aligner

    left = [new.encode(sentence, out_type=str) for sentence in danish]
    right = [old.encode(sentence, out_type=str) for sentence in french]
    links: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as folder:
        forward, reverse = Path(folder) / "forward", Path(folder) / "reverse"
        Aligner(model=3, n_iterations=(4, 4, 8), n_samplers=1).align(
            [" ".join(pieces) for pieces in left],
            [" ".join(pieces) for pieces in right],
            links_filename_fwd=str(forward),
            links_filename_rev=str(reverse),
        )
        for path in (forward, reverse):
            for pieces, others, line in zip(left, right, path.read_text().splitlines(), strict=True):
                for link in line.split():
                    i, j = map(int, link.split("-"))
                    links[pieces[i]][others[j]] += 1
    table: dict[str, dict[str, float]] = {}
    for piece, counts in links.items():
        total = sum(counts.values())
        best = [(other, n / total) for other, n in counts.most_common(_KEPT_LINKS) if n / total >= _MIN_SHARE]
        if best:
            table[piece] = dict(best)
    return table


def _embedding_of(
    piece: str,
    gloss: dict[str, dict[str, float]],
    parent_ids: dict[str, int],
    parent_pieces: spm.SentencePieceProcessor,
    weights: torch.Tensor,
) -> torch.Tensor:
    shares = {parent_ids[p]: share for p, share in gloss.get(piece, {}).items() if p in parent_ids}
    if shares:
        total = sum(shares.values())
        return sum(
            (weights[i] * (share / total) for i, share in shares.items()), torch.zeros(weights.shape[1])
        )
    # No link: the piece as the parent would spell it, as names and foreign words are.
    ids = [
        parent_ids[p] for p in parent_pieces.encode(piece.replace("▁", " "), out_type=str) if p in parent_ids
    ]
    if ids and not piece.startswith("<0x"):
        return weights[ids].mean(dim=0)
    return torch.randn(weights.shape[1]) * weights.std()


def build(
    direction: Direction, parent: Path, pieces: Path, gloss: dict[str, dict[str, float]]
) -> MarianMTModel:
    """Builds the network that training starts from.

    Args:
        direction: ``da-en`` needs the fr-en parent, ``en-da`` the en-fr one.
        parent: Folder with ``pytorch_model.bin``, ``config.json``, ``vocab.json``, ``source.spm``, ``target.spm``.
        pieces: Folder with ``da.spm`` and ``en.spm``, the same number of pieces each.
        gloss: From `gloss_table`.

    Raises:
        ValueError: the two vocabularies differ in size.
    """
    torch.manual_seed(1)
    config = MarianConfig.from_pretrained(parent)
    old = MarianMTModel(config)
    # The only pickle that this project reads, and only with torch's restricted unpickler.
    state = torch.load(parent / "pytorch_model.bin", map_location="cpu", weights_only=True)
    old.load_state_dict(state, strict=False)
    old.tie_weights()
    table = old.get_encoder().embed_tokens.weight.detach().float()
    parent_ids: dict[str, int] = json.loads((parent / "vocab.json").read_text(encoding="utf-8"))
    french = vocabulary.load(parent / ("source.spm" if direction.source == "da" else "target.spm"))
    entries = {code: vocabulary.entries(vocabulary.load(pieces / f"{code}.spm")) for code in ("da", "en")}
    size = len(entries["da"])
    if len(entries["en"]) != size:
        raise ValueError(f"vocabularies of different size: da {size}, en {len(entries['en'])}")

    rows: dict[str, torch.Tensor] = {}
    for code, vocab in entries.items():
        matrix = torch.zeros(size, table.shape[1])
        for i, piece in enumerate(vocab[:-1]):  # <pad> stays zero: the decoder starts from it
            if code == "en" and piece in parent_ids and not piece.startswith("<0x"):
                matrix[i] = table[parent_ids[piece]]
            elif code == "en" and piece in vocabulary.LOOKALIKES:
                matrix[i] = table[parent_ids.get(vocabulary.LOOKALIKES[piece], 1)]
            elif piece in (vocabulary.EOS, vocabulary.UNK):
                matrix[i] = table[parent_ids[piece]]
            else:
                matrix[i] = _embedding_of(piece, gloss if code == "da" else {}, parent_ids, french, table)
        rows[code] = matrix

    config.update(
        {
            "vocab_size": size,
            "decoder_vocab_size": size,
            "share_encoder_decoder_embeddings": False,
            "tie_word_embeddings": True,
            "pad_token_id": size - 1,
            "decoder_start_token_id": size - 1,
            "eos_token_id": 0,
            "forced_eos_token_id": None,
            "bad_words_ids": None,
        }
    )
    new = MarianMTModel(config)
    state = {
        name: value
        for name, value in old.state_dict().items()
        if "embed_tokens" not in name
        and not name.startswith(("model.shared", "lm_head", "final_logits_bias"))
    }
    new.load_state_dict(state, strict=False)
    target = entries[direction.target]
    with torch.no_grad():
        new.get_encoder().embed_tokens.weight.copy_(rows[direction.source])
        new.get_decoder().embed_tokens.weight.copy_(rows[direction.target])
        new.lm_head.weight = new.get_decoder().embed_tokens.weight
        if direction.target == "en":
            new.final_logits_bias[0] = _bias(target, old.final_logits_bias.detach().float()[0], parent_ids)
    return new


def _bias(target: list[str], parent_bias: torch.Tensor, parent_ids: dict[str, int]) -> torch.Tensor:
    """The parent's bias for its pieces. Bytes, of which it knows nothing, get one that keeps them out."""
    bias = torch.full((len(target),), -10.0)
    for i, piece in enumerate(target):
        plain = vocabulary.LOOKALIKES.get(piece, piece)
        if plain in parent_ids:
            bias[i] = parent_bias[parent_ids[plain]]
    return bias
