"""Cold start and peak memory of the command line, each as a whole process: the median of several runs.

python benchmarks/startup.py [--runs 5]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLI = ("-m", "tosprog.pipeline.cli")
SENTENCE = (
    "Hus nummer {0} ligger ved vej nummer {1}, og i {2} boede der {3} mennesker, som alle kendte hinanden.\n"
)
COMMANDS = {
    "python -c pass": ("-c", "pass"),
    "tosprog --help": (*CLI, "--help"),
    "tosprog detect LINE": (*CLI, "detect", "krigen mod narkotika"),
    "tosprog translate LINE --to en": (*CLI, "translate", "krigen mod narkotika", "--to", "en"),
    "tosprog translate LINE --to da": (*CLI, "translate", "the war on drugs", "--to", "da"),
    "tosprog translate --file 300 SENTENCES": (*CLI, "translate", "--file", "300.txt", "--to", "en"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs: int = parser.parse_args().runs
    print(f"{'command':<40} {'median s':>9} {'ratio':>7} {'peak MB so far':>15}")
    base = 0.0
    folder = tempfile.TemporaryDirectory()
    lines = (SENTENCE.format(n, 7 * n, 1700 + n, n % 9 + 2) for n in range(1, 301))  # none is the same
    Path(folder.name, "300.txt").write_text("".join(lines), encoding="utf-8")
    for name, arguments in COMMANDS.items():
        seconds = []
        for _ in range(1 if "300" in name else runs + 1):  # the first fills the disk cache
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True, cwd=folder.name)
            seconds.append(time.perf_counter() - began)
        median = statistics.median(seconds[1:] or seconds)
        base = base or median
        # The largest child so far: the commands come in order of growing memory.
        peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{name:<40} {median:>9.2f} {median / base:>7.1f} {peak_mb:>15.0f}")


if __name__ == "__main__":
    main()
