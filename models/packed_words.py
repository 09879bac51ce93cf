"""Words in a file that goes with the bundled weights: lists of them, a word a line, an empty line between the lists."""

from __future__ import annotations

import lzma
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

_FOLDER = files("tosprog.models") / "weights" / "words"
_SUFFIX = ".txt.xz"


def pack_words(lists: Iterable[Iterable[str]]) -> bytes:
    """Lists of words, each sorted, packed with xz."""
    text = "\n\n".join("\n".join(sorted(words)) for words in lists)
    return lzma.compress(text.encode("utf-8"), preset=9 | lzma.PRESET_EXTREME)


def unpack_words(packed: bytes) -> Sequence[frozenset[str]]:
    """Reads what `pack_words` wrote."""
    lists = lzma.decompress(packed).decode("utf-8").split("\n\n")
    return [frozenset(words.split("\n")) - {""} for words in lists]


def bundled_words(name: str) -> bytes:
    """``NAME.txt.xz`` of the bundled weights as it is; empty where there is none."""
    path = _FOLDER / f"{name}{_SUFFIX}"
    return path.read_bytes() if path.is_file() else b""


def all_bundled_words() -> Iterator[bytes]:
    """Each file of them, by its name."""
    if _FOLDER.is_dir():
        for path in sorted(_FOLDER.iterdir(), key=lambda path: path.name):
            if path.name.endswith(_SUFFIX):
                yield path.read_bytes()
