"""What the texts of a folder have in common: groups of texts, each named by words that set it apart.

Texts become vectors by latent semantic analysis (Deerwester et al., 1990, "Indexing by Latent Semantic Analysis"),
which k-means groups. The number of groups, half to twice the root of the number of texts, is the one whose texts sit
best in theirs (Rousseeuw, 1987, "Silhouettes", taken to the groups' centres). Names are made of keywords, after
Grootendorst (2022), "BERTopic", section 3.3. docs/summaries.md measures it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.preprocessing import normalize

MIN_TEXTS = 4  # fewer have no themes
NAME_WORDS = 3
_MOST_DIMENSIONS = 100
_STARTS = 20  # of k-means
_LEAST_LIKENESS = 0.05  # of a text to the centre of the others in its group; below that it stands alone


@dataclass(frozen=True, slots=True)
class Theme:
    """Texts that belong together.

    Attributes:
        name: The keywords that set them apart from the other texts, as a heading.
        keywords: The same, best first.
        members: Indices of the texts, from 0, the most typical first.
    """

    name: str
    keywords: tuple[str, ...]
    members: tuple[int, ...]


def find_themes(
    bags: Sequence[Mapping[str, float]], keywords: Sequence[Mapping[str, float]], count: int | None = None
) -> list[Theme]:
    """Groups of two texts or more, the largest first; texts that are like no other are in none.

    Args:
        bags: Terms of each text with their counts, all in one language.
        keywords: Of each text, in that language, with their scores.
        count: Number of groups to make, before those of one text are dropped; None finds it.
    """
    texts_with = Counter(term for bag in bags for term in bag)
    shared = [{term: count for term, count in bag.items() if texts_with[term] > 1} for bag in bags]
    filled = [i for i, bag in enumerate(shared) if bag]
    if len(filled) < MIN_TEXTS:
        return []
    distinct = len({frozenset(shared[i].items()) for i in filled})
    if distinct == 1:
        return [_named(filled, keywords)]
    vectors = _vectors([shared[i] for i in filled])
    most = min(len(filled) // 2, distinct)
    root = math.sqrt(len(filled))
    counts = (
        [min(count, most)] if count else range(min(most, max(2, int(root / 2))), min(most, int(2 * root)) + 1)
    )
    _, labels, likeness = max((_grouped(vectors, k) for k in counts), key=lambda made: made[0])
    groups = []
    for label in range(labels.max() + 1):
        rows = [r for r in range(len(filled)) if labels[r] == label and likeness[r] >= _LEAST_LIKENESS]
        if len(rows) > 1:
            rows.sort(key=lambda r: (-likeness[r], r))
            groups.append(tuple(filled[r] for r in rows))
    groups.sort(key=lambda members: (-len(members), min(members)))
    return [_named(members, keywords) for members in groups]


def _vectors(bags: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
    counts = DictVectorizer().fit_transform(list(bags))
    counts.data = np.log1p(counts.data)
    matrix = TfidfTransformer().fit_transform(counts)
    dimensions = min(_MOST_DIMENSIONS, math.ceil(2 * math.sqrt(len(bags))), *(n - 1 for n in matrix.shape))
    if dimensions < 1:
        return np.asarray(matrix.toarray(), dtype=np.float64)
    reduced = TruncatedSVD(dimensions, random_state=0).fit_transform(matrix)
    return np.asarray(normalize(reduced), dtype=np.float64)


def _grouped(vectors: NDArray[np.float64], count: int) -> tuple[float, NDArray[np.intp], NDArray[np.float64]]:
    """How well the texts sit in so many groups, the group of each, and its likeness to the others in it."""
    labels = KMeans(count, n_init=_STARTS, random_state=0).fit_predict(vectors)
    member = np.eye(count)[labels]
    sums = member.T @ vectors
    sizes = member.sum(axis=0)
    own_sums = sums[labels] - vectors  # a text does not speak for itself
    own = (vectors * own_sums).sum(axis=1) / np.maximum(1e-12, np.linalg.norm(own_sums, axis=1))
    own[sizes[labels] == 1] = 0.0
    others = vectors @ normalize(sums).T
    others[np.arange(len(labels)), labels] = -np.inf
    apart, near = 1 - own, 1 - others.max(axis=1)
    fit = (near - apart) / np.maximum(1e-12, np.maximum(near, apart))
    fit[sizes[labels] == 1] = 0.0
    return float(fit.mean()), labels, own


def _named(members: Sequence[int], keywords: Sequence[Mapping[str, float]]) -> Theme:
    inside, everywhere = Counter[str](), Counter[str]()
    scores: dict[str, float] = defaultdict(float)
    for i, row in enumerate(keywords):
        best = max(row.values(), default=1.0) or 1.0
        everywhere.update(dict.fromkeys(row, 1))
        if i in members:
            inside.update(dict.fromkeys(row, 1))
            for word, score in row.items():
                scores[word] += score / best
    ranked = sorted(
        scores,
        key=lambda word: (
            -scores[word] * inside[word] / len(members) * inside[word] / everywhere[word],
            word,
        ),
    )
    chosen: list[str] = []
    for word in ranked:
        if len(chosen) < NAME_WORDS and not any(word in other or other in word for other in chosen):
            chosen.append(word)
    name = ", ".join(chosen)
    return Theme(name[:1].upper() + name[1:], tuple(chosen), tuple(members))
