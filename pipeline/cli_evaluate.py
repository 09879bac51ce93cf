"""`tosprog evaluate` and `evaluate-summaries`."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tosprog.models.errors import InputError
from tosprog.models.languages import LANGUAGES, parse_language
from tosprog.pipeline.cli_base import (
    OK,
    Beam,
    Json,
    Model,
    Online,
    To,
    checked_rerank,
    loader,
    show_json,
    translate_options,
)
from tosprog.pipeline.files import shown

if TYPE_CHECKING:
    from tosprog.pipeline.evaluate_summaries import Interval, SummaryEvaluation


def evaluate(
    source: Annotated[Path, typer.Option("--source", metavar="FILE", help="Sentences, one a line, UTF-8.")],
    reference: Annotated[
        Path, typer.Option("--reference", metavar="FILE", help="Their translations, line by line.")
    ],
    to: To = "en",
    model: Annotated[
        list[str] | None,
        typer.Option("--model", metavar="NAME|FOLDER", help="May be given again, to compare with the first."),
    ] = None,
    beam: Beam = 4,
    rerank: Annotated[
        bool, typer.Option("--rerank", help="Each model again, the other direction's choosing, to compare.")
    ] = False,
    online: Online = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with a plot.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Print how well models translate: BLEU, chrF, by length and case form."""
    from tosprog.pipeline.evaluate import evaluate as evaluate_models
    from tosprog.pipeline.evaluate import peak_memory_mb
    from tosprog.pipeline.files import read_bytes, write_atomically

    origin = next(code for code in LANGUAGES if code != parse_language(to))
    options = translate_options(to, origin, beam)
    lines, gold = ([block.strip() for block in _utf8_lines(read_bytes(p), p)] for p in (source, reference))
    names: list[str | None] = list(model) if model else [None]
    models = [(name or "bundled", loader(name, online)) for name in names]
    if checked_rerank(rerank, beam):
        models += [(f"{name or 'bundled'} reranked", loader(name, online, rerank=True)) for name in names]
    done = evaluate_models(lines, gold, models, options)
    if html is not None:
        from tosprog.pipeline.report_html import render_evaluations

        title = f"{source.name}, {origin} to {to}"
        write_atomically(html, render_evaluations(title, done, lines, gold).encode("utf-8"))
    if as_json:
        from dataclasses import asdict

        show_json({"peak_memory_mb": peak_memory_mb(), "models": [asdict(one) for one in done]})
        return OK
    typer.echo(
        f"{'model':<28} {'BLEU':>6} {'p':>6} {'chrF2':>6} {'p':>6} {'tokens/s':>9}  empty loops copies failed"
    )
    for one in done:
        p_values = [f"{p:>6.3f}" if p is not None else f"{'':>6}" for p in (one.bleu_p, one.chrf_p)]
        typer.echo(
            f"{one.model[-28:]:<28} {one.bleu:>6.1f} {p_values[0]} {one.chrf:>6.1f} {p_values[1]} "
            f"{one.tokens_per_second:>9.0f}  {one.empty:>5} {one.loops:>5} {one.copies:>6} {one.failed:>6}"
        )
    typer.echo("")
    for group in (*done[0].by_length, *done[0].by_form):
        rows = [g for one in done for g in (*one.by_length, *one.by_form) if g.name == group.name]
        scores = "   ".join(f"{g.bleu:>5.1f} {g.chrf:>5.1f}" for g in rows)
        typer.echo(f"{group.name:<16} {group.lines:>6} lines   {scores}")
    typer.echo(f"\nBLEU {done[0].bleu_signature}\nchrF {done[0].chrf_signature}")
    peak = peak_memory_mb()
    typer.echo(f"{len(lines)} lines" + (f", peak memory {peak:.0f} MB" if peak is not None else ""))
    return OK


def _utf8_lines(data: bytes, path: Path) -> list[str]:
    try:
        return data.decode("utf-8-sig").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 at byte {error.start}; convert it first") from error


def evaluate_summaries(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.jsonl|FOLDER",
            help="Lines with source and target; or NAME.md with NAME.json beside it.",
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="da|en", help="Of a folder: language of the summaries (default da)."),
    ] = None,
    sentences: Annotated[
        int | None, typer.Option("--sentences", min=1, help="Most sentences (default 1 for a file).")
    ] = None,
    words: Annotated[
        int | None, typer.Option("--words", min=1, help="Most words (default 90 for a folder).")
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Take so many texts, always the same ones.")
    ] = None,
    examples: Annotated[
        int, typer.Option("--examples", min=0, help="Print the summaries of so many texts, for reading.")
    ] = 0,
    summary_model: Annotated[
        list[str] | None,
        typer.Option(
            "--summary-model",
            metavar="NAME|FOLDER",
            help="Also this model that writes; give it more than once to compare.",
        ),
    ] = None,
    model: Model = None,
    beam: Beam = 4,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Print how good summaries are: ROUGE against people's summaries, next to baselines."""
    from tosprog.models.registry import load_writer
    from tosprog.pipeline.evaluate_summaries import System, writing
    from tosprog.pipeline.evaluate_summaries import evaluate_summaries as evaluate_systems
    from tosprog.pipeline.evaluation_texts import read_texts, sample_texts
    from tosprog.pipeline.summary import SummaryOptions

    if sentences is None and words is None:
        sentences, words = (None, 90) if data.is_dir() else (1, None)
    limits = SummaryOptions(sentences=sentences, words=words)
    texts = sample_texts(read_texts(data, None if to is None else parse_language(to)), limit)
    load = loader(model, online)
    translate = translate_options(texts[0].language, None, beam)
    systems: dict[str, System] = {}
    for name in summary_model or ():
        # Loaded when its turn comes, so that the memory of those before it is their own.
        systems[name] = writing(cache(partial(load_writer, name, offline=not online)), load, translate)
    done = evaluate_systems(texts, limits, load=load, translate=translate, systems=systems)
    if as_json:
        from dataclasses import asdict

        show_json({**asdict(done), "references": [text.references for text in texts]})
        return OK
    _show_summary_scores(done)
    for i, text in enumerate(texts[:examples]):
        typer.echo(f"\n== {shown(text.name)}")
        for reference in text.references:
            typer.echo(f"reference: {' '.join(reference.split())}")
        for one in done.systems:
            typer.echo(f"{one.system}: {' '.join(one.summaries[i].split())}")
    return OK


def _show_summary_scores(done: SummaryEvaluation) -> None:
    """Two tables: scores with their intervals, and the rest."""

    def cell(value: Interval | None, sign: str = "") -> str:
        return f"{value.mean:{sign}.1f} [{value.low:{sign}.1f}, {value.high:{sign}.1f}]" if value else ""

    typer.echo(f"{'system':<28} {'ROUGE-1':<18} {'ROUGE-2':<18} {'ROUGE-L':<18} ROUGE-L to the first")
    for one in done.systems:
        scores = " ".join(f"{cell(score.f1):<18}" for score in one.scores)
        typer.echo(f"{one.system[-28:]:<28} {scores} {cell(one.scores[-1].difference, '+')}".rstrip())
    typer.echo(
        f"\n{'system':<28} {'support':>7} {'in limit':>8} {'quoted':>6} {'words':>6} {'s/text':>7} {'peak MB':>8}"
    )
    for one in done.systems:
        support = "-" if one.support_rate is None else f"{one.support_rate:.0%}"
        quoted = "-" if one.support_rate is None and not one.fell_back else f"{one.fell_back:.0%}"
        peak = "-" if one.peak_memory_mb is None else f"{one.peak_memory_mb:.0f}"
        typer.echo(
            f"{one.system[-28:]:<28} {support:>7} {one.length_kept:>8.0%} {quoted:>6} {one.words:>6.1f} "
            f"{one.seconds:>7.3f} {peak:>8}"
        )
    length = {"--sentences": done.options.sentences, "--words": done.options.words}
    limits = " ".join(f"{name} {value}" for name, value in length.items() if value is not None)
    typer.echo(f"\n{len(done.texts)} texts, {limits}; F1 with 95 % intervals\n{done.signature}")
