"""What this machine has for a model to run on."""

from __future__ import annotations

import os


def default_threads() -> int:
    """Four, or as many cores as this process may use: more gain nothing on sentences."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(4, cores)
