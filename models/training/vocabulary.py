"""The two SentencePiece models: Danish trained anew, English cut down from the parent's.

The English one keeps the parent's pieces and scores, so that common words split just as the pretrained
side of the network has learned them; the Danish one is new and has byte fallback.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2 as pb

PAD, EOS, UNK = "<pad>", "</s>", "<unk>"

# Typography that the parent's preprocessing folded into ASCII: added as pieces of their own, which start
# from what the parent knows of the plain form.
LOOKALIKES = {
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "‘": "'",
    "’": "'",
    "…": ".",
    "—": "-",
    "–": "-",
}


def train_danish(sentences: Iterable[str], pieces: int, path: Path) -> None:
    """Trains a unigram model with byte fallback and saves it as ``path``."""
    model = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=model,
        vocab_size=pieces,
        model_type="unigram",
        byte_fallback=True,
        split_digits=True,  # numbers are copied digit by digit, never guessed
        character_coverage=0.9999,
        unk_id=0,
        bos_id=-1,
        eos_id=-1,
        pad_id=-1,
        input_sentence_size=600_000,
        shuffle_input_sentence=True,
        num_threads=2,
        minloglevel=2,
    )
    path.write_bytes(model.getvalue())


def prune_parent(parent: Path, sentences: Iterable[str], pieces: int, path: Path) -> None:
    """Keeps single characters and the parent's most used pieces in ``sentences``; adds byte fallback."""
    processor = spm.SentencePieceProcessor(model_file=str(parent))
    counts: Counter[str] = Counter()
    for sentence in sentences:
        counts.update(processor.encode(sentence, out_type=str))
    proto = pb.ModelProto()
    proto.ParseFromString(parent.read_bytes())
    normal = pb.ModelProto.SentencePiece.NORMAL
    alphabet = {
        p.piece for p in proto.pieces if p.type == normal and len(p.piece) == 1 and ord(p.piece) < 0x250
    }
    alphabet |= {p.piece for p in proto.pieces if len(p.piece) == 1 and counts[p.piece]}
    # The parent's own score, a log probability over far more text, breaks the ties of rare pieces.
    ranked = sorted(
        (
            p
            for p in proto.pieces
            if p.type == normal and p.piece not in alphabet and not _many_digits(p.piece)
        ),
        key=lambda p: (-min(counts[p.piece], 20), -p.score),
    )
    extra = sorted(LOOKALIKES.keys() - alphabet)
    kept = alphabet | {p.piece for p in ranked[: pieces - 257 - len(alphabet) - len(extra)]}
    floor = min(p.score for p in proto.pieces)
    survivors = [p for p in proto.pieces if p.type == normal and p.piece in kept]
    byte_pieces = [
        pb.ModelProto.SentencePiece(piece=f"<0x{i:02X}>", score=floor, type=pb.ModelProto.SentencePiece.BYTE)
        for i in range(256)
    ]
    survivors += [pb.ModelProto.SentencePiece(piece=c, score=floor / 2, type=normal) for c in extra]
    unknown = pb.ModelProto.SentencePiece(piece=UNK, score=0.0, type=pb.ModelProto.SentencePiece.UNKNOWN)
    del proto.pieces[:]
    proto.pieces.extend([unknown, *byte_pieces, *survivors])
    proto.trainer_spec.byte_fallback = True
    proto.trainer_spec.vocab_size = len(proto.pieces)
    proto.trainer_spec.unk_id, proto.trainer_spec.bos_id = 0, -1
    proto.trainer_spec.eos_id, proto.trainer_spec.pad_id = -1, -1
    path.write_bytes(proto.SerializeToString())


def _many_digits(piece: str) -> bool:
    bare = piece.lstrip("▁")
    return len(bare) > 1 and any(c.isdigit() for c in bare)


def load(path: Path) -> spm.SentencePieceProcessor:
    """Loads a SentencePiece model."""
    return spm.SentencePieceProcessor(model_file=str(path))


def entries(processor: spm.SentencePieceProcessor) -> list[str]:
    """The network's vocabulary: ``</s>`` first and ``<pad>`` last, as Marian models have it."""
    own = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
    return [EOS, UNK, *(piece for piece in own if piece != UNK), PAD]
