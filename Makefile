# Crossover. `make demo` shows it, `make test` proves it, `make help` lists the rest.
#
#   PYTHON=python3.12 make setup     another Python (3.11 to 3.13)
#   PORT=8010 make demo              another port
#   make demo ARGS=--exit            stop everything afterwards, print one JSON line
#   make demo ARGS=--light           the two small models only
#   make test ARGS="-k verdict"      hand something on to pytest

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help bench bench-replay bench-import bench-prices bench-verdict bench-pages lighthouse setup setup-demo demo serve test test-slow test-faults-long lint types layers check messages screenshots clean need-python setup-dev

ARGS ?=
PORT ?= 8000
VENV := .venv/bin
# A shim may exist without the version behind it, so each is asked, not only looked for.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	"$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo "$$name" && break; done)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

need-python:
	@test -n "$(PYTHON)" || { echo "make: Python 3.11, 3.12 or 3.13 was not found. Install one, or name it:" \
		"PYTHON=/path/to/python3.12 make demo" >&2; exit 1; }

setup: need-python ## the virtual environment and what the product needs
	@"$(PYTHON)" tools/setup.py run

setup-demo: need-python
	@"$(PYTHON)" tools/setup.py demo

setup-dev: need-python
	@"$(PYTHON)" tools/setup.py dev

demo: setup-demo ## real models, a real workload, a verdict and a PDF; Ctrl-C stops it
	@exec $(VENV)/python -m migration_app.demo --port $(PORT) $(ARGS)

serve: setup ## run the product: broker, workers, web; Ctrl-C stops it
	@exec $(VENV)/python -m migration_app.launch --port $(PORT) $(ARGS)

test: setup-dev ## the quick suite, on SQLite and on PostgreSQL where it is on the machine
	@exec $(VENV)/python -m tests.run quick $(ARGS)

test-slow: setup-dev ## browser, faults, verification, accuracy
	@exec $(VENV)/python -m tests.run slow $(ARGS)

test-faults-long: setup-dev ## the vendors' outages at their full length: a minute of 429, two of 5xx
	@CROSSOVER_LONG_FAULTS=1 exec $(VENV)/python -m tests.run slow tests/faults/test_vendors.py $(ARGS)

lint: setup-dev ## ruff
	@$(VENV)/ruff check .

types: setup-dev ## mypy
	@$(VENV)/mypy

layers: setup-dev ## who may import whom
	@$(VENV)/lint-imports

check: setup-dev ## migrations complete, settings fit for a server
	@$(VENV)/python manage.py makemigrations --check --dry-run
	@CROSSOVER_HTTPS=1 CROSSOVER_DEBUG=0 CROSSOVER_ALLOWED_HOSTS=crossover.example.com \
		CROSSOVER_TRUSTED_ORIGINS=https://crossover.example.com \
		$(VENV)/python manage.py check --deploy --fail-level WARNING

bench: setup-dev ## what the product must reach, measured beside its peers; figures in build/bench
	@exec $(VENV)/python -m bench

bench-replay: setup-dev ## the replay engine beside plain aiohttp and the plain openai client
	@exec $(VENV)/python -m bench replay

bench-prices: setup-dev ## a million attempts priced, and the catalogue's page with 3,000 models
	@exec $(VENV)/python -m bench prices

bench-import: setup-dev ## a log of 10 MB to 1 GB: read, redacted and stored a second, and its memory
	@exec $(VENV)/python -m bench import

bench-verdict: setup-dev ## the verdict's error rates at length, scoring, a million attempts compared and listed
	@exec $(VENV)/python -m bench verdict

messages: setup-dev ## find new texts, refresh and compile the translations in locale/
	@$(VENV)/python tools/messages.py $(ARGS)

bench-pages: setup-dev ## the pages of a result, and its PDF
	@exec $(VENV)/python -m bench pages

lighthouse: setup-dev ## the summary and the run page by Lighthouse (needs Node.js and Chromium): 95 or more
	@exec $(VENV)/python -m bench lighthouse

screenshots: setup-dev ## pictures of every page, light, dark, wide, narrow and in Portuguese, in build/screenshots
	@exec $(VENV)/python -m tests.run screenshots $(ARGS)

clean: ## remove what was built; keeps var/ (your data) and the downloaded weights
	rm -rf .venv build staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
