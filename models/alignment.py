"""Which words of a translation come from which of its source: a network's attention, from pieces to words."""

from __future__ import annotations

from collections.abc import Sequence

from tosprog.models.base import Alignment

_WORD_START = "▁"  # what SentencePiece puts before a word


def words_of_pieces(pieces: Sequence[str]) -> list[list[int]]:
    """For each word the indices of its pieces; pieces that are no text (``</s>``, ``>>dan<<``) are in none.

    Example:
        >>> words_of_pieces(["▁En", "▁cyk", "el", ".", "</s>"])
        [[0], [1, 2, 3]]
    """
    words: list[list[int]] = []
    texts: list[str] = []
    for index, piece in enumerate(pieces):
        if piece == "</s>" or (piece.startswith(">>") and piece.endswith("<<")):
            continue
        if piece.startswith(_WORD_START) or not words:
            words.append([])
            texts.append("")
        words[-1].append(index)
        texts[-1] += piece.removeprefix(_WORD_START)
    return [word for word, text in zip(words, texts, strict=True) if text]


def align_words(
    source: Sequence[str], target: Sequence[str], attention: Sequence[Sequence[float]]
) -> Alignment:
    """Sums attention over the pieces of each source word and takes its mean over those of each target word.

    Networks trained with guided alignment (OPUS-MT's "transformer-align", of which the bundled ones are children)
    have one head that says where a token comes from. Source: Garg et al. 2019,
    https://aclanthology.org/D19-1453, section 3.

    Args:
        source: Source pieces.
        target: Target pieces.
        attention: A row for each target piece, with a weight for each source piece.
    """
    columns = words_of_pieces(source)
    rows: list[tuple[float, ...]] = []
    for word in words_of_pieces(target):
        sums = [sum(attention[i][j] for i in word for j in column) for column in columns]
        total = sum(sums) or 1.0
        rows.append(tuple(value / total for value in sums))
    return tuple(rows)
