"""Records docs/run.svg: runs each command for real, in the checkout, and draws what a terminal would show.

python docs/record.py
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parent.parent
COMMANDS = (
    "head -n 5 examples/delebibliotek.txt",
    "tosprog run examples --out out --to en",
    "head -n 5 out/delebibliotek.txt",
    "tosprog detect 'Bogen er udsolgt. The second edition is due on Monday. 23/11/2016'",
    'tosprog translate "krigen mod narkotika" --to en',
)
WIDTH = 96


def main() -> None:
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    bin_folder = str(Path(sys.executable).parent)
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "examples").symlink_to(ROOT / "examples")
        for command in COMMANDS:
            console.print(Text(f"$ {command}", style="bold"))
            environment = os.environ | {
                "PATH": f"{bin_folder}:{os.environ['PATH']}",
                "PYTHONUNBUFFERED": "1",  # lines of both streams in the order in which they were written
                "TOSPROG_CACHE": f"{name}/.cache",  # as on the first day
            }
            done = subprocess.run(
                command,
                shell=True,
                cwd=name,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=True,
            )
            console.print(Text(done.stdout.decode()))
    console.save_svg(str(ROOT / "docs" / "run.svg"), title="tosprog")


if __name__ == "__main__":
    main()
