# Needs Python 3.11 or newer, make and a package index. Everything lands in .venv and .var; delete both to start over.
# Variables: PORT=8000  HOST=0.0.0.0  BASE_URL=http://192.168.1.5:8000  RESET=1   (demo)
#            ARGS="tests/shops -k stock"  WORKERS=2                             (test, long)
#            ARGS="--offers 10000 --only home,search --json bench.json"         (bench)
#            UPGRADE=1                                                          (requirements)

PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
ARGS ?=
BIN := .venv/bin
export PYTHONUTF8 := 1

# Some shells export HOST; only a HOST given to make counts.
ifneq ($(origin HOST),command line)
HOST :=
endif

.DEFAULT_GOAL := help
.PHONY: help demo test long bench lint requirements clean install-run install-test install-dev
# Two targets in one call (make test lint) share .venv: never at once.
.NOTPARALLEL:

help: ## this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /\1|/' | awk -F'|' '{ printf "make %-13s %s\n", $$1, $$2 }'

demo: install-run ## the demo town on http://localhost:8000 (PORT= HOST= BASE_URL= RESET=1)
	@$(if $(HOST),HOST="$(HOST)") $(if $(BASE_URL),BASE_URL="$(BASE_URL)") $(BIN)/python manage.py demo --port "$(PORT)" $(if $(RESET),--reset)

test: install-test ## the whole suite, PostgreSQL part included (ARGS= WORKERS=)
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

long: install-test ## what takes hours, with a fixed seed
	@$(BIN)/python -m pytest -n $(WORKERS) -m long --timeout=0 $(ARGS)

bench: install-test ## how fast the pages are on 10,000 and 100,000 offers (ARGS=)
	@$(BIN)/python -m tests.bench $(ARGS)

lint: install-dev ## format, lint, templates, types, import contracts, migrations
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@DEMO=1 $(BIN)/python manage.py makemigrations --check --dry-run

requirements: install-dev ## compile requirements/*.txt from pyproject.toml (UPGRADE=1 for newer pins)
	@for set in dev test run; do \
		extra="--extra $$set -c requirements/dev.txt"; \
		[ $$set = run ] && extra="-c requirements/dev.txt"; \
		[ $$set = dev ] && extra="--extra dev $(if $(UPGRADE),--upgrade)"; \
		$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
			--custom-compile-command "make requirements" pyproject.toml $$extra -o requirements/$$set.txt || exit 1; \
	done

clean: ## remove .venv, .var and caches
	@rm -rf .venv .var staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp in .venv holds the checksum of the requirement file it was filled from: unchanged means nothing to do.
install-run install-test install-dev: install-%:
	@$(BIN)/python -c "" 2>/dev/null || { \
		$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo "Python 3.11 or newer is needed (PYTHON=...)."; exit 1; }; \
		$(PYTHON) -m venv --clear .venv || { echo "Could not make .venv (on Debian: apt install python3-venv)."; exit 1; }; }
	@sum=$$(cksum < requirements/$*.txt); \
	[ "$$(cat .venv/.installed-$* 2>/dev/null)" = "$$sum" ] || { \
		echo "Installing requirements/$*.txt into .venv ..."; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt \
		&& echo "$$sum" > .venv/.installed-$*; }
