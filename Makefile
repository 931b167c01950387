# Set-up, run and checks. The two that matter: `make run` and `make test`.
# A script that starts a container engine where none answers, for `make test-containers` and
# `make test-cluster`; it needs not be there.
ENGINE ?= ../shared/container/engine.sh
PYTHON ?= python3
VENV := .venv
# The inference clients that the tests run: they want other versions of what TensorFlow brings, hence a folder of their own.
CLIENTS := $(VENV)/clients
# With the Node.js of the same folder.
NPM := PATH="$(CURDIR)/$(CLIENTS)/bin:$$PATH" npm --silent --no-audit --no-fund
# The programs that npm installed there.
NODE := PATH="$(CURDIR)/$(CLIENTS)/bin:$$PATH" $(CLIENTS)/node_modules/.bin
PAGE := 'service/page/**/*.{js,ts}' 'service/viewer/*.js'
RUN := $(VENV)/bin/python
# The lock files are whole, so that nothing is to be resolved; what is imported is compiled then.
PIP_OPTIONS := --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile

# The tests that train no network: folders where none does, and of the others the files that don't.
QUICK := tests/test_architecture.py tests/test_architecture_page.py tests/test_requirements.py \
	tests/registry/contract/test_conformal.py tests/registry/contract/test_encoding.py \
	tests/registry/contract/test_features.py tests/registry/contract/test_table.py \
	tests/training/proposal tests/training/table tests/training/test_config.py tests/training/statistics/test_metrics.py \
	tests/training/promotion/test_gate.py tests/training/report/test_advice.py tests/service/test_settings.py \
	tests/service/test_page_words.py

# What is imported is compiled once and kept, also where the machine says otherwise: to compile TensorFlow takes longer than
# to train on the 15 students, and every command, service and test of a process of its own would do it again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup run check test test-long test-containers test-cluster bench lint lock picture clean

setup: $(VENV)/installed

# Made anew where the locked requirements changed; untouched, and at once, where they did not.
$(VENV)/installed: requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install $(PIP_OPTIONS) -r requirements/dev.txt
	@touch $@

$(CLIENTS)/installed: requirements/clients.txt requirements/npm/package-lock.json | $(VENV)/installed
	$(PYTHON) -m venv $(CLIENTS)
	$(CLIENTS)/bin/python -m pip install $(PIP_OPTIONS) -r requirements/clients.txt
	cp requirements/npm/package.json requirements/npm/package-lock.json $(CLIENTS)
	$(NPM) ci --prefix $(CLIENTS) --ignore-scripts
	@touch $@

run: setup
	$(RUN) -m training run --if-none
	@echo "Open http://localhost:$${PORT:-8000} or POST students to its /predict; Ctrl-C stops"
	$(RUN) -m service

# What to run while working: under a minute on two processors.
check: lint
	$(RUN) -m pytest -q -n auto --maxprocesses 2 $(QUICK)

test: lint $(CLIENTS)/installed
	$(RUN) -m pytest -m "not long" -n auto --maxprocesses 4 --dist worksteal

# What takes much of a minute each, such as two hundred swaps; and the benchmarks' commands with less to do, which must run,
# while what they print is for people to judge.
test-long: $(CLIENTS)/installed
	$(RUN) -m pytest -m long -n auto --maxprocesses 4 --dist worksteal
	$(RUN) -m pytest tests/benchmarks -n auto --maxprocesses 2 --dist worksteal

# Stops the engine only if it was started here. Without one the tests are skipped, or fail under REQUIRE_CONTAINERS=1.
define ON_AN_ENGINE
@trap 'test -z "$$started" || bash "$(ENGINE)" stop' EXIT; trap 'exit 130' INT TERM; \
docker info >/dev/null 2>&1 || { [ -f "$(ENGINE)" ] && started=yes; }; \
[ ! -f "$(ENGINE)" ] || bash "$(ENGINE)" || true; \
$(RUN) -m pytest
endef

test-containers: setup
	$(ON_AN_ENGINE) tests/containers --ignore tests/containers/cluster

# Replicas in a swarm of this machine alone, under load.
test-cluster: setup
	$(ON_AN_ENGINE) tests/containers/cluster

# Ratios, beside other programs on the same machine. The load generator wrk is not in any Python package.
bench: $(CLIENTS)/installed
	$(RUN) -m benchmarks.serving
	$(RUN) -m benchmarks.engines
	$(RUN) -m benchmarks.scoring
	$(RUN) -m benchmarks.explaining

lint: $(CLIENTS)/installed
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(NODE)/prettier --log-level warn --check $(PAGE)
	$(NODE)/tsc -p service/page

# After a change of the dependencies in pyproject.toml. The service's are held to the training job's: the images install
# one on top of the other, and what is served should run on what it was trained with.
lock: $(CLIENTS)/installed
	for extras in 'training:pyproject.toml --extra cluster --extra training' \
			'service:pyproject.toml --extra excel --extra object-storage --extra signing -c requirements/training.txt' \
			'service-tensorflow:pyproject.toml --extra excel --extra object-storage --extra signing --extra tensorflow -c requirements/training.txt' \
			'dev:pyproject.toml --extra dev' 'clients:--group clients'; do \
		$(VENV)/bin/uv pip compile $${extras#*:} --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header --no-annotate --upgrade --quiet -o requirements/$${extras%%:*}.txt; \
	done
	cp requirements/npm/package.json $(CLIENTS)
	cd $(CLIENTS) && $(NPM) update --ignore-scripts --omit-lockfile-registry-resolved
	cp $(CLIENTS)/package-lock.json requirements/npm

# What the pages show: a real session, drawn, and the page in Debian's chromium.
picture: setup
	$(RUN) docs/picture.py
	$(RUN) docs/screenshots.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
