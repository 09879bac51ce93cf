"""The examples in docstrings say what happens."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import tosprog.models
import tosprog.pipeline

MODULES = sorted(
    f"{package.__name__}.{path.stem}"
    for package in (tosprog.models, tosprog.pipeline)
    for path in Path(str(package.__file__)).parent.glob("*.py")
    if "\n        >>> " in path.read_text("utf-8")
)


def test_there_are_examples() -> None:
    assert len(MODULES) > 10


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(name))
    assert (failed, tried > 0) == (0, True)
