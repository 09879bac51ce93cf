"""One file after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from tosprog.pipeline.work import BatchOptions, Recipe, Result, Task, Worker


class SerialEngine:
    """Processes a file when it is submitted."""

    read_ahead = 0

    def __init__(self, recipe: Recipe, options: BatchOptions) -> None:
        self._worker = Worker(recipe, options)

    def submit(self, task: Task) -> Callable[[], Result]:
        """Processes the file; what comes back gives its result."""
        result = self._worker.run(task)
        return lambda: result

    def __enter__(self) -> SerialEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass
