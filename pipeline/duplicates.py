"""Texts that are there twice: the same, nearly the same, or one the translation of the other.

Nearly the same is told by shared runs of words: Broder (1997), "On the resemblance and containment of documents". A
translation is told by its terms, once both are in one language; docs/summaries.md measures how well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

SHINGLE = 3  # words in a run
MIN_WORDS = 12  # of a text; a shorter one is only ever the same
NEAR = 0.5  # share of the shorter text's runs that the longer one has, from which they are nearly the same
TRANSLATED = 0.4  # cosine of two texts' terms, from which one may be a translation of the other
_MARGIN = 1.25  # by which it must be nearer than the next nearest text
_LENGTHS = 1.7  # a text is at most so many times as long as its translation
_COMMON = 50  # a run in more texts than this is a form letter's, and tells nothing
_ROWS = 1000  # compared at a time, which bounds the memory


class DuplicateKind(str, Enum):
    """How two texts are alike."""

    SAME = "same"
    NEAR = "near"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two texts that are alike.

    Attributes:
        first: Index of one, from 0.
        second: Index of the other, higher.
        kind: How.
        likeness: 1 for the same; share of the shorter text that the longer one has; cosine of their terms.
    """

    first: int
    second: int
    kind: DuplicateKind
    likeness: float


def find_duplicates(
    texts: Sequence[str], languages: Sequence[str | None], bags: Sequence[Mapping[str, float]]
) -> list[Duplicate]:
    """All pairs that are alike, by index; of texts that are the same, each with the first of them.

    Args:
        texts: As they stand, without markup.
        languages: The main one of each; a translation is looked for between two.
        bags: Terms of each with their counts, all in one language.
    """
    words = [" ".join(re.findall(r"\w+", text.casefold())) for text in texts]
    first: dict[str, int] = {}
    found = []
    for i, text in enumerate(words):
        if not text:
            continue
        if text in first:
            found.append(Duplicate(first[text], i, DuplicateKind.SAME, 1.0))
        first.setdefault(text, i)
    distinct = [i for i in sorted(first.values()) if words[i].count(" ") >= MIN_WORDS - 1]
    near = _near([words[i] for i in distinct])
    pairs = {(distinct[a], distinct[b]) for a, b, _ in near}
    found += [Duplicate(distinct[a], distinct[b], DuplicateKind.NEAR, share) for a, b, share in near]
    found += [
        one for one in _translated(distinct, words, languages, bags) if (one.first, one.second) not in pairs
    ]
    return sorted(found, key=lambda one: (one.first, one.second))


def _near(words: Sequence[str]) -> list[tuple[int, int, float]]:
    if len(words) < 2:
        return []
    hashing = HashingVectorizer(
        ngram_range=(SHINGLE, SHINGLE),
        tokenizer=str.split,
        token_pattern=None,
        lowercase=False,
        binary=True,
        norm=None,
        alternate_sign=False,
    )
    runs = hashing.transform(words).tocsr()
    sizes = np.asarray(runs.sum(axis=1)).ravel()
    frequency = np.asarray(runs.sum(axis=0)).ravel()
    telling = runs[:, (frequency > 1) & (frequency <= _COMMON)]
    found = []
    for start in range(0, len(words), _ROWS):
        shared = (telling[start : start + _ROWS] @ telling.T).tocoo()
        for i, j, count in zip(shared.row + start, shared.col, shared.data, strict=True):
            share = count / min(sizes[i], sizes[j])
            if i < j and share >= NEAR:
                found.append((int(i), int(j), round(float(share), 4)))
    return found


def _translated(
    indices: Sequence[int],
    words: Sequence[str],
    languages: Sequence[str | None],
    bags: Sequence[Mapping[str, float]],
) -> list[Duplicate]:
    """Pairs of two languages that are each other's nearest by far, and about as long."""
    rows: dict[str, list[int]] = defaultdict(list)
    for i in indices:
        if languages[i] is not None and bags[i]:
            rows[str(languages[i])].append(i)
    if len(rows) != 2:
        return []
    left, right = rows.values()
    counts = DictVectorizer().fit_transform([dict(bags[i]) for i in (*left, *right)])
    counts.data = np.log1p(counts.data)
    vectors = TfidfTransformer().fit_transform(counts)
    one, other = vectors[: len(left)], vectors[len(left) :]
    there, back = _nearest(one, other), _nearest(other, one)
    found = []
    for i, (j, likeness, next_best) in enumerate(there):
        lengths = sorted(words[k].count(" ") + 1 for k in (left[i], right[j]))
        if (
            likeness >= TRANSLATED
            and back[j][0] == i
            and likeness >= _MARGIN * max(next_best, back[j][2])
            and lengths[1] <= _LENGTHS * lengths[0]
        ):
            a, b = sorted((left[i], right[j]))
            found.append(Duplicate(a, b, DuplicateKind.TRANSLATION, round(likeness, 4)))
    return found


def _nearest(left: Any, right: Any) -> list[tuple[int, float, float]]:
    """For each row of the left the nearest of the right, how near it is, and how near the next one."""
    found = []
    for start in range(0, left.shape[0], _ROWS):
        for row in (left[start : start + _ROWS] @ right.T).toarray():
            best = int(row.argmax())
            others = np.delete(row, best)
            found.append((best, float(row[best]), float(others.max(initial=0.0))))
    return found
