from __future__ import annotations

import pytest

from tosprog.models.alignment import align_words, words_of_pieces


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        (["▁En", "▁cyk", "el", ".", "</s>"], [[0], [1, 2, 3]]),
        ([">>dan<<", "▁A", "▁", "b"], [[1], [2, 3]]),
        (["no", "▁", "▁x"], [[0], [2]]),
        (["</s>"], []),
    ],
)
def test_words_of_pieces(pieces: list[str], words: list[list[int]]) -> None:
    assert words_of_pieces(pieces) == words


def test_weights_are_summed_over_source_and_shared_over_target_pieces() -> None:
    attention = [[0.5, 0.25, 0.25, 0.0], [0.0, 0.5, 0.5, 0.0], [0.2, 0.0, 0.0, 0.8]]
    rows = align_words(["▁a", "▁b", "c", "</s>"], ["▁x", "y", "▁z"], attention)
    assert rows == ((0.25, 0.75), (1.0, 0.0))
