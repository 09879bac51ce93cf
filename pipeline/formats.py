"""The table of formats: a new one is a file of its own and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePath

from tosprog.models.errors import EncodingError, FormatError
from tosprog.pipeline import (
    format_csv,
    format_docx,
    format_epub,
    format_html,
    format_json,
    format_markdown,
    format_odt,
    format_pdf,
    format_po,
    format_subtitles,
    format_text,
)
from tosprog.pipeline.document import Block, Document


@dataclass(frozen=True, slots=True)
class Format:
    """How documents of one kind are read and written.

    Attributes:
        name: Key of `FORMATS` and value of `Document.format`.
        suffixes: Endings of file names, lower case, dot included.
        read: Bytes to document; raises `FormatError` or `EncodingError`. Where the format has named fields
            (``takes_fields``), those to translate are its second argument.
        write: Document to bytes; of a document as read, the bytes it was read from.
        about: What of it is translated, in one line.
        escape: Makes a new text safe to stand in a block, where the format gives some characters a meaning.
        looks_like: Whether bytes are of this format, whatever the file's name; used where that does not tell.
        takes_fields: Whether ``fields`` may choose what is translated.
        written_as: Name of the format that documents read from this one have, where that is another.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[..., Document]
    write: Callable[[Document], bytes]
    about: str
    escape: Callable[[str, Block], str] = lambda text, block: text
    looks_like: Callable[[bytes], bool] = lambda data: False
    takes_fields: bool = False
    written_as: str = ""


FORMATS: dict[str, Format] = {
    format.name: format
    for format in (
        Format(
            "text",
            (".txt", ".text"),
            format_text.read,
            format_text.write,
            "paragraphs, headings, lists and quotations, found by their look",
        ),
        Format(
            "markdown",
            (".md", ".markdown", ".mdown"),
            format_markdown.read,
            format_markdown.write,
            "all but code, HTML blocks, front matter and link targets",
            format_markdown.escape,
        ),
        Format(
            "html",
            (".html", ".htm", ".xhtml"),
            format_html.read,
            format_html.write,
            "text, titles, descriptions, labels of controls; no code, scripts, translate=no",
            looks_like=format_html.looks_like,
        ),
        Format(
            "epub",
            (".epub",),
            format_epub.read,
            format_epub.write,
            "the pages, the table of contents, title and description",
            looks_like=format_epub.looks_like,
        ),
        Format(
            "docx",
            (".docx", ".docm", ".dotx", ".dotm"),
            format_docx.read,
            format_docx.write,
            "text, headers, footers, notes, comments, alternative texts, titles; no deleted text, fields, charts",
            looks_like=format_docx.looks_like,
        ),
        Format(
            "odt",
            (".odt", ".ott", ".fodt"),
            format_odt.read,
            format_odt.write,
            "text, headers, footers, notes, comments, alternative texts, titles; no deleted text, fields, charts",
            looks_like=format_odt.looks_like,
        ),
        Format(
            "pdf",
            (".pdf",),
            format_pdf.read,
            format_markdown.write,
            "text, headings, lists and notes; no running titles, page numbers; written as Markdown",
            format_markdown.escape,
            looks_like=format_pdf.looks_like,
            written_as="markdown",
        ),
        Format(
            "subtitles",
            (".srt", ".vtt"),
            format_subtitles.read,
            format_subtitles.write,
            "what is said; a sentence over several cues is translated whole and dealt out again",
            looks_like=format_subtitles.looks_like,
        ),
        Format(
            "po",
            (".po", ".pot"),
            format_po.read,
            format_po.write,
            "translations, or messages that have none yet; what is new is marked fuzzy",
        ),
        Format(
            "json",
            (".json", ".jsonl", ".ndjson"),
            format_json.read,
            format_json.write,
            "strings, all or those of --field; no keys",
            takes_fields=True,
        ),
        Format(
            "csv",
            (".csv", ".tsv"),
            format_csv.read,
            format_csv.write,
            "cells, all or those of --field; no header row",
            takes_fields=True,
        ),
    )
}

# Kinds of files that people have and that are not read, with what helps.
_ADVICE = {
    ".doc": "open it in Word or LibreOffice and save it as .docx",
    ".rtf": "open it in Word or LibreOffice and save it as .docx",
    ".dot": "open it in Word or LibreOffice and save it as .docx",
    ".pages": "export it from Pages as .docx",
    ".pptx": "copy its text into a .docx or .md",
    ".ppt": "copy its text into a .docx or .md",
    ".odp": "copy its text into an .odt or .md",
    ".xlsx": "save it as .csv",
    ".xls": "save it as .csv",
    ".ods": "save it as .csv",
    ".tex": "convert it with pandoc to .md",
    ".rst": "convert it with pandoc to .md",
    ".mobi": "convert it with Calibre to .epub",
    ".azw3": "convert it with Calibre to .epub",
}
_IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".heic", ".webp")


def format_of(path: str | PurePath, data: bytes | None = None) -> Format:
    """The format that a file's name ends in; of a name without an ending, what its bytes look like, else text.

    Args:
        path: The name.
        data: The file's bytes, where they are at hand.

    Raises:
        FormatError: an ending that no format has.

    Example:
        >>> format_of("essay.md").name
        'markdown'
    """
    suffix = PurePath(path).suffix.lower()
    if not suffix:
        return FORMATS["text"] if data is None else _format_of_bytes(data)
    for format in FORMATS.values():
        if suffix in format.suffixes:
            return format
    raise FormatError(f"{path}: unknown format {suffix!r}; {_advice(suffix)}")


def _format_of_bytes(data: bytes) -> Format:
    found = (format for format in FORMATS.values() if format.looks_like(data))
    return next(found, FORMATS["text"])


def _advice(suffix: str) -> str:
    if suffix in _ADVICE:
        return f"{_ADVICE[suffix]}; what is read: tosprog formats"
    if suffix in _IMAGES:
        return "a picture has no text to read; an OCR program (ocrmypdf, tesseract) finds the text in it"
    return f"legal are {_legal()}; save it as one of them"


def output_suffix(path: str | PurePath) -> str:
    """What the name of an output ends in: the source's own ending, another where the format cannot be written.

    Raises:
        FormatError: an ending that no format has.

    Example:
        >>> output_suffix("essay.MD")
        '.MD'
    """
    format = format_of(path)
    return FORMATS[format.written_as].suffixes[0] if format.written_as else PurePath(path).suffix


def read_document(data: bytes, path: str | PurePath = "", fields: tuple[str, ...] = ()) -> Document:
    """Reads a document; `write_document` of it gives the same bytes, where the format can be written.

    Args:
        data: The file's bytes. None, or blanks only, give a document without blocks.
        path: The file's name, which tells the format and is named in errors; nothing is opened.
        fields: Names of the fields to translate, in formats that have them; none are all.

    Raises:
        FormatError: an unknown format, or bytes that are not of it.
        EncodingError: bytes that no supported encoding explains.
    """
    format = format_of(path, data)
    name = str(path) or "input"
    try:
        document = format.read(data, fields) if format.takes_fields else format.read(data)
    except FormatError as error:
        other = _format_of_bytes(data)
        hint = (
            f"; rename it to {PurePath(name).stem}{other.suffixes[0]}"
            if other.name not in ("text", format.name)
            else ""
        )
        raise FormatError(f"{name}: {error}{hint}") from error
    except EncodingError as error:
        raise EncodingError(f"{name}: {error}") from error
    return replace(document, fields=fields) if format.takes_fields else document


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
