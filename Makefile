# The house's commands. `make` alone lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

CRM ?= configs/examples/kitchen-sales
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?= .kartoteka/$(notdir $(CRM))
TESTS ?= tests
WORKERS ?= 2
CASES ?=
ROUNDS ?= 3
PROPERTIES = $(shell grep -rlE "hypothesis|kit.examples" $(TESTS) --include="test_*.py")

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(VENV)/run.stamp ## Serve an example with demo data: CRM=folder PORT=8000 DATA=folder
	@$(BIN)/python scripts/frontend.py
	@$(BIN)/kartoteka run $(CRM) --demo --host $(HOST) --port $(PORT) --data $(DATA)

.PHONY: test
test: check chromium ## Everything that must hold before a commit: check and the commit tier
	$(BIN)/pytest $(TESTS) -n $(WORKERS) --dist worksteal

.PHONY: check
check: dev ## What can be judged without running: style, types, import contracts, generated pages
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/docs.py --check

.PHONY: format
format: dev ## Write the code as `make check` wants it
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

.PHONY: docs
docs: dev ## Rewrite the generated pages of docs/
	$(BIN)/python scripts/docs.py

.PHONY: messages
messages: dev ## Collect the engine's words for translation: engine/locale
	$(BIN)/python scripts/messages.py

.PHONY: snapshots
snapshots: dev ## Rewrite what the snapshot tests compare with, and delete what none asks for
	KARTOTEKA_SNAPSHOTS=write $(BIN)/pytest $(TESTS) -q -m snapshot

.PHONY: nightly
nightly: dev ## The properties and the crashes, many more than before a commit
	KARTOTEKA_EXAMPLES=nightly $(BIN)/pytest $(PROPERTIES) $(TESTS)/crash -n $(WORKERS) --dist worksteal

.PHONY: bench
bench: dev ## Measure, 100,000 deals, into bench/RESULTS.md: CASES="list,press" ROUNDS=1
	$(BIN)/python -m bench.measure --write --deals 100000 --rounds $(ROUNDS) --cases "$(CASES)"

.PHONY: bench-large
bench-large: dev ## The same with 1,000,000 deals
	$(BIN)/python -m bench.measure --write --deals 1000000 --rounds $(ROUNDS) --cases "$(CASES)"

.PHONY: dev
dev: $(VENV)/dev.stamp ## Make the environment for working on Kartoteka, front end included
	@$(BIN)/python scripts/frontend.py

.PHONY: lock
lock: dev ## Choose versions anew: UPGRADE=--upgrade takes the newest ones
	$(BIN)/python scripts/lock.py $(UPGRADE)

.PHONY: clean
clean: ## Remove what builds and tools have made, the environment too; data stays
	rm -rf $(VENV) build dist frontend/node_modules ui_templates/static/build
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.PHONY: chromium
chromium: dev
	@$(BIN)/python scripts/chromium.py >/dev/null

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Kartoteka needs Python 3.11 or newer; name it with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "Install Python's venv module (on Debian: the package python3-venv)." >&2; exit 1; }

# Hashes and an editable install cannot go together: what is locked first, then the checkout alone.
$(VENV)/run.stamp: requirements.lock requirements-build.lock pyproject.toml | $(BIN)/python
	@echo "installing into $(VENV)"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes \
	  -r requirements.lock -r requirements-build.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	@echo "installing the tools of the developers"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
