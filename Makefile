# Two commands; each is one line over scripts/start.py, which works on Windows without make.
PYTHON ?= python3

.PHONY: plan test check lock

plan: ; $(PYTHON) scripts/start.py plan

test: ; $(PYTHON) scripts/start.py test

# for contributors, once `make test` has made .venv
check: ; .venv/bin/ruff check && .venv/bin/ruff format --check && .venv/bin/mypy --strict siting

lock: ; $(PYTHON) scripts/lock.py
