"""Centrality equals the textbook computation on a full matrix."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tosprog.pipeline.centrality import JUMP, centrality, term_matrix


def test_weights_are_rows_of_length_one() -> None:
    matrix = term_matrix([{"a": 2.0, "b": 1.0}, {"b": 3.0}, {}])
    assert matrix.sentences == 3
    a, b = 2 * math.log(4), math.log(2.5)
    assert matrix.weights == pytest.approx([a / math.hypot(a, b), b / math.hypot(a, b), 1.0])
    assert matrix.similarities(0) == pytest.approx([1.0, b / math.hypot(a, b), 0.0])
    assert matrix.similarities(2) == pytest.approx([0.0, 0.0, 0.0])


def test_the_same_as_on_a_full_matrix() -> None:
    bags = [{"a": 1.0, "b": 1.0}, {"b": 1.0, "c": 2.0}, {"c": 1.0}, {"a": 1.0, "c": 1.0}, {"alone": 1.0}, {}]
    matrix = term_matrix(bags)
    full = np.array([matrix.similarities(i) for i in range(len(bags))])
    np.fill_diagonal(full, 0.0)
    full[full.sum(axis=1) == 0] = 1.0
    step = JUMP / len(bags) + (1 - JUMP) * (full / full.sum(axis=1, keepdims=True))
    values, vectors = np.linalg.eig(step.T)
    stationary = vectors[:, np.argmax(values.real)].real
    assert centrality(matrix) == pytest.approx(stationary / stationary.mean(), abs=1e-6)


def test_no_sentences() -> None:
    assert centrality(term_matrix([])).tolist() == []


def test_the_hub_is_most_central() -> None:
    bags = [{"x": 1.0}, {"x": 1.0, "y": 1.0, "z": 1.0}, {"y": 1.0}, {"z": 1.0}]
    assert int(np.argmax(centrality(term_matrix(bags)))) == 1
