"""Waits until something in a folder changes, and has stopped changing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from tosprog.models.errors import UsageError

DEBOUNCE_MS = 1000  # without a change, before a group of changes is over


def changes(folder: Path, out: Path, stop: Event, relevant: Callable[[str], bool]) -> Iterator[int]:
    """How many files changed, each time that some did; until ``stop`` is set.

    Args:
        folder: What to watch, with the folders in it.
        out: A folder in it whose changes do not count.
        stop: Ends it.
        relevant: Whether a changed file, by its path within the folder, counts.

    Raises:
        UsageError: watchfiles is not installed.
    """
    try:
        from watchfiles import watch
    except ImportError as error:
        raise UsageError("--watch needs watchfiles; type: pip install 'tosprog[watch]'") from error
    root, apart = folder.resolve(), out.resolve()

    def counts(_: object, path: str) -> bool:
        changed = Path(path)
        if changed.is_relative_to(apart) or not changed.is_relative_to(root):
            return False
        name = changed.relative_to(root)
        return not any(part.startswith((".", "~$")) for part in name.parts) and relevant(name.as_posix())

    for group in watch(
        root,
        watch_filter=counts,
        debounce=DEBOUNCE_MS * 10,
        step=DEBOUNCE_MS,
        stop_event=stop,
        raise_interrupt=False,
    ):
        yield len({path for _, path in group})
