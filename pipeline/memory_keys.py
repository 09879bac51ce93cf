"""What the texts of a translation memory are found by."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib

from tosprog.models.languages import LanguageCode
from tosprog.pipeline.renumber import shape_of

_WORD = re.compile(r"\w+")
_STEM = 6  # words are known by their first letters, so that an ending makes no other word


def normalized(text: str) -> str:
    r"""What two texts are compared by: white space of any kind and length is a space; letters are composed.

    Example:
        >>> normalized(" Et\n  hus ")
        'Et hus'
    """
    return " ".join(unicodedata.normalize("NFC", encodable(text)).split())


def on_one_line(text: str) -> str:
    """The text without line ends and runs of spaces; a hard space stays."""
    return re.sub(r"[ \t\r\n\f\v]+", " ", text).strip()


def encodable(text: str) -> str:
    """The text with a question mark for each lone surrogate, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def key_of(text: str) -> int:
    """A checksum of a normalized text, as an integer of 64 bits."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "big", signed=True)


def shape_key_of(text: str) -> int | None:
    """The same for all texts that differ in numbers alone; None where a text has none."""
    shape = shape_of(text)
    return None if shape is None else key_of(shape)


def words_of(text: str, language: LanguageCode) -> set[str]:
    """The words of a text as the index has them: a letter for the language, and a checksum."""
    return {
        f"{language[0]}{zlib.crc32(word[:_STEM].casefold().encode('utf-8')):x}"
        for word in _WORD.findall(text)
    }


def indexed(danish: str, english: str) -> str:
    """What the index has of a pair of normalized texts."""
    return " ".join(sorted(words_of(danish, "da") | words_of(english, "en")))
