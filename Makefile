# make demo: environment, then the main job on a fixture. make test: environment, all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# One more than processors: some tests wait for servers and browsers.
WORKERS := $(shell expr $$(nproc) + 1)

.PHONY: demo test lint lock bench clean

demo: $(READY)
	$(BIN)/stanzascope analyze --fail-on never fixtures/wrong-password/session.har

test: $(READY) lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report=term --benchmark-disable

lint: $(READY)
	$(BIN)/ruff format --check analyzer tests
	$(BIN)/ruff check analyzer tests
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python -m tests.benchmarks

# Needs uv; every version with the hashes of its files, and no registry named.
lock:
	uv pip compile pyproject.toml --group dev --extra web --extra postgres --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url -o requirements.lock

$(READY): requirements.lock pyproject.toml $(wildcard analyzer/report/language/locale/*/LC_MESSAGES/*.po)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)

clean:
	rm -rf $(VENV) build dist .coverage .mypy_cache .pytest_cache .ruff_cache
