"""BLEU and chrF (sacreBLEU) of a model on line-aligned evaluation text, both directions.

python benchmarks/quality.py ../shared/eval [--model NAME] [--beam 4] [--lines N] [--show 10]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import sacrebleu

from tosprog.models.base import DecodingOptions
from tosprog.models.languages import DIRECTIONS
from tosprog.models.registry import load_backend

SETS = ("flores200-dev", "tatoeba-2000")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds NAME.da and NAME.en")
    parser.add_argument("--model", help="default: the bundled ones")
    parser.add_argument("--direction", choices=[str(d) for d in DIRECTIONS], help="default: both")
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--lines", type=int, help="only the first lines")
    parser.add_argument("--show", type=int, default=0, help="print this many translations a set")
    arguments = parser.parse_args()
    bleu, chrf = sacrebleu.BLEU(), sacrebleu.CHRF()
    print(f"{'set':<14} {'dir':<6} {'BLEU':>6} {'chrF2':>6} {'sentences/s':>12}  model")
    for direction in DIRECTIONS:
        if arguments.direction not in (None, str(direction)):
            continue
        backend = load_backend(direction, arguments.model)
        for name in SETS:
            source, reference = (
                (arguments.folder / f"{name}.{code}")
                .read_text(encoding="utf-8")
                .splitlines()[: arguments.lines]
                for code in (direction.source, direction.target)
            )
            began = time.perf_counter()
            answers = backend.translate(source, DecodingOptions(beam_size=arguments.beam))
            rate = len(source) / (time.perf_counter() - began)
            hypotheses = [answer.text for answer in answers]
            scores = [metric.corpus_score(hypotheses, [reference]).score for metric in (bleu, chrf)]
            print(
                f"{name:<14} {direction!s:<6} {scores[0]:>6.1f} {scores[1]:>6.1f} {rate:>12.1f}  {backend.signature}"
            )
            step = max(1, len(source) // max(1, arguments.show))
            for i in range(0, len(source), step) if arguments.show else ():
                print(f"  {source[i]}\n  > {hypotheses[i]}")
    print(bleu.get_signature())
    print(chrf.get_signature())


if __name__ == "__main__":
    main()
