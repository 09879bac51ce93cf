"""Makes a folder of mixed documents in every format that is read, for benchmarks/folder.py.

    python benchmarks/make_folder.py FOLDER --files 2000 ../shared/eval/flores200-dev ../shared/eval/tatoeba-2000 \
        ../shared/corpora/tor-translation.en-da.tsv.xz

Each document has a heading and a few sentences, in Danish or English by turns. The same arguments make the same texts.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import lzma
import random
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path

Pairs = list[tuple[str, str]]  # Danish, English


def read_pairs(place: str) -> Pairs:
    """Of ``NAME``, beside which are NAME.da and NAME.en, or of a corpus: English, tab, Danish."""
    if place.endswith(".tsv.xz"):
        with lzma.open(place, "rt", encoding="utf-8") as file:
            rows = (line.rstrip("\n").split("\t") for line in file)
            return [
                (row[1], row[0])
                for row in rows
                if len(row) > 1 and 20 < len(row[0]) < 200 and "<" not in row[0]
            ]
    danish, english = (
        Path(f"{place}.{code}").read_text(encoding="utf-8").splitlines() for code in ("da", "en")
    )
    return [(a.strip(), b.strip()) for a, b in zip(danish, english, strict=True)]


def text(heading: str, sentences: list[str]) -> bytes:
    return f"{heading}\n\n{' '.join(sentences)}\n".encode()


def markdown(heading: str, sentences: list[str]) -> bytes:
    return f"# {heading}\n\n{' '.join(sentences)}\n\n- {sentences[0]}\n".encode()


def html(heading: str, sentences: list[str]) -> bytes:
    body = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    return f'<!doctype html><html lang="da"><body><h1>{escape(heading)}</h1>{body}</body></html>\n'.encode()


def docx(heading: str, sentences: list[str]) -> bytes:
    from docx import Document

    document, file = Document(), io.BytesIO()
    document.add_heading(heading, 1)
    document.add_paragraph(" ".join(sentences))
    document.save(file)
    return file.getvalue()


def odt(heading: str, sentences: list[str]) -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}:office:1.0" '
        f'xmlns:text="{names}:text:1.0" office:version="1.2"><office:body><office:text>'
        f'<text:h text:outline-level="1">{escape(heading)}</text:h>'
        f"<text:p>{escape(' '.join(sentences))}</text:p></office:text></office:body></office:document-content>"
    )
    return package("application/vnd.oasis.opendocument.text", {"content.xml": content})


def epub(heading: str, sentences: list[str]) -> bytes:
    page = f"<h1>{escape(heading)}</h1><p>{escape(' '.join(sentences))}</p>"
    return package(
        "application/epub+zip",
        {
            "META-INF/container.xml": '<?xml version="1.0"?><container version="1.0" '
            'xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="book.opf" '
            'media-type="application/oebps-package+xml"/></rootfiles></container>',
            "book.opf": '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
            'unique-identifier="i"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="i">i'
            f"</dc:identifier><dc:title>{escape(heading)}</dc:title><dc:language>da</dc:language></metadata>"
            '<manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>',
            "a.xhtml": '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head>'
            f"<title>{escape(heading)}</title></head><body>{page}</body></html>",
        },
    )


def package(kind: str, files: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), kind)
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def pdf(heading: str, sentences: list[str]) -> bytes:
    from fpdf import FPDF

    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=16)
    page.multi_cell(
        0, 10, heading.encode("latin-1", "replace").decode("latin-1"), new_x="LMARGIN", new_y="NEXT"
    )
    page.set_font("helvetica", size=11)
    page.multi_cell(0, 6, " ".join(sentences).encode("latin-1", "replace").decode("latin-1"))
    return bytes(page.output())


def cues(heading: str, sentences: list[str], mark: str) -> str:
    times = (f"00:00:{i * 4:02}{mark}000 --> 00:00:{i * 4 + 3:02}{mark}500" for i in range(20))
    return "".join(
        f"{i}\n{time}\n{line}\n\n" for i, (time, line) in enumerate(zip(times, sentences, strict=False), 1)
    )


def srt(heading: str, sentences: list[str]) -> bytes:
    return cues(heading, sentences, ",").encode()


def vtt(heading: str, sentences: list[str]) -> bytes:
    return ("WEBVTT\n\n" + cues(heading, sentences, ".")).encode()


def po(heading: str, sentences: list[str]) -> bytes:
    head = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: en\\n"\n\n'
    quoted = (json.dumps(sentence, ensure_ascii=False) for sentence in dict.fromkeys((heading, *sentences)))
    return (head + "".join(f'msgid {sentence}\nmsgstr ""\n\n' for sentence in quoted)).encode()


def as_json(heading: str, sentences: list[str]) -> bytes:
    return json.dumps(
        {"title": heading, "text": sentences, "count": len(sentences)}, ensure_ascii=False
    ).encode()


def table(heading: str, sentences: list[str], delimiter: str) -> bytes:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([("id", "text"), *enumerate((heading, *sentences))])
    return file.getvalue().encode()


MAKERS: dict[str, Callable[[str, list[str]], bytes]] = {
    "txt": text,
    "md": markdown,
    "html": html,
    "docx": docx,
    "odt": odt,
    "epub": epub,
    "pdf": pdf,
    "srt": srt,
    "vtt": vtt,
    "po": po,
    "json": as_json,
    "csv": lambda heading, sentences: table(heading, sentences, ","),
    "tsv": lambda heading, sentences: table(heading, sentences, "\t"),
}


def make(folder: Path, pairs: Pairs, files: int, suffixes: list[str]) -> None:
    """Writes the documents, a hundred to a folder."""
    draw = random.Random(0)
    for number in range(files):
        suffix = suffixes[number % len(suffixes)]
        sentences = [pair[draw.random() < 0.5] for pair in draw.sample(pairs, draw.randint(3, 6))]
        heading = " ".join(sentences.pop().split()[:6]).rstrip(".,:;!?")
        path = folder / f"{number // 100:04}" / f"{number:06}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(MAKERS[suffix](heading, sentences))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("texts", nargs="+", help="NAME, of NAME.da and NAME.en, or a corpus")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--formats", default=",".join(MAKERS), help="endings, with commas between them")
    arguments = parser.parse_args()
    pairs = [pair for place in arguments.texts for pair in read_pairs(place)]
    make(arguments.folder, pairs, arguments.files, arguments.formats.split(","))


if __name__ == "__main__":
    main()
