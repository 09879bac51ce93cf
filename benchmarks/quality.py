"""The table of the model card: `tosprog evaluate` over both sets and both directions.

python benchmarks/quality.py ../shared/eval [--model NAME] [--beam 4] [--rerank]
"""

from __future__ import annotations

import argparse
from functools import lru_cache
from pathlib import Path

from tosprog.models.base import Backend, DecodingOptions
from tosprog.models.languages import DIRECTIONS, Direction
from tosprog.models.registry import load_backend
from tosprog.pipeline.evaluate import Evaluation, evaluate
from tosprog.pipeline.translate import TranslateOptions

SETS = ("flores200-dev", "tatoeba-2000")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds NAME.da and NAME.en")
    parser.add_argument("--model", help="default: the bundled ones")
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--rerank", action="store_true", help="have the other direction's model choose")
    arguments = parser.parse_args()

    @lru_cache(maxsize=2)
    def load(direction: Direction) -> Backend:
        return load_backend(direction, arguments.model, rerank=arguments.rerank)

    one: Evaluation | None = None
    columns = ("set", "direction", "BLEU", "chrF2", "empty", "loops", "kept by checks", "tokens/s")
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for name in SETS:
        for direction in DIRECTIONS:
            source, reference = (
                (arguments.folder / f"{name}.{code}").read_text("utf-8").splitlines()
                for code in (direction.source, direction.target)
            )
            options = TranslateOptions(
                target=direction.target,
                source=direction.source,
                decoding=DecodingOptions(beam_size=arguments.beam),
            )
            (one,) = evaluate(source, reference, [(arguments.model or "bundled", load)], options)
            print(
                f"| {name} | {direction} | {one.bleu:.1f} | {one.chrf:.1f} | {one.empty} | {one.loops} | {one.failed} "
                f"| {one.tokens_per_second:.0f} |",
                flush=True,
            )
    if one is not None:
        print(f"\nBLEU {one.bleu_signature}\nchrF {one.chrf_signature}")
        print(f"beam {arguments.beam}{', reranked' * arguments.rerank}")


if __name__ == "__main__":
    main()
