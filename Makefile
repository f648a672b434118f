# One way to do each thing; CI runs `make check` (see .ci/run).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RESULTS := bench/results
# The questions of SQuAD 1.1 on articles that Pincite has not learned from.
UNSEEN = --without $(TRAIN)/squad2_dev_a

.PHONY: chat test browser check coverage lint format docs wheel release lowest bench bench-quick clean

## chat: make the environment, index the starter documents, open the chat on 127.0.0.1
chat: $(READY)
	$(BIN)/pincite build starter
	@echo "Try: How many people do UK companies employ in Illinois?"
	$(BIN)/pincite chat starter

## test: make the environment and run the tests; those of the chat need a Chromium
test: $(READY) browser
	$(BIN)/python -m pytest --cov --cov-report= --cov-fail-under=0

# Where the system allows, Debian's Chromium is installed; elsewhere its tests are skipped and say so.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
	  apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } || \
	  echo "There is no Chromium here: the tests in a browser are skipped."

## check: all that must hold before a change lands
check: lint test coverage docs wheel bench-quick

## coverage: which lines of the core the last `make test` did not run; at least 95 % must be
coverage: $(READY)
	$(BIN)/coverage report

## lint: formatting, style, docstrings, annotations, types and which module may import which
lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

## format: put the code into the project's format
format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## docs: build the documentation into site/, without a network; a warning fails
docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

## wheel: build the wheel, install it in a new environment, ask it a question from elsewhere
wheel: $(READY)
	$(BIN)/python tests/check_wheel.py

## release: the same for the tag TAG, which must be the version; the wheel is kept in dist/
release: $(READY)
	$(BIN)/python tests/check_wheel.py --tag "$(TAG)" --keep dist

## lowest: the tests with the lowest versions of the dependencies, in a new environment
lowest: $(READY)
	$(BIN)/python tests/check_lowest.py

## bench: measure everything, in hours: DATA=folder of benchmarks, TRAIN=folder of training data,
## NATURAL=questions that people typed, WORK=folder for the peers, FITTING=folder for what is read to
## fit with, FILES=folder of files with known text, BEFORE=checkout of an earlier version
bench: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,docs,training]'
	$(BIN)/python -m bench.retrieval $(DATA)/squad1_dev > $(RESULTS)/retrieval_squad1_dev.json
	$(BIN)/python -m bench.reading $(DATA)/squad1_dev $(UNSEEN) > $(RESULTS)/reading_squad1_dev.json
	$(BIN)/python -m bench.reading $(DATA)/squad2_dev_b --fit $(TRAIN)/squad2_dev_a > $(RESULTS)/reading_squad2_dev_b.json
	$(BIN)/python -m bench.answers $(DATA)/squad1_dev $(UNSEEN) --folder all > $(RESULTS)/answers_all_squad1_dev.json
	$(BIN)/python -m bench.answers $(DATA)/squad1_dev $(UNSEEN) --folder half --questions 4000 > $(RESULTS)/answers_half_squad1_dev.json
	$(BIN)/python -m bench.natural $(TRAIN) $(NATURAL) $(FITTING) --before $(BEFORE) > $(RESULTS)/natural_natural_a.json
	$(BIN)/python -m bench.near_misses $(DATA)/squad2_dev_b --elsewhere $(DATA)/squad1_dev --before $(BEFORE) > $(RESULTS)/near_misses_squad2_dev_b.json
	for set in squad1_dev squad2_dev_b covid_qa cranfield npl_vaswani; do \
	  $(BIN)/python -m bench.peers ranking $(DATA)/$$set $(WORK) > $(RESULTS)/peers_ranking_$$set.json || exit 1; \
	done
	$(BIN)/python -m bench.peers reading $(DATA)/squad1_dev $(WORK) $(UNSEEN) > $(RESULTS)/peers_reading_squad1_dev.json
	$(BIN)/python -m bench.peers reading $(DATA)/squad2_dev_b $(WORK) --given > $(RESULTS)/peers_reading_squad2_dev_b.json
	$(BIN)/python -m bench.encoding $(DATA)/squad1_dev > $(RESULTS)/encoding_squad1_dev.json
	$(BIN)/python -m bench.growth $(DATA)/squad1_dev --plot docs/growth.png > $(RESULTS)/growth_squad1_dev.json
	$(BIN)/python -m bench.incremental --files 10000 > $(RESULTS)/incremental_10000_files.json
	$(BIN)/python -m bench.chat > $(RESULTS)/chat_ten_people.json
	for format in pdf html docx xlsx pptx; do \
	  $(BIN)/python -m bench.cells --format $$format > $(RESULTS)/cells_$$format.json || exit 1; \
	done
	$(BIN)/python -m bench.scans > $(RESULTS)/scans.json
	$(BIN)/python -m bench.formats $(FILES) $(WORK) --before $(BEFORE) > $(RESULTS)/formats.json
	$(BIN)/python -m bench.tables --plot docs/peers.png

## bench-quick: fail if a measure of quality has dropped; BENCHMARK=folder asks 1,000 questions more
bench-quick: $(READY)
	$(BIN)/python -m bench.quick $(BENCHMARK)

clean:
	rm -rf $(VENV) build dist site .coverage *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis starter/.pincite

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Pincite needs Python 3.11 or later; set PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,docs]'
	touch $@
