# On a fresh machine with Python 3.11 or newer, pip and make: `make serve`, `make test`.
# Settings are given on the command line: make serve PORT=9000. The environment's HOST and PORT don't count.

HOST = 127.0.0.1
PORT = 8080
ARGS =
PYTHON =
VENV = .venv

# Bytecode is kept with the environment, whatever the shell says: dozens of processes begin faster, and the tree stays clean.
export PYTHONDONTWRITEBYTECODE =
export PYTHONPYCACHEPREFIX = $(abspath $(VENV))/bytecode

BIN = $(VENV)/bin
READY = $(VENV)/.ready

# A mock server from npm that the suite and our doubles are held against. Without npm its tests are left out, and
# `make test` says so.
PRISM = tests/independent/node_modules/.ready
NPM := $(shell command -v npm 2>/dev/null)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test prism check lint format bench lock build clean

help:  ## Show this list
	@echo "make TARGET [HOST=$(HOST)] [PORT=$(PORT)] [ARGS=...] [PYTHON=...]"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml scripts/setup
	@scripts/setup $(VENV) "$(PYTHON)"
	@touch $@

serve: $(READY)  ## Serve all doubles on HOST:PORT
	@exec $(BIN)/duble serve --host $(HOST) --port $(PORT) $(ARGS)

test: $(READY) $(if $(NPM),$(PRISM))  ## Run our own tests (ARGS goes to pytest)
	$(if $(NPM),,@echo "duble: no npm here, so the tests against Prism are left out; install Node.js and run make prism")
	$(BIN)/python -m pytest -n auto --dist worksteal $(if $(NPM),,-m "not prism") $(ARGS)

prism: $(PRISM)  ## Install Prism, an independent server for some tests (needs npm)

$(PRISM): tests/independent/package-lock.json
	$(if $(NPM),,$(error Prism needs npm: install Node.js 18.20 or newer))
	npm ci --prefix tests/independent --loglevel=error
	@touch $@

check: $(READY)  ## Hold the doubles to their contracts (ARGS goes to duble check)
	$(BIN)/duble check $(ARGS)

lint: $(READY)  ## Style, types, import directions, specs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m mockserver.speccheck

format: $(READY)  ## Format the code and repair what ruff can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## Measure the double against stock Connexion (ARGS: growth, --json, ...)
	$(BIN)/python -m benchmarks $(ARGS)

lock: $(READY)  ## Pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		--group dev pyproject.toml --output-file requirements.lock

build: $(READY)  ## Build the sdist, and the wheel from it, into dist/
	$(BIN)/python -m build --no-isolation

clean:  ## Remove the environment and everything generated
	rm -rf $(VENV) $(VENV).log $(dir $(PRISM)) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
