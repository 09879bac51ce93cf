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
from functools import partial
from pathlib import Path

from tosprog.models.errors import InputError, OutputError, TosprogError, UsageError, WorkerLostError
from tosprog.models.store import sha256_of
from tosprog.pipeline.engines import Engine
from tosprog.pipeline.files import move, read_bytes, write_atomically, writing_atomically
from tosprog.pipeline.journal import FOLDER, Entry, Journal, now, opened, temporary_folder
from tosprog.pipeline.plan import WorkItem
from tosprog.pipeline.signature import Signature, signature_of
from tosprog.pipeline.stream import is_large
from tosprog.pipeline.work import BatchOptions, Recipe, Result, Status, Task, Worker

_TRIES = 3  # of a file whose worker died: what it died of may have been another file, or its machine
_FATAL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)  # the next file will fare no better
_MOST_WAITING = 1000  # files behind one that takes long
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
        confidence: Mean of the translations', 0 to 1, by words; None where no model was asked.
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
    confidence: float | None = None
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
        gone = 0
        for name in journal.sources():
            if (self.folder / name).exists():
                return
            gone += journal.get(name) is not None
        if gone:
            raise UsageError(
                f"none of the files that {self.out} was made from is in {self.folder}, so --prune would remove all; "
                "name the folder that it was made from"
            )


@dataclass(slots=True)
class _InHand:
    """A file that a worker has.

    Attributes:
        item: The file.
        before: Its last entry.
        sha256: Of its bytes.
        task: What was submitted, to be submitted again where a worker died.
        result: Waits for its result.
    """

    item: WorkItem
    before: Entry | None
    sha256: str
    task: Task
    result: Callable[[], Result]


class _Driver:
    """Decides what is to be done, and writes what was."""

    def __init__(self, run: Run, journal: Journal, signature: Signature) -> None:
        self._run = run
        self._journal = journal
        self._signature = signature
        self._own: Worker | None = None  # for files too large to send
        self._temporary = temporary_folder(run.out)

    def outcomes(self, items: Iterable[WorkItem], engine: Engine) -> Iterator[Outcome]:
        waiting: deque[_InHand | Outcome] = deque()
        in_hand = 0
        for item in items:
            if self._run.stopped():
                break
            waiting.append(one := self._begin(item, engine))
            in_hand += isinstance(one, _InHand)
            while waiting and (
                isinstance(waiting[0], Outcome) or in_hand > engine.read_ahead or len(waiting) > _MOST_WAITING
            ):
                in_hand -= isinstance(waiting[0], _InHand)
                yield self._end(waiting.popleft(), engine)
        while waiting:
            yield self._end(waiting.popleft(), engine)

    def _begin(self, item: WorkItem, engine: Engine) -> _InHand | Outcome:
        if item.skip_reason is not None:
            return Outcome(item, Status.FAILED if item.is_fault else Status.SKIPPED, item.skip_reason)
        before = self._journal.get(item.name)
        sha256 = ""
        try:
            large = is_large(item.source)
            data = b"" if large else read_bytes(item.source)
            sha256 = sha256_of(item.source) if large else hashlib.sha256(data).hexdigest()
            if before is not None and done_before(
                before, self._run.out, item, sha256, self._signature.of(item.name)
            ):
                return _outcome(item, before)
            if large:
                return self._large(item, before, sha256)
        except TosprogError as error:
            _raise_if_fatal(error)
            return self._failed(item, before, sha256, error)
        except OSError as error:
            return self._failed(item, before, sha256, InputError(f"cannot read it: {error.strerror}"))
        task = Task(item.name, data)
        return _InHand(item, before, sha256, task, engine.submit(task))

    def _end(self, one: _InHand | Outcome, engine: Engine) -> Outcome:
        if isinstance(one, Outcome):
            return one
        result = self._result(one, engine)
        outputs: dict[str, str] = {}
        try:
            for path, data in ((one.item.target, result.document), (one.item.summary, result.summary)):
                if data is not None:
                    sha256 = hashlib.sha256(data).hexdigest()
                    write = partial(write_atomically, path, data, self._temporary)
                    result = self._placed(one.before, path, sha256, write, result)
                    outputs[self._name(path)] = sha256
            if result.log:
                write_atomically(self._log_of(one.item.name), result.log, self._temporary)
        except OutputError as error:
            _raise_if_fatal(error)
            result, outputs = replace(result, status=Status.FAILED, message=str(error)), {}
        return self._entered(one.item, one.before, one.sha256, result, outputs)

    def _result(self, one: _InHand, engine: Engine) -> Result:
        for left in reversed(range(_TRIES)):
            try:
                return one.result()
            except WorkerLostError as error:
                if not left:
                    return Result(status=Status.FAILED, message=f"{error} ({_TRIES} times)")
                one.result = engine.submit(one.task)
        raise AssertionError("unreachable")

    def _large(self, item: WorkItem, before: Entry | None, sha256: str) -> Outcome:
        """Done here and now: no bytes are sent, none are held."""
        self._own = self._own or Worker(self._run.recipe, self._run.options)
        whole = self._temporary / "large"
        with writing_atomically(whole) as file:
            result = self._own.run_large(item.name, item.source, file)
            if sha256_of(item.source) != sha256:
                raise InputError("it changed while it was read; run again")
            if result.status is Status.FAILED:
                raise InputError(result.message)
        written = sha256_of(whole)
        result = self._placed(before, item.target, written, partial(move, whole, item.target), result)
        return self._entered(item, before, sha256, result, {self._name(item.target): written})

    def _failed(self, item: WorkItem, before: Entry | None, sha256: str, error: TosprogError) -> Outcome:
        message = str(error).removeprefix(f"{item.source}: ")
        return self._entered(item, before, sha256, Result(status=Status.FAILED, message=message), {})

    def _placed(
        self, before: Entry | None, path: Path, sha256: str, write: Callable[[], None], result: Result
    ) -> Result:
        """Writes an output, unless it is there; what is there, and is not ours, is a person's work, and kept.

        Args:
            before: The file's last entry.
            path: The output's place.
            sha256: Of the output.
            write: Writes it.
            result: Of the file.

        Returns:
            The result, with what was kept in its message.
        """
        found = _sha256(path)
        if found == sha256:
            return result
        if found is not None and found != (before.outputs.get(self._name(path)) if before else None):
            kept = self._run.out / FOLDER / "replaced" / self._name(path)
            number = 1
            while kept.exists():
                number += 1
                kept = kept.with_name(f"{path.name}.{number}")
            move(path, kept)
            note = f"{path.name} had been changed, and is kept as {self._name(kept)}"
            result = replace(result, message="; ".join(filter(None, (result.message, note))))
        write()
        return result

    def _entered(
        self, item: WorkItem, before: Entry | None, sha256: str, result: Result, outputs: dict[str, str]
    ) -> Outcome:
        """Enters a file whose outputs are in place, and removes those of before that it has no more."""
        if result.status is Status.FAILED:
            outputs = before.outputs if before is not None else {}  # they are still there, and ours
        elif before is not None:
            self._remove(one for one in before.outputs.items() if one[0] not in outputs)
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
            confidence=None if result.confidence is None else round(result.confidence, 3),
            seconds=round(result.seconds, 3),
            time=now(),
        )
        self._journal.explain(entry.signature, self._signature.meaning)
        self._journal.add(entry)
        self._run.notices += [notice for notice in result.notices if notice not in self._run.notices]
        return _outcome(item, entry, result)

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


def done_before(entry: Entry, out: Path, item: WorkItem, sha256: str, signature: str) -> bool:
    """Whether what the journal says of a file still holds, and its outputs are as they were written.

    Args:
        entry: The file's last.
        out: The output folder.
        item: The file.
        sha256: Of its bytes.
        signature: Of what would be done with it.
    """
    return (
        entry.status in (Status.OK.value, Status.PARTIAL.value)
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
        entry.confidence,
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
