# Two commands for everybody: `make run` and `make test`. The rest is for people who change Headway.
PYTHON ?= python3
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test check bench assets lock clean-environment

run: .venv/.stamp-run
	@$(BIN)/python -m headway.config.first_start && exec $(BIN)/headway serve

test: .venv/.stamp-test
	@$(BIN)/python -m tools.run_tests

check: .venv/.stamp-test
	@$(BIN)/python -m tools.run_tests --fast

bench: .venv/.stamp-test
	@$(BIN)/python -m benchmarks

assets:
	npm ci --ignore-scripts --no-audit --no-fund
	npm run build

# The lock files: no index and no download address stands in them.
lock: .venv/.stamp-test
	$(BIN)/uv pip compile pyproject.toml --extra engine --extra msproject --generate-hashes --no-emit-index-url --universal -q -o requirements/run.txt
	$(BIN)/uv pip compile pyproject.toml --extra engine --extra msproject --extra optimise --extra test --generate-hashes --no-emit-index-url --universal -q -c requirements/run.txt -o requirements/test.txt

.venv/.stamp-run: requirements/run.txt pyproject.toml tools/environment.sh
	@sh tools/environment.sh run $(PYTHON)

.venv/.stamp-test: requirements/test.txt requirements/run.txt pyproject.toml tools/environment.sh
	@sh tools/environment.sh test $(PYTHON)

clean-environment:
	rm -rf .venv
