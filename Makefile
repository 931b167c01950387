# Set-up, run and checks. The two that matter: `make run` and `make test`.
# A script that starts a container engine where none answers, for `make test-containers`; it needs not be there.
ENGINE ?= ../shared/container/engine.sh
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: setup run test test-containers lint lock picture clean

setup: $(VENV)/installed

# Made anew where the locked requirements changed; untouched, and at once, where they did not.
$(VENV)/installed: requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

run: setup
	$(RUN) -m training run --if-none
	@echo "POST students to http://localhost:$${PORT:-8000}/predict; Ctrl-C stops"
	$(RUN) -m service

test: lint
	$(RUN) -m pytest -n auto --maxprocesses 4 --dist worksteal

# Stops the engine only if it was started here. Without one the tests are skipped, or fail under REQUIRE_CONTAINERS=1.
test-containers: setup
	@trap 'test -z "$$started" || bash "$(ENGINE)" stop' EXIT; trap 'exit 130' INT TERM; \
	docker info >/dev/null 2>&1 || { [ -f "$(ENGINE)" ] && started=yes; }; \
	[ ! -f "$(ENGINE)" ] || bash "$(ENGINE)" || true; \
	$(RUN) -m pytest tests/containers

lint: setup
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

# After a change of the dependencies in pyproject.toml. The service's are held to the training job's: the images install
# one on top of the other, and what is served should run on what it was trained with.
lock: setup
	for extras in 'training:--extra training' 'service:-c requirements/training.txt' \
			'service-tensorflow:--extra tensorflow -c requirements/training.txt' 'dev:--extra dev'; do \
		$(VENV)/bin/uv pip compile pyproject.toml $${extras#*:} --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header --no-annotate --upgrade --quiet -o requirements/$${extras%%:*}.txt; \
	done

# What the README shows: a real session, drawn.
picture: setup
	$(RUN) docs/picture.py

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis
