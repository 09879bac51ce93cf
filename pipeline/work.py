"""What a worker does, wherever it runs: the bytes of a file in, the bytes of its outputs and what became of it out."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from tosprog.models.base import Backend
from tosprog.models.errors import InputError, TosprogError
from tosprog.models.languages import Direction, known_language, other
from tosprog.models.timed import TIMEOUT_S, TimedBackend
from tosprog.pipeline.bilingual import render_bilingual
from tosprog.pipeline.detect import language_name
from tosprog.pipeline.document import Segment, TermUseKind, Translation, TranslationKind
from tosprog.pipeline.files import shown
from tosprog.pipeline.flow import Processed, process_document, title_of
from tosprog.pipeline.formats import read_document, write_document
from tosprog.pipeline.stream import process_large
from tosprog.pipeline.summary import SummaryOptions
from tosprog.pipeline.summary_formats import render_summary
from tosprog.pipeline.translate import OTHER_LANGUAGE, UNSURE, LoadBackend, Toolbox, TranslateOptions

if TYPE_CHECKING:
    from tosprog.models.cache import HypothesisCache
    from tosprog.models.generation import Generator
    from tosprog.pipeline.memory import TranslationMemory
    from tosprog.pipeline.support import Entails


_SHOWN_WORDS = 5
READ_AHEAD = (
    4  # files in hand for each of several workers, so that a long one does not keep the others waiting
)


class Status(str, Enum):
    """What became of a file."""

    OK = "ok"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    FAILED = "failed"
    REMOVED = "removed"  # its source is gone


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


@dataclass(frozen=True, slots=True)
class Task:
    """A file to process.

    Attributes:
        name: Its path within its folder, with ``/``.
        data: Its bytes.
    """

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of a task.

    Attributes:
        status: A file with any failed segment is partial, never ok.
        message: Why it failed, or what to know of it.
        document: The output's bytes, None where there is none, or where they were written elsewhere.
        summary: The bytes of the summary, if there is one.
        log: A JSON line for each segment.
        translated: Segments translated.
        kept: Segments in the target language already, or without a language.
        failed: Segments whose source text was kept because every hypothesis failed a check.
        languages: Words by their segment's language.
        asked_words: Words of the segments that were put to a model.
        confidence: Mean of the translations', by words; None where no model was asked.
        seconds: That it took.
        hits: Texts that the cache had.
        misses: Texts that a model was asked for.
        notices: What people should know of cache and models, apart from this file.
    """

    status: Status
    message: str = ""
    document: bytes | None = None
    summary: bytes | None = None
    log: bytes = b""
    translated: int = 0
    kept: int = 0
    failed: int = 0
    languages: tuple[tuple[str, int], ...] = ()
    asked_words: int = 0
    confidence: float | None = None
    seconds: float = 0.0
    hits: int = 0
    misses: int = 0
    notices: tuple[str, ...] = ()

    @property
    def words(self) -> int:
        """Words of the source that bear a language."""
        return sum(count for _, count in self.languages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a worker gets its models: what travels to another process or machine instead of them.

    Attributes:
        model: Of translation, as `tosprog.models.registry.load_backend` takes it.
        rerank: Whether the model of the reverse direction chooses among translations.
        offline: Whether nothing may be downloaded.
        threads: Of one translation, None is up to four.
        cache: The folder of the cache of hypotheses; None goes without.
        timeout_s: For one segment; None waits for ever.
        memory: The file of a translation memory, which must be there; None goes without.
        writes: Whether a model writes the summaries.
        summary_model: Which, as `tosprog.models.registry.load_generator` takes it.
    """

    model: str | None = None
    rerank: bool = False
    offline: bool = True
    threads: int | None = None
    cache: Path | None = None
    timeout_s: float | None = TIMEOUT_S
    memory: Path | None = None
    writes: bool = False
    summary_model: str | None = None

    def load(self, direction: Direction) -> Backend:
        """Loads the model of a direction."""
        from tosprog.models.registry import load_backend

        return load_backend(
            direction, self.model, offline=self.offline, threads=self.threads, rerank=self.rerank
        )

    def open_memory(self) -> TranslationMemory | None:
        """The translation memory, if there is to be one.

        Raises:
            InputError: it is not on this machine.
        """
        if self.memory is None:
            return None
        from tosprog.pipeline.memory import TranslationMemory

        if not self.memory.exists():
            raise InputError(
                f"translation memory {self.memory} is not on this machine; put it on a disk that all workers see, "
                "or add --no-memory"
            )
        return TranslationMemory(self.memory)

    def load_writer(self) -> tuple[Generator | None, Entails | None]:
        """Loads the model that writes summaries, and one that checks them; none where none is to write."""
        if not self.writes:
            return None, None
        from tosprog.models.registry import load_writer

        return load_writer(self.summary_model, offline=self.offline, threads=self.threads)


class Worker:
    """Processes files one after the other, with models that are loaded when they are first needed, and kept."""

    def __init__(self, recipe: Recipe, options: BatchOptions) -> None:
        self._recipe = recipe
        self._options = options
        self._cache: HypothesisCache | None = None
        if recipe.cache is not None:
            from tosprog.models.cache import HypothesisCache

            self._cache = HypothesisCache(recipe.cache)
        self._tools: Toolbox | None = None
        self._timed: list[TimedBackend] = []
        self._writer: tuple[Generator | None, Entails | None] | None = None

    @property
    def load(self) -> Toolbox:
        """Models and memory, opened when they are first needed."""
        if self._tools is None:
            memory = self._recipe.open_memory()
            self._tools = Toolbox(cache(self._load), cache(self._load_other), memory)
        return self._tools

    def run(self, task: Task) -> Result:
        """Processes a file; whatever is wrong with it, there is a result."""
        return self._guarded(task.name, partial(self._process, task))

    def run_large(self, name: str, path: Path, out: BinaryIO) -> Result:
        """Processes a large text file stretch by stretch into ``out``, open for reading and writing.

        Neither a summary nor a page side by side can be made without holding it all.
        """
        return self._guarded(name, partial(self._process_large, path, out))

    def _load(self, direction: Direction) -> Backend:
        return self._wrapped(partial(self._recipe.load, direction))

    def _load_other(self, direction: Direction) -> Backend | None:
        from tosprog.models.registry import other_model

        name = other_model(direction, self._recipe.model)
        return (
            None
            if name is None
            else self._wrapped(partial(replace(self._recipe, model=name, rerank=False).load, direction))
        )

    def _wrapped(self, make: Callable[[], Backend]) -> Backend:
        """The backend with its cache, and with an end to its calls."""

        def load() -> Backend:
            backend = make()
            if self._cache is None:
                return backend
            from tosprog.models.cache import CachedBackend

            return CachedBackend(backend, self._cache)

        if self._recipe.timeout_s is None:
            return load()
        timed = TimedBackend(load, self._recipe.timeout_s)
        self._timed.append(timed)
        return timed

    def _guarded(self, name: str, process: partial[Result]) -> Result:
        started = time.monotonic()
        hits, misses = self._counts()
        try:
            result = process()
        except TosprogError as error:
            result = Result(status=Status.FAILED, message=str(error).removeprefix(f"{name}: "))
        except Exception as error:  # noqa: BLE001 - one bad file must not stop a folder
            result = Result(status=Status.FAILED, message=f"unexpected {type(error).__name__}: {error}")
        now_hits, now_misses = self._counts()
        return replace(
            result,
            seconds=time.monotonic() - started,
            hits=now_hits - hits,
            misses=now_misses - misses,
            notices=self._notices(),
        )

    def _notices(self) -> tuple[str, ...]:
        """What went wrong with cache and memory."""
        memory = self._tools.memory if self._tools else None
        return (*(self._cache.notices if self._cache else ()), *(memory.notices if memory else ()))

    def _counts(self) -> tuple[int, int]:
        return (self._cache.hits, self._cache.misses) if self._cache else (0, 0)

    def _process(self, task: Task) -> Result:
        options = self._options
        gave_up = self._gave_up()
        if self._writer is None:
            self._writer = self._recipe.load_writer()
        generator, entailment = self._writer
        document = read_document(task.data, task.name, options.fields)
        done = process_document(
            document,
            self.load,
            options.translate,
            options.summary,
            generator=generator,
            entailment=entailment,
        )
        path = Path(task.name)
        summary = None
        if done.summary is not None and done.summary.sentences:
            summary = render_summary(
                done.summary,
                "markdown",
                title_of(done.document, path),
                shown(path.name),
                options.translate.target or "en",
            ).encode("utf-8")
        if options.bilingual:
            page = render_bilingual(document, done.translations, title_of(document, path)).encode("utf-8")
        else:
            page = write_document(done.document)
        note = "" if done.document.blocks else "no text in it"
        return replace(
            _result([done], note, self._gave_up() - gave_up),
            document=page,
            summary=summary,
            log=segment_log(done, self.load),
        )

    def _process_large(self, path: Path, out: BinaryIO) -> Result:
        if self._options.bilingual:
            size = path.stat().st_size / 2**20
            raise InputError(f"{size:.0f} MB are too much for one page; part the file, or use --swap")
        gave_up = self._gave_up()
        note = "too large for a summary" if self._options.summary else ""
        stretches = process_large(path, self.load, self._options.translate, out)
        return _result(stretches, note, self._gave_up() - gave_up)

    def _gave_up(self) -> int:
        return sum(len(timed.gave_up) for timed in self._timed)


def _result(parts: Iterable[Processed], note: str, gave_up: int) -> Result:
    """The numbers of a document, or of its stretches, and what they do not say."""
    counts: Counter[TranslationKind] = Counter()
    others: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    terms: Counter[TermUseKind] = Counter()
    unknown: dict[str, None] = {}
    asked_words = unsure = 0
    sure, weighed_words = 0.0, 0
    for part in parts:
        counts += part.counts
        weighed, words = part.weighed
        sure, weighed_words = sure + weighed, weighed_words + words
        others += Counter(str(one.segment.language) for one in _each(part) if OTHER_LANGUAGE in one.checks)
        for one in _each(part):
            terms.update(use.kind for use in one.terms)
            unsure += one.kind is TranslationKind.TRANSLATED and UNSURE in one.checks
            unknown |= dict.fromkeys(one.unknown)
            if one.segment.language is not None:
                words = len(one.segment.plain.split())
                languages[one.segment.language] += words
                asked_words += words if one.attempts else 0
    notes = [note] if note else []
    failed = counts[TranslationKind.FAILED]
    if terms:
        asked = sum(count for kind, count in terms.items() if kind is not TermUseKind.COMPOUND)
        notes.append(f"glossary: {asked - terms[TermUseKind.VIOLATED]} of {asked} terms as it has them")
        if terms[TermUseKind.COMPOUND]:
            notes[-1] += f", {terms[TermUseKind.COMPOUND]} more within longer words"
    if unsure:
        notes.append(f"translated, but below --min-confidence: {_segments(unsure)}")
    if unknown:
        shown = ", ".join(list(unknown)[:_SHOWN_WORDS]) + ", ..." * (len(unknown) > _SHOWN_WORDS)
        notes.append(f"check what may be no {'word' if len(unknown) == 1 else 'words'}: {shown}")
    if failed:
        notes.append(f"kept as in the source, for no translation passed the checks: {_segments(failed)}")
    if gave_up:
        notes.append(f"the model did not answer in time: {gave_up} times")
    if others:
        names = ", ".join(sorted(map(language_name, others)))
        notes.append(f"kept, neither Danish nor English: {_segments(others.total())} ({names})")
    return Result(
        status=Status.PARTIAL if failed else Status.OK,
        message="; ".join(notes),
        translated=counts[TranslationKind.TRANSLATED],
        kept=counts[TranslationKind.KEPT],
        failed=failed,
        languages=tuple(sorted(languages.items())),
        asked_words=asked_words,
        confidence=sure / weighed_words if weighed_words else None,
    )


def _segments(count: int) -> str:
    return f"{count} segment{'' if count == 1 else 's'}"


def _each(done: Processed) -> Iterable[Translation]:
    return (one for row in done.translations for one in row)


def segment_log(done: Processed, load: LoadBackend) -> bytes:
    """A JSON line for each segment that has text.

    Args:
        done: A document, processed.
        load: Gives the backend of a direction, whose signature is in the lines of what was put to it.
    """
    lines = []
    for i, row in enumerate(done.translations):
        for j, one in enumerate(row):
            if one.segment.text:
                lines.append(json.dumps({"block": i, "segment": j, **_logged(one, load)}, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")


def _logged(one: Translation, load: LoadBackend) -> dict[str, Any]:
    segment: Segment = one.segment
    code = known_language(segment.language)
    asked = one.attempts > 0 and code is not None
    return {
        "kind": one.kind.value,
        "source": segment.plain,
        "target": one.plain,
        "language": segment.language,
        "confidence": round(segment.confidence, 4),
        "model": load(Direction(code, other(code))).signature if asked and code else None,
        "score": _rounded(one.score),
        "translation_confidence": _rounded(one.confidence),
        "checks": list(one.checks),
        "unknown_words": list(one.unknown),
        "terms": [{"source": use.source, "target": use.target, "kind": use.kind.value} for use in one.terms],
        "attempts": one.attempts,
        "steps": [
            {"attempt": step.name, "score": _rounded(step.score), "checks": list(step.checks)}
            for step in one.steps
        ],
    }


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 2)
