# make demo   the made-up town, offline: its pack lands in demo/
# make test   every check
# make test-r5   the tests that run R5 itself; want Java 21 and its jar
# make soak   hundreds of runs in one process: no growth of memory or open files; takes some minutes
# make agreement   how the engine agrees with R5, rule by rule; wants R5's answers in ../shared
# make bench  how fast the engine is, on the real places in ../shared; takes some minutes
# make fuzz [SECONDS=600] [SEED=0] [CASES=n] [PARSERS=gtfs,osm]   files damaged at random: read or refused, never a crash
# make fuzz CASE=.fuzz/gtfs-0-17   one of them again
# make schemas  write config/schema.json and networks/schema.json anew, from the models that read the files
# make scale-model OUT=folder   a network of the size of the West Midlands, made up on its real stops
# make national-model OUT=folder   the national files, made up: 200 million nodes, 80 million calls; takes 4 GB of disk
# make clean  remove .venv and what tools left behind
# Both first make .venv; they install again only when pyproject.toml or constraints.txt has changed.
# Another Python: make PYTHON=python3.13 demo
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed.stamp

.PHONY: demo test test-r5 soak agreement bench fuzz schemas scale-model national-model clean
.SUFFIXES:

demo: $(INSTALLED)
	$(BIN)/ptreach demo --out demo

test: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

test-r5: $(INSTALLED)
	$(BIN)/pytest -m r5

soak: $(INSTALLED)
	$(BIN)/pytest -m soak

agreement: $(INSTALLED)
	$(BIN)/python tests/benchmarks/agreement.py

bench: $(INSTALLED)
	mkdir -p .benchmarks
	$(BIN)/pytest -q tests/benchmarks/bench_engine.py --benchmark-quiet --benchmark-json=.benchmarks/bench.json
	$(BIN)/python tests/benchmarks/table.py .benchmarks/bench.json

fuzz: $(INSTALLED)
	PYTHONPATH=tests $(BIN)/python -m fuzz $(if $(CASE),--case $(CASE)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(SEED),--seed $(SEED)) $(if $(CASES),--cases $(CASES)) $(if $(PARSERS),--parsers $(PARSERS))

scale-model: $(INSTALLED)
	PYTHONPATH=tests $(BIN)/python -m scale_model $(or $(OUT),$(error say where to: make scale-model OUT=folder))

national-model: $(INSTALLED)
	PYTHONPATH=tests $(BIN)/python -m national_model $(or $(OUT),$(error say where to: make national-model OUT=folder))

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("ptreach needs Python 3.11 or newer, not %d.%d; say make PYTHON=python3.11" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "Installing into .venv; the first time this takes a few minutes ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[test,postgis,r5,cluster]'
	@touch $@

schemas: $(INSTALLED)
	$(BIN)/python tests/schemas.py

clean:
	rm -rf .venv demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .benchmarks .fuzz
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
