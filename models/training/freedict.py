"""Dictionary entries as short pairs, from Debian's dict-freedict packages (GPL-2+)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tosprog.models.training.corpora import Pair

_HEAD = re.compile(r"^(\S.*?) /[^/]*/(?: <([^>]*)>)*$")
_NOTE = re.compile(r"\[[^\]]*\]|\([^)]*\)")
_SENSE = re.compile(r"^\d+\. ")
_FILES = (("freedict-dan-eng.dict.dz", True), ("freedict-eng-dan.dict.dz", False))


@dataclass(frozen=True, slots=True)
class Entry:
    """A headword in both languages.

    Attributes:
        danish: A word or phrase.
        english: Its equivalents, the commonest first.
        kind: ``n``, ``v``, ``adj``, ...; empty where the dictionary does not say.
    """

    danish: str
    english: tuple[str, ...]
    kind: str


def read_entries(folder: Path) -> Iterator[Entry]:
    """Yields the first sense of each headword, two equivalents at most.

    ``folder`` holds ``freedict-dan-eng.dict.dz`` and ``freedict-eng-dan.dict.dz``.
    """
    for name, danish_first in _FILES:
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            head = kind = ""
            for line in lines:
                match = _HEAD.match(line.rstrip())
                if match:
                    head, kind = match[1], match[2] or ""
                    continue
                body = _SENSE.sub("", _NOTE.sub("", line).strip())
                if head and body and "[" not in body and "]" not in body:
                    words = [word.strip() for word in body.split(", ")[:2]]
                    if danish_first:
                        yield Entry(head, tuple(words), kind)
                    else:
                        for word in words:
                            yield Entry(word, (head,), kind)
                head = head if not body else ""


def read_freedict(folder: Path) -> Iterator[Pair]:
    """Yields each entry's equivalents as pairs."""
    for entry in read_entries(folder):
        for english in entry.english:
            yield Pair(english, entry.danish, "freedict")
