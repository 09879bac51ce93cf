"""`tosprog run`."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tosprog.models.errors import UsageError
from tosprog.pipeline.cli_base import (
    INTERRUPTED,
    OK,
    SOME_FAILED,
    Beam,
    Bilingual,
    Fields,
    GlossaryFile,
    Json,
    Keep,
    LocalizeNumbers,
    MaybeTo,
    Memory,
    Method,
    MinConfidence,
    Model,
    NoMemory,
    Online,
    Rerank,
    Sentences,
    SummaryModel,
    Swap,
    Unsure,
    Words,
    checked_method,
    checked_rerank,
    memory_file,
    show_json,
    summary_options,
    translate_options,
    typed_over,
    warn,
    with_bar,
)
from tosprog.pipeline.files import shown

if TYPE_CHECKING:
    from tosprog.pipeline.batch import Outcome, Run
    from tosprog.pipeline.plan import WorkItem


def run(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder to read, with its sub-folders.")
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="The folder to write, with the same names.")
    ],
    to: MaybeTo = None,
    swap: Swap = False,
    bilingual: Bilingual = False,
    keep: Keep = None,
    localize_numbers: LocalizeNumbers = True,
    field: Fields = None,
    summarize: Annotated[
        bool, typer.Option("--summarize/--no-summarize", help="Write NAME.summary.md too.")
    ] = True,
    sentences: Sentences = None,
    words: Words = None,
    method: Method = None,
    summary_model: SummaryModel = None,
    model: Model = None,
    beam: Beam = 4,
    rerank: Rerank = False,
    glossary: GlossaryFile = None,
    memory: Memory = None,
    no_memory: NoMemory = False,
    min_confidence: MinConfidence = None,
    unsure: Unsure = "mark",
    include: Annotated[
        list[str] | None,
        typer.Option(
            "--include", metavar="PATTERN", help="Only what matches, as '*.docx'; may be given again."
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude", metavar="PATTERN", help="Not what matches, as 'drafts/'; may be given again."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Remove the outputs of files that are gone.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, max=4096, help="Workers at once (default 1).")
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option("--engine", metavar="serial|processes|ray", help="Where files are processed."),
    ] = None,
    address: Annotated[
        str | None, typer.Option("--address", metavar="HOST:PORT", help="Of a Ray cluster.")
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Seconds for one sentence; then it is kept as it is.")
    ] = 60.0,
    cache: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Remember sentences from run to run.")
    ] = True,
    watch: Annotated[
        bool, typer.Option("--watch", help="Then wait, and do what is new or changed, until Ctrl-C.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No line a file, only the sums.")] = False,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Put every document of a folder into one language, with a summary beside each.

    Run again, it does only what is new or changed; stopped at any moment, it goes on where it was.
    """
    from tosprog.models.store import cache_folder
    from tosprog.pipeline.batch import Run
    from tosprog.pipeline.engines import start_engine
    from tosprog.pipeline.plan import Selection, plan_folder
    from tosprog.pipeline.work import BatchOptions, Recipe

    to = typed_over(context, to, swap or bilingual)
    writes = checked_method(method, summary_model)
    if writes and not summarize:
        raise UsageError("--no-summarize goes without --method abstractive and --summary-model")
    if to is None and not (swap or bilingual):
        raise UsageError("no language given; add --to en or --to da, or --swap, or --bilingual")
    options = BatchOptions(
        translate=translate_options(
            to,
            None,
            beam,
            swap=swap or bilingual,
            keep=keep,
            localize_numbers=localize_numbers,
            min_confidence=min_confidence,
            unsure=unsure,
            glossary=glossary,
        ),
        summary=summary_options(sentences, words) if summarize else None,
        bilingual=bilingual,
        fields=tuple(field or ()),
    )
    recipe = Recipe(
        model=model,
        rerank=checked_rerank(rerank, beam),
        offline=not online,
        cache=cache_folder() if cache else None,
        timeout_s=timeout,
        memory=memory_file(memory, no_memory),
        writes=writes,
        summary_model=summary_model,
    )
    selection = Selection(include or (), exclude or ())
    plan = partial(plan_folder, folder, out, selection, bilingual=bilingual)
    interrupted = _Interruption()
    new_run = partial(Run, folder.resolve(), out, recipe, options, prune=prune, stopped=interrupted.is_set)
    if dry_run:
        return _dry_run(new_run(), plan(), jobs or 1, quiet=quiet, as_json=as_json)
    plan()  # says what is wrong with the folder before anything starts

    def once() -> int:
        total = sum(1 for _ in plan()) if sys.stderr.isatty() else None
        todo = new_run()  # what an earlier one had to say was said
        outcomes = todo.outcomes(plan(), start_engine(engine, recipe, options, jobs=jobs, address=address))
        return _run(todo, with_bar(outcomes, total, _Speed().after), interrupted, quiet, as_json)

    with interrupted:
        code = once()
        if not watch:
            return code
        from tosprog.pipeline.watch import changes

        warn(f"watching {shown(folder)}; Ctrl-C ends")
        for _ in changes(folder, out, interrupted.event, selection.has):
            once()
    return OK


class _Interruption:
    """Ctrl-C: at first it asks for an end after the files in hand, then it ends at once."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.is_set = self.event.is_set
        self._before: Any = None

    def __enter__(self) -> _Interruption:
        self._before = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _on_signal(self, *_: object) -> None:
        if self.event.is_set():
            raise KeyboardInterrupt
        self.event.set()
        warn("ending after the files in hand; Ctrl-C again ends at once")


def _run(
    todo: Run, outcomes: Iterator[Outcome], interrupted: _Interruption, quiet: bool, as_json: bool
) -> int:
    from tosprog.pipeline.folder_report import FolderReport, line_of, lines_of

    with FolderReport(todo.out) as report:
        for outcome in outcomes:
            row = report.add(outcome)
            if outcome.message and not outcome.unchanged:
                warn(f"{outcome.status.value}: {shown(outcome.item.name)}: {outcome.message}")
            if not (quiet or as_json):
                typer.echo(line_of(row))
        for notice in todo.notices:
            warn(notice)
        totals = report.write(todo.notices)
    if as_json:
        typer.echo(report.json_path.read_text(encoding="utf-8").removesuffix("\n"))
    else:
        for line in lines_of(totals):
            typer.echo(line)
    if not report.files:
        warn(f"{todo.folder} holds no files that are asked for")
    warn(f"the report: {shown(report.html_path)}")
    if interrupted.is_set():
        return INTERRUPTED
    return SOME_FAILED if report.needs_attention else OK


def _dry_run(todo: Run, items: Iterator[WorkItem], jobs: int, *, quiet: bool, as_json: bool) -> int:
    from collections import Counter

    from tosprog.pipeline.preview import preview, words_per_s

    plans: Counter[str] = Counter()
    words = 0
    rows = []
    for one in preview(todo, items):
        plans[one.plan] += 1
        words += one.words if one.plan == "translate" else 0
        if as_json:
            rows.append(
                {
                    "source": one.item.name,
                    "plan": one.plan,
                    "reason": one.reason,
                    "format": one.format,
                    "segments": one.segments,
                    "languages": one.languages,
                    "words": one.words,
                }
            )
        elif not quiet:
            languages = ", ".join(f"{code} {count}" for code, count in one.languages.items())
            facts = f"{one.format}, {one.segments} segments, words: {languages or 0}"
            typer.echo(f"{one.plan:<9} {shown(one.item.name)}  ({one.reason or facts})")
    seconds = words / words_per_s(todo.out, jobs)
    if as_json:
        show_json({"plans": dict(plans), "words": words, "estimated_seconds": round(seconds), "files": rows})
        return OK
    counts = ", ".join(f"{count:,} to {plan}" for plan, count in sorted(plans.items())) or "none"
    typer.echo(f"{plans.total():,} files: {counts.replace('to unchanged', 'unchanged')}")
    typer.echo(f"{words:,} words to translate, about {_duration(seconds)}; nothing was written")
    return OK


def _duration(seconds: float) -> str:
    if seconds < 90:
        count = max(1, round(seconds))
        return f"{count} second{'s' if count > 1 else ''}"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


class _Speed:
    """What is shown of a run beside its bar."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._segments = self._words = 0

    def after(self, outcome: Outcome) -> str:
        if not outcome.unchanged:
            self._segments += outcome.translated + outcome.kept + outcome.failed
            self._words += outcome.words
        rate = self._words / max(0.1, time.monotonic() - self._started)
        return f"{self._segments:,} segments, {rate:,.0f} words/s, {shown(Path(outcome.item.name).name)}"
