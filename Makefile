.DEFAULT_GOAL := help
.PHONY: help setup demo test check format docs reference house same bench slow browser spark clean lock abuse mutants pictures
PYTHON ?= python3
UV ?= uv
KOREA ?= ../shared/data/korea
BIN := .venv/bin
READY := .venv/.ready
DEMO := $(BIN)/originrisk --home var/demo

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

setup: $(READY) ## environment in .venv, remade only when pyproject.toml or requirements.lock changed

$(READY): pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $(READY)

demo: setup ## simulated world → ingest → train → score a day, beside the truth → the officers' queue, in var/demo
	rm -rf var/demo
	$(DEMO) world --lines 150000 --seed 1 --start 2019-01-01 --end 2021-12-31
	$(DEMO) ingest entries var/demo/world/entries
	$(DEMO) ingest outcomes var/demo/world/outcomes.parquet
	$(DEMO) ingest listed var/demo/world/listed.parquet
	$(DEMO) train --cutoff 2021-10-31
	$(DEMO) score --date 2021-11-03 --out var/demo/scores.csv
	$(DEMO) truth
	$(DEMO) queue migrate
	$(DEMO) accounts demo

test: setup check ## everything that must hold before a commit
	$(BIN)/pytest -n 2 --dist loadscope -m "not slow and not spark"

check: setup ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## rewrite the code in the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup ## remake the generated pages and parts of the documentation
	$(BIN)/python -m docs.make

reference: setup ## reference pages of `import originrisk` in var/reference; a link that leads nowhere fails
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-docs.lock
	$(BIN)/mkdocs build --strict --quiet --site-dir $(CURDIR)/var/reference

house: setup ## how big the house is, by the aims of its plan
	$(BIN)/python -m benchmarks.house

same: setup ## does this checkout do the same as AGAINST=COMMIT, on two small worlds
	rm -rf var/same && git worktree prune && git worktree add --detach var/same $(AGAINST)
	$(BIN)/python -m benchmarks.same var/same .; status=$$?; git worktree remove --force var/same; exit $$status

bench: setup ## full-size measurements; benchmarks/README.md says what each one shows
	$(BIN)/python -m benchmarks.ablation
	$(BIN)/python -m benchmarks.descriptions
	$(BIN)/python -m benchmarks.history
	$(BIN)/python -m benchmarks.ingest
	$(BIN)/python -m benchmarks.judgement
	$(BIN)/python -m benchmarks.korea $(KOREA)
	$(BIN)/python -m benchmarks.learning
	$(BIN)/python -m benchmarks.unexamined
	$(BIN)/python -m benchmarks.walk
	$(BIN)/python -m benchmarks.coverage
	$(BIN)/python -m benchmarks.korea_goods $(KOREA)
	$(BIN)/python -m benchmarks.names
	$(BIN)/python -m benchmarks.night
	$(BIN)/python -m benchmarks.parties
	$(BIN)/python -m benchmarks.sectors
	$(BIN)/python -m benchmarks.select see var/select
	$(BIN)/python -m benchmarks.select eliminate var/select
	$(BIN)/python -m benchmarks.training
	$(BIN)/python -m benchmarks.queue
	$(BIN)/python -m benchmarks.quiet_nights
	$(BIN)/python -m benchmarks.parties_on_trade
	$(BIN)/python -m benchmarks.service make var/bench-service
	$(BIN)/python -m benchmarks.service speed var/bench-service
	$(BIN)/python -m benchmarks.service fuzz var/bench-service
	$(BIN)/python -m benchmarks.service soak var/bench-service
	$(BIN)/python -m benchmarks.service parity var/bench-service
	$(BIN)/python -m benchmarks.service start
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-spark.lock
	for part in make one cut run; do $(BIN)/python -m benchmarks.spark $$part var/bench-spark || exit 1; done
	$(BIN)/python -m benchmarks.world speed
	$(BIN)/python -m benchmarks.world headroom

mutants: setup ## plant errors in every feature and count those that the example rows tell; fails if one is missed
	$(BIN)/python -m tests.features.catalogue.mutants

slow: setup ## the full-size checks that `make test` leaves out
	$(BIN)/pytest -m slow

abuse: setup ## bombs for every reader, both servers under slow, silent, greedy and hostile callers: longest stall and memory (the service where var/demo is there)
	$(BIN)/python -m tests.data.ingest.bombs
	$(BIN)/python -m benchmarks.abuse var/demo

browser: setup ## officers at work in a headless Chromium, axe on every page, findings as far as the next model (part of `make slow`)
	$(BIN)/pytest -m slow tests/serve/queue/test_in_browser.py tests/serve/queue/test_learned.py

pictures: setup ## every page of the queue over var/demo, empty, ordinary and full, in three shapes, into var/pictures
	$(BIN)/python -m benchmarks.pictures

spark: setup ## what runs on Spark, on two threads of this machine; needs Java 17 or later
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-spark.lock
	$(BIN)/pytest -m spark

clean: ## remove the environment, caches and the demo; keep every other home
	rm -rf .venv var/demo dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

lock: ## pin every dependency with hashes; names no index host
	$(UV) pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements.lock
	$(UV) pip compile pyproject.toml --constraint requirements.lock --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements-production.lock
	$(UV) pip compile --group docs --constraint requirements.lock --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements-docs.lock
	echo pyspark | $(UV) pip compile - --constraint requirements.lock --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements-spark.lock
