"""A SentencePiece pair: source text into pieces, target pieces into text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

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
        import sentencepiece

        processors = []
        for name in ("source.spm", "target.spm"):
            try:
                content = (folder / name).read_bytes()
                if not content:  # SentencePiece takes no bytes for "load nothing"
                    raise ValueError("the file is empty")
                processors.append(sentencepiece.SentencePieceProcessor(model_proto=content))
            except (OSError, RuntimeError, ValueError) as error:
                raise ModelCorruptError(f"cannot load {folder / name}: {error}") from error
        self._source, self._target = processors

    def encode(self, text: str) -> list[str]:
        """Source pieces, without an end token; none for a text of white space."""
        pieces: list[str] = self._source.encode(sendable(text), out_type=str)
        return pieces

    def decode(self, pieces: Sequence[str]) -> str:
        """The text of target pieces; special tokens, ``<unk>`` among them, are left out."""
        text: str = self._target.decode_pieces([piece for piece in pieces if piece not in _SPECIAL])
        return text.replace("▁", " ").strip()  # left standing in a piece that only the joint vocabulary has

    def is_whole(self, word: str) -> bool:
        """Whether the word is one target piece."""
        return len(self._target.encode(sendable(word), out_type=str)) == 1
