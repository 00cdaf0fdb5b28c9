# Sailcloth. `make run` brings up the whole product, `make test` proves it; the rest is for people who work on it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
UV_VERSION := 0.11.33
FRONTEND_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
export UV_PROJECT_ENVIRONMENT := $(VENV)
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run install frontend test lint format bench soak openapi clean check-node check-python

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: install frontend ## Install everything and start the product at http://localhost:8080
	@exec $(PY) manage.py up

install: .stamps/python

.stamps/python: uv.lock pyproject.toml | check-python
	@mkdir -p .stamps
	@echo "Installing the Python packages ..."
	@[ -x $(PY) ] || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: install it (Debian and Ubuntu: apt install python3-venv) and run make again."; rm -rf $(VENV); exit 1; }
	@$(VENV)/bin/uv --version 2>/dev/null | grep -q ' $(UV_VERSION)' || $(PY) -m pip install -q --disable-pip-version-check uv==$(UV_VERSION)
	@$(VENV)/bin/uv sync -q --frozen
	@$(PY) -m compileall -q platform plugins clusters workflows builds imports || true
	@touch $@

frontend: frontend/dist/index.html ## Build the front end

.stamps/node: frontend/package.json frontend/package-lock.json | check-node
	@mkdir -p .stamps
	@echo "Installing the packages of the front end ..."
	@cd frontend && npm install --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@touch $@

frontend/dist/index.html: .stamps/node $(FRONTEND_SOURCES)
	@echo "Building the front end ..."
	@cd frontend && npm run build --silent -- --logLevel warn
	@touch $@

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Sailcloth needs Python 3.11 or newer as '$(PYTHON)'; set PYTHON=... to another one."; exit 1; }

check-node:
	@command -v node >/dev/null && command -v npm >/dev/null || { echo "Sailcloth needs Node.js 20.19 or newer with npm to build its front end: install it and run make again."; exit 1; }
	@node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)' || { echo "Sailcloth needs Node.js 20.19 or newer; this is $$(node --version)."; exit 1; }

test: install frontend ## Run every suite whose services are there; the rest is listed at the end
	@$(PY) tests/run.py

lint: install .stamps/node ## Style, types, import rules, unused dependencies
	@$(VENV)/bin/ruff check . && $(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy platform plugins clusters workflows builds imports
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/deptry .
	@cd frontend && npm run --silent lint && npm run --silent typecheck

format: install ## Put the code into its standard form
	@$(VENV)/bin/ruff check --fix . && $(VENV)/bin/ruff format .

bench: install frontend ## Measure, and write docs/BENCHMARKS.md
	@$(PY) tests/bench/run.py

soak: install ## What takes longer than make test: many more random inputs to the API and the engine
	@SAILCLOTH_FUZZ_EXAMPLES=400 SAILCLOTH_LOG_SEEDS=250 HYPOTHESIS_PROFILE=soak $(PY) -m pytest -n 2 tests/contract/test_fuzz.py tests/unit --deselect tests/unit/imports/test_fuzz.py
	@SAILCLOTH_FUZZ_SECONDS=150 $(PY) -m pytest -n 0 -s tests/unit/imports/test_fuzz.py
	@SAILCLOTH_LOG_SECONDS=20 $(PY) -m pytest tests/integration/streams_pods/test_logs.py
	@$(PY) -m pytest -m kube tests/integration --ignore=tests/integration/product

openapi: install .stamps/node ## Write frontend/openapi.json and the front end's types
	@$(PY) manage.py spectacular --format openapi-json --validate --fail-on-warn --file frontend/openapi.json
	@cd frontend && npm run --silent api

clean: ## Remove what was installed and built; data/ stays
	@rm -rf $(VENV) .stamps frontend/node_modules frontend/dist
