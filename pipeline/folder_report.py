"""What a run over a folder did: a row a file, the sums, as JSON, as a page, and as lines for a terminal."""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from tosprog.pipeline.batch import Outcome
from tosprog.pipeline.files import shown, writing_atomically
from tosprog.pipeline.journal import FOLDER
from tosprog.pipeline.work import Status

_ROWS = 20_000  # of a page; above it, only those that are not as they should be
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1d1d1f}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.ok{color:#176b2c}.partial{color:#8a5a00}.failed{color:#a31515}.skipped,.removed{color:#666}
tr.unchanged td{color:#777}.note{color:#555}
@media (prefers-color-scheme:dark){body{background:#1b1b1d;color:#e6e6e6}th,td{border-color:#444}
.ok{color:#7fd797}.partial{color:#e6b765}.failed{color:#ff8a80}
.note,.skipped,.removed,tr.unchanged td{color:#aaa}a{color:#8ab4f8}}
"""


class FolderReport:
    """Gathers outcomes; holds the sums, and in a file without a name the rows."""

    def __init__(self, out: Path) -> None:
        """Starts the clock.

        Args:
            out: The output folder; ``.tosprog/report.json`` and ``.html`` in it will be the report.
        """
        self.json_path = out / FOLDER / "report.json"
        self.html_path = out / FOLDER / "report.html"
        self._out = out
        self._rows: IO[str] | None = None
        self._started = time.monotonic()
        self._statuses: Counter[str] = Counter()
        self._sums: Counter[str] = Counter()
        self._languages: Counter[str] = Counter()

    @property
    def needs_attention(self) -> bool:
        """Whether a file failed, or some of its segments."""
        return bool(self._statuses[Status.FAILED.value] or self._statuses[Status.PARTIAL.value])

    @property
    def files(self) -> int:
        """Files so far."""
        return self._statuses.total()

    def add(self, outcome: Outcome) -> dict[str, Any]:
        """Takes an outcome, and gives its row."""
        row = self._row(outcome)
        self._statuses[outcome.status.value] += 1
        self._languages.update(outcome.languages)
        for key in ("translated", "kept", "failed"):
            self._sums[key] += row[key]
        self._sums["words"] += outcome.words
        self._sums["asked_words"] += outcome.asked_words
        self._sums["hits"] += outcome.hits
        self._sums["misses"] += outcome.misses
        if outcome.unchanged:
            self._sums["unchanged"] += 1
        elif outcome.status in (Status.OK, Status.PARTIAL):
            self._sums["words_done"] += outcome.words
        if self._rows is None:
            self.json_path.parent.mkdir(parents=True, exist_ok=True)
            folder = self.json_path.parent
            self._rows = tempfile.TemporaryFile("w+", encoding="utf-8", dir=folder)  # noqa: SIM115 - see __exit__
        self._rows.write(json.dumps(row) + "\n")
        return row

    def _row(self, outcome: Outcome) -> dict[str, Any]:
        done = outcome.status in (Status.OK, Status.PARTIAL)
        target = outcome.item.target
        return {
            "source": outcome.item.name,
            "target": target.relative_to(self._out).as_posix() if done else None,
            "status": outcome.status.value,
            "unchanged": outcome.unchanged,
            "languages": outcome.languages,
            "words": outcome.words,
            "translated": outcome.translated,
            "kept": outcome.kept,
            "failed": outcome.failed,
            "confidence": outcome.confidence,
            "message": outcome.message,
            "seconds": outcome.seconds,
        }

    def totals(self, notices: Sequence[str] = ()) -> dict[str, Any]:
        """The sums, as JSON has them."""
        seconds = time.monotonic() - self._started
        asked = self._sums["hits"] + self._sums["misses"]
        return {
            "files": self.files,
            "statuses": dict(sorted(self._statuses.items())),
            "unchanged": self._sums["unchanged"],
            "languages": dict(sorted(self._languages.items())),
            "words": self._sums["words"],
            "translated": self._sums["translated"],
            "kept": self._sums["kept"],
            "failed": self._sums["failed"],
            "seconds": round(seconds, 3),
            "words_per_s": round(self._sums["words_done"] / seconds, 1) if seconds else 0.0,
            "asked_words_per_s": round(self._sums["asked_words"] / seconds, 1) if seconds else 0.0,
            "cache_hit_rate": round(self._sums["hits"] / asked, 4) if asked else None,
            "notices": list(notices),
        }

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows, from the disk."""
        if self._rows is not None:
            self._rows.seek(0)
            yield from map(json.loads, self._rows)

    def write(self, notices: Sequence[str] = ()) -> dict[str, Any]:
        """Writes ``report.json`` and ``report.html``, and gives the sums that stand there.

        Raises:
            OutputError: they cannot be written.
        """
        totals = self.totals(notices)
        with writing_atomically(self.json_path) as file:
            # The sums alone on the first line: whoever wants no more need not read on (`last_totals`).
            file.write(b'{"totals": ' + json.dumps(totals).encode() + b',\n"files": [')
            for i, row in enumerate(self.rows()):
                file.write((b",\n" if i else b"\n") + json.dumps(row).encode())
            file.write(b"\n]}\n")
        with writing_atomically(self.html_path) as file:
            for part in self._page(totals):
                file.write(part.encode("utf-8", "replace"))
        return totals

    def __enter__(self) -> FolderReport:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rows is not None:
            self._rows.close()

    def _page(self, totals: dict[str, Any]) -> Iterator[str]:
        yield (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width">'
            f"<title>{escape(shown(self._out.name))}</title><style>{_STYLE}</style></head><body>\n"
            f"<h1>{escape(shown(self._out.name))}</h1>\n"
        )
        yield "".join(f"<p>{escape(line)}</p>\n" for line in lines_of(totals))
        yield "".join(f'<p class="note">{escape(notice)}</p>\n' for notice in totals["notices"])
        heads = (
            "File",
            "Status",
            "Words",
            "Translated",
            "Kept",
            "Failed",
            "Confidence",
            "Seconds",
            "What to know",
        )
        numbers = heads[2:8]
        if self.files > _ROWS:
            yield f'<p class="note">Of {self.files:,} files only those that are not ok; report.json has all.</p>\n'
        yield "<table><thead><tr>"
        yield "".join(f"<th{' class=n' if head in numbers else ''}>{head}</th>" for head in heads)
        yield "</tr></thead><tbody>\n"
        for row in self.rows():
            if self.files <= _ROWS or row["status"] != Status.OK.value:
                yield _table_row(row)
        yield "</tbody></table>\n</body></html>\n"


def last_totals(out: Path) -> dict[str, Any]:
    """The sums of the last run into a folder; empty where there is no report that can be read."""
    try:
        with (out / FOLDER / "report.json").open(encoding="utf-8") as file:
            totals = json.loads(file.readline().rstrip().removesuffix(",") + "}")["totals"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return totals if isinstance(totals, dict) else {}


def _table_row(row: dict[str, Any]) -> str:
    name = escape(shown(row["source"]))
    if row["target"]:
        link = (
            escape(Path("..", row["target"]).as_posix(), quote=True).replace("%", "%25").replace("#", "%23")
        )
        name = f'<a href="{link.replace("?", "%3F")}">{name}</a>'
    languages = ", ".join(f"{code} {count}" for code, count in row["languages"].items())
    confidence = "" if row["confidence"] is None else f"{row['confidence']:.2f}"
    cells = (row["translated"], row["kept"], row["failed"], confidence, row["seconds"] or "")
    return (
        f"<tr{' class=unchanged' if row['unchanged'] else ''}><td>{name}</td>"
        f'<td class="{row["status"]}">{row["status"]}{", unchanged" if row["unchanged"] else ""}</td>'
        f'<td class="n" title="{escape(languages)}">{row["words"]}</td>'
        + "".join(f'<td class="n">{cell}</td>' for cell in cells)
        + f"<td>{escape(shown(row['message']))}</td></tr>\n"
    )


def line_of(row: dict[str, Any]) -> str:
    """A row as a line for a terminal."""
    detail = f"{row['translated']} translated, {row['kept']} kept, {row['failed']} failed"
    if row["unchanged"]:
        detail += ", unchanged"
    return f"{row['status']:<8} {shown(row['target'] or row['source'])}  ({detail})"


def lines_of(totals: dict[str, Any]) -> list[str]:
    """The sums as lines for a terminal."""
    statuses = ", ".join(f"{count:,} {status}" for status, count in totals["statuses"].items()) or "none"
    first = f"{totals['files']:,} files: {statuses}"
    if totals["unchanged"]:
        first += f"; {totals['unchanged']:,} of them unchanged, not done again"
    lines = [first]
    segments = totals["translated"] + totals["kept"] + totals["failed"]
    second = f"{totals['words']:,} words, {segments:,} segments: {totals['translated']:,} translated, "
    second += f"{totals['kept']:,} kept, {totals['failed']:,} failed; {totals['seconds']:.1f} s"
    if totals["words_per_s"]:
        second += f", {totals['words_per_s']:,.0f} words a second"
    if totals["cache_hit_rate"]:
        second += f", {totals['cache_hit_rate']:.0%} of the sentences known from before"
    return [*lines, second]
