"""How well translations respect a glossary, by method: our own sentences (glossary.tsv) and terms (glossary_terms.tsv).

    python benchmarks/glossary.py [--model NAME] [--show METHOD] [--repeat 3]

Respected: terms of the source that the translation has, in any form, counted anew on the text that comes out. A term
that is respected may still stand in a wrong form or place: chrF2 against the reference says.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import sacrebleu

from tosprog.models.base import Backend, DecodingOptions, Hypothesis
from tosprog.models.languages import DIRECTIONS
from tosprog.models.registry import load_backend
from tosprog.pipeline.glossary_enforce import Enforcer
from tosprog.pipeline.glossary_files import read_glossary

FOLDER = Path(__file__).parent
PLAIN = DecodingOptions()
ALIGNED = DecodingOptions(align=True)
MANY = DecodingOptions(hypotheses=4, align=True)


def read_pairs() -> dict[str, list[tuple[str, str]]]:
    """The sentences by when they were written."""
    groups: dict[str, list[tuple[str, str]]] = {}
    group = "first"
    for line in (FOLDER / "glossary.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("# later"):
            group = "later"
        elif not line.startswith("#"):
            danish, english = line.split("\t")
            groups.setdefault(group, []).append((danish, english))
    return groups


def nothing(backend: Backend, enforcer: Enforcer, sources: list[str]) -> list[str]:
    return [one.text for one in backend.translate(sources, PLAIN)]


def with_carriers(
    backend: Backend, enforcer: Enforcer, sources: list[str], options: DecodingOptions
) -> list[str | None]:
    masked = [enforcer.mask(source) for source in sources]
    asked = backend.translate(
        [source if one is None else one.text for source, one in zip(sources, masked, strict=True)], options
    )
    texts: list[str | None] = []
    for one, answer in zip(masked, asked, strict=True):
        filled = None if one is None else enforcer.fill(one, answer)
        texts.append(None if filled is None else filled.hypothesis.text)
    return texts


def carriers(backend: Backend, enforcer: Enforcer, sources: list[str]) -> list[str]:
    texts = with_carriers(backend, enforcer, sources, MANY)
    lost = [source for source, text in zip(sources, texts, strict=True) if text is None]
    plain = dict(zip(lost, nothing(backend, enforcer, lost), strict=True))
    return [plain[source] if text is None else text for source, text in zip(sources, texts, strict=True)]


def others(backend: Backend, enforcer: Enforcer, sources: list[str]) -> list[str]:
    return _enforced(backend, enforcer, sources, MANY, rewrite=False)


def rewriting(backend: Backend, enforcer: Enforcer, sources: list[str]) -> list[str]:
    return _enforced(backend, enforcer, sources, ALIGNED)


def others_rewriting(backend: Backend, enforcer: Enforcer, sources: list[str]) -> list[str]:
    return _enforced(backend, enforcer, sources, MANY)


def _enforced(
    backend: Backend,
    enforcer: Enforcer,
    sources: list[str],
    options: DecodingOptions,
    *,
    rewrite: bool = True,
) -> list[str]:
    answers = backend.translate(sources, options)
    return [
        enforcer.enforce(source, answer, rewrite=rewrite).hypothesis.text
        for source, answer in zip(sources, answers, strict=True)
    ]


def then_carriers(first: DecodingOptions) -> Callable[[Backend, Enforcer, list[str]], list[str]]:
    """Rewriting, and carriers for what it could not do."""

    def run(backend: Backend, enforcer: Enforcer, sources: list[str]) -> list[str]:
        done = [
            enforcer.enforce(source, answer)
            for source, answer in zip(sources, backend.translate(sources, first), strict=True)
        ]
        left = [source for source, one in zip(sources, done, strict=True) if one.violations]
        texts = dict(zip(left, with_carriers(backend, enforcer, left, MANY), strict=True)) if left else {}
        return [texts.get(source) or one.hypothesis.text for source, one in zip(sources, done, strict=True)]

    return run


METHODS: dict[str, Callable[[Backend, Enforcer, list[str]], list[str]]] = {
    "nothing": nothing,
    "carriers": carriers,
    "others": others,
    "rewriting": rewriting,
    "others, rewriting": others_rewriting,
    "rewriting, carriers": then_carriers(ALIGNED),
    "others, rewriting, carriers": then_carriers(MANY),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="default: the bundled ones")
    parser.add_argument("--show", help="print the answers of a method", choices=METHODS)
    parser.add_argument("--repeat", type=int, default=3, help="the fastest of so many runs counts")
    arguments = parser.parse_args()
    glossary = read_glossary(FOLDER / "glossary_terms.tsv")
    print(
        "| direction | sentences | method | terms | respected % | chrF2 | sentences/s |\n|---|---|---|---|---|---|---|"
    )
    for direction in DIRECTIONS:
        backend = load_backend(direction, arguments.model, threads=1)
        enforcer = Enforcer(glossary, direction, backend.is_whole)
        for group, pairs in read_pairs().items():
            sides = [pair if direction.source == "da" else (pair[1], pair[0]) for pair in pairs]
            for name, method in METHODS.items():
                if arguments.show in (None, name):
                    cells = measured(
                        method, backend, enforcer, sides, arguments.repeat, arguments.show is not None
                    )
                    print(f"| {direction} | {group} {len(pairs)} | {name} | {' | '.join(cells)} |")


def measured(
    method: Callable[[Backend, Enforcer, list[str]], list[str]],
    backend: Backend,
    enforcer: Enforcer,
    pairs: list[tuple[str, str]],
    repeat: int,
    show: bool,
) -> tuple[str, ...]:
    sources, references = [one for one, _ in pairs], [two for _, two in pairs]
    best_s = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        texts = method(backend, enforcer, sources)
        best_s = min(best_s, time.perf_counter() - start)
    terms = respected = 0
    for source, reference, text in zip(sources, references, texts, strict=True):
        uses = [
            use
            for use in enforcer.enforce(source, Hypothesis(text, 0.0)).uses
            if use.kind.value != "compound"
        ]
        missing = [use.source for use in uses if use.kind.value == "violated"]
        terms += len(uses)
        respected += len(uses) - len(missing)
        if show:
            said = f"   LACKS {', '.join(missing)}" if missing else ""
            print(f"{source}\n    {text}{said}\n    = {reference}" if text != reference else f"{source} ok")
    chrf = sacrebleu.corpus_chrf(texts, [references]).score
    return str(terms), f"{100 * respected / terms:.1f}", f"{chrf:.1f}", f"{len(sources) / best_s:.0f}"


if __name__ == "__main__":
    main()
