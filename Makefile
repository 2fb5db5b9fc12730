# Every target sets up .venv itself, on a machine with only Python 3.11 and make, and again only when the pins change.
# `make help` lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
VENV := .venv
PY := $(VENV)/bin/python

# Settings reach the programs through the environment and are never pasted into a recipe, so that a name may hold
# spaces, quotes and dollar signs: a make variable goes before $DPT_..., and that before the default.
# $(value ...) keeps make from expanding what the name holds.
ifneq ($(filter command line,$(origin IMAGE)),)
export DPT_IMAGE := $(value IMAGE)
else ifeq ($(origin DPT_IMAGE)+$(origin IMAGE),undefined+environment)
export DPT_IMAGE := $(value IMAGE)
endif
ifneq ($(filter command line,$(origin CHECKPOINT)),)
export DPT_CHECKPOINT := $(value CHECKPOINT)
else ifeq ($(origin DPT_CHECKPOINT)+$(origin CHECKPOINT),undefined+environment)
export DPT_CHECKPOINT := $(value CHECKPOINT)
endif
ifneq ($(filter command line,$(origin OUT)),)
export DPT_OUT := $(value OUT)
else ifeq ($(origin DPT_OUT)+$(origin OUT),undefined+environment)
export DPT_OUT := $(value OUT)
endif
unexport IMAGE CHECKPOINT OUT

# Relative names are the caller's. With `make -C folder` make has left the caller's directory, which $PWD still names; -C
# shows as flag w, which -s and --no-print-directory hide. Without -C the current directory is the surer word.
FLAGS := $(filter-out --%,$(firstword -$(MAKEFLAGS)))$(filter --no-print-directory,$(MAKEFLAGS))
export DPT_CALLER := $(if $(and $(findstring w,$(FLAGS))$(findstring s,$(FLAGS))$(findstring --no,$(FLAGS)),$(value PWD)),$(value PWD),$(CURDIR))

# A user's own settings of Python, pip and Jupyter stay out of it.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP JUPYTER_PATH

.PHONY: help setup run lab notebooks test test-faults lint fetch train evaluate bench clean

help: ## this list
	@echo "usage: make TARGET [IMAGE=...] [CHECKPOINT=...] [OUT=...] [PYTHON=...]"
	@echo
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1|\2/p' Makefile | while IFS='|' read -r name text; do \
	    printf '%-14s %s\n' "$$name" "$$text"; done
	@echo
	@echo "  IMAGE       a picture file, an http(s) address or a bundled name (default: the bundled 'room')"
	@echo "  CHECKPOINT  a Hub id such as Intel/dpt-large or a folder (default: the checkpoint that ships here)"
	@echo "  OUT         the folder for the results of run and lab (default: out)"
	@echo "  PYTHON      the Python 3.11 that .venv is made with (default: the first one found)"

run: setup ## notebooks 01 to 05 on your picture: executed notebooks, HTML and depth files in out/
	@$(PY) -m helpers.run

lab: setup ## JupyterLab, opened on notebook 01
	@$(PY) -m helpers.run lab

notebooks: setup ## execute every notebook again in place (for the authors)
	@$(PY) -m helpers.run notebooks

test: setup ## unit tests, and every notebook under strict nbval
	@$(PY) -m pytest -m "not faults" --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg tests notebooks

test-faults: setup ## the long tests of faults: networks, files and processes that break
	@$(PY) -m pytest -m faults tests

lint: setup ## ruff: style and likely mistakes
	@$(PY) -m ruff check . && $(PY) -m ruff format --check .

fetch: setup ## download CHECKPOINT=... into the cache, for a class without network
	@$(PY) -m helpers.checkpoints fetch

train: setup ## train the bundled depth checkpoint further (an hour)
	@$(PY) -m helpers.training

evaluate: setup ## measure a checkpoint on rendered scenes never trained on
	@$(PY) -m helpers.evaluation

bench: setup ## how long things take on this machine, as one table
	@$(PY) -m helpers.bench

clean: ## remove out/ and caches (.venv stays)
	rm -rf out .pytest_cache .ruff_cache .hypothesis build *.egg-info
	find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# .venv is ready when .venv/.ready holds the hash of what it was made from: the pins, its Python and the place of this
# folder (an environment does not survive a move). A set-up that is cut short leaves .venv/.unfinished and no .ready,
# and the next one starts from nothing. An environment that you made yourself is brought up to the pins as it is.
export KEY := import hashlib, os, sys; print(hashlib.sha256(b"".join([repr((sys.version, os.getcwd())).encode(), \
    *(open(name, "rb").read() for name in ("pyproject.toml", "constraints.txt"))])).hexdigest())

# pip's report goes to .venv/install.log; the screen gets a counter, and the report's end when something fails.
define INSTALL
import collections, pathlib, subprocess, sys
pins = sum(line[:1].isalnum() for line in open("constraints.txt"))
command = [sys.executable, "-m", "pip", "install", "-c", "constraints.txt", "-e", ".[notebooks,dev]"]
tail, seen = collections.deque(maxlen=25), 0
with open(pathlib.Path(sys.prefix, "install.log"), "w") as log:
    pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    for line in pip.stdout:
        log.write(line)
        tail.append(line)
        text = " ".join(line.split())[:70]
        if line.startswith("Collecting "):
            seen += 1
            text = f"{seen} of about {pins}: {text[11:]}"
        if line.startswith(("Collecting ", "Installing ", "Building ")) or "Downloading" in line:
            if sys.stdout.isatty():
                print(f"\r\x1b[K  {text}", end="", flush=True)
            elif seen % 25 == 1 and line.startswith("Collecting ") or line.startswith("Installing "):
                print(f"  {text}", flush=True)
if sys.stdout.isatty():
    print("\r\x1b[K", end="")
if pip.wait():
    sys.exit("".join(tail) + "The packages could not be installed: pip says why, above. Mend it and run make again.")
endef
export INSTALL

setup: ## make .venv, or bring it up to the pins (the other targets do this themselves)
	@set -eu; \
	export PIP_DISABLE_PIP_VERSION_CHECK=1; \
	is_311() { "$$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; }; \
	if [ -f $(VENV)/.ready ] && [ "$$(cat $(VENV)/.ready)" = "$$($(PY) -c "$$KEY" 2>/dev/null)" ]; then exit 0; fi; \
	clear=; \
	if [ -e $(VENV) ] && { [ -e $(VENV)/.unfinished ] || ! is_311 $(PY) || [ "$$(cat $(VENV)/.place 2>/dev/null || pwd)" != "$$(pwd)" ]; }; then clear=yes; fi; \
	if [ -n "$$clear" ] || [ ! -e $(VENV) ]; then \
	    python=; \
	    for candidate in $${PYTHON:+"$$PYTHON"} $$([ -n "$${PYTHON:-}" ] || echo python3.11 python3 python); do \
	        if is_311 "$$candidate"; then python=$$candidate; break; fi; \
	    done; \
	    if [ -z "$$python" ]; then \
	        if [ -n "$${PYTHON:-}" ]; then echo "PYTHON=$$PYTHON is not a Python 3.11 that runs. Name one: make PYTHON=/path/to/python3.11" >&2; \
	        else echo "No Python 3.11 found on PATH. Install it, or name it: make PYTHON=/path/to/python3.11" >&2; fi; \
	        exit 1; \
	    fi; \
	    echo "Making .venv with $$("$$python" -V) ..."; \
	    rm -rf $(VENV); mkdir $(VENV); : > $(VENV)/.unfinished; \
	    "$$python" -m venv $(VENV) || { echo "Python could not make a virtual environment (on Debian and Ubuntu: install python3.11-venv)." >&2; exit 1; }; \
	fi; \
	rm -f $(VENV)/.ready; : > $(VENV)/.unfinished; pwd > $(VENV)/.place; \
	echo "Installing the packages of constraints.txt into .venv: some minutes the first time ..."; \
	$(PY) -c "$$INSTALL"; \
	$(PY) -c "$$KEY" > $(VENV)/.ready.new; mv $(VENV)/.ready.new $(VENV)/.ready; rm -f $(VENV)/.unfinished; \
	echo "Ready."
