"""A folder: each file read, put into one language, written to its mirrored place, and entered in the journal.

This process alone writes; engines turn bytes into bytes. Killed at any moment, the next run goes on where it was.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from tosprog.models.errors import InputError, OutputError, TosprogError, UsageError, WorkerLostError
from tosprog.models.store import sha256_of
from tosprog.pipeline.engines import Engine
from tosprog.pipeline.files import read_bytes, write_atomically, writing_atomically
from tosprog.pipeline.journal import FOLDER, Entry, Journal, now, opened, temporary_folder
from tosprog.pipeline.plan import WorkItem
from tosprog.pipeline.signature import Signature, signature_of
from tosprog.pipeline.stream import is_large
from tosprog.pipeline.work import BatchOptions, Recipe, Result, Status, Task, Worker

_TRIES = 3  # of a file whose worker died: what it died of may have been another file, or its machine
_FATAL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)  # the next file will fare no better
_SAMPLE = 1000  # files of the journal that are looked for before --prune is believed
_LONGEST_NAME = 240  # bytes


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
        languages: Words by their segment's language.
        asked_words: Words of the segments that were put to a model, or to the cache, in this run.
        seconds: That it took; 0 where nothing was done.
        unchanged: Whether an earlier run had done it.
        hits: Texts that the cache had.
        misses: Texts that a model was asked for.
    """

    item: WorkItem
    status: Status
    message: str = ""
    translated: int = 0
    kept: int = 0
    failed: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    asked_words: int = 0
    seconds: float = 0.0
    unchanged: bool = False
    hits: int = 0
    misses: int = 0

    @property
    def words(self) -> int:
        """Words of the source that bear a language."""
        return sum(self.languages.values())


@dataclass(slots=True)
class Run:
    """A run over a folder.

    Attributes:
        folder: What is read; for the removed ones.
        out: Where the outputs and the journal go.
        recipe: How workers get their models.
        options: What to do with each file.
        prune: Whether the outputs of sources that are gone are removed.
        stopped: Asked before each file; once it says yes, the files in hand are the last.
        notices: What people should know that is of no single file, as it turns up.
    """

    folder: Path
    out: Path
    recipe: Recipe
    options: BatchOptions
    prune: bool = False
    stopped: Callable[[], bool] = lambda: False
    notices: list[str] = field(default_factory=list)

    def outcomes(self, items: Iterable[WorkItem], engine: Engine) -> Iterator[Outcome]:
        """Processes the files that need it, and yields each outcome in the order of ``items``.

        What was done before, from the same bytes, with the same models and options, and whose outputs are as they
        were written, is not done again.

        Raises:
            UsageError: another run is writing to the folder; or --prune, and no source of before is in it.
            ModelMissingError: a model is not installed.
            OutputError: the disk is full, or cannot be written.
        """
        signature = signature_of(self.recipe, self.options)
        with opened(self.out) as journal:
            if self.prune:
                self._check_prune(journal)
            driver = _Driver(self, journal, signature)
            with engine:
                yield from driver.outcomes(items, engine)
            if not self.stopped():
                yield from driver.removed()

    def _check_prune(self, journal: Journal) -> None:
        there = [(self.folder / name).exists() for name in islice(journal.sources(), _SAMPLE)]
        if there and not any(there):
            raise UsageError(
                f"none of the files that {self.out} was made from is in {self.folder}, so --prune would remove all; "
                "name the folder that it was made from"
            )


@dataclass(slots=True)
class _InHand:
    item: WorkItem
    sha256: str = ""
    outcome: Outcome | None = None  # where there is nothing to wait for
    task: Task | None = None
    result: Callable[[], Result] | None = None


class _Driver:
    """Decides what is to be done, and writes what was."""

    def __init__(self, run: Run, journal: Journal, signature: Signature) -> None:
        self._run = run
        self._journal = journal
        self._signature = signature
        self._own: Worker | None = None  # for files too large to send
        self._temporary = temporary_folder(run.out)

    def outcomes(self, items: Iterable[WorkItem], engine: Engine) -> Iterator[Outcome]:
        waiting: deque[_InHand] = deque()
        submitted = 0
        for item in items:
            if self._run.stopped():
                break
            one = self._begin(item)
            if one.task is not None:
                one.result = engine.submit(one.task)
                submitted += 1
            waiting.append(one)
            while waiting and (waiting[0].outcome is not None or submitted > engine.read_ahead):
                submitted -= waiting[0].outcome is None
                yield self._end(waiting.popleft(), engine)
        while waiting:
            yield self._end(waiting.popleft(), engine)

    def _begin(self, item: WorkItem) -> _InHand:
        if item.skip_reason is not None:
            status = Status.FAILED if item.is_fault else Status.SKIPPED
            return _InHand(item, outcome=Outcome(item, status, item.skip_reason))
        try:
            if is_large(item.source):
                return self._large(item)
            data = read_bytes(item.source)
        except TosprogError as error:
            return self._failed(item, "", error)
        sha256 = hashlib.sha256(data).hexdigest()
        if (done := self._done(item, sha256)) is not None:
            return _InHand(item, sha256, done)
        return _InHand(item, sha256, task=Task(item.name, data))

    def _end(self, one: _InHand, engine: Engine) -> Outcome:
        if one.outcome is not None:
            return one.outcome
        result = self._result(one, engine)
        for notice in result.notices:
            if notice not in self._run.notices:
                self._run.notices.append(notice)
        return self._written(one.item, one.sha256, result)

    def _result(self, one: _InHand, engine: Engine) -> Result:
        assert one.task is not None  # noqa: S101 - for the types
        assert one.result is not None  # noqa: S101
        for left in reversed(range(_TRIES)):
            try:
                return one.result()
            except WorkerLostError as error:
                if not left:
                    return Result(status=Status.FAILED, message=f"{error} ({_TRIES} times)")
                one.result = engine.submit(one.task)
        raise AssertionError("unreachable")

    def _done(self, item: WorkItem, sha256: str) -> Outcome | None:
        entry = self._journal.get(item.name)
        if entry is None or not done_before(
            entry, self._run.out, item, sha256, self._signature.of(item.name)
        ):
            return None
        return _outcome(item, entry)

    def _large(self, item: WorkItem) -> _InHand:
        """Done here and now: no bytes are sent, none are held."""
        try:
            sha256 = sha256_of(item.source)
            if (done := self._done(item, sha256)) is not None:
                return _InHand(item, sha256, done)
            self._own = self._own or Worker(self._run.recipe, self._run.options)
            self._make_way(item, item.target, None)
            with writing_atomically(item.target, self._temporary) as file:
                result = self._own.run_large(item.name, item.source, file)
                if sha256_of(item.source) != sha256:
                    raise InputError("it changed while it was read; run again")
                if result.status is Status.FAILED:
                    raise InputError(result.message)
        except OSError as error:
            return self._failed(item, "", InputError(f"cannot read it: {error.strerror}"))
        except TosprogError as error:
            _raise_if_fatal(error)
            return self._failed(item, sha256, error)
        outcome = self._entered(item, sha256, result, {self._name(item.target): sha256_of(item.target)})
        return _InHand(item, sha256, outcome)

    def _failed(self, item: WorkItem, sha256: str, error: TosprogError) -> _InHand:
        message = str(error).removeprefix(f"{item.source}: ")
        return _InHand(
            item, sha256, self._entered(item, sha256, Result(status=Status.FAILED, message=message), {})
        )

    def _written(self, item: WorkItem, sha256: str, result: Result) -> Outcome:
        """Outputs, then the journal's line: what stands there is true."""
        outputs: dict[str, str] = {}
        try:
            for path, data in ((item.target, result.document), (item.summary, result.summary)):
                if data is not None:
                    outputs[self._name(path)] = hashlib.sha256(data).hexdigest()
                    replaced = self._make_way(item, path, outputs[self._name(path)])
                    if replaced is not None:
                        note = f"{path.name} had been changed, and is kept as {replaced}"
                        result = replace(result, message="; ".join(filter(None, (result.message, note))))
                    if _sha256(path) != outputs[self._name(path)]:
                        write_atomically(path, data, self._temporary)
            if result.log:
                write_atomically(self._log_of(item.name), result.log, self._temporary)
        except OutputError as error:
            _raise_if_fatal(error)
            result, outputs = replace(result, status=Status.FAILED, message=str(error)), {}
        return self._entered(item, sha256, result, outputs)

    def _entered(self, item: WorkItem, sha256: str, result: Result, outputs: dict[str, str]) -> Outcome:
        entry = Entry(
            source=item.name,
            sha256=sha256,
            signature=self._signature.of(item.name),
            status=result.status.value,
            outputs=outputs,
            message=result.message,
            translated=result.translated,
            kept=result.kept,
            failed=result.failed,
            languages=dict(result.languages),
            seconds=round(result.seconds, 3),
            time=now(),
        )
        before = self._journal.get(item.name)
        if before is not None and result.status is Status.FAILED:
            entry = replace(entry, outputs=before.outputs)  # they are still there, and ours
        elif before is not None:
            self._remove(one for one in before.outputs.items() if one[0] not in outputs)
        self._journal.explain(entry.signature, self._signature.meaning)
        self._journal.add(entry)
        return _outcome(item, entry, result)

    def _make_way(self, item: WorkItem, path: Path, sha256: str | None) -> str | None:
        """Moves an output away that is neither what the journal says nor what is to be written: a person's work.

        Returns:
            Where it is now, None where nothing was moved.
        """
        found = _sha256(path)
        entry = self._journal.get(item.name)
        recorded = entry.outputs.get(self._name(path)) if entry else None
        if found is None or found in (sha256, recorded):
            return None
        kept = self._run.out / FOLDER / "replaced" / self._name(path)
        number = 1
        while kept.exists():
            number += 1
            kept = kept.with_name(f"{path.name}.{number}")
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            path.replace(kept)
        except OSError as error:
            raise OutputError(f"cannot move {path} to {kept}: {error.strerror}") from error
        return self._name(kept)

    def removed(self) -> Iterator[Outcome]:
        """The files of earlier runs that are gone, and with ``prune`` their outputs too."""
        for name in self._journal.sources():
            if os.path.lexists(self._run.folder / name):
                continue
            entry = self._journal.get(name)
            if entry is None or not entry.outputs:
                continue
            place = self._run.out / name
            item = WorkItem(name, self._run.folder / name, place, place)
            if not self._run.prune:
                yield Outcome(
                    item, Status.REMOVED, "the source is gone; its outputs stay (--prune removes them)"
                )
                continue
            stayed = self._remove(entry.outputs.items())
            with suppress(OSError):
                self._log_of(name).unlink()
            self._journal.add(
                replace(entry, status=Status.REMOVED.value, outputs={}, seconds=0.0, time=now())
            )
            message = "the source is gone, and its outputs now too"
            if stayed:
                message = f"the source is gone; {', '.join(stayed)} had been changed, and stays"
            yield Outcome(item, Status.REMOVED, message)

    def _remove(self, outputs: Iterable[tuple[str, str]]) -> list[str]:
        """Removes outputs that are as they were written, and the folders that this leaves empty.

        Returns:
            Those that are not, and stay.
        """
        stayed = []
        for name, sha256 in outputs:
            path = self._run.out / name
            found = _sha256(path)
            if found == sha256:
                with suppress(OSError):
                    path.unlink()
                for parent in path.parents:
                    if parent == self._run.out:
                        break
                    with suppress(OSError):
                        parent.rmdir()
            elif found is not None:
                stayed.append(name)
        return stayed

    def _name(self, path: Path) -> str:
        return path.relative_to(self._run.out).as_posix()

    def _log_of(self, name: str) -> Path:
        path = self._run.out / FOLDER / "segments" / f"{name}.jsonl"
        if len(os.fsencode(path.name)) > _LONGEST_NAME:
            path = path.with_name(hashlib.sha256(os.fsencode(name)).hexdigest() + ".jsonl")
        return path


def done_before(entry: Entry | None, out: Path, item: WorkItem, sha256: str, signature: str) -> bool:
    """Whether what the journal says of a file still holds, and its outputs are as they were written.

    Args:
        entry: The file's last.
        out: The output folder.
        item: The file.
        sha256: Of its bytes.
        signature: Of what would be done with it.
    """
    return (
        entry is not None
        and entry.status in (Status.OK.value, Status.PARTIAL.value)
        and entry.sha256 == sha256
        and entry.signature == signature
        and set(entry.outputs) <= {path.relative_to(out).as_posix() for path in (item.target, item.summary)}
        and all(_sha256(out / name) == wanted for name, wanted in entry.outputs.items())
    )


def _outcome(item: WorkItem, entry: Entry, result: Result | None = None) -> Outcome:
    """Of what the journal says, and, unless an earlier run did it, of its result."""
    return Outcome(
        item,
        Status(entry.status),
        entry.message,
        entry.translated,
        entry.kept,
        entry.failed,
        entry.languages,
        result.asked_words if result else 0,
        entry.seconds if result else 0.0,
        result is None,
        result.hits if result else 0,
        result.misses if result else 0,
    )


def _sha256(path: Path) -> str | None:
    """None where there is no such file."""
    try:
        return sha256_of(path)
    except OSError:
        return None


def _raise_if_fatal(error: TosprogError) -> None:
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno in _FATAL:
        raise error
