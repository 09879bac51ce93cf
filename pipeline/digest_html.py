"""A digest as a page of its own: an index, the themes with their texts, what is alike. No script, nothing fetched."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote

from tosprog.pipeline.digest import Digest
from tosprog.pipeline.digest_labels import LABELS, counts_line, duplicate_line, language_label
from tosprog.pipeline.files import shown
from tosprog.pipeline.summary_html import STYLE, sentence_html

_STYLE = """
body { max-width: 52rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
h3 { font-size: 1.1rem; margin: 1.8rem 0 .2rem; }
table { border-collapse: collapse; width: 100%; font: .88rem/1.4 sans-serif; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
p.facts { font: .85rem/1.4 sans-serif; color: #888; margin: 0; overflow-wrap: anywhere; }
article p.summary { margin-top: .4rem; } article:target h3 { background: #8882; }
"""

Place = Callable[[Path], str]


def render_digest_page(digest: Digest, folder: str, place: Place) -> str:
    """The page, complete in itself.

    Args:
        digest: What to show.
        folder: The name of the folder.
        place: Where a file lies as seen from the page, for its link.
    """
    labels = LABELS[digest.language]
    title = labels["title"].format(folder=folder)
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(counts_line(digest))}</p>",
        f"<h2>{labels['index']}</h2>",
        _index(digest),
    ]
    groups = [(theme.name, theme.members) for theme in digest.themes]
    if digest.alone:
        groups.append((labels["alone"] if digest.themes else labels["texts"], digest.alone))
    for number, (name, members) in enumerate(groups, start=1):
        parts.append(f'<h2 id="t{number}">{escape(name)}</h2>')
        parts += [_entry(digest, i, place) for i in members]
    if digest.duplicates:
        items = "".join(
            f"<li>{duplicate_line(one, digest, _link(digest, one.first), _link(digest, one.second))}</li>"
            for one in digest.duplicates
        )
        parts += [f"<h2>{labels['duplicates']}</h2>", f"<ul>{items}</ul>"]
    if digest.unread:
        items = "".join(
            f"<li>{escape(shown(place(one.path)))}: {escape(one.reason)}</li>" for one in digest.unread
        )
        parts += [f"<h2>{labels['unread']}</h2>", f"<ul>{items}</ul>"]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{digest.language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n"
        '<meta name="viewport" content="width=device-width">\n'
        f"<style>{STYLE}{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _link(digest: Digest, index: int) -> str:
    entry = digest.entries[index]
    return (
        f'<a href="#e{index + 1}">{escape(entry.title)}</a> <small>({escape(shown(entry.path.name))})</small>'
    )


def _index(digest: Digest) -> str:
    labels = LABELS[digest.language]
    theme_of = {i: n for n, theme in enumerate(digest.themes, start=1) for i in theme.members}
    rows = []
    for i, entry in enumerate(digest.entries):
        n = theme_of.get(i)
        theme = f'<a href="#t{n}">{escape(digest.themes[n - 1].name)}</a>' if n else ""
        rows.append(
            f'<tr><td><a href="#e{i + 1}">{escape(entry.title)}</a></td><td>{theme}</td>'
            f'<td>{language_label(entry, digest)}</td><td class="n">{entry.words}</td></tr>'
        )
    head = (
        f"<tr><th>{labels['text']}</th><th>{labels['theme']}</th><th>{labels['language']}</th>"
        f'<th class="n">{labels["words"]}</th></tr>'
    )
    return f"<table>{head}{''.join(rows)}</table>"


def _entry(digest: Digest, index: int, place: Place) -> str:
    labels = LABELS[digest.language]
    entry = digest.entries[index]
    path = place(entry.path)
    facts = [f'<a href="{escape(quote(path))}">{escape(shown(path))}</a>', language_label(entry, digest)]
    if entry.keywords:
        facts.append(f"{labels['keywords']}: {escape(', '.join(entry.keywords))}")
    text = " ".join(sentence_html(one, digest.language) for one in entry.summary.sentences)
    note = entry.summary.note_in(digest.language)
    parts = [f"<h3>{escape(entry.title)}</h3>", f'<p class="facts">{" · ".join(facts)}</p>']
    parts += [f'<p class="summary">{text}</p>'] if text else []
    parts += [f'<p class="note"><em>{escape(note)}</em></p>'] if note else []
    return f'<article id="e{index + 1}">{"".join(parts)}</article>'
