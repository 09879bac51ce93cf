"""What a run would do: each file with its format, languages and length, and the time it may take; writes nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tosprog.models.errors import TosprogError
from tosprog.models.languages import known_language
from tosprog.models.store import sha256_of
from tosprog.pipeline.batch import Run, done_before
from tosprog.pipeline.files import read_bytes
from tosprog.pipeline.flow import segment_document
from tosprog.pipeline.folder_report import last_totals
from tosprog.pipeline.formats import format_of, read_document
from tosprog.pipeline.journal import FOLDER, Journal
from tosprog.pipeline.plan import WorkItem
from tosprog.pipeline.signature import signature_of
from tosprog.pipeline.stream import is_large, stream_documents
from tosprog.pipeline.translate import TranslateOptions

WORDS_PER_S = 100.0  # of the bundled model, beam 4, on one core: benchmarks/folder.py

_FEW = 0.1  # sentences known from before: a run with more says little of the next


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be done with a file.

    Attributes:
        item: The file.
        plan: ``translate``, ``unchanged``, ``skip`` or ``fail``.
        reason: Why it would be skipped, or fail.
        format: Of the file.
        segments: That have a language.
        languages: Words by language.
        words: That would go through a model.
    """

    item: WorkItem
    plan: str
    reason: str = ""
    format: str = ""
    segments: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    words: int = 0


def preview(run: Run, items: Iterable[WorkItem]) -> Iterator[Preview]:
    """Reads each file as a run would, and says what it would do; same order as ``items``.

    Raises:
        ModelMissingError: a model is not installed.
        OutputError: the journal of the output folder cannot be read.
    """
    signature = signature_of(run.recipe, run.options)
    path = run.out / FOLDER / "journal.jsonl"
    journal = Journal(run.out, read_only=True) if path.exists() else None
    try:
        for item in items:
            if item.skip_reason is not None:
                yield Preview(item, "fail" if item.is_fault else "skip", item.skip_reason)
                continue
            try:
                sha256, segments, languages, words = _read(item, run.options.fields, run.options.translate)
            except TosprogError as error:
                yield Preview(item, "fail", str(error).removeprefix(f"{item.source}: "))
                continue
            entry = journal.get(item.name) if journal else None
            done = entry is not None and done_before(entry, run.out, item, sha256, signature.of(item.name))
            yield Preview(
                item,
                "unchanged" if done else "translate",
                format=format_of(item.source).name,
                segments=segments,
                languages=languages,
                words=words,
            )
    finally:
        if journal is not None:
            journal.close()


def _read(
    item: WorkItem, fields: tuple[str, ...], options: TranslateOptions
) -> tuple[str, int, dict[str, int], int]:
    """The file's checksum, segments, words by language, and words for a model."""
    if is_large(item.source):
        sha256 = sha256_of(item.source)
        documents = stream_documents(item.source)
    else:
        data = read_bytes(item.source)
        sha256 = hashlib.sha256(data).hexdigest()
        documents = iter((read_document(data, item.source, fields),))
    segments = words = 0
    languages: Counter[str] = Counter()
    for document in documents:
        for block, row in segment_document(document):
            for segment in row:
                if segment.language is None or not block.kind.is_translated:
                    continue
                length = len(segment.plain.split())
                segments += 1
                languages[segment.language] += length
                code = known_language(segment.language)
                if code is not None and options.target_of(code) is not None:
                    words += length
    return sha256, segments, dict(sorted(languages.items())), words


def words_per_s(out: Path, workers: int) -> float:
    """How fast it may go: as the last run did, else as was measured elsewhere."""
    totals = last_totals(out)
    speed = totals.get("asked_words_per_s")
    if speed and (totals.get("cache_hit_rate") or 0.0) < _FEW:
        return float(speed)
    return WORDS_PER_S * workers
