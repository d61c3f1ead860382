# `make` alone lists the targets. Each target installs what it needs. A second run installs nothing.

PORT ?= 8080
AWS_PORT ?= 4566
STACK ?= parley
GUIDED ?= --guided
ARCHITECTURE ?= $(shell uname -m | sed -e 's/aarch64/arm64/' -e 's/amd64/x86_64/')

VENV := .venv
PYTHON := $(VENV)/bin/python
SAM_ENV := .tools/sam
EMULATOR_ENV := .tools/emulator
SECURITY_ENV := .tools/security
SAM := PATH="$(CURDIR)/$(SAM_ENV)/bin:$$PATH" SAM_CLI_TELEMETRY=0 sam
UV = $(shell command -v uv || echo .tools/uv/bin/uv)
UV_VERSION := 0.13.9
WEB := clients/web
PYTHON_CLIENT := clients/python
WEB_APP := $(WEB)/dist/release.json
LOAD := bench/load
PLAIN := .tools/pynamodb
DOCS_TESTS := tests/unit/docs
EXPANDED := .aws-sam/expanded.json
COMPILE = $(UV) pip compile --quiet --no-header --no-emit-index-url --universal --python-version 3.13
PYTEST := $(PYTHON) -m pytest

# Jobs that run together print one after the other, where make can do that.
SYNCED := $(if $(filter output-sync,$(.FEATURES)),--output-sync)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# ---- Setting up ----------------------------------------------------------------------------------

.tools/.uv:
	@command -v uv >/dev/null || { \
		echo "Installing uv $(UV_VERSION) into .tools/uv ..."; \
		python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
			{ echo "Parley needs Python 3.11 or newer as python3; found: $$(python3 --version 2>&1)"; exit 1; }; \
		python3 -m venv .tools/uv || \
			{ echo "python3 cannot make environments: install its venv module (Debian: python3-venv)."; exit 1; }; \
		.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION); }
	@mkdir -p $(@D) && touch $@

# make-environment(folder, requirements): Python comes from .python-version, through pyenv or uv.
define make-environment
	@echo "Installing $(2) into $(1) ..."
	@$(UV) venv --quiet --clear --seed $(1) || \
		{ echo "Python $$(cat .python-version) was not found and could not be fetched: install it with pyenv or uv."; exit 1; }
	@$(UV) pip install --quiet --python $(1)/bin/python -r $(2)
	@touch $@
endef

$(VENV)/.installed: requirements/dev.txt | .tools/.uv
	$(call make-environment,$(VENV),$<)

$(SAM_ENV)/.installed: requirements/sam.txt | .tools/.uv
	$(call make-environment,$(SAM_ENV),$<)

$(EMULATOR_ENV)/.installed: requirements/emulator.txt | .tools/.uv
	$(call make-environment,$(EMULATOR_ENV),$<)

$(SECURITY_ENV)/.installed: requirements/security.txt | .tools/.uv
	$(call make-environment,$(SECURITY_ENV),$<)

%/node_modules/.installed: %/package-lock.json
	@command -v npm >/dev/null || { echo "Parley's JavaScript needs Node 20.19 or newer, with npm."; exit 1; }
	@echo "Installing $< into $*/node_modules ..."
	@npm ci --prefix $* --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# The baseline for the functions' imports: PynamoDB as `pip install` leaves it.
$(PLAIN)/.installed: layers/dependencies/requirements.txt $(VENV)/.installed
	@echo "Installing PynamoDB by itself into $(PLAIN) ..."
	@rm -rf $(PLAIN)
	@$(UV) pip install --quiet --python $(PYTHON) --target $(PLAIN) --compile-bytecode -c $< pynamodb
	@touch $@

# The web app as servers serve it. Whoever works on it runs `npm run watch` in its folder instead.
$(WEB_APP): $(WEB)/node_modules/.installed $(WEB)/bundle.js $(WEB)/index.html $(WEB)/served.json $(WEB)/manifest.webmanifest \
	$(WEB)/worker.js $(shell find $(WEB)/page $(WEB)/src $(WEB)/worker -type f)
	@cd $(WEB) && npm run --silent bundle

.PHONY: setup
setup: $(VENV)/.installed $(SAM_ENV)/.installed $(EMULATOR_ENV)/.installed ## Install what the other targets need

# ---- Running -------------------------------------------------------------------------------------

.PHONY: run
run: setup $(WEB_APP) ## Run the whole chat on this machine: PORT=8080 AWS_PORT=4566; PARAMETERS="Name=value …"; LAMBDA=sam for SAM's containers (Ctrl-C stops it)
	@PORT=$(PORT) AWS_PORT=$(AWS_PORT) LAMBDA=$(LAMBDA) PARAMETERS="$(PARAMETERS)" exec $(PYTHON) -m local.run

.PHONY: cli
cli: $(VENV)/.installed ## Operate a deployment: ARGS="--local users list", ARGS=--help
	@AWS_PORT=$(AWS_PORT) $(PYTHON) -m cli $(ARGS)

.PHONY: reset
reset: ## Delete the data that `make run` keeps in .local/
	@rm -rf .local

.PHONY: invoke
invoke: ## Invoke the function of an event in SAM's container, beside `make run`: E=events/typing.json (needs Docker)
	@test -n "$(E)" || { echo "Name an event: make invoke E=events/typing.json"; exit 1; }
	@test -e $(VENV)/.installed || { echo "Start 'make run' first, which installs what it needs (no Docker)."; exit 1; }
	@PORT=$(PORT) AWS_PORT=$(AWS_PORT) PYTHONPATH=layers/chat exec $(PYTHON) -m local.sam.invoke $(E)

# ---- Checking ------------------------------------------------------------------------------------

.PHONY: test
test: setup build $(WEB_APP) $(DOCS_TESTS)/node_modules/.installed ## Run every test that needs no account
	@$(PYTEST) -n 2 --dist loadfile tests/unit tests/property tests/integration $(PYTHON_CLIENT)/tests
	@$(MAKE) web
	@# Their lines mix, so that one sees how far both are.
	@$(MAKE) --no-print-directory --jobs=2 browser e2e

.PHONY: conformance
conformance: $(VENV)/.installed ## Test any deployment from outside: URL=wss://… ARGS="--stack parley --region eu-central-1"
	@CONFORMANCE_URL=$(or $(URL),$(error name its address: URL=wss://…)) CONFORMANCE_FLAGS="$(ARGS)" \
		AWS_PORT=$(AWS_PORT) $(PYTEST) tests/e2e/conformance

.PHONY: web
web: $(WEB)/node_modules/.installed ## Check and test the web client
	@cd $(WEB) && npm run --silent check && npm test --silent

.PHONY: python-client
python-client: $(VENV)/.installed ## Test the Python client, also on Python 3.10 if it is here
	@$(PYTEST) $(PYTHON_CLIENT)/tests tests/property/python_client

.PHONY: browser
browser: setup build $(WEB_APP) ## Test the web app in Chromium, if it is installed: screenshots in test-results/
	@cd $(WEB) && npm run --silent --ignore-scripts test:browser && npm run --silent --ignore-scripts test:e2e

.PHONY: unit
unit: $(VENV)/.installed $(SAM_ENV)/.installed $(WEB_APP) $(DOCS_TESTS)/node_modules/.installed ## Run the unit tests alone
	@$(PYTEST) -n 2 --dist loadfile tests/unit

.PHONY: property
property: $(VENV)/.installed ## Run the property tests alone
	@$(PYTEST) -n 2 --dist loadfile tests/property

.PHONY: integration
integration: setup build $(WEB_APP) ## Run the integration tests alone
	@$(PYTEST) -n 2 --dist loadfile tests/integration

.PHONY: e2e
e2e: setup build $(WEB_APP) ## Run the end-to-end tests alone, on a local stack of their own
	@$(PYTEST) tests/e2e

.PHONY: containers
containers: setup ## Test `make invoke` and LAMBDA=sam with real containers (needs Docker)
	@$(PYTEST) tests/containers

.PHONY: coverage
coverage: setup build $(WEB_APP) $(DOCS_TESTS)/node_modules/.installed ## Measure what the unit and integration tests cover
	@$(PYTEST) -n 2 --dist loadfile --cov tests/unit tests/integration $(PYTHON_CLIENT)/tests

.PHONY: soak
soak: setup build ## Run the long form of the property tests
	@HYPOTHESIS_PROFILE=soak $(PYTEST) -n 2 --dist loadfile tests/property

.PHONY: mutants
mutants: $(VENV)/.installed ## Break the code on purpose and check that a test fails each time: ONLY=roster (15 minutes)
	@$(PYTHON) -m tests.mutants "$(ONLY)"

.PHONY: lint
lint: $(VENV)/.installed $(SAM_ENV)/.installed $(SECURITY_ENV)/.installed $(EXPANDED) ## Check style, types, architecture, template and security
	@$(MAKE) --no-print-directory --jobs=2 $(SYNCED) lint-python lint-template

.PHONY: lint-python
lint-python:
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/mypy
	@$(VENV)/bin/mypy --config-file $(PYTHON_CLIENT)/pyproject.toml
	@PYTHONPATH=layers/chat:$(PYTHON_CLIENT)/src $(VENV)/bin/lint-imports --no-logo

.PHONY: lint-template
lint-template:
	@$(SAM_ENV)/bin/cfn-lint --regions us-east-1 eu-central-1 -- template.yaml
	@$(SECURITY_ENV)/bin/bandit --quiet --configfile pyproject.toml --recursive functions layers/chat cli clients/manifest.py $(PYTHON_CLIENT)/src local bench docs layers/finish.py
	@$(SECURITY_ENV)/bin/checkov --config-file .checkov.yaml

# For Checkov, which ignores resources in loops.
$(EXPANDED): template.yaml local/expand.py $(SAM_ENV)/.installed
	@mkdir -p $(@D)
	@$(SAM_ENV)/bin/python local/expand.py $< > $@

.PHONY: format
format: $(VENV)/.installed ## Format the code
	@$(VENV)/bin/ruff check --fix-only
	@$(VENV)/bin/ruff format

.PHONY: lock
lock: | .tools/.uv ## Lock the versions that pyproject.toml requires
	@$(COMPILE) --group functions -o layers/dependencies/requirements.txt
	@$(COMPILE) --group command -o requirements/command.txt
	@$(COMPILE) --group external -o layers/external_issuers/requirements.txt
	@$(COMPILE) --group dev -o requirements/dev.txt
	@$(COMPILE) --group sam -o requirements/sam.txt
	@$(COMPILE) --group emulator -o requirements/emulator.txt
	@$(COMPILE) --group security -o requirements/security.txt

.PHONY: bench
bench: setup build $(PLAIN)/.installed ## Measure everything and write docs/performance.md (five minutes)
	@PYTHONPATH=layers/chat $(PYTHON) -m bench

.PHONY: bench-import
bench-import: $(VENV)/.installed build $(PLAIN)/.installed ## Measure what a cold start imports
	@PYTHONPATH=layers/chat $(PYTHON) -m bench.imports

.PHONY: cost
cost: $(VENV)/.installed ## Count the cost of each frame and write docs/cost.md
	@PYTHONPATH=layers/chat $(PYTHON) -m bench.cost

.PHONY: crowd
crowd: $(VENV)/.installed ## Simulate a million connections on AWS's limits and write docs/a-million-connections.md (a minute)
	@PYTHONPATH=layers/chat $(PYTHON) -m bench.crowd

.PHONY: load
load: setup $(LOAD)/node_modules/.installed ## Put load on a local stack: TARGET=ws://127.0.0.1:8080/ws/chat for a running one
	@$(PYTHON) -m bench.load

.PHONY: docs
docs: $(VENV)/.installed ## Make docs/asyncapi.yaml, docs/frames.md and the events of frames
	@PYTHONPATH=layers/chat $(PYTHON) -m docs.reference

# ---- Packages -------------------------------------------------------------------------------------

.PHONY: build-javascript-client
build-javascript-client: $(WEB)/node_modules/.installed ## Make the package of the JavaScript client, in clients/web
	@cd $(WEB) && npm pack --silent

.PHONY: build-python-client
build-python-client: | .tools/.uv ## Make the wheel and the source distribution of the Python client, in clients/python/dist
	@$(UV) build --quiet --out-dir $(PYTHON_CLIENT)/dist $(PYTHON_CLIENT)
	@ls $(PYTHON_CLIENT)/dist

# ---- Deploying -----------------------------------------------------------------------------------

BUILT := template.yaml layers/finish.py $(wildcard layers/*/requirements.txt) \
	$(shell find functions layers/chat -name '*.py' -o -name '*.pem')

# The marker file names the processor, so that one processor's build never passes for another's. `sam build` removes it.
.aws-sam/build/.finished-$(ARCHITECTURE): $(BUILT) $(SAM_ENV)/.installed
	@$(SAM) build --cached --parallel --parameter-overrides Architecture=$(ARCHITECTURE)
	@$(SAM_ENV)/bin/python layers/finish.py .aws-sam/build
	@touch $@

.PHONY: build
build: .aws-sam/build/.finished-$(ARCHITECTURE) ## Build the functions and layers, ARCHITECTURE=arm64 or x86_64 (this machine's)

.PHONY: deploy
deploy: ## Deploy to the AWS account of your credentials: STACK=parley, GUIDED= for no questions
	@$(MAKE) build ARCHITECTURE=arm64
	@parameters=$$($(SAM_ENV)/bin/python -m cli.deploy_parameters $(STACK)) && \
		$(SAM) deploy $(GUIDED) --stack-name $(STACK) --parameter-overrides "$$parameters"

.PHONY: page
page: $(VENV)/.installed $(WEB_APP) ## Publish the web app of a stack that serves it: STACK=parley ARGS="--region eu-central-1"
	@$(PYTHON) -m cli --stack $(STACK) $(ARGS) page publish

# ---- The rest ------------------------------------------------------------------------------------

.PHONY: clean
clean: ## Remove everything that the other targets made
	@rm -rf $(VENV) .tools .local .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache test-results $(WEB)/node_modules $(WEB)/dist $(WEB)/built $(WEB)/types $(WEB)/*.tgz $(PYTHON_CLIENT)/dist $(PYTHON_CLIENT)/build $(LOAD)/node_modules $(DOCS_TESTS)/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
