# Quancheng 全程. `make` or `make help` lists what can be done.
export CGO_ENABLED = 0
# The same flags for building and testing: Temporal's server is compiled once, not once for each.
export GOFLAGS = -trimpath
GO    ?= go
ADDR  ?= 127.0.0.1:8080
DATA  ?= data
SUITE ?= ../shared/conformance

# The pure core is tested first: it compiles in seconds and needs neither Temporal nor a database.
CORE  = $(patsubst %,./%/...,$(wildcard bpmn feel dmn engine conformance forms))
SHELL_PKGS = $$($(GO) list ./... | grep -vE '/(bpmn|feel|dmn|engine|conformance|forms)(/|$$)')

.DEFAULT_GOAL := help
.PHONY: help machine check determinism licences mutate bundle run build web test test-core test-shell test-web e2e lint fmt bench bench-former chaos fuzz conformance clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: build ## start the platform with demo data on http://127.0.0.1:8080 (ADDR=…, DATA=…)
	bin/quancheng dev --listen $(ADDR) --data $(DATA)

build: web ## build bin/quancheng with the web client in it
	$(GO) build -ldflags "-s -w" -o bin/quancheng ./cmd/quancheng

web: web/dist/index.html ## build the web client

WEB_SOURCES = $(shell git ls-files web 2>/dev/null | grep -vE '^web/(dist|e2e)/') $(wildcard api/openapi/*.yaml api/shown.json texts/shown.*.json)
web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run --silent build

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

test: machine test-core test-web build test-shell ## run every test: core, web client, shell on both databases, five kills, browser
	$(MAKE) chaos KILLS=5 RESTARTS=3
	$(MAKE) e2e
	@node scripts/machine.mjs --say

machine: ## bring what tests need and this machine lacks (PostgreSQL, Chromium, a Chinese font) into build/machine
	@node scripts/machine.mjs

test-core: ## test the pure core (no Temporal, no database)
	$(GO) test -vet=all $(CORE)

test-shell: machine ## test books, API, workflows and the real binary on SQLite and PostgreSQL
	$(GO) test -vet=all -p 2 -timeout 60m $(SHELL_PKGS)

test-web: web/node_modules/.package-lock.json ## test the web client's units
	cd web && npm test

e2e: machine build ## play a project's whole life in a real browser; screenshots land in build/screenshots
	cd web && npm run e2e

lint: ## check formatting and run the linters
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run ./...
	cd web && npm run --silent lint

licences: ## hold the lists of what is passed on of others, with their licences, against the sources
	$(GO) test -count=1 -run ThirdParty ./ops

determinism: ## hold that workflow code asks nothing but Temporal: no clock, no chance, no map's order
	$(GO) run go.temporal.io/sdk/contrib/tools/workflowcheck@v0.6.0 ./workflows

check: lint determinism licences test ## everything before a release: format, vet, linters, determinism, licences, every test

mutate: ## change the sources in small ways and say what no test notices, for TIME (default 20m), of PACKAGES
	$(GO) run ./cmd/mutate -budget $(or $(TIME),20m) $(PACKAGES)

fmt: ## format the Go code
	gofmt -w $$(git ls-files '*.go')

bench: build ## print the benchmark's tables, on both databases
	bin/quancheng bench
	bin/quancheng bench http
	bin/quancheng bench registers
	bin/quancheng bench find
	bin/quancheng bench growth
	$(GO) test -run '^$$' -bench . -benchmem ./engine/... ./feel/... ./dmn/...
	$(GO) test -run '^$$' -bench Detection -benchtime 40x ./models/books
	$(GO) test -run '^$$' -bench Reconciliation -benchtime 3x ./models/partner/reconcile
	$(GO) test -run '^$$' -bench SignInUnderAttack -benchtime 20x ./api
	cd feel/bench && $(GO) test -run '^$$' -bench . .

bench-former: ## measure the release of FORMER=COMMIT against this one, over HTTP in turns
	scripts/bench-former.sh $(FORMER)

chaos: machine build ## kill the platform fifty times and restart PostgreSQL ten times while projects are played to their ends (KILLS=…, RESTARTS=…)
	bin/quancheng chaos --kills $(or $(KILLS),50) --restarts $(or $(RESTARTS),10)

bundle: web ## put together what an installation without a network needs, build/quancheng.tar.gz
	mkdir -p build && scripts/bundle.sh build/quancheng.tar.gz

fuzz: ## fuzz every parser and the engine for TIME each (default 10m)
	@for t in $$(grep -rlE '^func Fuzz' --include=*_test.go bpmn feel dmn engine); do \
	  for f in $$(grep -oE '^func Fuzz[A-Za-z0-9_]+' $$t | cut -c6-); do \
	    echo "== $$(dirname $$t) $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(or $(TIME),10m) ./$$(dirname $$t) || exit 1; done; done

conformance: ## run the conformance suite of SUITE=DIR on the in-memory engine
	$(GO) run ./cmd/quancheng conformance $(SUITE)

clean: ## remove what was built (not data/)
	rm -rf bin build web/node_modules
	find web/dist -mindepth 1 ! -name .keep -delete
