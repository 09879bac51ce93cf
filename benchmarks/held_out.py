"""Sentences of our own that no model was trained on, nor any list built from: ``held_out.tsv``."""

from __future__ import annotations

import csv
from pathlib import Path

from tosprog.models.languages import LanguageCode


def held_out_pairs() -> list[dict[LanguageCode, str]]:
    """A translation by another, each in both languages, in the order of the file."""
    with Path(__file__).with_suffix(".tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, dialect="excel-tab", quoting=csv.QUOTE_NONE))
    return [{"da": row["danish"], "en": row["english"]} for row in rows]
