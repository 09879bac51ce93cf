"""Text files too large to hold in memory: read, translated and written in stretches that end between paragraphs."""

from __future__ import annotations

import codecs
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from tosprog.models.errors import EncodingError, InputError
from tosprog.pipeline.document import Document
from tosprog.pipeline.encoding import encode, writable_codec
from tosprog.pipeline.flow import Processed, process_document
from tosprog.pipeline.formats import FORMATS, format_of, read_document
from tosprog.pipeline.translate import LoadBackend, TranslateOptions

LARGE_BYTES = 16 * 2**20  # a file above is read in stretches
_STRETCH_BYTES = 2**20
_MOST_BYTES = 64 * 2**20  # a stretch without a place to cut: no text of paragraphs
_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r(?!\n))[ \t]*(?:\r\n|\n|\r(?!\n))+")
# In Markdown a blank line may stand within a list or a fence; before a heading, outside of fences, nothing goes on.
_BEFORE_HEADING = re.compile(rb"(?:\r\n|\n|\r(?!\n))[ \t]*(?:\r\n|\n|\r(?!\n))+(?=#{1,6}[ \t])")
_FENCE = re.compile(rb"^ {0,3}(?:```|~~~)", re.MULTILINE)
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_large(path: Path) -> bool:
    """Whether a file is to be read in stretches: large, and of a format that is plain text.

    Raises:
        FormatError: an ending that no format has.
    """
    try:
        size = path.stat().st_size
    except OSError:
        return False  # reading it says what is wrong
    return size > LARGE_BYTES and format_of(path).name in ("text", "markdown")


def stream_documents(path: Path) -> Iterator[Document]:
    """The file in documents of about a megabyte, which end between paragraphs; joined, they are the file.

    All have the codec that the whole file is read with. Memory is bounded by the largest stretch.

    Raises:
        InputError: it cannot be read.
        FormatError: no text, or a stretch without a paragraph's end in 64 MB.
        EncodingError: no supported encoding explains the bytes.
    """
    try:
        is_utf8 = _is_utf8(path)
        with path.open("rb") as file:
            for data in _stretches(file, path):
                document = read_document(data, path)
                if not is_utf8 and document.encoding == "utf-8" and not data.isascii():
                    raise EncodingError(f"{path} mixes UTF-8 with another encoding; save it as UTF-8")
                # A stretch without a Danish letter is ASCII, which every codec writes alike.
                yield document if is_utf8 else replace(document, encoding="cp1252")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def process_large(
    path: Path, load: LoadBackend, options: TranslateOptions, out: BinaryIO
) -> Iterator[Processed]:
    """Processes a large file stretch by stretch, and writes as it goes.

    Where a translation needs a character that the file's encoding lacks, what was written before is put into UTF-8
    and the rest follows in it.

    Args:
        path: The file.
        load: Gives the backend of a direction.
        options: Target language and decoding.
        out: Open for reading and writing, at its start.
    """
    codec = None
    for document in stream_documents(path):
        done = process_document(document, load, options)
        codec = codec or document.encoding
        if codec != "utf-8" and writable_codec(done.document.text, codec) == "utf-8":
            _transcode(out, codec)
            codec = "utf-8"
        out.write(encode(done.document.text, codec, bom=document.bom))
        yield done


def _transcode(file: BinaryIO, codec: str) -> None:
    """Puts a file of a single-byte encoding into UTF-8, a megabyte at a time, by way of a second one."""
    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        file.seek(0)
        while data := copy.read(_STRETCH_BYTES):
            file.write(data.decode(codec).encode("utf-8"))
        file.truncate()


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        if file.read(2) in _WIDE_BOMS:
            raise InputError(
                f"{path} has {path.stat().st_size / 2**20:.0f} MB of UTF-16; files above "
                f"{LARGE_BYTES // 2**20} MB are read as UTF-8 or Windows-1252: save it as UTF-8"
            )
        file.seek(0)
        try:
            while data := file.read(_STRETCH_BYTES):
                decoder.decode(data)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _stretches(file: BinaryIO, path: Path) -> Iterator[bytes]:
    markdown = format_of(path) is FORMATS["markdown"]
    waiting = b""
    wanted = _STRETCH_BYTES
    while data := file.read(_STRETCH_BYTES):
        waiting += data
        if len(waiting) < wanted:
            continue
        cut = _last_cut(waiting, markdown=markdown)
        if cut:
            yield waiting[:cut]
            waiting, wanted = waiting[cut:], _STRETCH_BYTES
        elif len(waiting) > _MOST_BYTES:
            raise InputError(
                f"{path} has no end of a paragraph in {_MOST_BYTES // 2**20} MB; part it with blank lines"
            )
        else:
            wanted = 2 * len(waiting)  # so that a long way to a cut is not searched again at every step
    if waiting:
        yield waiting


def _last_cut(data: bytes, *, markdown: bool) -> int:
    """Behind the last place where a document may be cut; 0 where there is none."""
    cut = fences = counted = 0
    for match in (_BEFORE_HEADING if markdown else _BLANK_LINE).finditer(data):
        if markdown:
            fences += len(_FENCE.findall(data, counted, match.start()))
            counted = match.start()
        if match.end() < len(data) and fences % 2 == 0:
            cut = match.end()
    return cut
