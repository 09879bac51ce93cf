"""What the checks, the ladder and the confidence of translations cost, as a share of the time without them.

    python benchmarks/guards.py ../shared/eval/flores200-dev ../shared/eval/tatoeba-2000 [--lines 400] [--rounds 3]

Each round translates the same lines with the bundled models, once with all of it and once with none, by turns; the
median ratio of the rounds is what counts. Also how often each check fired, and how many first attempts passed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from functools import cache
from pathlib import Path
from unittest.mock import patch

from tosprog.models.base import Backend
from tosprog.models.languages import DIRECTIONS, Direction
from tosprog.models.registry import load_backend
from tosprog.pipeline import ask, checks
from tosprog.pipeline.document import Translation
from tosprog.pipeline.flow import process_lines
from tosprog.pipeline.translate import TranslateOptions


@cache
def backend_of(direction: Direction) -> Backend:
    return load_backend(direction, threads=1)


def translated(lines: list[str], direction: Direction) -> tuple[float, list[Translation]]:
    options = TranslateOptions(target=direction.target, source=direction.source)
    began = time.perf_counter()
    done = process_lines(lines, backend_of, options)
    return time.perf_counter() - began, [one for _, row in done for one in row]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--lines", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    print("| direction | set | lines | time with / without | first attempts | checks that fired |")
    print("|---|---|---|---|---|---|")
    for direction in DIRECTIONS:
        for path in arguments.sets:
            text = path.with_name(f"{path.name}.{direction.source}").read_text(encoding="utf-8")
            lines = text.splitlines()[: arguments.lines]
            translated(lines[:20], direction)
            ratios = []
            for _ in range(arguments.rounds):
                guarded, rows = translated(lines, direction)
                with (
                    patch.dict(checks.CHECKS, clear=True),
                    patch.object(ask, "confidence_of", lambda *_: 1.0),
                    patch.object(ask, "_known", lambda *_: {}),
                ):
                    bare, _ = translated(lines, direction)
                ratios.append(guarded / bare)
            fired = Counter(name for one in rows for step in one.steps for name in step.checks)
            first = sum(len(one.steps) == 1 for one in rows) / max(1, len(rows))
            said = ", ".join(f"{name} {count}" for name, count in fired.most_common()) or "none"
            print(
                f"| {direction} | {path.name} | {len(lines)} | {statistics.median(ratios):.3f} | {first:.1%} | {said} |"
            )


if __name__ == "__main__":
    main()
