"""Articles that do not agree with their noun: in how many sentences of the model one is put right.

    python benchmarks/agreement.py [../shared/eval/flores200-dev ../shared/eval/tatoeba-2000] [--show]

On benchmarks/held_out.tsv, and on the sets that are named. What is changed in the references is the rule's own error,
or a slip of theirs: --show prints it.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from unittest.mock import patch

import sacrebleu
from held_out import held_out_pairs

from tosprog.models.base import DecodingOptions
from tosprog.models.languages import DIRECTIONS
from tosprog.models.registry import load_backend
from tosprog.pipeline import ask
from tosprog.pipeline.agreement import agreed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="*", help="such as ../shared/eval/flores200-dev")
    parser.add_argument("--show", action="store_true", help="print what changed")
    arguments = parser.parse_args()
    texts = {"held_out": [(row["da"], row["en"]) for row in held_out_pairs()]}
    for path in arguments.sets:
        danish, english = (
            path.with_name(f"{path.name}.{code}").read_text(encoding="utf-8").splitlines()
            for code in ("da", "en")
        )
        texts[path.name] = list(zip(danish, english, strict=True))
    how = ask.AskOptions(decoding=DecodingOptions(), markup=False)
    columns = ("direction", "set", "sentences", "put right", "BLEU", "then", "references that are changed")
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    shown: list[str] = []
    for direction in DIRECTIONS:
        backend = load_backend(direction)
        for name, pairs in texts.items():
            ordered = pairs if direction.source == "da" else [(english, danish) for danish, english in pairs]
            sources, references = [source for source, _ in ordered], [target for _, target in ordered]
            with patch.object(ask, "agreed", lambda text, language: text):
                answers = ask.ask(sources, backend, how)
            before = [answers[source].text or source for source in sources]
            after = [agreed(text, direction.target) for text in before]
            bleus = [sacrebleu.corpus_bleu(row, [references]).score for row in (before, after)]
            changed = [(b, a) for b, a in zip(before, after, strict=True) if b != a]
            faults = [(r, a) for r in references if (a := agreed(r, direction.target)) != r]
            cells = (
                direction,
                name,
                len(pairs),
                len(changed),
                *(f"{bleu:.2f}" for bleu in bleus),
                len(faults),
            )
            print(f"| {' | '.join(map(str, cells))} |", flush=True)
            shown += [f"\n- {b}\n+ {a}" for b, a in changed]
            shown += ["\nreferences:", *(f"\n- {b}\n+ {a}" for b, a in faults)]
    if arguments.show:
        print("\n".join(shown))


if __name__ == "__main__":
    main()
