# `make demo` plans the shipped scenario, `make test` runs the tests. Both need git, make,
# Python >= 3.11 and a package index; everything else is installed into .venv, pinned and hash-checked.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PACKAGES := geodata scheduler scenarios
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# Values to pass on: make demo SCENARIO=crossroads, make test ARGS="-k siting"
SCENARIO ?= neubrandenburg
OUT ?= out
ARGS ?=
# How many tests run side by side; those of one file stay together, since they share a server or a plan.
JOBS ?= 2
HYPOTHESIS ?= quick

.PHONY: help demo test test-deep app check fmt bench bench-siting bench-travel lock clean

help:  ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  %-15s %s\n", $$1, $$2}'

demo: $(VENV)/.installed  ## plan the shipped scenario and leave its papers in out/
	$(BIN)/vedette plan $(SCENARIO) --out $(OUT) $(ARGS)

test: $(VENV)/.dev-installed  ## run the tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --hypothesis-profile=$(HYPOTHESIS) $(ARGS)

test-deep: $(VENV)/.dev-installed  ## every test, the slow ones too, with many more drawn examples
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder --hypothesis-profile=deep -m "not bench" $(ARGS)

app: $(VENV)/.installed  ## open the front end in the browser
	$(BIN)/vedette app $(ARGS)

check: $(VENV)/.dev-installed  ## lint, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: $(VENV)/.dev-installed  ## mend what the linter can mend by itself
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev-installed  ## measure
	$(BIN)/python -m pytest benchmarks -m bench --capture=no $(ARGS)

bench-travel: .peers/.installed  ## travel against its peers, in an environment of its own (ARGS=--quick: a minute)
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 \
	  NUMBA_CACHE_DIR=.peers/numba .peers/bin/python -m benchmarks.travel $(ARGS)

bench-siting: .peers-siting/.installed  ## siting beside spopt, which runs in an environment of its own (DATA=folder of san_francisco)
	@.peers-siting/bin/python benchmarks/peers/siting_spopt.py $(DATA)
	@$(BIN)/python -m benchmarks san_francisco $(DATA)

# ------------------------------------------------------------------ set-up
# First a Python within the range that the locks were resolved for, then any newer one.
$(VENV)/bin/python:
	@set -e; chosen=""; \
	for range in "(3, 11) <= v < (3, 14)" "(3, 11) <= v"; do \
	  for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	    if $$candidate -c "import sys; v = sys.version_info[:2]; sys.exit(not ($$range))" 2>/dev/null; then chosen=$$candidate; break 2; fi; \
	  done; \
	done; \
	if [ -z "$$chosen" ]; then echo "No Python >= 3.11 found. Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 1; fi; \
	echo "Making $(VENV) with $$($$chosen --version)"; \
	rm -rf $(VENV); \
	$$chosen -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.installed: locks/runtime.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what Vedette needs (pinned, hash-checked)"
	@$(PIP_INSTALL) --require-hashes --only-binary :all: -r locks/runtime.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@echo "Compiling the searches for this machine (once)"
	@$(BIN)/python -c "from scheduler.patrols.solve import warm_up; warm_up()"
	@$(BIN)/python -c "from scheduler.siting.warming import warm_up; warm_up()"
	@$(BIN)/python -c "from scheduler.roster.warming import warm_up; warm_up()"
	@$(BIN)/python -c "from geodata.routing import warm_up; warm_up()"
	@touch $@

$(VENV)/.dev-installed: locks/dev.txt $(VENV)/.installed | $(VENV)/bin/python
	@echo "Installing what the tests need (pinned, hash-checked)"
	@$(PIP_INSTALL) --require-hashes --only-binary :all: -r locks/dev.txt
	@touch $@

# The peers that travel is measured against; none of them is a dependency. The project itself is read from the tree.
.peers/.installed: benchmarks/peers/travel.txt | $(VENV)/bin/python
	@echo "Installing the peers into .peers (pinned, hash-checked)"
	@test -x .peers/bin/python || $(BIN)/python -m venv .peers
	@echo '*' > .peers/.gitignore
	@.peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	@touch $@

.peers-siting/.installed: benchmarks/peers/siting.txt | $(VENV)/bin/python
	@echo "Installing spopt into .peers-siting (pinned, hash-checked)"
	@test -x .peers-siting/bin/python || $(BIN)/python -m venv .peers-siting
	@echo '*' > .peers-siting/.gitignore
	@.peers-siting/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r $<
	@touch $@

# Universal locks: one file each for Linux, Windows and macOS, Python 3.11 to 3.13. No header, no index address:
# the machine's own pip settings say where packages come from.
COMPILE = .tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --upgrade

.tools/bin/uv: | $(VENV)/bin/python
	@$(BIN)/python -m venv .tools && .tools/bin/python -m pip install --quiet --disable-pip-version-check uv

lock: .tools/bin/uv  ## resolve the newest fitting versions into locks/
	$(COMPILE) pyproject.toml --group build --output-file locks/runtime.txt
	$(COMPILE) pyproject.toml --group dev --constraint locks/runtime.txt --output-file locks/dev.txt
	$(COMPILE) benchmarks/peers/travel.in --constraint locks/runtime.txt --constraint locks/dev.txt --output-file benchmarks/peers/travel.txt
	$(COMPILE) benchmarks/peers/siting.in --constraint locks/runtime.txt --constraint locks/dev.txt --output-file benchmarks/peers/siting.txt

clean:  ## remove everything that make made
	rm -rf $(VENV) .tools .peers .peers-siting out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
