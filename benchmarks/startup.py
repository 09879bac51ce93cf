"""Cold start and peak memory of the command line, each as a whole process: the median of several runs.

python benchmarks/startup.py [--runs 5]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "tosprog --help": ["-m", "tosprog.pipeline.cli", "--help"],
    "tosprog detect LINE": ["-m", "tosprog.pipeline.cli", "detect", "krigen mod narkotika"],
    "tosprog translate LINE": [
        "-m",
        "tosprog.pipeline.cli",
        "translate",
        "krigen mod narkotika",
        "--to",
        "en",
    ],
    "tosprog translate LINE --to da": [
        "-m",
        "tosprog.pipeline.cli",
        "translate",
        "the war on drugs",
        "--to",
        "da",
    ],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs: int = parser.parse_args().runs
    print(f"{'command':<34} {'median s':>9} {'ratio':>7} {'peak MB so far':>15}")
    base = 0.0
    for name, arguments in COMMANDS.items():
        seconds = []
        for _ in range(runs + 1):  # the first fills the disk cache
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
            seconds.append(time.perf_counter() - began)
        median = statistics.median(seconds[1:])
        base = base or median
        # The largest child so far: the commands come in order of growing memory.
        peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{name:<34} {median:>9.2f} {median / base:>7.1f} {peak_mb:>15.0f}")


if __name__ == "__main__":
    main()
