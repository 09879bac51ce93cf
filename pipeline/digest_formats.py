"""A digest as Markdown, a page, or JSON: a function and a line in the table for each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from tosprog.models.errors import UsageError
from tosprog.pipeline.digest import Digest
from tosprog.pipeline.digest_html import Place, render_digest_page
from tosprog.pipeline.digest_labels import LABELS, counts_line, duplicate_line, language_label
from tosprog.pipeline.files import shown
from tosprog.pipeline.summary import Source
from tosprog.pipeline.summary_formats import escape_markdown, sentence_number

_SUFFIXES = {".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".json": "json"}


def digest_format(out: Path | None, format: str | None) -> str:
    """The key of `FORMATS` that is asked for: by name, else by the ending of the file, else Markdown.

    Raises:
        UsageError: a name or an ending that is none.
    """
    if format is not None:
        if format not in FORMATS:
            raise UsageError(f"unknown format {format!r}; legal is {', '.join(FORMATS)}")
        return format
    if out is None:
        return "markdown"
    if out.suffix.lower() not in _SUFFIXES:
        legal = ", ".join(_SUFFIXES)
        raise UsageError(f"--out {out}: the ending is none of {legal}; name it so, or add --format html")
    return _SUFFIXES[out.suffix.lower()]


def render_digest(digest: Digest, format: str, folder: Path, out: Path | None = None) -> str:
    """The digest in one of `FORMATS`, its last line ended.

    Args:
        digest: What to show.
        format: A key of `FORMATS`.
        folder: Which it is of.
        out: The file that it goes to: links to the texts lead from there, or from the working folder.
    """
    start = (out.parent if out is not None else Path()).resolve()

    def place(path: Path) -> str:
        try:
            return Path(os.path.relpath(path, start)).as_posix()
        except ValueError:  # another drive, on Windows
            return path.as_posix()

    return FORMATS[format](digest, shown(folder.resolve().name), place)


def _markdown(digest: Digest, folder: str, place: Place) -> str:
    labels = LABELS[digest.language]
    parts = [
        f"# {labels['title'].format(folder=folder)}",
        counts_line(digest),
        f"## {labels['index']}",
        _table(digest),
    ]
    notes: list[str] = []
    groups = [(theme.name, theme.members) for theme in digest.themes]
    if digest.alone:
        groups.append((labels["alone"] if digest.themes else labels["texts"], digest.alone))
    for name, members in groups:
        parts.append(f"## {escape_markdown(name)}")
        for i in members:
            parts += _entry(digest, i, place, notes)
    if digest.duplicates:
        names = [f"{escape_markdown(one.title)} (`{shown(one.path.name)}`)" for one in digest.entries]
        lines = [
            f"- {duplicate_line(one, digest, names[one.first], names[one.second])}"
            for one in digest.duplicates
        ]
        parts += [f"## {labels['duplicates']}", "\n".join(lines)]
    if digest.unread:
        lines = [f"- `{shown(place(one.path))}`: {escape_markdown(one.reason)}" for one in digest.unread]
        parts += [f"## {labels['unread']}", "\n".join(lines)]
    return "\n\n".join([*parts, *notes]) + "\n"


def _table(digest: Digest) -> str:
    labels = LABELS[digest.language]
    theme_of = {i: theme.name for theme in digest.themes for i in theme.members}
    rows = [
        f"| {labels['text']} | {labels['theme']} | {labels['language']} | {labels['words']} |",
        "|---|---|---|---|",
    ]
    for i, entry in enumerate(digest.entries):
        cells = (entry.title, theme_of.get(i, ""), language_label(entry, digest), str(entry.words))
        rows.append(f"| {' | '.join(escape_markdown(cell).replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(rows)


def _entry(digest: Digest, index: int, place: Place, notes: list[str]) -> list[str]:
    """Heading, facts, paragraph; its footnotes go to the end."""
    entry, labels = digest.entries[index], LABELS[digest.language]
    path = place(entry.path)
    facts = [f"[{escape_markdown(shown(path))}](<{quote(path)}>)", language_label(entry, digest)]
    if entry.keywords:
        facts.append(f"{labels['keywords']}: {escape_markdown(', '.join(entry.keywords))}")
    parts = [f"### {escape_markdown(entry.title)}", " · ".join(facts)]
    sentences, label = [], dict[tuple[int, int], str]()
    for one in entry.summary.sentences:
        for source in one.sources:
            if (source.block, source.segment) not in label:
                label[source.block, source.segment] = mark = f"[^{index + 1}-{source.number}]"
                notes.append(
                    f"{mark}: {_where(source, entry.path.name, digest)}: {escape_markdown(source.text)}"
                )
        marks = "".join(label[source.block, source.segment] for source in one.sources)
        sentences.append(escape_markdown(one.text) + marks)
    parts += [" ".join(sentences)] if sentences else []
    note = entry.summary.note_in(digest.language)
    return [*parts, f"*{note}*"] if note else parts


def _where(source: Source, name: str, digest: Digest) -> str:
    return sentence_number(source, shown(name), digest.language)


def _json(digest: Digest, folder: str, place: Place) -> str:
    record = {
        "folder": folder,
        "language": digest.language,
        "texts": [
            {
                "path": place(one.path),
                "title": one.title,
                "language": one.language,
                "words": one.words,
                "keywords": list(one.keywords),
                "summary": one.summary.text,
                "sentences": [
                    {"text": s.text, "kind": s.kind.value, "sources": [source.number for source in s.sources]}
                    for s in one.summary.sentences
                ],
                "note": one.summary.note_in(digest.language),
            }
            for one in digest.entries
        ],
        "themes": [
            {"name": one.name, "keywords": list(one.keywords), "texts": list(one.members)}
            for one in digest.themes
        ],
        "duplicates": [
            {"texts": [one.first, one.second], "kind": one.kind.value, "likeness": one.likeness}
            for one in digest.duplicates
        ],
        "unread": [
            {"path": place(one.path), "reason": one.reason, "failed": one.failed} for one in digest.unread
        ],
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


FORMATS: dict[str, Callable[[Digest, str, Place], str]] = {
    "markdown": _markdown,
    "html": render_digest_page,
    "json": _json,
}
