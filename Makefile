# Shortcuts for developers; setup.sh does the work. ARGS goes along: make run ARGS="--port 8000"
PYTHON := .venv/bin/python

.PHONY: run test check bench tables
run:
	./setup.sh run $(ARGS)
test:
	./setup.sh test $(ARGS)
check:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
tables:
	$(PYTHON) -m studio.cli.tables
	$(PYTHON) -m studio.api.fal.table
bench:
	PYTHONPATH=. $(PYTHON) tests/benchmarks/house.py
	PYTHONPATH=. $(PYTHON) tests/benchmarks/rt60.py $(ARGS)
