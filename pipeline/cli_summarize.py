"""`tosprog summarize`, `describe` and `digest`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tosprog.models.languages import LANGUAGES, parse_language
from tosprog.pipeline.cli_base import (
    OK,
    SOME_FAILED,
    Beam,
    Json,
    Method,
    Model,
    Online,
    Rerank,
    Sentences,
    SummaryModel,
    Words,
    checked_method,
    checked_rerank,
    load_writer,
    loader,
    read_file,
    show_json,
    summary_options,
    translate_options,
    warn,
    with_bar,
    write_out,
)
from tosprog.pipeline.files import shown

if TYPE_CHECKING:
    from tosprog.pipeline.digest import ReadText, Unread


def summarize(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A document, or - for standard input.")],
    to: Annotated[str | None, typer.Option("--to", metavar="da|en", help="Answer in this language.")] = None,
    sentences: Sentences = None,
    words: Words = None,
    method: Method = None,
    summary_model: SummaryModel = None,
    format: Annotated[
        str, typer.Option("--format", metavar="text|markdown|html|json", help="What is printed.")
    ] = "text",
    model: Model = None,
    beam: Beam = 4,
    rerank: Rerank = False,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Print a summary of a document, each sentence with what it rests on."""
    from tosprog.pipeline.flow import process_lines, summarize_document, title_of
    from tosprog.pipeline.summary_formats import check_format, render_summary

    format = "json" if as_json else format
    check_format(format)
    options = None if to is None else translate_options(to, None, beam)
    limits = summary_options(sentences, words)
    document = read_file(file)
    writes = checked_method(method, summary_model)
    generator, entailment = load_writer(writes, summary_model, online)
    load = loader(model, online, rerank=checked_rerank(rerank, beam))
    summary = summarize_document(document, load, limits, options, generator=generator, entailment=entailment)
    name = "standard input" if file == "-" else shown(Path(file).name)
    title = name if file == "-" else title_of(document, Path(file))
    if options is not None and format in ("markdown", "html") and title not in (name, shown(Path(file).stem)):
        ((title, _),) = process_lines([" ".join(title.split())], load, options)
    rendered = render_summary(summary, format, title, name, (options.target if options else None) or "en")
    if rendered:
        typer.echo(rendered.removesuffix("\n"))
    if format == "text":
        if summary.sentences:
            numbers = sorted({source.number for s in summary.sentences for source in s.sources})
            warn(f"from sentences {', '.join(map(str, numbers))} of {summary.total}")
        if summary.support_rate is not None:
            warn(f"by {summary.method}; {summary.support_rate:.0%} of its sentences had support")
        for one in summary.rejected:
            warn(f"without support ({', '.join(one.checks)}): {one.text}")
        if summary.note is not None:
            warn(summary.note)
    return OK


def describe(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="A document, or - for standard input.")],
    count: Annotated[int, typer.Option("--keywords", min=1, max=50, help="Most keywords.")] = 8,
    sentences: Annotated[
        int | None, typer.Option("--sentences", min=1, help="Most sentences of an abstract (default 3).")
    ] = None,
    words: Annotated[int | None, typer.Option("--words", min=1, help="Most words of an abstract.")] = None,
    method: Method = None,
    summary_model: SummaryModel = None,
    model: Model = None,
    beam: Beam = 4,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Suggest a title, keywords and an abstract for a document, each in Danish and English."""
    from tosprog.models.registry import load_rarity
    from tosprog.pipeline.describe import ABSTRACT, describe_document

    writes = checked_method(method, summary_model)
    document = read_file(file)
    generator, entailment = load_writer(writes, summary_model, online)
    done = describe_document(
        document,
        loader(model, online),
        load_rarity,
        count=count,
        abstract=ABSTRACT if sentences is None and words is None else summary_options(sentences, words),
        options=translate_options("en", None, beam),
        generator=generator,
        entailment=entailment,
    )
    if as_json:
        show_json(
            {
                "language": done.language,
                "title": dict(done.titles),
                "title_from": done.title_from,
                "keywords": [
                    dict(one.texts) | {"score": one.keyword.score, "count": one.keyword.count}
                    for one in done.subjects
                ],
                "abstract": {code: summary.text for code, summary in done.abstracts.items()},
                "note": {code: summary.note_in(code) for code, summary in done.abstracts.items()},
            }
        )
        return OK
    for code in LANGUAGES:
        typer.echo(f"title ({code}): {done.titles[code]}")
        typer.echo(f"keywords ({code}): {', '.join(one.texts[code] for one in done.subjects)}")
        typer.echo(f"abstract ({code}): {done.abstracts[code].text}\n")
    warn(f"the title is {_TITLE_FROM[done.title_from]}")
    note = done.abstracts[done.language].note
    if note is not None:
        warn(note)
    return OK


_TITLE_FROM = {
    "heading": "the document's own",
    "model": "a model's",
    "keywords": "made of its keywords: no heading says what the text is about",
}


def digest(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder to read, with its sub-folders.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write to a file; its ending (.html, .md, .json) says how."
        ),
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="da|en", help="Write in this language.")] = None,
    sentences: Annotated[
        int | None, typer.Option("--sentences", min=1, help="Most sentences of a paragraph (default 3).")
    ] = None,
    words: Annotated[int | None, typer.Option("--words", min=1, help="Most words of a paragraph.")] = None,
    themes: Annotated[
        int | None, typer.Option("--themes", min=2, help="Number of themes to look for; default: found out.")
    ] = None,
    method: Method = None,
    summary_model: SummaryModel = None,
    format: Annotated[
        str | None, typer.Option("--format", metavar="markdown|html|json", help="What is written.")
    ] = None,
    model: Model = None,
    beam: Beam = 4,
    online: Online = False,
    as_json: Json = False,
) -> int:
    """Sum up a folder in one page: a paragraph for each text, themes, and what is there twice."""
    from tosprog.models.base import DecodingOptions
    from tosprog.models.registry import load_rarity
    from tosprog.pipeline.digest import PARAGRAPH, DigestOptions, Unread, make_digest, read_texts
    from tosprog.pipeline.digest_formats import digest_format, render_digest
    from tosprog.pipeline.plan import sources_in

    form = "json" if as_json else digest_format(out, format)
    writes = checked_method(method, summary_model)
    options = DigestOptions(
        target=None if to is None else parse_language(to),
        summary=PARAGRAPH if sentences is None and words is None else summary_options(sentences, words),
        themes=themes,
        decoding=DecodingOptions(beam_size=beam),
    )
    sources = sources_in(folder, "digest essays --out digest.html", apart_from=out.resolve() if out else None)
    generator, entailment = load_writer(writes, summary_model, online)
    load = loader(model, online)
    done = []
    texts = read_texts(sources, load, options, generator=generator, entailment=entailment)
    for one in with_bar(texts, len(sources), _name_of_text):
        done.append(one)
        if isinstance(one, Unread):
            warn(f"{'failed' if one.failed else 'skipped'}: {shown(one.path)}: {one.reason}")
    rendered = render_digest(make_digest(done, load, load_rarity, options), form, folder, out)
    write_out(rendered.encode("utf-8"), out)
    return SOME_FAILED if any(isinstance(one, Unread) and one.failed for one in done) else OK


def _name_of_text(one: ReadText | Unread) -> str:
    return shown((one.entry.path if hasattr(one, "entry") else one.path).name)
