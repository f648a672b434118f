# One way to do each thing; CI runs `make check` (see .ci/run).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: chat test check lint format wheel bench clean

## chat: make the environment, index the starter documents, open the chat on 127.0.0.1
chat: $(READY)
	$(BIN)/pincite build starter
	@echo "Try: How many people do UK companies employ in Illinois?"
	$(BIN)/pincite chat starter

## test: make the environment and run the tests
test: $(READY)
	$(BIN)/python -m pytest

## check: all that must hold before a change lands
check: lint test wheel

## lint: formatting, style, docstrings, annotations and types
lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

## format: put the code into the project's format
format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## wheel: build the wheel, install it in a new environment, ask it a question from elsewhere
wheel: $(READY)
	$(BIN)/python tests/check_wheel.py

## bench: measure retrieval on DATA=folder (see bench/README.md)
bench: $(READY)
	$(BIN)/python -m bench.retrieval $(DATA)

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis starter/.pincite

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Pincite needs Python 3.11 or later; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@
