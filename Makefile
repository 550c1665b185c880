# One verb for each job; `make` alone lists them. A machine needs Python 3.11 or later, make, and nothing else.
#   make demo PYTHON=python3.12      with another Python

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# What a user's shell sets for the program must change neither the demo nor the tests.
unexport FLAMESCORE_CONFIG FLAMESCORE_OUTPUT FLAMESCORE_RULES FLAMESCORE_CONTACTS FLAMESCORE_EVENTS
unexport FLAMESCORE_AS_OF FLAMESCORE_MAX_REJECTS FLAMESCORE_HOT_FLAMES FLAMESCORE_KEEP_RUNS FLAMESCORE_KEEP
unexport FLAMESCORE_MODE FLAMESCORE_NOW FLAMESCORE_PING

PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --quiet -c constraints.txt
CODE := src tests sample_data benchmarks docs

.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help setup demo quick test test-all check lint types imports format bench golden screens mutants sample docs constraints clean

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

# --- setting up: each stamp is made once, and again when what it depends on changes ---------------------

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "flamescore needs Python 3.11 or later; try: make demo PYTHON=python3.12" >&2; exit 1; }
	@echo "Making $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/product: $(VENV)/made pyproject.toml constraints.txt
	@echo "Installing flamescore into $(VENV), this takes a minute ..."
	@$(PIP) -e .
	@touch $@

$(VENV)/tools: $(VENV)/product
	@echo "Installing what the tests need into $(VENV), this takes a minute ..."
	@$(PIP) -e '.[dev]'
	@touch $@

$(VENV)/bench: $(VENV)/tools
	@echo "Installing what the benchmarks compare with into $(VENV) ..."
	@$(PIP) -e '.[dev,bench]'
	@touch $@

$(VENV)/browser: $(VENV)/tools
	@echo "Installing what the tests of the report's page need into $(VENV) ..."
	@$(PIP) -e '.[dev,browser]'
	@touch $@

setup: $(VENV)/tools ## make .venv with the program and what the tests need

# --- for everyone ---------------------------------------------------------------------------------------

demo: $(VENV)/product ## score the sample data and show the hot leads
	@echo "Scoring sample_data/ with rules/keap.yaml into out/ ..."
	@echo
	@if [ -t 1 ]; then $(BIN)/flamescore score --rules rules/keap.yaml --output out; else \
	  $(BIN)/flamescore score --rules rules/keap.yaml --output out --quiet && \
	  sed -e '/^### /,$$d' out/latest/report.md && \
	  echo "The first ten of the call list:" && \
	  COLUMNS=100 $(BIN)/flamescore search --flames 5 --limit 10 --quiet --format table \
	    --columns rank,contact_id,name,company,owner,score,flames; fi
	@printf '%s\n' '' \
	  'The tables are in out/latest/: hot_leads.csv to call from, scores.csv to import into a CRM,' \
	  'report.html to open in a browser, rejects.csv for rows that could not be read. docs/outputs.md tells all.' \
	  '' \
	  'Ranks count everyone; the call list leaves out who must not be called (flamescore.yaml says who).' \
	  '' \
	  'Next:' \
	  '  $(BIN)/flamescore explain 1042' \
	  '      why that lead has this score, to the last point' \
	  '  $(BIN)/flamescore search --flames 4-5 --owner "Dana Whitfield"' \
	  '      the call list of one rep' \
	  '  change a number in rules/keap.yaml, then make demo' \
	  '      what your change does' \
	  '  README.md, "Your own data in five minutes"' \
	  '      the same with your exports'

# --- for developers -------------------------------------------------------------------------------------

quick: $(VENV)/tools ## the tests of rules and engine with a small oracle, under a minute: for every save
	FLAMESCORE_TESTS=small $(BIN)/pytest @tests/quick.txt

test: check ## lint, types, imports, and the tests in their quick size
	$(BIN)/pytest -n auto --dist worksteal

test-all: check $(VENV)/browser ## the same with every test, in full size (an hour on two cores)
	FLAMESCORE_TESTS=full $(BIN)/pytest -n auto --dist worksteal -rs

check: lint types imports ## lint, types and imports alone

lint: $(VENV)/tools ## look for faults and for layout that is not ours
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)

types: $(VENV)/tools ## check the types, strictly
	$(BIN)/mypy
	$(BIN)/mypy benchmarks

imports: $(VENV)/tools ## check that imports point down only
	$(BIN)/lint-imports

format: $(VENV)/tools ## lay the code out, and mend what can be mended by machine
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

docs: $(VENV)/tools ## make the generated docs and schemas anew
	$(BIN)/python docs/generate.py

sample: $(VENV)/made ## make the sample data anew (the same bytes)
	$(BIN)/python sample_data/make.py

bench: $(VENV)/bench ## measure speed and memory: make bench SIZE=S ONLY='"40% hot" explain' RUNS=1
	$(BIN)/python benchmarks/bench.py $(if $(SIZE),--size $(SIZE)) $(if $(ONLY),--only $(ONLY)) \
	  $(if $(RUNS),--runs $(RUNS)) $(if $(VARIANT),--variant $(VARIANT)) $(if $(PROFILE),--profile)

golden: $(VENV)/tools ## show what the program puts out otherwise than at the last commit: make golden BASE=v0.1.0
	PYTHONPATH=tests $(BIN)/python -m golden.gate $(if $(BASE),--base $(BASE)) $(if $(ONLY),--only $(ONLY))

screens: $(VENV)/tools ## make the screens in tests/cli/screens anew, after a change of what the terminal shows
	PYTHONPATH=tests $(BIN)/python -m cli.screens

mutants: $(VENV)/tools ## spoil what scores in two hundred places, and see that the tests notice
	$(BIN)/python tests/mutants/run.py

constraints: ## pin the newest versions that fit, in constraints.txt
	rm -rf build/pin && $(PYTHON) -m venv build/pin
	build/pin/bin/python -m pip --disable-pip-version-check install --quiet -e '.[dev,bench,browser]'
	{ echo '# The exact versions of everything that the project is developed and tested with.'; \
	  echo '# `make constraints` makes this file anew.'; \
	  build/pin/bin/python -m pip freeze --exclude-editable; } > constraints.txt
	rm -rf build/pin

clean: ## delete .venv, caches and out/
	rm -rf $(VENV) build dist out .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
