"""How often the language of a line is found: Tosprog's detection against lingua alone, whole lines and pieces.

    python benchmarks/detection.py ../shared/eval/flores200-dev ../shared/eval/tatoeba-2000

Each argument stands for NAME.da and NAME.en. Pieces are the first words of a line, as a heading might have them,
in a document of their own. The last columns are segments a second, and the growth of the peak memory in MB.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lingua import Language, LanguageDetectorBuilder

from tosprog.pipeline.detect import detect_segments
from tosprog.pipeline.document import Block, BlockKind, Segment

Detect = Callable[[str], str | None]
OTHERS = "GERMAN FRENCH SPANISH ITALIAN DUTCH SWEDISH POLISH PORTUGUESE FINNISH".split()


def tosprog() -> Detect:
    def detect(text: str) -> str | None:
        ((segment,),) = detect_segments([(Block(BlockKind.PARAGRAPH, text), [Segment(text)])])
        return segment.language

    return detect


def lingua(*more: str, fast: bool = False) -> Detect:
    languages = [Language.DANISH, Language.ENGLISH, *(getattr(Language, name) for name in more)]
    builder = LanguageDetectorBuilder.from_languages(*languages)
    detector = (builder.with_low_accuracy_mode() if fast else builder).build()

    def detect(text: str) -> str | None:
        language = detector.detect_language_of(text)
        return None if language is None else language.iso_code_639_1.name.lower()

    return detect


SYSTEMS: dict[str, Callable[[], Detect]] = {
    "tosprog": tosprog,
    "lingua da/en": lambda: lingua(),
    "lingua da/en, fast": lambda: lingua(fast=True),
    "lingua 11, fast": lambda: lingua(*OTHERS, fast=True),
    "lingua 11": lambda: lingua(*OTHERS),
}


def main(names: list[str]) -> None:
    cases: list[tuple[str, str]] = []
    for name in names:
        for code in ("da", "en"):
            for line in Path(f"{name}.{code}").read_text("utf-8").splitlines():
                cases.append((line.strip(), code))
    print(
        f"{'right of ' + str(len(cases)):<20} {'line':>7} {'5 words':>8} {'3 words':>8} {'/s':>6} {'MB':>5}"
    )
    for name, build in SYSTEMS.items():
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        detect = build()
        began, row = time.perf_counter(), []
        for words in (None, 5, 3):
            right = sum(detect(" ".join(text.split()[:words])) == code for text, code in cases)
            row.append(right / len(cases))
        rate = 3 * len(cases) / (time.perf_counter() - began)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(f"{name:<20} {row[0]:>7.2%} {row[1]:>8.2%} {row[2]:>8.2%} {rate:>6.0f} {grown:>5.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
