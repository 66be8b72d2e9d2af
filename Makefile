# Everything below installs what it needs by itself; `make` alone lists the targets.
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
PY := .venv/bin/python
ENV ?= dev
export LOCAL_PORT PYTHON

.PHONY: help new demo up down status logs package test test-long check lock docs bench faults drill
.PHONY: backend sbom site browser dashboard preview preview-down check-tools audit tools
.PHONY: test-tools test-emulator test-profiles fuzz texts

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

new: test-tools ## Rename the project and remove optional parts; NEW="--help" lists options
	@$(PY) -m scripts.new $(NEW)

demo: tools ## Run the whole API on this machine and submit sample commands
	@$(PY) -m scripts.local demo

up: tools ## Start the local stack and apply environments/dev
	@$(PY) -m scripts.local up

down: ## Stop the local stack and delete its data
	@if [ -x $(PY) ]; then $(PY) -m scripts.local down; else echo "No local stack is running (.venv does not exist yet)."; fi

preview: tools ## Create the preview of a pull request on the local stack; PR=7
	@$(PY) -m scripts.local preview --pr $(or $(PR),$(error no pull request given; run: make $@ PR=7))

preview-down: tools ## Destroy the preview of a pull request; PR=7
	@$(PY) -m scripts.local preview-down --pr $(or $(PR),$(error no pull request given; run: make $@ PR=7))

status: tools ## Show the state of the local stack
	@$(PY) -m scripts.local status

logs: tools ## Show the log of the emulator, or of a function with FUNCTION=name
	@$(PY) -m scripts.local logs $(if $(FUNCTION),--function $(FUNCTION))

dashboard: tools ## Open the dashboard of the local stack: submit, cancel, redrive
	@$(PY) -m scripts.local dashboard --open

bench: test-tools ## Run the worker benchmark on a local stack (six minutes)
	@$(PY) -m tests.bench $(BENCH)

faults: test-tools ## Run the fault-injection suite; SEED=, COMMANDS=, ONLY=, OUTAGE=seconds
	@$(PY) -m tests.faults $(if $(SEED),--seed $(SEED)) $(if $(COMMANDS),--commands $(COMMANDS)) \
		$(if $(ONLY),--only $(ONLY)) $(if $(OUTAGE),--outage $(OUTAGE))

drill: tools ## Trigger every alarm of the local stack and check its notification; ENV=name on AWS
	@$(PY) -m scripts.drill $(if $(filter file,$(origin ENV)),--local,--env $(ENV))

backend: tools ## Write backend.tf of ENV=dev from bootstrap's outputs
	@$(PY) -m scripts.build.backend $(ENV)

sbom: test-tools ## Write an SBOM (CycloneDX) of the Lambda zip
	@$(PY) -m scripts.build.sbom

package: tools ## Build the Lambda zip that terraform apply deploys
	@$(PY) -m scripts.build.package

test: check ## Run all checks and all tests except the long ones
	@$(PY) -m tests.lanes "-n 2 --dist loadgroup -m not(long) tests/local tests/infra \
		tests/property tests/fuzz tests/scripts tests/contract tests/unit" \
		"-m not(long) tests/e2e" "-m not(long) tests/api"

test-emulator: test-tools ## Test the emulator's extensions
	@cd scripts/emulator && "$(CURDIR)/$(PY)" -m pytest -n 2

test-long: test-tools browser ## Run the long tests: small roots, rare changes, faults, interruptions, web pages
	@$(PY) -m tests.lanes \
		"tests/integration --ignore=tests/integration/test_bootstrap.py" \
		"tests/integration/test_bootstrap.py" \
		"tests/faults" \
		"tests/browser" \
		"-m long tests/local" \
		"-m long tests/e2e tests/api"

test-profiles: test-tools ## Create and test a copy for each profile of scripts.new (an hour)
	@$(PY) -m pytest tests/profiles

fuzz: test-tools ## Run long fuzz tests of every entry point; EXAMPLES=5000
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),5000) $(PY) -m pytest -n 2 tests/fuzz --timeout 7200

check: test-tools ## Run linters, type and format checks, security scans; CHECKS="ruff mypy" selects some
	@$(PY) -m scripts.build.check $(CHECKS)

check-tools: test-tools ## Install the optional tools of make check: tflint, trivy, terraform-docs
	@$(PY) -m scripts.build.check.install

audit: test-tools ## Check pinned packages for known vulnerabilities
	@$(PY) -m scripts.build.audit

docs: test-tools ## Regenerate the generated parts of the documentation
	@$(PY) -m scripts.build.docs
	@$(PY) -m scripts.build.openapi
	@$(PY) -m scripts.new.pages

texts: test-tools ## List all texts that clients and operators read; TEXTS="api"
	@$(PY) -m scripts.build.texts $(TEXTS)

site: test-tools ## Build the documentation site in build/site
	@$(PY) -m scripts.build.docs.site

lock: test-tools ## Resolve and pin all requirements with hashes
	@sh scripts/build/lock.sh

browser: test-tools ## Find or install a Chromium for the tests of web pages
	@sh scripts/browser.sh .tools/browser

tools:
	@sh scripts/venv.sh .venv scripts/requirements.txt scripts/emulator

test-tools:
	@sh scripts/venv.sh .venv tests/requirements.txt scripts/emulator
	@sh scripts/venv.sh .tools/checkov tests/checkov/requirements.txt
