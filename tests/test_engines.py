"""Every engine gives what the serial one gives; a worker that dies or hangs costs one file, or one sentence."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tosprog.models.errors import ModelMissingError, UsageError
from tosprog.pipeline.batch import Outcome, Run
from tosprog.pipeline.engines import ENGINES, start_engine
from tosprog.pipeline.journal import FOLDER
from tosprog.pipeline.plan import plan_folder
from tosprog.pipeline.translate import TranslateOptions
from tosprog.pipeline.work import BatchOptions, Recipe

RunFolder = Callable[..., dict[str, Outcome]]
OPTIONS = BatchOptions(translate=TranslateOptions(target="en"))
DANISH = "Havet har altid givet byen arbejde. Fiskerne sejlede ud hver morgen ved daggry.\n"

# Its classes are found by the processes that it starts: what they load is said in a program, not in a test.
PROGRAM = """
    import os, signal, sys, threading
    from pathlib import Path
    from tosprog.models.backend_double import DoubleBackend
    from tosprog.pipeline.batch import Run
    from tosprog.pipeline.engines import start_engine
    from tosprog.pipeline.plan import plan_folder
    from tosprog.pipeline.translate import TranslateOptions
    from tosprog.pipeline.work import BatchOptions, Recipe

    class Dangerous(DoubleBackend):
        def translate(self, texts, options):
            if any("dræb" in text for text in texts):
                os.kill(os.getpid(), signal.SIGKILL)
            if any("en gang" in text for text in texts) and not Path("killed").exists():
                Path("killed").touch()
                os.kill(os.getpid(), signal.SIGKILL)
            if any("hæng" in text for text in texts):
                threading.Event().wait()
            return super().translate(texts, options)

    class Risky(Recipe):
        def load(self, direction):
            return Dangerous(direction)

    if __name__ == "__main__":
        engine = sys.argv[1]
        jobs = None if engine == "serial" else 2
        options = BatchOptions(translate=TranslateOptions(target="en"))
        recipe = Risky(model="double", timeout_s=0.5)
        run = Run(Path("in").resolve(), Path("out"), recipe, options)
        outcomes = run.outcomes(plan_folder(Path("in"), Path("out")), start_engine(engine, recipe, options, jobs=jobs))
        for one in outcomes:
            print(one.item.name, one.status.value, one.message, sep="|", flush=True)
"""


def fill(folder: Path, **more: str) -> Path:
    folder.mkdir()
    for i in range(6):
        (folder / f"n{i}.md").write_text(f"# Byen nummer {i}\n\n{DANISH * (i + 1)}")
    for name, text in more.items():
        (folder / f"{name}.txt").write_text(text + "\n")
    return folder


def run_risky(folder: Path, engine: str) -> dict[str, tuple[str, str]]:
    (folder / "program.py").write_text(textwrap.dedent(PROGRAM))
    done = subprocess.run(
        [sys.executable, "program.py", engine],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    lines = (line.split("|", 2) for line in done.stdout.splitlines())
    return {name: (status, message) for name, status, message in lines}


def outputs(out: Path) -> dict[str, bytes]:
    found = (path for path in out.rglob("*") if path.is_file())
    kept = (path for path in found if path.parent.name != FOLDER)
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in kept}


def test_processes_write_what_one_process_writes_in_the_same_order(
    tmp_path: Path, run_folder: RunFolder
) -> None:
    source = fill(tmp_path / "in", bad="\0\1\2\3" * 30)
    serial = run_folder(source, tmp_path / "serial")
    recipe = Recipe(model="double", cache=tmp_path / "cache")
    run = Run(source, tmp_path / "parallel", recipe, OPTIONS)
    engine = start_engine(None, recipe, OPTIONS, jobs=2)
    parallel = {one.item.name: one for one in run.outcomes(plan_folder(source, run.out), engine)}
    assert list(parallel) == list(serial)
    assert {name: one.status for name, one in parallel.items()} == {
        name: one.status for name, one in serial.items()
    }
    assert outputs(tmp_path / "parallel") == outputs(tmp_path / "serial")
    assert sum(one.hits for one in parallel.values()) > 0
    assert run.notices == []


def test_a_process_that_dies_costs_its_file_and_no_other(tmp_path: Path) -> None:
    fill(tmp_path / "in", deadly="Den må ikke dræbe alle de andre.", once="Det sker kun en gang.")
    outcomes = run_risky(tmp_path, "processes")
    assert outcomes.pop("deadly.txt") == (
        "failed",
        "the process that had it was ended by SIGKILL; memory may be short: try fewer --jobs (3 times)",
    )
    assert outcomes == dict.fromkeys((*(f"n{i}.md" for i in range(6)), "once.txt"), ("ok", ""))
    assert (tmp_path / "killed").exists()
    assert (tmp_path / "out" / "once.txt").read_text() == "[en] Det sker kun en gang.\n"


@pytest.mark.parametrize(
    "engine", [pytest.param(name, marks=[pytest.mark.slow] if name == "ray" else []) for name in ENGINES]
)
def test_a_model_that_hangs_on_a_sentence_keeps_that_one(tmp_path: Path, engine: str) -> None:
    fill(tmp_path / "in", slow="Vi går en tur. De må gerne hænge her. Skoven er grøn.")
    outcomes = run_risky(tmp_path, engine)
    status, message = outcomes.pop("slow.txt")
    assert status == "partial"
    assert "the model did not answer in time" in message
    assert (
        tmp_path / "out" / "slow.txt"
    ).read_text() == "[en] Vi går en tur. De må gerne hænge her. [en] Skoven er grøn.\n"
    assert set(outcomes.values()) == {("ok", "")}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="signals of POSIX")
def test_workers_end_with_the_run_that_was_killed(tmp_path: Path) -> None:
    fill(tmp_path / "in", slow="De må gerne hænge her.")
    (tmp_path / "program.py").write_text(textwrap.dedent(PROGRAM.replace("timeout_s=0.5", "timeout_s=600")))
    process = subprocess.Popen(
        [sys.executable, "program.py", "processes"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("n0.md|ok")
    children = children_of(process.pid)
    assert children
    process.kill()
    process.wait()
    process.stdout.close()
    for _ in range(200):
        if not any(is_alive(child) for child in children):
            return
        signal.sigtimedwait([], 0.05)
    pytest.fail(f"still there: {[child for child in children if is_alive(child)]}")


def children_of(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    if not path.exists():
        pytest.skip("needs /proc")
    return [int(child) for child in path.read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("engine", "options", "words"),
    [
        ("cluster", {}, "legal is serial, processes, ray"),
        ("processes", {"address": "127.0.0.1:1"}, "leave one of the two out"),
        ("serial", {"jobs": 3}, "legal is --engine processes"),
    ],
)
def test_what_an_engine_does_not_take_is_said(engine: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        start_engine(engine, Recipe(), OPTIONS, **options)


def test_a_run_that_finds_no_model_says_so_before_it_starts(tmp_path: Path, run_folder: RunFolder) -> None:
    with pytest.raises(ModelMissingError, match="nosuch"):
        run_folder(fill(tmp_path / "in"), tmp_path / "out", OPTIONS, Recipe(model="nosuch"))
    assert not (tmp_path / "out").exists()


CLUSTER = """
    import sys
    from pathlib import Path
    from ray.cluster_utils import Cluster
    from tosprog.pipeline.batch import Run
    from tosprog.pipeline.engines import start_engine
    from tosprog.pipeline.plan import plan_folder
    from tosprog.pipeline.translate import TranslateOptions
    from tosprog.pipeline.work import BatchOptions, Recipe

    if __name__ == "__main__":
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
        options = BatchOptions(translate=TranslateOptions(target="en"))
        recipe = Recipe(model="double")
        run = Run(Path("in").resolve(), Path("out"), recipe, options)
        engine = start_engine("ray", recipe, options, jobs=2, address=cluster.address)
        for number, one in enumerate(run.outcomes(plan_folder(Path("in"), Path("out")), engine)):
            print(one.item.name, one.status.value, one.message, sep="|", flush=True)
            if number == 2:
                cluster.remove_node(nodes[0], allow_graceful=False)
        cluster.shutdown()
"""


@pytest.mark.slow
def test_a_node_of_a_cluster_that_dies_loses_nothing(tmp_path: Path, run_folder: RunFolder) -> None:
    source = fill(tmp_path / "in")
    for i in range(40):
        (source / f"p{i}.md").write_text(f"# Side {i}\n\n{DANISH * 40}")
    run_folder(source, tmp_path / "serial")
    (tmp_path / "program.py").write_text(textwrap.dedent(CLUSTER))
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=True
    )
    lines = [line.split("|", 2) for line in done.stdout.splitlines() if line.count("|") == 2]
    assert [(name, status) for name, status, _ in lines] == [
        (path.name, "ok") for path in sorted(source.iterdir())
    ]
    assert outputs(tmp_path / "out") == outputs(tmp_path / "serial")


def test_no_cluster_at_an_address_is_one_line() -> None:
    with pytest.raises(UsageError, match=r"--address '127.0.0.1:1'.*ray start --head"):
        start_engine("ray", Recipe(), OPTIONS, address="127.0.0.1:1")
