"""Several processes on this machine, each with models of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from types import TracebackType

from pebble import ProcessExpired, ProcessPool

from tosprog.models.errors import WorkerLostError
from tosprog.pipeline.work import READ_AHEAD, BatchOptions, Recipe, Result, Task, Worker


class ProcessEngine:
    """A pool of processes. One that dies loses the file that it had, and is replaced."""

    def __init__(self, recipe: Recipe, options: BatchOptions, jobs: int) -> None:
        """Starts no process yet.

        Args:
            recipe: How a worker gets its models.
            options: What to do with each file.
            jobs: Processes.
        """
        self.read_ahead = READ_AHEAD * jobs
        self._pool = ProcessPool(
            max_workers=jobs,
            initializer=_start,
            initargs=(recipe, options),
            context=multiprocessing.get_context("spawn"),  # forks of a process with threads may hang
        )

    def submit(self, task: Task) -> Callable[[], Result]:
        """Hands the file to the next free process; what comes back waits for its result.

        Raises:
            WorkerLostError: when called, where the process died.
        """
        future = self._pool.schedule(_run, args=(task,))

        def result() -> Result:
            try:
                found: Result = future.result()
            except ProcessExpired as error:
                raise WorkerLostError(_ended(error.exitcode)) from error
            return found

        return result

    def __enter__(self) -> ProcessEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()  # type: ignore[no-untyped-call]
        else:
            self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _ended(code: int | None) -> str:
    if code is not None and code < 0:
        number = -code
        name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
        hint = "; memory may be short: try fewer --jobs" if name == "SIGKILL" else ""
        return f"the process that had it was ended by {name}{hint}"
    return f"the process that had it ended with {code}"


_worker: Worker | None = None  # of this process


def _start(recipe: Recipe, options: BatchOptions) -> None:
    global _worker
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group: the parent says what is to happen
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=follow, daemon=True, name="follow the parent").start()
    _worker = Worker(recipe, options)


def _run(task: Task) -> Result:
    if _worker is None:
        raise WorkerLostError("the process that had it was not set up")
    return _worker.run(task)
