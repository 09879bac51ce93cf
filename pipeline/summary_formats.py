"""A summary as text, Markdown with footnotes, a page, or JSON: a function and a line in the table for each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from tosprog.models.errors import UsageError
from tosprog.models.languages import LanguageCode
from tosprog.pipeline.summary import SentenceKind, Source, Summary
from tosprog.pipeline.summary_html import render_page

_BLOCK_MARK = re.compile(r"(\d*)([#+*-]+(?=\s)|>|(?<=\d)[.)](?=\s))")
_REPLACED: dict[LanguageCode, str] = {"en": "from the text", "da": "fra teksten"}
_LEFT_OUT: dict[LanguageCode, str] = {
    "en": "Left out, as the text does not support it",
    "da": "Udeladt, da teksten ikke siger det",
}


def render_summary(
    summary: Summary, format: str, title: str, source_name: str, language: LanguageCode = "en"
) -> str:
    """The summary in one of `FORMATS`, its last line ended; nothing for one without sentences as text.

    Args:
        summary: Its sentences may have been translated since it was made; its sources have not.
        format: A key of `FORMATS`.
        title: The heading.
        source_name: The name of the source file.
        language: Of the labels and the notes.

    Raises:
        UsageError: an unknown format.
    """
    check_format(format)
    return FORMATS[format](summary, title, source_name, language)


def check_format(format: str) -> None:
    """Raises a UsageError for what is no key of `FORMATS`."""
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}; legal is {', '.join(FORMATS)}")


def sources_of(summary: Summary) -> list[Source]:
    """What the sentences rest on, each source once, in the order in which it is first needed."""
    found: dict[tuple[int, int], Source] = {}
    for sentence in summary.sentences:
        for source in sentence.sources:
            found.setdefault((source.block, source.segment), source)
    return list(found.values())


def _text(summary: Summary, title: str, source_name: str, language: LanguageCode) -> str:
    return f"{summary.text}\n" if summary.sentences else ""


def _markdown(summary: Summary, title: str, source_name: str, language: LanguageCode) -> str:
    """Title, paragraph with a footnote for each source, footnotes, what was left out, the note."""
    sources = sources_of(summary)
    label = {(source.block, source.segment): i for i, source in enumerate(sources, start=1)}
    parts = [f"# {' '.join(title.split())}"]
    sentences = []
    is_written = any(one.kind is SentenceKind.WRITTEN for one in summary.sentences)
    for one in summary.sentences:
        marks = "".join(f"[^{label[source.block, source.segment]}]" for source in one.sources)
        place = f" *({_REPLACED[language]})*" if is_written and one.kind is not SentenceKind.WRITTEN else ""
        sentences.append(_without_notes(one.text) + place + marks)
    if sentences:
        parts.append(_escaped(" ".join(sentences)))
    note = summary.note_in(language)
    if note is not None:
        parts.append(f"*{note}*")
    if summary.rejected:
        lines = [f"- {_without_notes(one.text)} ({', '.join(one.checks)})" for one in summary.rejected]
        parts += [f"**{_LEFT_OUT[language]}**", "\n".join(lines)]
    parts += [
        f"[^{i}]: {sentence_number(source, source_name, language)}: {_without_notes(source.text)}"
        for i, source in enumerate(sources, start=1)
    ]
    return "\n\n".join(parts) + "\n"


def sentence_number(source: Source, source_name: str, language: LanguageCode) -> str:
    """Where a source stands, for people."""
    if language == "da":
        return f"Sætning {source.number} i {source_name}"
    return f"Sentence {source.number} of {source_name}"


def escape_markdown(text: str) -> str:
    """Text that may open a Markdown paragraph and hold what would be a tag or a footnote."""
    return _escaped(_without_notes(text).replace("<", "\\<"))


def _escaped(text: str) -> str:
    """Text that opens a Markdown paragraph, a sign that would make it a list or a heading escaped."""
    mark = _BLOCK_MARK.match(text)
    return f"{mark[1]}\\{text[mark.start(2) :]}" if mark else text


def _without_notes(text: str) -> str:
    """Footnote marks of the source would become ours."""
    return text.replace("[^", "\\[^")


def _json(summary: Summary, title: str, source_name: str, language: LanguageCode) -> str:
    record = {
        "text": summary.text,
        "sentences": [
            {
                "text": one.text,
                "kind": one.kind.value,
                "score": round(one.score, 4),
                "sources": [
                    {
                        "text": source.text,
                        "number": source.number,
                        "block": source.block,
                        "segment": source.segment,
                        "likeness": round(source.likeness, 4),
                    }
                    for source in one.sources
                ],
            }
            for one in summary.sentences
        ],
        "method": summary.method,
        "support_rate": None if summary.support_rate is None else round(summary.support_rate, 4),
        "rejected": [{"text": one.text, "checks": list(one.checks)} for one in summary.rejected],
        "failures": list(summary.failures),
        "notes": [note.value for note in summary.notes],
        "note": summary.note_in(language),
        "total": summary.total,
    }
    return json.dumps(record, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[Summary, str, str, LanguageCode], str]] = {
    "text": _text,
    "markdown": _markdown,
    "html": render_page,
    "json": _json,
}
