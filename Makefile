# AllClear. `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help demo test check chaos bench verify generate format tools cluster run clean setup

# Everything of ours, and what it starts, runs with the Node in node_modules; the machine's own may be older.
NODE := node_modules/.bin/node
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup ## Play a whole incident on a local API server, with Slack and GitHub emulated (ONCE=1: end after it)
	@exec $(NODE) test/demo/main.ts

test: setup ## Run everything: the static checks, all tests, a sample of make chaos
	@exec $(NODE) tools/test.ts

check: setup ## Run what takes a minute: the static checks and the unit tests (no git, sockets, browser or API server)
	@$(NODE) tools/verify.ts && exec $(NODE) node_modules/vitest/vitest.mjs run --project unit

chaos: setup ## Break the story wherever it can break, and count what is left outside (QUICK=1, LIST=1, CASE='…' SEED=…, MUTANTS=1: CONTRIBUTING.md)
	@exec $(NODE) test/chaos/main.ts

bench: setup ## Print what an incident costs and how fast many are served (INCIDENTS=200 at once, MOST=1000 in all)
	@exec $(NODE) test/bench/main.ts

verify: setup ## Run the static checks: generated files, format, lint, types, unused code
	@exec $(NODE) tools/verify.ts

generate: setup ## Write what is generated: types, the list and options of vendors, docs/reasons.md
	@exec $(NODE) tools/generate.ts

format: setup ## Format the files
	@exec node_modules/.bin/oxfmt

tools: setup ## Get kube-apiserver, etcd and kubectl, and print their folder
	@exec $(NODE) tools/get.ts

cluster: setup ## Run a local API server with AllClear's CRDs and policies, and print its KUBECONFIG, until Ctrl-C
	@exec $(NODE) test/cluster/main.ts

run: setup ## Run the controller against $KUBECONFIG (namespace: ALLCLEAR_NAMESPACE, default allclear-system)
	@test -n "$$KUBECONFIG" || { echo 'KUBECONFIG is not set. Run "make cluster" in another terminal and set what it prints.' >&2; exit 1; }
	@ALLCLEAR_NAMESPACE="$${ALLCLEAR_NAMESPACE:-allclear-system}" && export ALLCLEAR_NAMESPACE && exec $(NODE) controller/main.ts

clean: ## Remove what was installed and made here (the cache with the built tools stays)
	@rm -rf node_modules artifacts coverage

setup: ## Install the npm packages, with the Node.js that everything of ours runs with
	@tools/setup.sh
