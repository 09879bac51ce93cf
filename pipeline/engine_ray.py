"""A Ray cluster: actors hold the models, wherever a core is free; files are sent to them, and results come back."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any

from tosprog.models.errors import UsageError, WorkerLostError
from tosprog.pipeline.signature import code_checksum
from tosprog.pipeline.work import READ_AHEAD, BatchOptions, Recipe, Result, Task, Worker

_ANSWER_S = 10.0  # for the head to answer at all
_SETUP_S = 300.0  # for all actors to be there: a node may first have to unpack what it needs


class RayEngine:
    """Actors on a cluster. One that dies is started again where there is room; others have its files meanwhile."""

    def __init__(
        self, recipe: Recipe, options: BatchOptions, jobs: int | None = None, address: str | None = None
    ) -> None:
        """Connects to the cluster, or starts one on this machine.

        Args:
            recipe: How a worker gets its models; each has one thread unless it says otherwise.
            options: What to do with each file.
            jobs: Actors; None is one for each core of the cluster.
            address: Of the cluster's head, as ``ray start`` prints it; None starts one on this machine.

        Raises:
            UsageError: Ray is not installed, there is no cluster at the address, or its nodes have another Tosprog.
        """
        try:
            import ray
        except ImportError as error:
            raise UsageError("--engine ray needs Ray; type: pip install 'tosprog[ray]'") from error
        _check_address(address)
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing leaves the cluster
        self._ray: Any = ray
        self._options = options
        try:
            ray.init(
                address,
                num_cpus=jobs if address is None else None,
                include_dashboard=False if address is None else None,
                log_to_driver=False,
                logging_level="error",
                configure_logging=True,
            )
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise _no_cluster(address, str(error).splitlines()[0]) from error
        jobs = jobs or max(1, int(ray.cluster_resources().get("CPU", 1)))
        recipe = replace(recipe, threads=recipe.threads or 1)
        self.read_ahead = READ_AHEAD * jobs
        actor = ray.remote(num_cpus=1, max_restarts=-1)(_Actor)
        self._actors = [actor.remote(recipe, options) for _ in range(jobs)]
        self._in_hand: Counter[int] = Counter()
        self._lost: dict[int, Any] = {}  # actors that died: what they were asked since
        try:
            self._check_code()
        except BaseException:
            self._end()
            raise

    def _check_code(self) -> None:
        asked = [actor.code.remote() for actor in self._actors]
        ready, late = self._ray.wait(asked, num_returns=len(asked), timeout=_SETUP_S)
        if late:
            raise UsageError(
                f"of {len(asked)} workers only {len(ready)} were there after {_SETUP_S:.0f} s; "
                "is tosprog installed on each node, and a core free? See docs/folders.md, or ask for fewer --jobs"
            )
        try:
            found = set(self._ray.get(asked))
        except self._ray.exceptions.RayError as error:
            raise UsageError(f"a worker of the cluster cannot start: {_last_line(error)}") from error
        if found != {code_checksum()}:
            raise UsageError(
                "the cluster's nodes have another version of tosprog than this machine; install the same on all"
            )

    def submit(self, task: Task) -> Callable[[], Result]:
        """Hands the file to the actor that has the fewest; what comes back waits for its result.

        Raises:
            WorkerLostError: no actor is left, and none came back in five minutes; or, when called, the actor died.
        """
        index = min(self._alive(), key=lambda i: self._in_hand[i])
        reference = self._actors[index].run.remote(task)
        self._in_hand[index] += 1

        def result() -> Result:
            try:
                found: Result = self._ray.get(reference)
            except (
                self._ray.exceptions.RayActorError,
                self._ray.exceptions.WorkerCrashedError,
                self._ray.exceptions.OutOfMemoryError,
                self._ray.exceptions.ObjectLostError,
            ) as error:
                self._lost.setdefault(index, self._actors[index].code.remote())
                raise WorkerLostError("the worker that had it, or its machine, was lost") from error
            finally:
                self._in_hand[index] -= 1
            return found

        return result

    def _alive(self) -> list[int]:
        """The actors that answer, or, of those that died, do so again."""
        for left in (False, True):
            if self._lost:
                every = list(self._lost.values())
                wait_s = 0.0 if not left else _SETUP_S
                answered, _ = self._ray.wait(every, num_returns=1 if left else len(every), timeout=wait_s)
                for index in [index for index, asked in self._lost.items() if asked in answered]:
                    asked = self._lost.pop(index)
                    try:
                        self._ray.get(asked)
                    except self._ray.exceptions.RayError:
                        self._lost[index] = self._actors[index].code.remote()
            if alive := [index for index in range(len(self._actors)) if index not in self._lost]:
                return alive
        raise WorkerLostError(
            "no worker of the cluster is left; start a node with: ray start --address HOST:PORT"
        )

    def __enter__(self) -> RayEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        for actor in self._actors:
            self._ray.kill(actor)
        self._ray.shutdown()


class _Actor:
    """A worker, and what it was made from."""

    def __init__(self, recipe: Recipe, options: BatchOptions) -> None:
        self._worker = Worker(recipe, options)

    def code(self) -> str:
        return code_checksum()

    def run(self, task: Task) -> Result:
        return self._worker.run(task)


def _check_address(address: str | None) -> None:
    """Whether anyone answers there: Ray itself would try for minutes."""
    host, _, port = (address or "").rpartition(":")
    if not host or not port.isdigit() or "/" in host:
        return
    try:
        socket.create_connection((host, int(port)), _ANSWER_S).close()
    except (OSError, OverflowError) as error:
        raise _no_cluster(address, str(error)) from error


def _no_cluster(address: str | None, why: str) -> UsageError:
    return UsageError(f"--address {address!r}: no cluster there ({why}); start one with: ray start --head")


def _last_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1].strip() if len(lines) > 1 and "Error" in lines[-1] else lines[0].strip()
