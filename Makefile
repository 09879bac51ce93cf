# make dev: the environment. make check: reads only. make fix: mutates. make test, make test-all.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# PyTorch's own index has a CPU build, which pip prefers to PyPI's (on Linux gigabytes of CUDA); an index that
# cannot be reached is skipped. --no-deps: nothing but torch may come from there.
TORCH := torch==2.13.0 --no-deps --retries 1 --extra-index-url https://download.pytorch.org/whl/cpu

# What a wheel would hold, in a folder of its own: mypy and import-linter do not see through an editable install.
define IN_BUILT
set -eu; built=$$(mktemp -d); trap 'rm -rf "$$built"' EXIT; \
$(BIN)/python -c 'import setuptools; setuptools.setup()' --quiet build --build-base "$$built/build" \
	--build-lib "$$built/lib"; \
PYTHONPATH="$$built/lib" MYPYPATH="$$built/lib"; export PYTHONPATH MYPYPATH;
endef

CLI_DOCS := $(BIN)/typer tosprog.pipeline.cli utils docs --name tosprog

.PHONY: dev check format lint types arrow docs fix test test-all clean

dev: .venv/bin/python
	$(PIP) install --quiet $(TORCH)
	$(PIP) install --quiet --editable '.[dev,torch]'

.venv/bin/python:
	$(PYTHON) -m venv .venv

check: format lint types arrow docs test

format:
	$(BIN)/ruff format --check .

lint:
	$(BIN)/ruff check .

types:
	@$(IN_BUILT) $(BIN)/mypy; $(BIN)/mypy tests benchmarks

arrow:
	@$(IN_BUILT) $(BIN)/lint-imports

docs:
	@$(CLI_DOCS) | diff docs/cli.md - || { echo "docs/cli.md is out of date; type: make fix" >&2; exit 1; }

fix:
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(CLI_DOCS) > docs/cli.md

test:
	$(BIN)/python -m pytest -q -n auto

test-all:
	$(BIN)/python -m pytest -q -m 'not network and not gpu'

clean:
	rm -rf build dist tosprog.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
