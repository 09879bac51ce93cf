"""Bytes to text and back, to the byte; bytes that are no text are named and refused."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from tosprog.models.errors import EncodingError, FormatError

# The UTF-32 mark begins with the UTF-16 one, so it comes first.
_BOMS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}
_MAGIC = {
    b"%PDF-": "a PDF file",
    b"\x89PNG\r\n": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"PK\x03\x04": "a zip archive (or a Word, OpenDocument or EPUB file)",
    b"PK\x05\x06": "an empty zip archive",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Office file (.doc, .xls, .ppt)",
    b"{\\rtf": "a rich text file (RTF)",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"\x7fELF": "a program",
    b"SQLite format 3\x00": "an SQLite database",
    b"ID3": "an MP3 recording",
    b"OggS": "an Ogg recording",
}
# Only these controls are usual in text: tab, line ends, form feed, DOS end of file, escape, next line.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f-\x84\x86-\x9f]")
# Text copied out of a PDF holds a stray control here and there; binary data has one in eight.
_MAX_CONTROL_SHARE = 0.02
# Windows-1252 has these inside a word only if the bytes are the æ, ø, å of DOS or of an old Macintosh.
_FOREIGN_INSIDE_WORD = re.compile(r"[^\W\d_][†‡›¾¿][^\W\d_]|[a-z]Œ")
# With no other characters beyond ASCII, bytes are Windows-1252 however short or odd the text.
_EXPECTED = frozenset("æøåÆØÅéÉäöüÄÖÜ«»‹›“”„‘’–—…•·§°½€£©®™\u00a0")
_ADVICE = "legal are UTF-8, UTF-16 and Windows-1252 (Latin-1); save the file as UTF-8"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and what `encode` needs to give its bytes back.

    Attributes:
        text: Line ends as found; the byte order mark left out.
        codec: Python's name: ``utf-8``, ``utf-16-le``, ``utf-16-be``, ``utf-32-le``, ``utf-32-be`` or
            ``cp1252``. Latin-1 text is read as ``cp1252``, which differs only where Latin-1 has controls.
        bom: Whether a byte order mark came first.
    """

    text: str
    codec: str
    bom: bool


def decode(data: bytes) -> Decoded:
    """Reads bytes as text; `encode` of the result gives the same bytes.

    Raises:
        FormatError: the bytes are not text: a known binary signature, NULs, many control characters.
        EncodingError: no supported encoding explains them.
    """
    for magic, what in _MAGIC.items():
        if data.startswith(magic) and not (magic.isalnum() and _is_printable(data)):
            raise FormatError(f"looks like {what}, not text")
    decoded = _decode_marked(data) or _decode_unmarked(data)
    controls = len(_CONTROL.findall(decoded.text))
    if "\0" in decoded.text or controls > _MAX_CONTROL_SHARE * len(decoded.text):
        raise FormatError(f"looks like binary data ({controls} control characters), not text")
    if encode(decoded.text, decoded.codec, bom=decoded.bom) != data:
        raise EncodingError(
            f"read as {decoded.codec}, the bytes could not be written back unchanged; {_ADVICE}"
        )
    return decoded


def writable_codec(text: str, codec: str) -> str:
    """The codec that `encode` uses: the given one, or ``utf-8`` where that lacks a character of the text."""
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return "utf-8"
    return codec


def encode(text: str, codec: str = "utf-8", *, bom: bool = False) -> bytes:
    """Writes a text as bytes, in UTF-8 where the codec lacks a character: nothing is replaced or dropped.

    Args:
        text: What to write.
        codec: Python's codec name.
        bom: Whether a byte order mark comes first; only Unicode codecs have one.

    Raises:
        EncodingError: a lone surrogate, which is no character and has no bytes in any encoding.
    """
    codec = writable_codec(text, codec)
    try:
        encoded = text.encode(codec)
    except UnicodeEncodeError as error:
        raise EncodingError(
            f"lone surrogate {text[error.start]!r} at character {error.start}: no text"
        ) from error
    return _BOMS.get(codec, b"") + encoded if bom else encoded


def _is_printable(data: bytes) -> bool:
    """Whether the beginning has no control bytes: then letters such as ``ID3`` are a word, no signature."""
    return _count_controls(data[:512]) == 0


def _count_controls(data: bytes) -> int:
    return sum(byte < 32 and byte not in b"\t\n\v\f\r\x1a\x1b" for byte in data)


def _decode_marked(data: bytes) -> Decoded | None:
    """Bytes after their byte order mark, None where there is no mark."""
    for codec, mark in _BOMS.items():
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(codec), codec, bom=True)
            except UnicodeDecodeError as error:
                raise EncodingError(
                    f"marked as {codec.upper()}, but broken at byte {error.start + len(mark)}; {_ADVICE}"
                ) from error
    return None


def _decode_unmarked(data: bytes) -> Decoded:
    if b"\0" in data:
        return _decode_utf16(data)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", bom=False)
    except UnicodeDecodeError as error:
        lenient = data.decode("utf-8", "surrogateescape")
        broken = sum("\udc80" <= char <= "\udcff" for char in lenient)
        sound = sum(char > "\x7f" for char in lenient) - broken
        # By chance, few pairs of Windows-1252 characters are also a UTF-8 sequence; most are not.
        if sound > broken:
            raise EncodingError(f"UTF-8 broken at byte {error.start} (of {len(data)}); {_ADVICE}") from error
    return _decode_windows(data)


def _decode_utf16(data: bytes) -> Decoded:
    """UTF-16 without a mark: text in the Latin script has its NULs at odd bytes, or all at even ones."""
    evens, odds = data[::2].count(0), data[1::2].count(0)
    units = len(data) // 2
    for codec, high, low in (("utf-16-le", odds, evens), ("utf-16-be", evens, odds)):
        if len(data) % 2 == 0 and low == 0 and high > 0.5 * units:
            try:
                return Decoded(data.decode(codec), codec, bom=False)
            except UnicodeDecodeError:
                break
    raise FormatError(f"looks like binary data ({data.count(0)} NUL bytes), not text")


def _decode_windows(data: bytes) -> Decoded:
    """Windows-1252, if its letters are Danish or charset-normalizer finds the outcome plausible."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = None
    if (
        text is not None
        and not _FOREIGN_INSIDE_WORD.search(text)
        and (_is_expected(text) or _is_plausible(data))
    ):
        return Decoded(text, "cp1252", bom=False)
    controls = _count_controls(data)
    if controls > _MAX_CONTROL_SHARE * len(data):
        raise FormatError(f"looks like binary data ({controls} control characters), not text")
    raise EncodingError(f"no encoding explains the bytes; {_ADVICE}")


def _is_expected(text: str) -> bool:
    return all(char < "\x80" or char in _EXPECTED for char in text)


def _is_plausible(data: bytes) -> bool:
    # Most files are UTF-8 and never need it.
    from charset_normalizer import from_bytes

    matches = from_bytes(data, cp_isolation=["cp1252"], enable_fallback=False, preemptive_behaviour=False)
    return matches.best() is not None
