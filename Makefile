# On a fresh machine with Python 3.11 or newer, pip and make: `make serve`, `make test`.
# Settings are given on the command line: make serve PORT=9000. The environment's HOST and PORT don't count.

HOST = 127.0.0.1
PORT = 8080
ARGS =
PYTHON =
VENV = .venv

BIN = $(VENV)/bin
READY = $(VENV)/.ready

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test check lint format bench lock build clean

help:  ## Show this list
	@echo "make TARGET [HOST=$(HOST)] [PORT=$(PORT)] [ARGS=...] [PYTHON=...]"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml scripts/setup
	@scripts/setup $(VENV) "$(PYTHON)"
	@touch $@

serve: $(READY)  ## Serve all doubles on HOST:PORT
	@exec $(BIN)/duble serve --host $(HOST) --port $(PORT) $(ARGS)

test: $(READY)  ## Run our own tests (ARGS goes to pytest)
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

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
	rm -rf $(VENV) $(VENV).log build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache .hypothesis .schemathesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
