# Two commands matter: `make demo` and `make test`. Everything they need goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test test-slow bench lint format docs lock clean

demo: .venv/installed ## sample company: made, loaded, resolved, one 360° view
	@$(BIN)/threesixty demo --folder .demo

test: .venv/installed-dev lint ## the whole normal suite
	$(BIN)/python -m pytest -q -n auto -m "not slow and not aws"

test-slow: .venv/installed-dev ## crash loops and other long suites
	$(BIN)/python -m pytest -q -m "slow and not aws"

bench: .venv/installed-dev ## benchmarks; writes benchmarks/results/
	$(BIN)/python -m benchmarks

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/installed-dev ## pages that are generated from the code
	$(BIN)/python -m docs.generate

lock: .venv/installed-dev ## versions everybody gets
	$(PIP) freeze --exclude-editable --exclude pip --exclude setuptools > requirements.lock

clean:
	rm -rf .venv .demo dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/installed: pyproject.toml requirements.lock
	@echo "Installing Threesixty into .venv (once) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) install -q -c requirements.lock -e .
	@touch $@

.venv/installed-dev: pyproject.toml requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) install -q -c requirements.lock -e ".[dev]"
	@touch $@ .venv/installed
