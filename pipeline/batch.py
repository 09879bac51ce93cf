"""A folder: each file read, put into one language, written to its mirrored place. One bad file stops nothing."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from tosprog.models.errors import FormatError, InputError, TosprogError, UsageError
from tosprog.pipeline.bilingual import render_bilingual
from tosprog.pipeline.detect import language_name
from tosprog.pipeline.document import BlockKind, Document, TranslationKind
from tosprog.pipeline.files import read_bytes, shown, write_atomically, writing_atomically
from tosprog.pipeline.flow import Processed, process_document
from tosprog.pipeline.formats import format_of, output_suffix, read_document, write_document
from tosprog.pipeline.inline import without_tags
from tosprog.pipeline.stream import is_large, process_large
from tosprog.pipeline.summary import SummaryOptions
from tosprog.pipeline.summary_formats import render_summary
from tosprog.pipeline.translate import OTHER_LANGUAGE, LoadBackend, TranslateOptions

if TYPE_CHECKING:
    from tosprog.models.generation import Generator
    from tosprog.pipeline.support import Entails


class Status(str, Enum):
    """What became of a file."""

    OK = "ok"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A file to do.

    Attributes:
        source: The file.
        target: Its place in the output folder.
        summary: The place of its summary.
        skip_reason: Why it is passed over, None where it is not.
    """

    source: Path
    target: Path
    summary: Path
    skip_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a work item.

    Attributes:
        item: The file.
        status: A file with any failed segment is partial, never ok.
        message: Why it was skipped or failed, or what to know of it.
        translated: Segments translated.
        kept: Segments in the target language already, or without a language.
        failed: Segments whose source text was kept because every hypothesis failed a check.
    """

    item: WorkItem
    status: Status
    message: str = ""
    translated: int = 0
    kept: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """What to do with each file.

    Attributes:
        translate: Target language and decoding.
        summary: Length of the summaries; None makes none.
        bilingual: Whether a page with both languages side by side is written instead of the document.
        fields: Names of the fields to translate, in formats that have them; none are all.
    """

    translate: TranslateOptions
    summary: SummaryOptions | None = field(default_factory=SummaryOptions)
    bilingual: bool = False
    fields: tuple[str, ...] = ()


def plan_batch(folder: Path, out: Path, *, bilingual: bool = False) -> tuple[WorkItem, ...]:
    """Lists the files of a folder, sorted, with their mirrored places.

    A file keeps its name; one of a format that is not written gets the ending of that which is written instead
    (a PDF becomes Markdown), behind its full name where the shorter one is taken.

    Hidden files and folders, locks of Office programs, and the output folder itself if it lies inside, are not
    looked at. Symbolic links, to files or folders, and files of unknown formats are listed with the reason why they
    are skipped.

    Raises:
        InputError: the folder is not there, or is a file.
        UsageError: the output folder is the input folder, or an ancestor of it.
    """
    root, out_root = folder.resolve(), out.resolve()
    if folder.is_dir() and (out_root == root or out_root in root.parents):
        raise UsageError(f"--out {out} would write over {folder}; name another folder, as in: --out out")
    sources = sources_in(folder, "run essays --out out --to en", apart_from=out_root)
    stems = Counter(source.with_suffix("") for source in sources)
    taken = set(sources)
    items = []
    for source in sources:
        relative = source.relative_to(root)
        # essay.txt and essay.md beside each other, or a source of that very name: the summary takes the full name.
        plain = source.with_suffix(".summary.md")
        clash = stems[source.with_suffix("")] > 1 or plain in taken
        name = f"{source.name}.summary.md" if clash else plain.name
        reason = skip_reason(source)
        target = out / (relative if reason else _output_name(source, taken, bilingual).relative_to(root))
        items.append(WorkItem(source, target, target.with_name(name), reason))
    return tuple(items)


def sources_in(folder: Path, example: str, *, apart_from: Path | None = None) -> list[Path]:
    """The files of a folder and those in it, and links to files or folders, sorted, with their full paths.

    Args:
        folder: Where to look; hidden files and folders and locks of Office programs are not looked at.
        example: What to type, for the message where there is no such folder.
        apart_from: A file or folder that is not looked at either.

    Raises:
        InputError: the folder is not there, or is a file.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise InputError(f"{folder} {what}; name a folder, as in: tosprog {example}")
    sources = []
    for parent, folders, files in os.walk(folder.resolve()):
        here = Path(parent)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and here / f != apart_from)
        links = [name for name in folders if (here / name).is_symlink()]
        sources += [here / name for name in (*files, *links) if not name.startswith((".", "~$"))]
    return sorted(source for source in sources if source != apart_from)


def _output_name(source: Path, taken: set[Path], bilingual: bool) -> Path:
    suffix = ".bilingual.html" if bilingual else output_suffix(source)
    if suffix == source.suffix:
        return source
    short = source.with_suffix(suffix)
    others = {other.with_suffix(suffix) for other in taken if other != source}
    return source.with_name(source.name + suffix) if short in others or short in taken else short


def skip_reason(source: Path) -> str | None:
    """Why a file is passed over, None where it is not."""
    if source.is_symlink():
        return "a symbolic link"
    if not source.is_file():
        return "not a regular file"
    try:
        format_of(source.name)
    except FormatError as error:
        return str(error).removeprefix(f"{source.name}: ")
    return None


@dataclass(frozen=True, slots=True)
class Writer:
    """A model that writes the summaries of a folder, and what checks it.

    Attributes:
        generator: None quotes.
        entailment: A model of inference that reads what the generator writes, or None.
    """

    generator: Generator | None = None
    entailment: Entails | None = None


def run_batch(
    items: Sequence[WorkItem], load: LoadBackend, options: BatchOptions, writer: Writer | None = None
) -> Iterator[Outcome]:
    """Does one file after the other, and yields each outcome as it is reached; same order as ``items``."""
    for item in items:
        yield _run(item, load, options, writer or Writer())


def _run(item: WorkItem, load: LoadBackend, options: BatchOptions, writer: Writer) -> Outcome:
    if item.skip_reason is not None:
        return Outcome(item, Status.SKIPPED, item.skip_reason)
    try:
        return _process(item, load, options, writer)
    except TosprogError as error:
        return Outcome(item, Status.FAILED, str(error).removeprefix(f"{item.source}: "))
    except Exception as error:  # noqa: BLE001 - one bad file must not stop a folder
        return Outcome(item, Status.FAILED, f"unexpected {type(error).__name__}: {error}")


def _process(item: WorkItem, load: LoadBackend, options: BatchOptions, writer: Writer) -> Outcome:
    if is_large(item.source):
        return _process_large(item, load, options)
    document = read_document(read_bytes(item.source), item.source, options.fields)
    done = process_document(
        document,
        load,
        options.translate,
        options.summary,
        generator=writer.generator,
        entailment=writer.entailment,
    )
    if done.summary is not None and done.summary.sentences:
        markdown = render_summary(
            done.summary,
            "markdown",
            title_of(done.document, item.source),
            shown(item.source.name),
            options.translate.target or "en",
        )
        write_atomically(item.summary, markdown.encode("utf-8"))
    if options.bilingual:
        page = render_bilingual(document, done.translations, title_of(document, item.source))
        write_atomically(item.target, page.encode("utf-8"))
    else:
        write_atomically(item.target, write_document(done.document))
    note = "" if done.document.blocks else "no text in it"
    return _outcome(item, done.counts, _other_languages(done), note)


def _process_large(item: WorkItem, load: LoadBackend, options: BatchOptions) -> Outcome:
    """Stretch by stretch; neither a summary nor a page side by side can be made without holding it all."""
    if options.bilingual:
        size = item.source.stat().st_size / 2**20
        raise InputError(f"{size:.0f} MB are too much for one page; part the file, or use --swap")
    counts: Counter[TranslationKind] = Counter()
    others: Counter[str] = Counter()
    with writing_atomically(item.target) as file:
        for done in process_large(item.source, load, options.translate, file):
            counts += done.counts
            others += _other_languages(done)
    return _outcome(item, counts, others, "too large for a summary" if options.summary else "")


def _other_languages(done: Processed) -> Counter[str]:
    return Counter(
        str(translation.segment.language)
        for row in done.translations
        for translation in row
        if OTHER_LANGUAGE in translation.checks
    )


def _outcome(item: WorkItem, counts: Counter[TranslationKind], others: Counter[str], note: str) -> Outcome:
    """The numbers, and what they do not say."""
    notes = [note] if note else []
    if failed := counts[TranslationKind.FAILED]:
        notes.append(f"kept as in the source, for no translation passed the checks: {failed} segments")
    if others:
        names = ", ".join(sorted(map(language_name, others)))
        notes.append(f"kept, neither Danish nor English: {others.total()} segments ({names})")
    status = Status.PARTIAL if failed else Status.OK
    translated, kept = counts[TranslationKind.TRANSLATED], counts[TranslationKind.KEPT]
    return Outcome(item, status, "; ".join(notes), translated, kept, failed)


def title_of(document: Document, source: Path) -> str:
    """The document's first heading, else its file name without the ending."""
    headings = (without_tags(block.text) for block in document.blocks if block.kind is BlockKind.HEADING)
    return next(headings, shown(source.stem))
