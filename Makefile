# Everything a developer types. `make` alone lists the targets.
#
# A fresh machine needs python3 (3.11 or newer) with venv, and make. uv, the
# database, the object store and the decoders all come from the package index.

VENV   ?= .venv
BIN    := $(VENV)/bin
TOOLS  := $(VENV)/tools
PYTHON ?= python3
PHOTOS ?=
CHAOS  ?=
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help setup run demo test services check format bench chaos asyncapi lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## install everything into .venv

# Compiled here, once: else every process of a machine that has PYTHONDONTWRITEBYTECODE set compiles it all again.
$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Vitrine needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "python3 has no venv module; on Debian: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(TOOLS) && $(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'
	$(TOOLS)/bin/uv pip sync --quiet --compile-bytecode --python $(BIN)/python requirements.lock
	$(TOOLS)/bin/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

run: setup ## API, worker and relay in one process, on embedded PostgreSQL and S3
	@$(BIN)/vitrine run

demo: setup ## send a batch through the HTTP API and save what comes out under out/ (PHOTOS=folder takes your own files)
	@$(BIN)/vitrine demo --out out $(if $(PHOTOS),--photos "$(PHOTOS)")

# Many tests wait for other processes: three workers keep two cores busy. More would leave nothing to ffmpeg, which gives
# way to everybody. Who shares what, and in which order: tests/shifts.py.
test: setup ## all tests, on real services
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 20

chaos: setup ## every fault on a deployment of real processes, then a census (CHAOS="--only broker --rounds 3")
	@$(BIN)/python -m tests.chaos $(CHAOS)

services: setup ## what the tests run on, ready beforehand: images where Docker runs, else Kafka by Maven
	@$(BIN)/python -m tests.services

check: setup ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## rewrite to the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup ## the ratios of docs/performance.md
	$(BIN)/python -m bench

asyncapi: setup ## write docs/asyncapi.json again, from the types of the messages
	$(BIN)/vitrine asyncapi > docs/asyncapi.json

lock: ## resolve the dependencies again
	$(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --no-annotate --group dev --output-file requirements.lock pyproject.toml

clean: ## remove what was built and saved here
	rm -rf $(VENV) out .mypy_cache .ruff_cache .pytest_cache
