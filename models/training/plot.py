"""A training run as a picture: loss, dev loss and dev chrF over the target tokens seen."""

from __future__ import annotations

import json
from pathlib import Path


def draw(log: Path, out: Path) -> None:
    """Draws ``log.jsonl`` as an SVG file; a log without a loss yet gives none.

    Args:
        log: What the trainer wrote, of one run or of several that went on from each other.
        out: The file to write.
    """
    from matplotlib.figure import Figure  # a Figure of its own: no window, no global state

    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    points = {
        key: [(line["target_tokens"] / 1e6, line[key]) for line in lines if key in line]
        for key in ("loss", "dev", "chrf")
    }
    if not any(points.values()):
        return
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    left = figure.subplots()
    left.set_xlabel("target tokens, millions")
    left.set_ylabel("nats a token")
    left.grid(alpha=0.3)
    if points["loss"]:
        left.plot(*zip(*points["loss"], strict=True), color="#9bb8c9", label="loss")
    if points["dev"]:
        left.plot(*zip(*points["dev"], strict=True), "o-", color="#2a6f97", label="dev loss")
    if points["chrf"]:
        right = left.twinx()
        right.set_ylabel("chrF2")
        right.plot(*zip(*points["chrf"], strict=True), "s--", color="#c8553d", label="dev chrF2, greedy")
    figure.legend(loc="outside upper center", ncols=3)
    scratch = out.with_suffix(".new.svg")
    figure.savefig(scratch, metadata={"Date": None})
    scratch.replace(out)
