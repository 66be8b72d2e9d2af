# Everything below installs what it needs by itself; `make` alone lists the targets.
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
PY := .venv/bin/python
ENV ?= dev
export LOCAL_PORT PYTHON

.PHONY: help new demo up reload watch down status logs package test test-long check lock upgrade fix docs bench faults drill
.PHONY: backend sbom site browser dashboard preview preview-down check-tools audit tools
.PHONY: test-tools test-emulator test-profiles fuzz texts

# The variables of each target; all take PYTHON. Whatever else is given is refused: it would do
# nothing, and whoever gave it expects something.
ON_STACK := demo up reload watch down preview preview-down status logs dashboard drill
TAKES := $(foreach target,$(ON_STACK),$(target).LOCAL_PORT) \
	demo.ENV up.ENV reload.ENV watch.ENV drill.ENV backend.ENV preview.PR preview-down.PR \
	logs.FUNCTION logs.LINES new.NEW bench.BENCH fuzz.EXAMPLES check.CHECKS texts.TEXTS \
	faults.SEED faults.COMMANDS faults.ONLY faults.OUTAGE
GIVEN := $(foreach name,$(.VARIABLES),$(if $(findstring command line,$(origin $(name))),$(name)))
$(foreach target,$(MAKECMDGOALS),$(foreach name,$(filter-out PYTHON,$(GIVEN)), \
	$(if $(filter $(target).$(name),$(TAKES)),,$(error make $(target) takes no $(name); it takes: \
	$(or $(patsubst $(target).%,%,$(filter $(target).%,$(TAKES))),only PYTHON)))))

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

new: test-tools ## Make this yours: your project's name, and only the parts you want; NEW="--help"
	@$(PY) -m scripts.new $(NEW)

demo: tools ## Run the whole API on this machine and show it at work; ENV=dev
	@$(PY) -m scripts.local demo --env $(ENV)

up: tools ## Start the local stack and apply an environment to it; ENV=dev
	@$(PY) -m scripts.local up --env $(ENV)

reload: tools ## Put the code of src/ into the functions that run, in seconds; ENV=dev
	@$(PY) -m scripts.local reload --env $(ENV)

watch: tools ## Do that whenever a file of src/ is saved, until Ctrl-C; ENV=dev
	@$(PY) -m scripts.local watch --env $(ENV)

down: ## Stop the local stack and remove everything it made
	@if ls .venv/.installed-* >/dev/null 2>&1; then $(PY) -m scripts.local down; \
		else echo "Nothing runs: nothing is installed yet."; fi

preview: tools ## Show the preview of a pull request on the local stack; PR=7
	@$(PY) -m scripts.local preview --pr $(or $(PR),$(error say which pull request: make $@ PR=7))

preview-down: tools ## Destroy that preview; PR=7
	@$(PY) -m scripts.local preview-down --pr $(or $(PR),$(error say which pull request: make $@ PR=7))

status: tools ## Show what runs on the local stack
	@$(PY) -m scripts.local status

logs: tools ## Show the end of the emulator's log, or of a function's; FUNCTION=name LINES=200
	@$(PY) -m scripts.local logs $(if $(FUNCTION),--function $(FUNCTION)) $(if $(LINES),--lines $(LINES))

dashboard: tools ## See the local stack at work in the browser: submit, cancel, redrive
	@$(PY) -m scripts.local dashboard --open

bench: test-tools ## Measure the worker beside others on a local stack (six minutes)
	@$(PY) -m tests.bench $(BENCH)

faults: test-tools ## Run the fault-injection suite; SEED=, COMMANDS=, ONLY=, OUTAGE=seconds
	@$(PY) -m tests.faults $(if $(SEED),--seed $(SEED)) $(if $(COMMANDS),--commands $(COMMANDS)) \
		$(if $(ONLY),--only $(ONLY)) $(if $(OUTAGE),--outage $(OUTAGE))

drill: tools ## Ring every alarm of the local stack and see who hears it; ENV=name on AWS
	@$(PY) -m scripts.drill $(if $(filter file,$(origin ENV)),--local,--env $(ENV))

backend: tools ## Write the backend.tf of ENV=dev, where bootstrap's outputs say
	@$(PY) -m scripts.build.backend $(ENV)

sbom: test-tools ## Write what the Lambda zip brings of others (CycloneDX) beside it
	@$(PY) -m scripts.build.sbom

package: tools ## Build the Lambda zip that terraform apply deploys
	@$(PY) -m scripts.build.package

test: check ## Run every check and every test but the long ones; needs nothing running
	@$(PY) -m tests.lanes "-n 2 --dist loadgroup -m not(long) tests/local tests/infra \
		tests/property tests/fuzz tests/scripts tests/contract tests/unit" \
		"-m not(long) tests/e2e" "-m not(long) tests/api"

test-emulator: test-tools ## Test the emulator's extensions, a distribution of its own
	@cd scripts/emulator && "$(CURDIR)/$(PY)" -m pytest -n 2

test-long: test-tools browser ## Run the long tests: small roots, rare changes, faults, interruptions, web pages
	@$(PY) -m tests.lanes \
		"tests/integration --ignore=tests/integration/test_bootstrap.py" \
		"tests/integration/test_bootstrap.py" \
		"tests/faults" \
		"tests/browser" \
		"-m long tests/local" \
		"-m long tests/e2e tests/api"

test-profiles: test-tools ## Make each profile of scripts.new from a clone, and test it (an hour)
	@$(PY) -m pytest tests/profiles

fuzz: test-tools ## Feed every entry point with generated inputs for long; EXAMPLES=5000
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),5000) $(PY) -m pytest -n 2 tests/fuzz --timeout 7200

check: test-tools ## Lint, types, formats, security; CHECKS="ruff mypy" runs these alone
	@$(PY) -m scripts.build.check $(CHECKS)

check-tools: test-tools ## Install what make check skips otherwise: tflint, trivy, terraform-docs
	@$(PY) -m scripts.build.check.install

audit: test-tools ## Ask whether a pinned package has a known weakness
	@$(PY) -m scripts.build.audit

docs: test-tools ## Write the generated parts of the READMEs anew
	@$(PY) -m scripts.build.docs
	@$(PY) -m scripts.build.openapi
	@$(PY) -m scripts.new.pages

texts: test-tools ## List every text that clients and operators read; TEXTS="api"
	@$(PY) -m scripts.build.texts $(TEXTS)

site: test-tools ## Build the documentation as a site in build/site
	@$(PY) -m scripts.build.docs.site

lock: test-tools ## Pin and hash what requirements.in names and is not pinned yet
	@sh scripts/build/lock.sh

upgrade: test-tools ## Pin the newest versions of all requirements
	@sh scripts/build/lock.sh --upgrade

fix: test-tools ## Mend what can be mended by itself: imports, formats, generated pages
	@$(PY) -m ruff check --fix --quiet || true
	@$(PY) -m ruff format --quiet
	@$(PY) -m scripts.build.terraform fmt -recursive .
	@$(MAKE) docs

browser: test-tools ## Find a Chromium for the tests of web pages, or install one
	@sh scripts/browser.sh .tools/browser

tools:
	@sh scripts/venv.sh .venv scripts/requirements.txt scripts/emulator

test-tools:
	@sh scripts/venv.sh .venv tests/requirements.txt scripts/emulator
	@sh scripts/venv.sh .tools/checkov tests/checkov/requirements.txt
