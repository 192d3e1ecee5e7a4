# Everything one needs to run, test and check clearhead. Paths are relative on purpose: a checkout
# may lie anywhere, also in a folder with blanks in its name.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
SANDBOX := .ci/sandbox
ARGS ?=

.PHONY: help run test check format lint types layers bench captures pictures wheel clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{printf "%-15s %s\n", $$1, $$2}'

run: .venv/.run  ## set up what is needed and open clearhead (ARGS="demo" for the demo)
	@$(BIN)/python -m clearhead.tui $(ARGS)

test: .venv/.dev  ## set up what is needed and run the tests
	@echo "clearhead: running the tests in a throw-away home"
	@$(SANDBOX) $(BIN)/python -m pytest $(ARGS)

check: .venv/.dev format lint types layers test  ## format, lint, strict types, layering, tests

format: .venv/.dev  ## check the format
	@$(BIN)/ruff format --check --quiet . || { echo "clearhead: run .venv/bin/ruff format ."; exit 1; }

lint: .venv/.dev  ## check the style
	@$(BIN)/ruff check --quiet .

types: .venv/.dev build/types/clearhead  ## check the types of core and tui, strictly
	@$(BIN)/mypy -p clearhead.core -p clearhead.tui

layers: .venv/.dev  ## check that the core knows nothing of the screen
	@$(BIN)/lint-imports --no-cache > .venv/layers.txt || { cat .venv/layers.txt; exit 1; }

bench: .venv/.dev  ## measure the claims, with a peer in the same run
	@$(SANDBOX) $(BIN)/python -m benchmarks $(ARGS)

captures: .venv/.dev  ## make the captures of real clients in tests/data again
	@$(SANDBOX) $(BIN)/python -m tests.real.make_captures $(ARGS)

pictures: .venv/.dev  ## make the pictures in screenshots/ again
	@$(SANDBOX) $(BIN)/python -m screenshots.take $(ARGS)

wheel: .venv/.dev  ## build the wheel into dist/
	@$(BIN)/python -m build --wheel --outdir dist .

clean:  ## remove what was built, the environment included
	rm -rf .venv build dist *.egg-info

.venv/bin/python:
	@echo "clearhead: making a Python environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "clearhead needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { \
	    echo "clearhead: this Python cannot make environments; install its venv package"; exit 1; }

.venv/.run: pyproject.toml constraints.txt | .venv/bin/python
	@echo "clearhead: installing what it needs into .venv (once)"
	@$(PIP) --editable .
	@touch $@

.venv/.dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo "clearhead: installing what it needs and the tools for its tests into .venv (once)"
	@$(PIP) --editable '.[dev]'
	@touch .venv/.run $@

build/types/clearhead:
	@mkdir -p $@
	@for part in core tui themes; do ln -sfn ../../../$$part $@/$$part; done
