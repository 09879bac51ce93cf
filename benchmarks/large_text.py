"""Memory and time of large texts: `tosprog translate --file` on files of growing size, one process each.

    python benchmarks/large_text.py [--megabytes 20 60]

The text is English and goes into English, but for a Danish line in a thousand: reading, cutting, detecting and writing
are measured, not the model. The peak is that of the process (ru_maxrss).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_ENGLISH = (
    "The harbour has always given the town its work, and the fishermen sail out before dawn.",
    "Nobody knows when the old bridge was built, but it still carries the road to the mill.",
    "In the evening the library closes late, so that people can read after their work.",
)
_DANISH = "Byen ligger ved vandet, og havnen har altid givet den arbejde."


def write_text(path: Path, megabytes: int) -> None:
    """Paragraphs of three sentences with a number each, so that no two are the same."""
    with path.open("w", encoding="utf-8") as file:
        number = 0
        while file.tell() < megabytes * 2**20:
            number += 1
            file.write(" ".join(f"{sentence[:-1]} ({number})." for sentence in _ENGLISH) + "\n\n")
            if number % 1000 == 0:
                file.write(f"{_DANISH[:-1]} ({number}).\n\n")


def measure(path: Path) -> tuple[float, float]:
    """Seconds, and peak memory in MB, of one run."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "tosprog.pipeline.cli", "translate", "--to", "en", "--model", "double"]
    process = subprocess.Popen([*command, "--file", str(path), "--out", f"{path}.out"])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"exit status {status}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--megabytes", type=int, nargs="+", default=[20, 60])
    print("| text, MB | seconds | MB a second | peak memory, MB | peak against the first |")
    print("|---|---|---|---|---|")
    first = 0.0
    for megabytes in parser.parse_args().megabytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "text.txt"
            write_text(path, megabytes)
            seconds, peak = measure(path)
        first = first or peak
        print(
            f"| {megabytes} | {seconds:.0f} | {megabytes / seconds:.2f} | {peak:.0f} | {peak / first:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
