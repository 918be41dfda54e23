# Everything needs only Python 3.11 or newer, make and git; the first target that needs them installs uv and the locked
# packages into this folder (.uv and .venv).

PYTHON ?= python3
ARGS ?=

UV_VERSION := 0.13.9
UV := .uv/bin/uv
UV_READY := .uv/.installed-$(UV_VERSION)
SYNC := $(UV) sync --locked --quiet --python $(PYTHON)
READY := .venv/.synced
PYTEST := .venv/bin/pytest -q -n auto --dist loadfile --no-loadscope-reorder
TEST_READY := .venv/.synced-test
BENCH_READY := .venv/.synced-bench
# Apache Spark is tested where there is a Java, and in continuous integration.
SPARK := $(if $(CI)$(shell command -v java),--extra spark)

export UV_PYTHON_DOWNLOADS ?= never

.DEFAULT_GOAL := help
.PHONY: demo serve test check format bench help clean

demo: $(READY)  ## Load the register of 2020, replay it, show its figures, and serve it
	.venv/bin/regesta demo $(ARGS)

serve: $(READY)  ## Serve the HTTP interface (DATABASE_URL or the embedded PostgreSQL)
	.venv/bin/regesta serve $(ARGS)

test: $(TEST_READY)  ## Run the tests; make test ARGS=tests/domain passes options on
	$(PYTEST) $(ARGS)

check: $(TEST_READY)  ## Check format, lint, types and import contracts, then run the tests
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTEST) $(ARGS)

format: $(READY)  ## Format the code and repair what the linter can
	.venv/bin/ruff check --fix-only .
	.venv/bin/ruff format .

bench: $(BENCH_READY)  ## Run the benchmarks
	.venv/bin/python -m benchmarks $(ARGS)

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

clean:  ## Remove what was installed and cached; the registers in data/ stay
	rm -rf .venv .uv .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(UV_READY):
	@echo "Installing uv and the locked packages into this folder (once)"
	$(PYTHON) -m venv .uv
	echo '*' > .uv/.gitignore
	.uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	touch $@

$(READY): pyproject.toml uv.lock $(UV_READY)
	$(SYNC)
	touch $@

# The plain set-up takes packages it does not know away, so these always follow it, and leave each other's in place.
$(TEST_READY): $(READY)
	$(SYNC) --inexact $(SPARK)
	touch $@

$(BENCH_READY): $(READY)
	$(SYNC) --inexact --group bench
	touch $@
