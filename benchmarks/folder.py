"""What a folder costs: words a second with one and two workers, memory, and how both grow with the number of files.

    python benchmarks/folder.py ../shared/eval/flores200-dev ../shared/eval/tatoeba-2000 [--files 150] [--beam 4]

First the bundled model, on the same folder of every format, with one and with two processes of one thread each, in the
same run: only the ratio says something of another machine. Then the double, which answers at once: what is left is the
program's own time and memory, for 100, 1,000 and 10,000 short texts, and for a second run with nothing to do.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from make_folder import make, read_pairs

from tosprog.pipeline.folder_report import last_totals

PROGRAM = """
import sys
from dataclasses import replace
from pathlib import Path
from tosprog.models.base import DecodingOptions
from tosprog.pipeline.batch import Run
from tosprog.pipeline.engine_processes import ProcessEngine
from tosprog.pipeline.folder_report import FolderReport
from tosprog.pipeline.plan import plan_folder
from tosprog.pipeline.translate import TranslateOptions
from tosprog.pipeline.work import BatchOptions, Recipe

if __name__ == "__main__":
    folder, out, jobs, beam = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    options = BatchOptions(translate=TranslateOptions(target="en", decoding=DecodingOptions(beam_size=beam)))
    recipe = Recipe(threads=1)
    run = Run(folder.resolve(), out, recipe, options)
    with FolderReport(out) as report:
        for outcome in run.outcomes(plan_folder(folder, out), ProcessEngine(recipe, options, jobs)):
            report.add(outcome)
        report.write()
"""


class Memory(threading.Thread):
    """Watches the peak of a process and of each of its children, from /proc."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.own_mb, self.children_mb = pid, 0.0, {}  # type: ignore[var-annotated]
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.1):
            self.own_mb = max(self.own_mb, peak_mb(self.pid))
            try:
                children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
            except OSError:
                continue
            for child in children:
                self.children_mb[child] = max(self.children_mb.get(child, 0.0), peak_mb(int(child)))

    def end(self) -> None:
        self._ended.set()
        self.join()


def peak_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "x 0")
    return int(line.split()[1]) / 1024


def timed(command: list[str]) -> tuple[float, Memory]:
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory = Memory(process.pid)
    memory.start()
    if process.wait() not in (0, 3):
        raise SystemExit(f"{command} ended with {process.returncode}")
    memory.end()
    return time.monotonic() - started, memory


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", nargs="+", help="NAME, of NAME.da and NAME.en, or a corpus")
    parser.add_argument("--files", type=int, default=150)
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--most", type=int, default=10_000, help="files of the largest folder")
    arguments = parser.parse_args()
    pairs = [pair for place in arguments.texts for pair in read_pairs(place)]
    os.environ["TOSPROG_DEBUG"] = "1"
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        every = "txt,md,html,docx,odt,epub,pdf,srt,vtt,po,json,csv,tsv".split(",")
        make(place / "in", pairs, arguments.files, every)
        (place / "program.py").write_text(PROGRAM)
        print(
            "| workers | words a second | speed-up | MB a worker, most | MB of the driver |\n|---|---|---|---|---|"
        )
        speeds = []
        for jobs in (1, 2):
            out = place / f"out{jobs}"
            program = [sys.executable, str(place / "program.py"), str(place / "in"), str(out)]
            _, memory = timed([*program, str(jobs), str(arguments.beam)])
            speeds.append(last_totals(out)["words_per_s"])
            workers = sorted(memory.children_mb.values())[-jobs:]
            print(
                f"| {jobs} | {speeds[-1]:.0f} | {speeds[-1] / speeds[0]:.2f} | {max(workers):.0f} "
                f"| {memory.own_mb:.0f} |",
                flush=True,
            )
        print("\n| files | ms a file | MB | journal, bytes a file | second run, s |\n|---|---|---|---|---|")
        for files in (100, 1000, 10_000):
            if files > arguments.most:
                break
            folder, out = place / f"n{files}", place / f"n{files}.out"
            make(folder, pairs, files, ["txt", "md"])
            command = [
                sys.executable,
                "-m",
                "tosprog.pipeline.cli",
                "run",
                str(folder),
                "--out",
                str(out),
                "--to",
                "en",
            ]
            command += ["--model", "double", "--no-cache", "--no-summarize", "--quiet"]
            first, memory = timed(command)
            second, again = timed(command)
            journal = (out / ".tosprog" / "journal.jsonl").stat().st_size
            print(
                f"| {files:,} | {1000 * first / files:.1f} | {max(memory.own_mb, again.own_mb):.0f} "
                f"| {journal / files:.0f} | {second:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
