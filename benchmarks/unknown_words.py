"""Words that no text has: how many sentences have one, with and without another hypothesis taken for them.

    python benchmarks/unknown_words.py [--show]

On benchmarks/held_out.tsv, sentences that no model was trained on. The list is not built from them either: what it
finds fault with in the references is its own error.
"""

from __future__ import annotations

import argparse
from unittest.mock import patch

import sacrebleu
from held_out import held_out_pairs

from tosprog.models.base import DecodingOptions
from tosprog.models.languages import DIRECTIONS
from tosprog.models.registry import load_backend
from tosprog.pipeline import ask
from tosprog.pipeline.unknown_words import unknown_words


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print what changed, and what is left")
    arguments = parser.parse_args()
    rows = held_out_pairs()
    columns = (
        "direction",
        "sentences",
        "with such a word",
        "after the rung",
        "BLEU",
        "after the rung",
        "references",
    )
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    shown: list[str] = []
    for direction in DIRECTIONS:
        sources = [row[direction.source] for row in rows]
        references = [row[direction.target] for row in rows]
        backend = load_backend(direction)
        how = ask.AskOptions(decoding=DecodingOptions(), markup=False)
        with patch.object(ask, "_known", lambda *_: {}):
            before = ask.ask(sources, backend, how)
        after = ask.ask(sources, backend, how)
        counts, bleus = [], []
        for answers in (before, after):
            texts = [answers[source].text or source for source in sources]
            counts.append(sum(bool(answers[source].unknown) for source in sources))
            bleus.append(sacrebleu.corpus_bleu(texts, [references]).score)
        faults = [unknown_words(s, r, direction.target) for s, r in zip(sources, references, strict=True)]
        print(
            f"| {direction} | {len(sources)} | {counts[0]} | {counts[1]} | {bleus[0]:.1f} | {bleus[1]:.1f} "
            f"| {sum(map(bool, faults))} |",
            flush=True,
        )
        for source in sources:
            first, last = before[source], after[source]
            if first.unknown:
                shown += ["", *first.unknown, f"  - {first.text}"]
                shown += [f"  + {last.text}"] if last.text != first.text else []
        shown += ["", "in references:", *(word for words in faults for word in words)]
    if arguments.show:
        print("\n".join(shown))


if __name__ == "__main__":
    main()
