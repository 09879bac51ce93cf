"""The challenge set (tests/challenge.tsv) through a model: rules that must hold, by category.

    python benchmarks/challenge.py [--model NAME] [--rerank] [--show]

Rules: has:X (X is in the answer, in either case), not:X (the word X is not), copy, nocopy, caps (in capitals),
nostop (no final stop), quotes (the source's marks). Always: not empty, no loop, the same numbers.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import sacrebleu

from tosprog.models.base import Backend
from tosprog.models.languages import Direction, parse_direction
from tosprog.models.registry import load_backend
from tosprog.pipeline.checks import CHECKS, Hypothesized
from tosprog.pipeline.document import TranslationKind
from tosprog.pipeline.flow import process_lines
from tosprog.pipeline.translate import TranslateOptions

TABLE = Path(__file__).parent.parent / "tests" / "challenge.tsv"
CATEGORIES = (
    "single word",
    "heading",
    "title case",
    "capitals",
    "numbered heading",
    "name",
    "list of names",
    "date and time",
    "amount",
    "quotation",
    "mixed",
    "abbreviation",
    "false friend",
    "compound",
    "definite and genitive",
    "negation and question",
    "repeated words",
    "punctuation",
    "idiom",
    "address",
    "look-alike",
    "agreement",
    "essay",
)
ALWAYS = ("empty", "repetition", "numbers", "protected")
_QUOTE = re.compile(r"[\"“”„«»]")
RULES: dict[str, Callable[[str, str, str], bool]] = {
    "has": lambda source, answer, value: value.lower() in answer.lower(),
    "not": lambda source, answer, value: not re.search(rf"\b{re.escape(value)}\b", answer, re.IGNORECASE),
    "copy": lambda source, answer, value: answer == source,
    "nocopy": lambda source, answer, value: answer != source,
    "caps": lambda source, answer, value: answer.isupper(),
    "nostop": lambda source, answer, value: not answer.endswith("."),
    "quotes": lambda source, answer, value: _QUOTE.findall(answer) == _QUOTE.findall(source),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A line of the table."""

    id: str
    direction: Direction
    category: str
    source: str
    references: tuple[str, ...]
    rules: tuple[str, ...]


def read_cases() -> list[Case]:
    cases = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, direction, category, source, references, rules = line.split("\t")
            parts = tuple(references.split(" | "))
            cases.append(
                Case(name, parse_direction(direction), category, source, parts, tuple(rules.split()))
            )
    return cases


def broken_rules(case: Case, answer: str) -> list[str]:
    """The rules that an answer breaks, those that always hold among them."""
    made = Hypothesized(case.source, answer, case.direction, str.isalpha, str.isalpha)
    broken = [name for name in ALWAYS if CHECKS[name](made)]
    for rule in case.rules:
        name, _, value = rule.partition(":")
        if not RULES[name](case.source, answer, value):
            broken.append(rule)
    return broken


def answers_of(
    cases: list[Case], model: str | None = None, *, rerank: bool = False
) -> Iterator[tuple[Case, str, TranslationKind]]:
    """Each case's answer, as the command line would give it with --from, and the worst of its outcomes."""

    @lru_cache(maxsize=2)
    def load(direction: Direction) -> Backend:
        return load_backend(direction, model, rerank=rerank)

    for direction in sorted({case.direction for case in cases}, key=str):
        mine = [case for case in cases if case.direction == direction]
        options = TranslateOptions(target=direction.target, source=direction.source)
        results = process_lines([case.source for case in mine], load, options)
        for case, (text, row) in zip(mine, results, strict=True):
            kinds = {translation.kind for translation in row}
            order = (TranslationKind.FAILED, TranslationKind.TRANSLATED, TranslationKind.KEPT)
            yield (
                case,
                text,
                next((kind for kind in order if kind in kinds), TranslationKind.KEPT),
            )  # blank: none


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="default: the bundled ones")
    parser.add_argument("--rerank", action="store_true", help="have the other direction's model choose")
    parser.add_argument("--show", action="store_true", help="print the cases that break a rule")
    arguments = parser.parse_args()
    rows: dict[tuple[str, str], list[tuple[Case, str, TranslationKind, list[str]]]] = defaultdict(list)
    for case, text, kind in answers_of(read_cases(), arguments.model, rerank=arguments.rerank):
        row = (case, text, kind, broken_rules(case, text))
        for key in ((str(case.direction), case.category), (str(case.direction), "all"), ("both", "all")):
            rows[key].append(row)
        if arguments.show and row[3]:
            print(f"{case.id} {case.source} -> {text}   [{' '.join(row[3])}]")
    columns = (
        "direction",
        "category",
        "cases",
        "rules held",
        "empty",
        "loops",
        "numbers",
        "addresses",
        "copies",
        "kept by checks",
        "chrF2",
    )
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    order = (*CATEGORIES, "all")
    for (direction, category), group in sorted(rows.items(), key=lambda x: (x[0][0], order.index(x[0][1]))):
        width = max(len(case.references) for case, *_ in group)
        references = [
            [case.references[min(i, len(case.references) - 1)] for case, *_ in group] for i in range(width)
        ]
        chrf = sacrebleu.corpus_chrf([text for _, text, *_ in group], references).score
        counts = [sum(name in broken for *_, broken in group) for name in ALWAYS]
        failed = sum(kind is TranslationKind.FAILED for _, _, kind, _ in group)
        copies = sum(text == case.source not in case.references for case, text, *_ in group)
        held = sum(not broken for *_, broken in group)
        cells = (direction, category, len(group), held, *counts, copies, failed, f"{chrf:.1f}")
        print(f"| {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    main()
