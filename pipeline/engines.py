"""Where files are processed. A new engine is a file, and a line in the table."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

from tosprog.models.errors import UsageError
from tosprog.pipeline.work import BatchOptions, Recipe, Result, Task


class Engine(Protocol):
    """Maps tasks to results, in any place. Leaving it ends its workers.

    Attributes:
        read_ahead: How many tasks may wait for their turn, or for their result to be asked for.
    """

    read_ahead: int

    def submit(self, task: Task) -> Callable[[], Result]:
        """Takes a file; what comes back waits for its result, and raises WorkerLostError where a worker died."""
        ...

    def __enter__(self) -> Engine: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def _serial(recipe: Recipe, options: BatchOptions, jobs: int, address: str | None) -> Engine:
    from tosprog.pipeline.engine_serial import SerialEngine

    return SerialEngine(recipe, options)


def _processes(recipe: Recipe, options: BatchOptions, jobs: int, address: str | None) -> Engine:
    from tosprog.pipeline.engine_processes import ProcessEngine

    return ProcessEngine(recipe, options, jobs)


ENGINES: dict[str, Callable[[Recipe, BatchOptions, int, str | None], Engine]] = {
    "serial": _serial,
    "processes": _processes,
}


def start_engine(
    name: str | None, recipe: Recipe, options: BatchOptions, *, jobs: int = 1, address: str | None = None
) -> Engine:
    """An engine.

    Args:
        name: Key of `ENGINES`; None is ``processes`` where there are several jobs, else ``serial``.
        recipe: How a worker gets its models.
        options: What to do with each file.
        jobs: Workers.
        address: Of a cluster, where the engine has one.

    Raises:
        UsageError: there is no such engine, or it is not installed.
    """
    name = name or ("processes" if jobs > 1 else "serial")
    if name not in ENGINES:
        raise UsageError(f"--engine {name!r} is none; legal is {', '.join(ENGINES)}")
    return ENGINES[name](recipe, options, jobs, address)


def threads_of_each(jobs: int) -> int | None:
    """Threads of a worker's translations, so that together they have no more than there are cores; None is as usual."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return None if jobs == 1 else max(1, cores // jobs)
