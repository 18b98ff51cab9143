# Everything people and the checks run. `make` alone lists the targets.
PYTHON ?= python3
PORT ?= 8000
EVENTS_PORT ?= $(shell expr $(PORT) + 1)
VENV ?= .venv
BIN = $(VENV)/bin
TEST_DATABASE_URL ?= postgresql://postgres@127.0.0.1:5432/postgres
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
TEST_WORKERS ?= 3
PYTEST = $(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadscope --no-loadscope-reorder

# SPEECH=0: without speech to text, which takes 350 MB.
SPEECH ?= 1
SPEECH_STAMP = $(if $(filter-out 0,$(SPEECH)),$(VENV)/.speech)

.PHONY: help run speech test test-postgres test-quick lint format bench schema messages clean
help:
	@echo "make run            start at http://127.0.0.1:$(PORT) (PORT= changes it)"
	@echo "make speech         tries again to install speech to text (make run does; SPEECH=0 leaves it out)"
	@echo "make test           the whole suite on SQLite, browser tests included"
	@echo "make test-postgres  the same on PostgreSQL (TEST_DATABASE_URL=$(TEST_DATABASE_URL))"
	@echo "make test-quick     without browser, load and kill tests"
	@echo "make lint           ruff, mypy, import contracts, migrations, translations"
	@echo "make bench          the benchmarks, as ratios"
	@echo "make schema         writes docs/openapi.json anew"
	@echo "make messages       brings interviewdata/locale up to the texts (needs GNU gettext)"

$(VENV)/.runtime: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; name one with PYTHON=")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt requirements-speech.txt requirements-s3.txt requirements-llm.txt requirements-redis.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Without it everything else works, so a failure is told once and not tried again at every start.
$(VENV)/.speech: requirements-speech.txt $(VENV)/.runtime
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --retries 1 \
		-r requirements-speech.txt >$(VENV)/speech.log 2>&1 || \
		echo "Speech to text could not be installed (see $(VENV)/speech.log); 'make speech' tries again."
	@touch $@

speech:
	@rm -f $(VENV)/.speech
	@$(MAKE) --no-print-directory $(VENV)/.speech

# DEBUG is on for `make run` unless the environment or .env says otherwise.
run: $(VENV)/.runtime $(SPEECH_STAMP)
	@if [ -z "$${DEBUG+set}" ] && ! grep -qs '^DEBUG=' .env; then DEBUG=1; export DEBUG; fi; \
	$(BIN)/python manage.py setup_local && \
	exec $(BIN)/python manage.py serve --port $(PORT) --events-port $(EVENTS_PORT) --workers $(WORKERS)

test: $(VENV)/.development
	@CHROMIUM_PATH=$$(.ci/chromium $(BIN)/python) && export CHROMIUM_PATH && \
	env -u TEST_DATABASE_URL $(PYTEST)

test-postgres: $(VENV)/.development
	@CHROMIUM_PATH=$$(.ci/chromium $(BIN)/python) && export CHROMIUM_PATH && \
	TEST_DATABASE_URL=$(TEST_DATABASE_URL) $(PYTEST)

test-quick: $(VENV)/.development
	$(PYTEST) -m "not browser and not slow"

lint: $(VENV)/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DEBUG=1 $(BIN)/mypy
	$(BIN)/lint-imports
	DEBUG=1 $(BIN)/python manage.py check --fail-level WARNING
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python .ci/messages.py check

format: $(VENV)/.development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.development
	$(BIN)/python -m interviewdata.benchmarks

schema: $(VENV)/.development
	DEBUG=1 $(BIN)/python manage.py spectacular --format openapi-json --file docs/openapi.json --validate --fail-on-warn

messages: $(VENV)/.development
	$(BIN)/python .ci/messages.py write

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis staticfiles bench-results.json
