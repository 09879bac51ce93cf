"""How many true and how many false sentences the check of summaries lets through.

    python benchmarks/support.py [benchmarks/essays] [--to da|en]

True are the sentences of people's summaries and, as a model would quote them, of the essays themselves; false are the
same with one fault: a number changed, a name from another essay, a negation put in or taken out, and sentences of
another essay's summary. For English the essays are translated first, as for a model that writes English.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable
from pathlib import Path

from tosprog.models.languages import LanguageCode, parse_language
from tosprog.models.registry import load_backend
from tosprog.pipeline.document import Block, BlockKind
from tosprog.pipeline.evaluation_texts import EvaluationText, read_texts
from tosprog.pipeline.flow import put_into
from tosprog.pipeline.prose import prose_of
from tosprog.pipeline.segment import segment_block
from tosprog.pipeline.support import SourceText
from tosprog.pipeline.translate import TranslateOptions

NUMBER = re.compile(r"\d[\d.,]*\d|\d")
NAME = re.compile(r"(?<=[\w,;] )[A-ZÆØÅ][a-zæøå]{3,}\b")
NEGATION = {"da": re.compile(r" (?:ikke|aldrig)\b"), "en": re.compile(r" (?:not|never)\b")}
VERB = {
    "da": re.compile(r"\b(er|har|kan|bør|var|blev|viser|får|giver|koster|mener)\b"),
    "en": re.compile(r"\b(is|are|has|have|can|should|was|were)\b"),
}
INSERTED = {"da": r"\1 ikke", "en": r"\1 not"}


def sentences(text: str, language: LanguageCode) -> list[str]:
    return [segment.text for segment in segment_block(Block(BlockKind.PARAGRAPH, text), language)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("essays", type=Path, nargs="?", default=Path("benchmarks/essays"))
    parser.add_argument("--to", type=parse_language, default="da")
    arguments = parser.parse_args()
    language: LanguageCode = arguments.to
    texts = read_texts(arguments.essays, language)
    chance = random.Random(0)
    own = [essay_sentences(text, language) for text in texts]
    summaries = [sentences(text.references[0], language) for text in texts]
    names = [sorted({m.group() for s in rows for m in NAME.finditer(s)}) for rows in own]

    def number(claim: str, i: int) -> str | None:
        found = list(NUMBER.finditer(claim))
        if not found:
            return None
        one = chance.choice(found)
        changed = str((int(one[0][0]) + chance.randint(1, 8)) % 10 or 1) + one[0][1:]
        return None if changed == one[0] else claim[: one.start()] + changed + claim[one.end() :]

    def name(claim: str, i: int) -> str | None:
        found = list(NAME.finditer(claim))
        others = [n for j, row in enumerate(names) if j != i for n in row if n not in names[i]]
        if not found or not others:
            return None
        one = chance.choice(found)
        return claim[: one.start()] + chance.choice(others) + claim[one.end() :]

    def negation(claim: str, i: int) -> str | None:
        without = NEGATION[language].sub("", claim, count=1)
        changed = without if without != claim else VERB[language].sub(INSERTED[language], claim, count=1)
        return None if changed == claim else changed

    faults: dict[str, Callable[[str, int], str | None]] = {
        "number": number,
        "name": name,
        "negation": negation,
    }
    sources = [
        SourceText(row, language, context=headings(text)) for row, text in zip(own, texts, strict=True)
    ]
    for kind, claims in (("a person's summary", summaries), ("quoted", own)):
        print(f"\n{kind}, {language}\n\n| fault | sentences | caught |\n|---|---|---|")
        passed = [[c for c in row if not sources[i].support(c).failed] for i, row in enumerate(claims)]
        total, good = sum(map(len, claims)), sum(map(len, passed))
        print(f"| none | {total} | {1 - good / total:.0%} |")
        for label, change in faults.items():
            # Of those that pass as they stand: what is caught is caught for the fault.
            changed = [(i, new) for i, row in enumerate(passed) for c in row if (new := change(c, i))]
            caught = sum(bool(sources[i].support(new).failed) for i, new in changed)
            print(f"| {label} | {len(changed)} | {caught / max(1, len(changed)):.0%} |")
        strange = [(i, c) for i in range(len(claims)) for c in claims[i - 1]]
        caught = sum(bool(sources[i].support(c).failed) for i, c in strange)
        print(f"| of another essay | {len(strange)} | {caught / len(strange):.0%} |")


def essay_sentences(text: EvaluationText, language: LanguageCode) -> list[str]:
    segments = list(text.segments)
    if text.is_foreign:
        segments = put_into(segments, text.document, load_backend, TranslateOptions(target=language))
    return [one.text for one in prose_of(segments)]


def headings(text: EvaluationText) -> str:
    return " ".join(s.plain for block, row in text.segments if not block.kind.is_prose for s in row)


if __name__ == "__main__":
    main()
