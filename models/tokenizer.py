"""A SentencePiece pair: source text into pieces, target pieces into text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tosprog.models.batches import sendable
from tosprog.models.errors import ModelCorruptError

EOS, UNK, PAD = "</s>", "<unk>", "<pad>"
_SPECIAL = frozenset((EOS, UNK, PAD, "<s>"))


class Tokenizer:
    """The pair ``source.spm`` and ``target.spm`` of a Marian model.

    The normalisation is the one inside each model (Unicode NFKC and white space, as trained), no more.
    Moses' punctuation rules, which OPUS-MT's scripts apply, would turn Danish quotes and dashes into ASCII.
    """

    def __init__(self, folder: Path) -> None:
        """Loads both models.

        Raises:
            ModelCorruptError: a file is missing or is not a SentencePiece model.
        """
        self._source, self._target = (_processor(folder / name) for name in ("source.spm", "target.spm"))

    def encode(self, text: str) -> list[str]:
        """Source pieces, without an end token; none for a text of white space."""
        pieces: list[str] = self._source.encode(sendable(text), out_type=str)
        return pieces

    def encode_target(self, text: str) -> list[str]:
        """Target pieces, without an end token."""
        pieces: list[str] = self._target.encode(sendable(text), out_type=str)
        return pieces

    def decode(self, pieces: Sequence[str]) -> str:
        """The text of target pieces; special tokens, ``<unk>`` among them, are left out.

        A blank piece before a word that brings its own makes one blank: no network has read two.
        """
        text: str = self._target.decode_pieces([piece for piece in pieces if piece not in _SPECIAL])
        # "▁" is left standing in a piece that only the joint vocabulary has.
        return " ".join(part for part in text.replace("▁", " ").split(" ") if part)

    def is_whole(self, word: str) -> bool:
        """Whether the word is one target piece."""
        return len(self.encode_target(word)) == 1

    def byte_pieces(self) -> list[str]:
        """The target pieces that stand for a byte, in order; none where the model has no such."""
        ids = range(self._target.get_piece_size())
        return [self._target.id_to_piece(i) for i in ids if self._target.is_byte(i)]


class WordRarity:
    """How rare words are in a language at large, as a Marian model's unigram SentencePiece model has learned it."""

    def __init__(self, folder: Path) -> None:
        """Loads ``source.spm``.

        Raises:
            ModelCorruptError: the file is missing or is not a SentencePiece model.
        """
        self._source = _processor(folder / "source.spm")

    def __call__(self, word: str) -> float:
        """-log probability of a word: about 7 for the commonest nouns, 13 and up for rare ones."""
        ids: list[int] = self._source.encode(sendable(word))
        return -float(sum(self._source.get_score(i) for i in ids))


def _processor(path: Path) -> Any:
    import sentencepiece

    try:
        content = path.read_bytes()
        if not content:  # SentencePiece takes no bytes for "load nothing"
            raise ValueError("the file is empty")
        return sentencepiece.SentencePieceProcessor(model_proto=content)
    except (OSError, RuntimeError, ValueError) as error:
        raise ModelCorruptError(f"cannot load {path}: {error}") from error
