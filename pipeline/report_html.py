"""An evaluation as a page of its own: a table, a plot and samples. No script, nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tosprog.pipeline.evaluate import Evaluation

_COLOURS = ("#2a6f97", "#c8553d", "#588157", "#7b2d8b", "#8d6a00")
_SAMPLES = 12
_STYLE = """
:root { color-scheme: light dark; --line: #8885; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
svg { width: 100%; height: auto; } svg text { fill: currentColor; font: 13px system-ui, sans-serif; }
code { font-size: .85em; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
"""


def render_evaluations(
    title: str, evaluations: Sequence[Evaluation], source: Sequence[str], reference: Sequence[str]
) -> str:
    """The page.

    Args:
        title: Its heading.
        evaluations: One or more, over the same lines.
        source: The lines.
        reference: Their translations.
    """
    first = evaluations[0]
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<style>{_STYLE}</style>\n<h1>{escape(title)}</h1>\n"
        f'<div class="wide">{_scores(evaluations)}</div>\n'
        f"<p>BLEU <code>{escape(first.bleu_signature)}</code><br>chrF2 <code>{escape(first.chrf_signature)}</code>"
        "<br>p: chance that the difference from the first model is luck (paired bootstrap).</p>\n"
        f"<h2>chrF2 by length of the source</h2>\n{_plot(evaluations)}\n"
        f"<h2>By length and case form</h2>\n{_groups(evaluations)}\n"
        f'<h2>Samples</h2>\n<div class="wide">{_samples(evaluations, source, reference)}</div>\n</html>\n'
    )


def _row(cells: Sequence[str], tag: str = "td", words: int = 1) -> str:
    """A table row; all but the first ``words`` cells are numbers."""
    return (
        "<tr>"
        + "".join(
            f"<{tag}{'' if i < words else ' class=n'}>{escape(cell)}</{tag}>" for i, cell in enumerate(cells)
        )
        + "</tr>"
    )


def _scores(evaluations: Sequence[Evaluation]) -> str:
    head = _row(
        ("model", "BLEU", "p", "chrF2", "p", "tokens/s", "empty", "loops", "copies", "failed"), tag="th"
    )
    rows = [
        _row(
            (
                one.model,
                f"{one.bleu:.1f}",
                "" if one.bleu_p is None else f"{one.bleu_p:.3f}",
                f"{one.chrf:.1f}",
                "" if one.chrf_p is None else f"{one.chrf_p:.3f}",
                f"{one.tokens_per_second:.0f}",
                *(str(n) for n in (one.empty, one.loops, one.copies, one.failed)),
            )
        )
        for one in evaluations
    ]
    return f"<table>{head}{''.join(rows)}</table>"


def _groups(evaluations: Sequence[Evaluation]) -> str:
    head = _row(
        ("lines that are", "number", *(f"{m} {one.model}" for one in evaluations for m in ("BLEU", "chrF2"))),
        tag="th",
    )
    rows = []
    for group in (*evaluations[0].by_length, *evaluations[0].by_form):
        same = [g for one in evaluations for g in (*one.by_length, *one.by_form) if g.name == group.name]
        rows.append(
            _row((group.name, str(group.lines), *(f"{n:.1f}" for g in same for n in (g.bleu, g.chrf))))
        )
    return f'<div class="wide"><table>{head}{"".join(rows)}</table></div>'


def _plot(evaluations: Sequence[Evaluation]) -> str:
    """chrF2 over the length groups, a line a model."""
    width, height, left, bottom = 720, 260, 40, 30
    names = [group.name for group in evaluations[0].by_length]
    step = (width - left - 90) / max(1, len(names) - 1)
    parts = [
        f'<svg viewBox="0 0 {width} {height + 18 * len(evaluations) + 12}" role="img" aria-label="chrF2 by length">'
    ]

    def y(score: float) -> float:
        return (height - bottom) * (1 - score / 100) + 8

    for score in (0, 25, 50, 75, 100):
        parts.append(
            f'<line x1="{left}" x2="{width - 50}" y1="{y(score):.1f}" y2="{y(score):.1f}" stroke="#8885"/>'
            f'<text x="{left - 8}" y="{y(score) + 4:.1f}" text-anchor="end">{score}</text>'
        )
    for i, name in enumerate(names):
        x = left + 20 + i * step
        parts.append(f'<text x="{x:.1f}" y="{height}" text-anchor="middle">{escape(name)}</text>')
    for number, one in enumerate(evaluations):
        colour = _COLOURS[number % len(_COLOURS)]
        points = [(left + 20 + i * step, y(group.chrf)) for i, group in enumerate(one.by_length)]
        line = " ".join(f"{x:.1f},{height_:.1f}" for x, height_ in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{h:.1f}" r="3.5" fill="{colour}"/>' for x, h in points]
        key = height + 18 * (number + 1) + 4
        parts.append(
            f'<rect x="{left}" y="{key - 9}" width="18" height="6" fill="{colour}"/>'
            f'<text x="{left + 26}" y="{key}">{escape(one.model)}</text>'
        )
    return "".join([*parts, "</svg>"])


def _samples(evaluations: Sequence[Evaluation], source: Sequence[str], reference: Sequence[str]) -> str:
    """Lines from the whole file at even distances: neither the best nor the worst."""
    step = max(1, len(source) // _SAMPLES)
    head = _row(("source", "reference", *(one.model for one in evaluations)), tag="th", words=99)
    rows = [
        _row((source[i], reference[i], *(one.hypotheses[i] for one in evaluations)), words=99)
        for i in range(step // 2, len(source), step)
    ]
    return f"<table>{head}{''.join(rows)}</table>"
