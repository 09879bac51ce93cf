"""Keywords against those that people gave: how many of the essays' own are found, next to counting and YAKE.

    pip install yake; python benchmarks/keywords.py [benchmarks/essays]

A keyword is found if its stem, or the stem of a word that begins or ends with it, is among the answers': "skole" finds
"landsbyskole". People name things that a text never says; these nobody can find, and the last line gives their share.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tosprog.models.registry import load_rarity
from tosprog.pipeline.evaluation_texts import EvaluationText, read_texts
from tosprog.pipeline.keywords import find_keywords
from tosprog.pipeline.terms import stems

COUNT = 8


def words(text: str) -> set[str]:
    return {stem.removeprefix("da:") for stem in stems(text, "da")}


def is_found(reference: str, answers: Sequence[str]) -> bool:
    have = {word for answer in answers for word in words(answer)}
    return all(
        any(
            a == b
            or (
                min(len(a), len(b)) > 3
                and (a.endswith(b) or b.endswith(a) or a.startswith(b) or b.startswith(a))
            )
            for b in have
        )
        for a in words(reference)
    )


def ours(text: EvaluationText) -> list[str]:
    return [one.text for one in find_keywords(text.segments, "da", load_rarity("da"), COUNT)]


def counting(text: EvaluationText) -> list[str]:
    counts = Counter(
        stem for sentence in text.sentences for stem in words(sentence.text) if not stem.isdigit()
    )
    return [stem for stem, _ in counts.most_common(COUNT)]


def yake(text: EvaluationText) -> list[str]:
    import yake as library

    extractor = library.KeywordExtractor(lan="da", n=2, top=COUNT)
    whole = " ".join(segment.plain for _, row in text.segments for segment in row)
    return [keyword for keyword, _ in extractor.extract_keywords(whole)]


def everything(text: EvaluationText) -> list[str]:
    return [segment.plain for _, row in text.segments for segment in row]


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "benchmarks/essays")
    texts = read_texts(folder, "da")
    references = {
        text.name: json.loads((folder / f"{text.name}.json").read_text(encoding="utf-8"))["keywords_da"]
        for text in texts
    }
    systems = {"tosprog": ours, "counting stems": counting, "YAKE": yake, "the whole text": everything}
    print("| system | of people's keywords found |\n|---|---|")
    for name, system in systems.items():
        try:
            found = [
                is_found(one, answers) for t in texts for answers in [system(t)] for one in references[t.name]
            ]
        except ImportError:
            print(f"| {name} | not installed |")
            continue
        print(f"| {name} | {sum(found)} of {len(found)}, {sum(found) / len(found):.0%} |")


if __name__ == "__main__":
    main()
