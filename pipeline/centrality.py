"""How central each sentence is to its text: continuous LexRank on a sparse matrix.

Source: Erkan and Radev (2004), "LexRank: Graph-based Lexical Centrality as Salience in Text Summarization",
Journal of Artificial Intelligence Research 22, section 3.3 (the variant whose edges keep their cosine).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

# Erkan and Radev, section 3.2: the chance of a jump to any sentence; 0.15 is what they and PageRank use.
JUMP = 0.15
_STEPS = 100
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class TermMatrix:
    """Sentences by terms, each row of length 1 (or 0), as the entries that are not zero, rows in order.

    Attributes:
        rows: Sentence of each entry.
        columns: Term of each entry.
        weights: Weight of each entry.
        starts: Where each row begins, and the number of entries.
        order: The entries sorted by term.
        term_starts: Where each term begins in ``order``, and the number of entries.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    weights: Vector
    starts: NDArray[np.intp]
    order: NDArray[np.intp]
    term_starts: NDArray[np.intp]

    @property
    def sentences(self) -> int:
        """Number of rows."""
        return len(self.starts) - 1

    def times(self, vector: Vector) -> Vector:
        """The matrix of cosines (1 on its diagonal) times a vector, without ever building that matrix."""
        terms = len(self.term_starts) - 1
        by_term = np.bincount(self.columns, self.weights * vector[self.rows], minlength=terms)
        return self._by_row(self.rows, self.weights * by_term[self.columns])

    def similarities(self, sentence: int) -> Vector:
        """The cosine of one sentence with each; touches only the sentences that share a term with it."""
        start, end = self.starts[sentence], self.starts[sentence + 1]
        if start == end:
            return np.zeros(self.sentences)
        terms = self.columns[start:end]
        firsts, lasts = self.term_starts[terms], self.term_starts[terms + 1]
        entries = np.concatenate([self.order[a:b] for a, b in zip(firsts, lasts, strict=True)])
        own = np.repeat(self.weights[start:end], lasts - firsts)
        return self._by_row(self.rows[entries], self.weights[entries] * own)

    def _by_row(self, rows: NDArray[np.intp], products: Vector) -> Vector:
        return np.bincount(rows, products, minlength=self.sentences).astype(np.float64)


def term_matrix(bags: Sequence[Mapping[str, float]]) -> TermMatrix:
    """Weighs terms by count and rarity (TF-IDF with idf ``log(1 + sentences / sentences with the term)``).

    The 1 keeps a term that stands in every sentence: in one text, unlike in a collection, such a term is
    its topic.
    """
    frequency = Counter(term for bag in bags for term in bag)
    number = {term: i for i, term in enumerate(frequency)}
    rows: list[int] = []
    columns: list[int] = []
    weights: list[float] = []
    starts = [0]
    for row, bag in enumerate(bags):
        values = [count * math.log(1 + len(bags) / frequency[term]) for term, count in bag.items()]
        length = math.sqrt(sum(value * value for value in values)) or 1.0
        rows.extend([row] * len(bag))
        columns.extend(number[term] for term in bag)
        weights.extend(value / length for value in values)
        starts.append(len(rows))
    by_column = np.array(columns, dtype=np.intp)
    term_sizes = np.bincount(by_column, minlength=len(number))
    return TermMatrix(
        np.array(rows, dtype=np.intp),
        by_column,
        np.array(weights, dtype=np.float64),
        np.array(starts, dtype=np.intp),
        np.argsort(by_column, kind="stable"),
        np.concatenate(([0], np.cumsum(term_sizes))),
    )


def centrality(matrix: TermMatrix) -> Vector:
    """How often a reader who walks from sentence to similar sentence reads each; the mean is 1.

    Time and memory grow with the number of terms, not with the square of the number of sentences.
    """
    count = matrix.sentences
    own = np.bincount(matrix.rows, matrix.weights**2, minlength=count)  # a sentence does not vote for itself
    degree = matrix.times(np.ones(count)) - own
    linked = degree > _TOLERANCE
    share = np.divide(1.0, degree, out=np.zeros(count), where=linked)
    rank = np.ones(count)
    for _ in range(_STEPS):
        out = rank * share
        lost = rank[~linked].sum() / max(count, 1)  # sentences with no neighbour vote for all alike
        new = JUMP + (1 - JUMP) * (matrix.times(out) - own * out + lost)
        done = np.abs(new - rank).max(initial=0.0) < _TOLERANCE
        rank = new
        if done:
            break
    return rank
