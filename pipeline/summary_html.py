"""A summary as a page of its own, where pointing at a sentence shows what it rests on. No script, nothing fetched."""

from __future__ import annotations

from html import escape

from tosprog.models.languages import LanguageCode
from tosprog.pipeline.summary import SentenceKind, Summary, SummarySentence

STYLE = """
:root { color-scheme: light dark; --paper: Canvas; --line: #8885; --written: #2a6f97; --replaced: #b3541e; }
body { font: 1.05rem/1.6 Georgia, serif; margin: 2rem auto; max-width: 44rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font: bold .9rem sans-serif; margin: 2rem 0 .5rem; }
p.summary { position: relative; }
.sentence { border-bottom: 2px solid var(--line); cursor: help; }
.sentence.written { border-color: var(--written); }
.sentence.replaced { border-color: var(--replaced); }
.sentence:hover, .sentence:focus { background: #8882; outline: none; }
.sources { display: none; position: absolute; left: 0; right: 0; margin-top: 2rem; z-index: 1; padding: .6rem .9rem;
  background: var(--paper); border: 1px solid var(--line); border-radius: .4rem; box-shadow: 0 .3rem 1rem #0004;
  font: .88rem/1.45 sans-serif; }
.sentence:hover .sources, .sentence:focus .sources { display: block; }
.sources span { display: block; margin: .2rem 0; }
.place { color: #888; }
ol, ul, p.note, p.legend { font: .88rem/1.5 sans-serif; }
li { margin: .3rem 0; } li:target { background: #8882; }
p.legend span { border-bottom: 2px solid var(--line); margin-right: 1rem; }
p.legend .written { border-color: var(--written); } p.legend .replaced { border-color: var(--replaced); }
@media print { .sources { display: none !important; } body { max-width: none; } }
"""
_LABELS: dict[LanguageCode, dict[str, str]] = {
    "en": {
        "sources": "Sources",
        "sentence": "Sentence {number}",
        "quoted": "quoted",
        "written": "written by a model, supported by the text",
        "replaced": "quoted in place of a model’s sentence",
        "left_out": "Left out: the text does not support it",
        "method": "Made by {method}. {rate} of the sentences that it wrote had support.",
        "hint": "Point at a sentence, or move to it with the tab key, to see what it rests on.",
    },
    "da": {
        "sources": "Kilder",
        "sentence": "Sætning {number}",
        "quoted": "citeret",
        "written": "skrevet af en model, støttet af teksten",
        "replaced": "citeret i stedet for en models sætning",
        "left_out": "Udeladt: teksten siger det ikke",
        "method": "Lavet af {method}. {rate} af de sætninger, den skrev, havde støtte.",
        "hint": "Peg på en sætning, eller gå til den med tabulatortasten, for at se, hvad den bygger på.",
    },
}


def render_page(summary: Summary, title: str, source_name: str, language: LanguageCode) -> str:
    """The page, complete in itself; labels in the summary's language, sources as they stand in the document."""
    labels = _LABELS[language]
    kinds = dict.fromkeys(one.kind for one in summary.sentences)
    legend = "".join(f'<span class="{kind.value}">{labels[kind.value]}</span>' for kind in kinds)
    parts = [f"<h1>{escape(title)}</h1>"]
    if summary.sentences:
        sentences = " ".join(sentence_html(one, language) for one in summary.sentences)
        parts += [
            f'<p class="summary">{sentences}</p>',
            f'<p class="legend">{legend}</p>',
            f'<p class="note">{labels["hint"]}</p>',
        ]
    note = summary.note_in(language)
    if note is not None:
        parts.append(f'<p class="note"><em>{escape(note)}</em></p>')
    if summary.support_rate is not None:
        line = labels["method"].format(method=summary.method, rate=f"{summary.support_rate:.0%}")
        parts.append(f'<p class="note">{escape(line)}</p>')
    if summary.rejected:
        items = "".join(f"<li>{escape(one.text)} ({', '.join(one.checks)})</li>" for one in summary.rejected)
        parts += [f"<h2>{labels['left_out']}</h2>", f"<ul>{items}</ul>"]
    sources = {s.number: s for one in summary.sentences for s in one.sources}
    if sources:
        items = "".join(
            f'<li id="s{number}" value="{number}" lang="">{escape(one.text)}</li>'
            for number, one in sorted(sources.items())
        )
        parts += [f"<h2>{labels['sources']}: {escape(source_name)}</h2>", f"<ol>{items}</ol>"]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n"
        '<meta name="viewport" content="width=device-width">\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def sentence_html(one: SummarySentence, language: LanguageCode) -> str:
    """A sentence that shows its sources where it is pointed at; needs `STYLE`."""
    place = _LABELS[language]["sentence"]
    rows = "".join(
        f'<span><span class="place">{place.format(number=source.number)}'
        f"{'' if one.kind is not SentenceKind.WRITTEN else f', {source.likeness:.0%}'}</span> "
        f'<span lang="">{escape(source.text)}</span></span>'
        for source in one.sources
    )
    return (
        f'<span class="sentence {one.kind.value}" tabindex="0">{escape(one.text)}'
        f'<span class="sources" role="tooltip">{rows}</span></span>'
    )
