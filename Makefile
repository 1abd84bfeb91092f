# Everything a contributor needs; `make` alone lists it.
#
# Each target works as the only command on a fresh Debian or Ubuntu machine with a Swift toolchain.

SWIFT ?= swift
SOURCES := Package.swift Sources Tests Examples/Package.swift Examples/Sources \
	Benchmarks/Package.swift Benchmarks/Sources Fuzz/Package.swift $(wildcard Fuzz/Sources/Fuzz*)
# DEMO=auto makes `make run` try Reloader by itself and exit 0 only if it worked.
DEMO ?=
export DEMO
BENCH ?=
# For how long `make chaos` goes on, and each fuzzer; or which one run of the chaos is repeated.
SECONDS ?= 60
SEED ?=
# Which fuzzers run, all when empty; which sanitizers.
FUZZ ?=
SANITIZER ?= address thread
# What `make compare` runs.
OTHER ?=
OURS ?=
LOAD ?=
export OTHER OURS
STATIC ?=
IMAGE ?= swift-reloader
IMAGE_ROOT := .build-image/root
.DEFAULT_GOAL := help
.PHONY: help setup build release run test chaos fuzz sanitize docs cluster cluster-stop test-cluster examples bench soak compare image image-root test-image lint format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install the system packages that are missing
	@./scripts/setup

build: setup ## Build everything for debugging
	$(SWIFT) build

# On the system's libcurl and OpenSSL, with Swift's libraries in it.
RELEASE_FLAGS := $(if $(filter Darwin,$(shell uname -s)),,--static-swift-stdlib \
	-Xswiftc -use-ld=lld -Xswiftc -ld-path=$(CURDIR)/scripts/release-linker -Xlinker -s)

release: setup ## Build the Reloader binary for production: .build/release/Reloader
	$(SWIFT) build -c release --product Reloader $(RELEASE_FLAGS)

run: setup ## Play a cluster on this machine and watch Reloader at work; DEMO=auto: check that it works, and exit
	$(SWIFT) build --product Reloader
	$(SWIFT) build --product Sandbox
	@exec .build/debug/Sandbox kubernetes/deployment.yaml

# At most so many at a time: all at once, as Swift Testing would start them, each gets so slow that waits for peers and programs run out.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 10

# Tests of what takes real time or is measured; beside a thousand others on two cores they would see the machine only.
TIMED := LeaderElectorTests|UnreliableServerTests|ComparisonTests

test: setup ## Run every test that needs no cluster
	@for script in kube-tools nginx; do folder=$$(scripts/$$script) && PATH="$${folder:+$$folder:}$$PATH" || exit; done; \
		$(SWIFT) test --skip '$(TIMED)' && $(SWIFT) test --skip-build --filter '$(TIMED)'

chaos: setup ## Try random writes and faults for SECONDS=60, or one run again with SEED=…
	CHAOS_SECONDS=$(if $(SEED),0,$(SECONDS)) CHAOS_SEED=$(SEED) $(SWIFT) test --filter 'Chaos|WorkQueueModel'

fuzz: setup ## Fuzz what reads bytes from outside for SECONDS=60 each; FUZZ='JSON YAML': only these; SEED=…: the same inputs again
	@SECONDS_EACH=$(SECONDS) SEED=$(SEED) scripts/fuzz $(FUZZ)

sanitize: setup ## Run the suites under the address and thread sanitizers; SANITIZER=thread: under this one
	@for sanitizer in $(SANITIZER); do scripts/sanitize $$sanitizer || exit 1; done

docs: setup ## Build the documentation of the libraries, .build/docs; a link that leads nowhere is an error
	$(SWIFT) build
	@scripts/docs

cluster: ## Start etcd and kube-apiserver on loopback, from KUBEBUILDER_ASSETS, the PATH, or Debian 12's sources (once, some 10 minutes)
	@scripts/cluster/start

cluster-stop: ## Stop what `make cluster` started
	@scripts/cluster/stop

test-cluster: setup ## Run the integration suites against a real API server; CLUSTER_KUBECONFIG=file: against that one, else as `make cluster`
	@scripts/cluster/with $(SWIFT) test --filter ClusterTests

examples: setup ## Build the controllers in Examples/ and see them work
	@scripts/check-guides
	@# SwiftPM does not notice by itself that files came or went in a package that it depends on by path.
	@touch Examples/Package.swift
	$(SWIFT) build --package-path Examples
	@exec Examples/.build/debug/SelfCheck

bench: release ## Measure release builds against Benchmarks/thresholds.txt; BENCH='decode idle': only these groups; STATIC=1: the image's binary, too
	@[ -z "$(STATIC)" ] || scripts/image-root $(IMAGE_ROOT)
	@# SwiftPM does not notice by itself that files came or went in a package that it depends on by path.
	@touch Benchmarks/Package.swift
	$(SWIFT) build -c release --package-path Benchmarks
	@exec Benchmarks/.build/release/Bench --thresholds Benchmarks/thresholds.txt --reloader .build/release/Reloader \
		$(if $(STATIC),--static $(IMAGE_ROOT)/usr/bin/Reloader) $(BENCH)

image: ## Build the image swift-reloader with docker; IMAGE=name:tag
	docker build --tag $(IMAGE) --build-arg VERSION=$$(sed -n 's/.*"\(.*\)".*/\1/p' Sources/Reloader/CommandLine/Version.swift) \
		--build-arg COMMIT=$$(git rev-parse HEAD) \
		--build-arg COMMIT_TIME=$$(TZ=UTC0 git log -1 --date=format-local:%FT%TZ --format=%cd) .

image-root: setup ## Lay out the image's files without a container engine: .build-image/root
	scripts/image-root $(IMAGE_ROOT)

test-image: image-root ## Run the image's binary in its root, as its user (needs root), and have it reload a workload
	scripts/test-image $(IMAGE_ROOT)

soak: release ## Change things for SECONDS (60) and check that memory stays where it is
	@touch Benchmarks/Package.swift
	$(SWIFT) build -c release --package-path Benchmarks
	@exec Benchmarks/.build/release/Bench --thresholds Benchmarks/thresholds.txt --reloader .build/release/Reloader \
		--seconds $(or $(SECONDS),60) soak

compare: $(if $(OTHER),release) ## Play the same load to Reloader and to another reloader; alone it says how
	@if [ -z "$$OTHER" ]; then exec cat Sources/Compare/usage.txt; fi; \
		$(SWIFT) build -c release --product Compare && \
		exec .build/release/Compare $${OURS:+--ours "$$OURS"} --other "$$OTHER" $(LOAD)

lint: ## Check the formatting and the style of the sources
	$(SWIFT) format lint --strict --recursive $(SOURCES)

format: ## Format the sources
	$(SWIFT) format format --in-place --recursive $(SOURCES)

clean: ## Remove what was built
	$(SWIFT) package clean
