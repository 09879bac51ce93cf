"""Dictionary entries as short pairs, from Debian's dict-freedict packages (GPL-2+)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

from tosprog.models.training.corpora import Pair

_HEAD = re.compile(r"^(\S.*?) /[^/]*/(?: <[^>]*>)*$")
_NOTE = re.compile(r"\[[^\]]*\]|\([^)]*\)")


def read_freedict(folder: Path) -> Iterator[Pair]:
    """Yields the first two equivalents of each headword.

    ``folder`` holds ``freedict-dan-eng.dict.dz`` and ``freedict-eng-dan.dict.dz``.
    """
    for name, danish_first in (("freedict-dan-eng.dict.dz", True), ("freedict-eng-dan.dict.dz", False)):
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            head = ""
            for line in lines:
                match = _HEAD.match(line.rstrip())
                if match:
                    head = match[1]
                    continue
                body = _NOTE.sub("", line).strip()
                if head and body and "[" not in body and "]" not in body:
                    for equivalent in body.split(", ")[:2]:
                        danish, english = (head, equivalent) if danish_first else (equivalent, head)
                        yield Pair(english.strip(), danish.strip(), "freedict")
                head = head if not body else ""
