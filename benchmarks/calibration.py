"""Confidence against chrF: fitted on sentences of our own, measured on others; what each piece of evidence is worth.

    python benchmarks/calibration.py ../shared/eval [--fit] [--plot docs/calibration.svg]

benchmarks/held_out.tsv holds sentences that were written for this project and that no model was trained on. --fit
writes pipeline/confidence.json from them; the evaluation text is never fitted on.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import sacrebleu
from held_out import held_out_pairs

from tosprog.models.base import DecodingOptions
from tosprog.models.languages import DIRECTIONS, Direction, LanguageCode
from tosprog.models.registry import load_backend
from tosprog.pipeline.ask import AskOptions, ask
from tosprog.pipeline.confidence import Evidence, confidence_of, evidence_of

FITS = Path(__file__).parent.parent / "pipeline" / "confidence.json"
NAMES = tuple(Evidence(score=0, words=1, spelled=0, unknown=0, failures=0).features())
BINS = 10
backend_of = cache(load_backend)


@dataclass(frozen=True, slots=True)
class Row:
    """A translation: what is known of it, the chrF that it reaches (0 to 1), and that of its way back."""

    evidence: Evidence
    chrf: float
    round_trip: float


def eval_pairs(folder: Path, name: str, most: int) -> list[dict[LanguageCode, str]]:
    danish, english = (
        (folder / f"{name}.{code}").read_text(encoding="utf-8").splitlines() for code in ("da", "en")
    )
    return [{"da": d, "en": e} for d, e in zip(danish[:most], english[:most], strict=True)]


def rows_of(direction: Direction, pairs: list[dict[LanguageCode, str]]) -> list[Row]:
    backend, back = backend_of(direction), backend_of(direction.reverse)
    how = AskOptions(decoding=DecodingOptions(), markup=False)
    chrf = sacrebleu.CHRF()
    answers = ask([pair[direction.source] for pair in pairs], backend, how)
    made = [answers[pair[direction.source]] for pair in pairs]
    targets = [one.text for one in made if one.text]
    returned = ask(targets, back, how)
    rows = []
    for pair, one in zip(pairs, made, strict=True):
        if one.text is None or one.score is None or one.kept:
            continue
        source = pair[direction.source]
        again = returned[one.text].text or ""
        rows.append(
            Row(
                evidence_of(source, one.text, one.score, len(one.steps) - 1, one.unknown, backend),
                chrf.sentence_score(one.text, [pair[direction.target]]).score / 100,
                chrf.sentence_score(again, [source]).score / 100,
            )
        )
    return rows


def matrix(rows: list[Row], names: tuple[str, ...]) -> Any:
    values = [{**row.evidence.features(), "round trip": row.round_trip} for row in rows]
    return np.array([[1.0, *(value[name] for name in names)] for value in values])


def fitted(rows: list[Row], names: tuple[str, ...], ridge: float = 0.3) -> Any:
    """Least squares, with a little ridge: constant first."""
    left, right = matrix(rows, names), np.array([row.chrf for row in rows])
    penalty = ridge * np.eye(left.shape[1])
    penalty[0, 0] = 0
    return np.linalg.solve(left.T @ left + penalty, left.T @ right)


def ranks(values: Any) -> Any:
    order = np.argsort(np.argsort(values))
    return order.astype(float)


def measures(expected: Any, rows: list[Row]) -> tuple[float, float, float]:
    """Spearman's correlation with chrF, mean error, and calibration error over ten bins of equal size."""
    truth = np.array([row.chrf for row in rows])
    spearman = float(np.corrcoef(ranks(expected), ranks(truth))[0, 1])
    bins = np.array_split(np.argsort(expected), BINS)
    gap = sum(len(part) * abs(expected[part].mean() - truth[part].mean()) for part in bins) / len(rows)
    return spearman, float(np.abs(expected - truth).mean()), float(gap)


def draw(found: dict[str, tuple[Any, list[Row]]], path: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "tosprog"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 5))
    axes.plot([0.2, 1], [0.2, 1], color="#999", linewidth=1)
    for name, (expected, rows) in found.items():
        truth = np.array([row.chrf for row in rows])
        bins = np.array_split(np.argsort(expected), BINS)
        axes.plot(
            [expected[part].mean() for part in bins],
            [truth[part].mean() for part in bins],
            marker="o",
            label=name,
        )
    axes.set_xlabel("confidence (expected chrF)")
    axes.set_ylabel("chrF, mean of a tenth of the sentences")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("--lines", type=int, default=1000, help="of each evaluation set")
    parser.add_argument("--fit", action="store_true", help="write pipeline/confidence.json")
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    own = held_out_pairs()
    kinds: dict[str, tuple[str, ...]] = {
        "score": ("score",),
        "all (shipped)": NAMES,
        "all and the way back": (*NAMES, "round trip"),
    }
    fits: dict[str, dict[str, float]] = {}
    plotted: dict[str, tuple[Any, list[Row]]] = {}
    print("| direction | sentences | evidence | Spearman | mean error | calibration error |")
    print("|---|---|---|---|---|---|")
    for direction in DIRECTIONS:
        training = rows_of(direction, own)
        weights = fitted(training, NAMES)
        signature = backend_of(direction).signature
        fits[f"tosprog-{direction}"] = {
            name: round(float(value), 4) for name, value in zip(("constant", *NAMES), weights, strict=True)
        }
        for name in ("flores200-dev", "tatoeba-2000"):
            rows = rows_of(direction, eval_pairs(arguments.evaluation, name, arguments.lines))
            for kind, names in kinds.items():
                expected = np.clip(matrix(rows, names) @ fitted(training, names), 0.01, 0.99)
                cells = " | ".join(f"{value:.3f}" for value in measures(expected, rows))
                print(f"| {direction} | {name}, {len(rows)} | {kind} | {cells} |")
            if not arguments.fit:
                expected = np.array([confidence_of(row.evidence, signature) for row in rows])
                cells = " | ".join(f"{value:.3f}" for value in measures(expected, rows))
                print(f"| {direction} | {name}, {len(rows)} | as shipped now | {cells} |")
            fit = np.clip(matrix(rows, NAMES) @ weights, 0.01, 0.99)
            plotted[f"{direction}, {name}"] = (fit, rows)
    if arguments.fit:
        names = tuple(next(iter(fits.values())))
        fits["default"] = {
            name: round(sum(fit[name] for fit in fits.values()) / len(fits), 4) for name in names
        }
        FITS.write_text(json.dumps({"fits": fits}, indent=1) + "\n", encoding="utf-8")
    if arguments.plot:
        draw(plotted, arguments.plot)


if __name__ == "__main__":
    main()
