# The first target that needs it makes .venv; it is made again only when pyproject.toml or constraints.txt has changed.
# make fuzz CASE=.fuzz/gtfs-0-17 runs one of its cases again.
# Another Python: make PYTHON=python3.13 demo
PYTHON ?= python3
# Those that pyproject.toml names, or the one that is asked for.
PYTHONS = $(if $(filter file,$(origin PYTHON)),$(shell sed -n 's/.*:: Python :: \(3\.[0-9]*\)".*/python\1/p' pyproject.toml),$(PYTHON))
BIN := .venv/bin
INSTALLED := .venv/installed.stamp
# As many files of tests at once as there are cores, of up to 8; each takes 1.5 GB at most.
AT_ONCE := -n logical --maxprocesses 8 --dist loadfile --benchmark-disable
# Tests that are quick and touch every library: for the oldest and the latest releases.
QUICK := -q -m "not real and not soak" -W default --ignore tests/benchmarks --ignore tests/national_model --ignore tests/outputs/web \
  --ignore tests/test_house.py $(AT_ONCE)

.DEFAULT_GOAL := help
.PHONY: help demo test test-r5 soak test-oldest test-latest wheel-check agreement bench fuzz audit schemas docs picture scale-model national-model clean
.SUFFIXES:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.* ## / { printf "make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## the made-up town, offline: its pack lands in demo/
	$(BIN)/ptreach demo --out demo

test: $(INSTALLED) ## every check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest $(AT_ONCE)

test-r5: $(INSTALLED) ## the tests that run R5 itself; want Java 21 and its jar
	$(BIN)/pytest -m r5

soak: $(INSTALLED) ## hundreds of matrices and packs in one process: no growth of memory or open files; takes half an hour
	$(BIN)/pytest -m soak

test-oldest: $(INSTALLED) ## quick tests on the oldest releases that pyproject.toml says will do
	$(BIN)/uv venv -q --clear --python $(PYTHON) .venv-oldest
	$(BIN)/uv pip install -q --python .venv-oldest --resolution lowest-direct -e '.[test,postgis,r5,cluster]'
	.venv-oldest/bin/python -m pytest $(QUICK)

test-latest: $(INSTALLED) ## quick tests on the latest releases there are, whatever constraints.txt pins
	$(BIN)/uv venv -q --clear --python $(PYTHON) .venv-latest
	$(BIN)/uv pip install -q --python .venv-latest -e '.[test,postgis,r5,cluster]'
	.venv-latest/bin/python -m pytest $(QUICK)

wheel-check: $(INSTALLED) ## the wheel alone makes the demo, the same on each Python that is supported and at hand
	rm -rf dist
	$(BIN)/uv build -q --wheel --out-dir dist
	$(BIN)/python tests/wheel.py dist/*.whl $(PYTHONS)

agreement: $(INSTALLED) ## how the engine agrees with R5, rule by rule; wants R5's answers in ../shared
	$(BIN)/python tests/benchmarks/agreement.py

bench: $(INSTALLED) ## how fast the engine is, on the real places in ../shared; takes some minutes
	mkdir -p .benchmarks
	$(BIN)/pytest -q tests/benchmarks/bench_engine.py --benchmark-quiet --benchmark-json=.benchmarks/bench.json
	$(BIN)/python tests/benchmarks/table.py .benchmarks/bench.json

fuzz: $(INSTALLED) ## files damaged at random: read or refused, never a crash [SECONDS=600] [SEED=0] [CASES=n] [PARSERS=gtfs,osm]
	PYTHONPATH=tests $(BIN)/python -m fuzz $(if $(CASE),--case $(CASE)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(SEED),--seed $(SEED)) $(if $(CASES),--cases $(CASES)) $(if $(PARSERS),--parsers $(PARSERS))

audit: $(INSTALLED) ## what is known against the releases in constraints.txt, by pip-audit; ends in 2 where no one can be asked
	$(BIN)/uv venv -q --clear --python $(PYTHON) .venv-audit
	$(BIN)/uv pip install -q --python .venv-audit 'pip-audit>=2.10,<3'
	$(BIN)/python tests/audit.py constraints.txt .venv-audit/bin/pip-audit

schemas: $(INSTALLED) ## write config/schema.json and networks/schema.json anew, from the models that read the files
	$(BIN)/python tests/schemas.py

docs: $(INSTALLED) ## write docs/commands.md and docs/pack.md anew, from the commands and the dictionary of columns
	$(BIN)/python tests/doc_pages.py

picture: $(INSTALLED) ## draw the picture of README.md anew: the map of the made-up town
	$(BIN)/python tests/picture.py

scale-model: $(INSTALLED) ## OUT=folder: a network of the size of the West Midlands, made up on its real stops
	PYTHONPATH=tests $(BIN)/python -m scale_model $(or $(OUT),$(error say where to: make scale-model OUT=folder))

national-model: $(INSTALLED) ## OUT=folder: the national files, made up: 200 million nodes, 80 million calls; 4 GB of disk
	PYTHONPATH=tests $(BIN)/python -m national_model $(or $(OUT),$(error say where to: make national-model OUT=folder))

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("ptreach needs Python 3.11 or newer, not %d.%d; say make PYTHON=python3.11" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "Installing into .venv; the first time this takes a few minutes ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[test,postgis,r5,cluster]'
	@touch $@

clean: ## remove what is installed and what tools left behind
	rm -rf .venv .venv-oldest .venv-latest .venv-audit demo dist build
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .benchmarks .fuzz
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
