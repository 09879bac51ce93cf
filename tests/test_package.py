"""The package as it is installed: what belongs to it, what it is called, what it loads."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS: dict[str, Any] = SETTINGS["tool"]["setuptools"]
FOLDERS = ("pipeline", "models")
NOT_PACKED = {"__pycache__"}
HEAVY = {"torch", "transformers", "ctranslate2", "ray", "lingua", "huggingface_hub", "numpy", "sentencepiece"}


def module_of(path: Path) -> str:
    """The dotted name under which a source file is installed."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("tosprog", *(parts[:-1] if parts[-1] == "__init__" else parts)))


MODULES = sorted(module_of(path) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def python(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_every_package_on_disk_is_installed_under_its_one_name() -> None:
    on_disk = {
        module_of(path): path.parent.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("__init__.py")
    }
    assert SETUPTOOLS["package-dir"] == on_disk
    assert sorted(SETUPTOOLS["packages"]) == sorted(on_disk)


def test_every_folder_with_code_is_a_package() -> None:
    with_code = {path.parent for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}
    assert [folder for folder in with_code if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_bare_name_is_refused(folder: str) -> None:
    answer = python("-c", f"import {folder}", cwd=ROOT)
    assert answer.returncode == 1
    assert f"ImportError: import this package as 'tosprog.{folder}', not as '{folder}'" in answer.stderr


def test_every_file_beside_the_code_is_package_data() -> None:
    patterns = {
        SETUPTOOLS["package-dir"][package]: patterns
        for package, patterns in SETUPTOOLS["package-data"].items()
    }
    left_out = []
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            name = path.relative_to(ROOT / folder).as_posix()
            if path.is_dir() or path.suffix == ".py" or NOT_PACKED & set(path.parts):
                continue
            if not any(fnmatch(name, pattern.replace("**/", "")) for pattern in patterns[folder]):
                left_out.append(path)
    assert left_out == []


@pytest.mark.parametrize("name", ["pipeline/py.typed", "models/py.typed", "models/catalog.toml"])
def test_package_data_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


def test_the_installed_version_is_the_one_in_the_settings() -> None:
    assert importlib.metadata.version("tosprog") == SETTINGS["project"]["version"]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from tosprog.pipeline.cli import main\n"
        "try:\n    main(['--help'])\n"
        "finally:\n    print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    answer = python("-c", code)
    assert answer.returncode == 0
    assert "Usage: " in answer.stdout
    loaded = {name.partition(".")[0] for name in answer.stderr.split()}
    assert "typer" in loaded
    assert loaded & HEAVY == set()
    assert "tosprog.pipeline.formats" not in answer.stderr.split()  # every format's libraries


def test_modules_of_the_default_install_load_nothing_heavy() -> None:
    """Only what calls a library loads it; numpy's two files and the training recipe are the exceptions."""
    names = [name for name in MODULES if ".training" not in name]
    code = f"import sys\nfor name in {names}:\n    __import__(name)\nprint(*sys.modules)"
    answer = python("-c", code)
    assert answer.stderr == ""
    loaded = {name.partition(".")[0] for name in answer.stdout.split()}
    assert loaded & HEAVY == {"numpy"}


@pytest.mark.slow
def test_every_module_can_be_imported_first() -> None:
    """Forgets the package before each import: a cycle shows only from one of its ends."""
    code = (
        "import importlib, sys\n"
        f"for name in {[name for name in MODULES if '.training' not in name]}:\n"
        "    for loaded in [m for m in sys.modules if m.startswith('tosprog')]:\n"
        "        del sys.modules[loaded]\n"
        "    importlib.import_module(name)\n"
    )
    assert python("-c", code).stderr == ""


@pytest.mark.slow
def test_every_module_of_the_recipe_can_be_imported() -> None:
    pytest.importorskip("torch")
    names = [name for name in MODULES if ".training" in name]
    assert python("-W", "ignore", "-c", f"for name in {names}:\n    __import__(name)").stderr == ""
