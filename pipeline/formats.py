"""The table of formats: a new one is a file of its own and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from tosprog.models.errors import EncodingError, FormatError
from tosprog.pipeline import format_markdown, format_text
from tosprog.pipeline.document import Block, Document


@dataclass(frozen=True, slots=True)
class Format:
    """How documents of one kind are read and written.

    Attributes:
        name: Key of `FORMATS` and value of `Document.format`.
        suffixes: Endings of file names, lower case, dot included.
        read: Bytes to document; raises `FormatError` or `EncodingError`.
        write: Document to bytes; of a document as read, the bytes it was read from.
        escape: Makes a new text safe to stand in a block, where the format gives some characters a meaning.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes], Document]
    write: Callable[[Document], bytes]
    escape: Callable[[str, Block], str] = lambda text, block: text


FORMATS: dict[str, Format] = {
    format.name: format
    for format in (
        Format("text", (".txt", ".text"), format_text.read, format_text.write),
        Format(
            "markdown",
            (".md", ".markdown", ".mdown"),
            format_markdown.read,
            format_markdown.write,
            format_markdown.escape,
        ),
    )
}


def format_of(path: str | PurePath) -> Format:
    """The format that a file's name ends in; a name without an ending is text.

    Raises:
        FormatError: an ending that no format has.

    Example:
        >>> format_of("essay.md").name
        'markdown'
    """
    suffix = PurePath(path).suffix.lower()
    if not suffix:
        return FORMATS["text"]
    for format in FORMATS.values():
        if suffix in format.suffixes:
            return format
    raise FormatError(f"{path}: unknown format {suffix!r}; legal are {_legal()}; save it as one of them")


def read_document(data: bytes, path: str | PurePath = "") -> Document:
    """Reads a document; `write_document` of it gives the same bytes.

    Args:
        data: The file's bytes. None, or blanks only, give a document without blocks.
        path: The file's name, which tells the format and is named in errors; nothing is opened.

    Raises:
        FormatError: an unknown format, or bytes that are not text.
        EncodingError: bytes that no supported encoding explains.
    """
    format = format_of(path)
    name = str(path) or "input"
    try:
        return format.read(data)
    except FormatError as error:
        raise FormatError(f"{name}: {error}; legal are {_legal()}") from error
    except EncodingError as error:
        raise EncodingError(f"{name}: {error}") from error


def write_document(document: Document) -> bytes:
    """The document's bytes, in its own format and encoding (UTF-8 where that lacks a character).

    Raises:
        FormatError: a format that is not in `FORMATS`.
    """
    if document.format not in FORMATS:
        raise FormatError(f"unknown format {document.format!r}; legal are {_legal()}")
    return FORMATS[document.format].write(document)


def _legal() -> str:
    return ", ".join(f"{format.name} ({' '.join(format.suffixes)})" for format in FORMATS.values())
