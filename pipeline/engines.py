"""Where files are processed. A new engine is a file, and a line in the table."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
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


def _serial(recipe: Recipe, options: BatchOptions, jobs: int | None, address: str | None) -> Engine:
    from tosprog.pipeline.engine_serial import SerialEngine

    return SerialEngine(recipe, options)


def _processes(recipe: Recipe, options: BatchOptions, jobs: int | None, address: str | None) -> Engine:
    from tosprog.pipeline.engine_processes import ProcessEngine

    jobs = jobs or _cores()
    return ProcessEngine(replace(recipe, threads=max(1, _cores() // jobs)), options, jobs)


def _ray(recipe: Recipe, options: BatchOptions, jobs: int | None, address: str | None) -> Engine:
    from tosprog.pipeline.engine_ray import RayEngine

    return RayEngine(recipe, options, jobs, address)


ENGINES: dict[str, Callable[[Recipe, BatchOptions, int | None, str | None], Engine]] = {
    "serial": _serial,
    "processes": _processes,
    "ray": _ray,
}


def start_engine(
    name: str | None,
    recipe: Recipe,
    options: BatchOptions,
    *,
    jobs: int | None = None,
    address: str | None = None,
) -> Engine:
    """An engine.

    Args:
        name: Key of `ENGINES`; None is ``processes`` where there are several jobs, else ``serial``.
        recipe: How a worker gets its models. Its threads are set so that cores are not oversubscribed.
        options: What to do with each file.
        jobs: Workers; None is one for each core, and one alone where no engine is named.
        address: Of a cluster, where the engine has one.

    Raises:
        UsageError: there is no such engine, it is not installed, or it takes no address or several jobs.
    """
    name = name or ("ray" if address else "processes" if jobs and jobs > 1 else "serial")
    if name not in ENGINES:
        raise UsageError(f"--engine {name!r} is none; legal is {', '.join(ENGINES)}")
    if address is not None and name != "ray":
        raise UsageError(f"--address is of a Ray cluster; --engine {name} has none: leave one of the two out")
    if name == "serial" and jobs is not None and jobs > 1:
        raise UsageError(
            f"--engine serial has one worker, --jobs asks for {jobs}; legal is --engine processes"
        )
    return ENGINES[name](recipe, options, jobs, address)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
