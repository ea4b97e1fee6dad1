# SPDX-License-Identifier: MPL-2.0
# The developer's verbs; what they do lies in cmake/, setup/ and ctest. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BUILD ?= build
JOBS ?= $(shell nproc)
# Where `make install` puts the provider: a place both OpenTofu and Terraform look at by themselves.
MIRROR ?= $(HOME)/.terraform.d/plugins

VERSION := $(shell awk '/^project/ { print $$3 }' CMakeLists.txt)
PROVIDER := $(BUILD)/bin/terraform-provider-kproto
CPP_FILES = $(shell git ls-files '*.cc' '*.h')

configure = test -f $(1)/build.ninja || cmake -S . -B $(1) -G Ninja $(2)
test_in = PATH="$$(lab/tools/install --path):$$PATH" ctest --test-dir $(1) --output-on-failure --parallel $(JOBS)

##@ Use it
.PHONY: setup build programs demo demo-down package install
setup: ## install what is missing: Debian packages (root), then the lab's tools
	setup/machine
build: ## build everything into $(BUILD)/bin
	$(call configure,$(BUILD),)
	cmake --build $(BUILD) --parallel $(JOBS)
programs: ## build only what a user runs: the provider and kproto-lab
	$(call configure,$(BUILD),)
	cmake --build $(BUILD) --parallel $(JOBS) --target terraform-provider-kproto kproto-lab
demo: ## a platform in the lab, from nothing to a Grafana URL; leaves the lab up
	@setup/demo up $(BUILD)/bin
demo-down: ## destroy what the demo made and end the lab
	@setup/demo down $(BUILD)/bin
package: programs ## the release: zip, manifest and checksums in $(BUILD)/release
	setup/package $(PROVIDER) $(VERSION) $(BUILD)/release
install: programs ## put the provider where `tofu init` finds it ($(MIRROR))
	for host in registry.opentofu.org registry.terraform.io; do \
	  install -D --strip $(PROVIDER) \
	    $(MIRROR)/$$host/kproto/kproto/$(VERSION)/linux_amd64/terraform-provider-kproto_v$(VERSION); done

##@ Check it
.PHONY: test test-unit sanitize-address sanitize-thread sweep bench
test: setup build ## every test: unit, plugin, lab, judges, acceptance
	$(call test_in,$(BUILD))
test-unit: build ## the tests that need nothing but this machine, in seconds
	$(call test_in,$(BUILD)) --label-regex '^unit$$'
sanitize-address: ## the unit tests under AddressSanitizer and UndefinedBehaviorSanitizer
	setup/sanitize address $(BUILD)-address $(JOBS)
sanitize-thread: ## the unit tests under ThreadSanitizer
	setup/sanitize thread $(BUILD)-thread $(JOBS)
sweep: programs ## a stack in a real lab, every write to the API server spoiled in every way: two hours, or KPROTO_SWEEP_MINUTES
	cmake --build $(BUILD) --parallel $(JOBS) --target stack_sweep_test
	PATH="$$(lab/tools/install --path):$$PATH" KPROTO_SWEEP=$${KPROTO_SWEEP:-all} $(BUILD)/bin/stack_sweep_test
bench: programs ## start-up against a bare gRPC server and KPROTO_BENCH_PLUGINS, scale, plans against helm, the first apply
	cmake --build $(BUILD) --parallel $(JOBS) --target kproto_bench
	install -D --strip --target-directory=$(BUILD)/bench $(PROVIDER) # as it is released
	PATH="$$(lab/tools/install --path):$$PATH" $(BUILD)/bin/kproto_bench $(BUILD)/bench/$(notdir $(PROVIDER))

##@ Keep it tidy
.PHONY: fmt fmt-check lint docs docs-check
fmt: ## format the C++ and the HCL
	clang-format -i $(CPP_FILES)
	PATH="$$(lab/tools/install --path tofu):$$PATH" tofu fmt -recursive examples
fmt-check: ## fail where `make fmt` would change something
	clang-format --dry-run --Werror $(CPP_FILES)
	PATH="$$(lab/tools/install --path tofu):$$PATH" tofu fmt -check -diff -recursive examples
lint: ## clang-tidy over our sources, with the rules of .clang-tidy
	$(call configure,$(BUILD)-lint,-DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON)
	cmake --build $(BUILD)-lint --target kproto_proto --parallel $(JOBS)
	run-clang-tidy -quiet -p $(BUILD)-lint -j $(JOBS) "^$(CURDIR)/(base|clients|lab|provider|resources)/"
docs: programs ## write the registry pages in docs/ from the schemas and the examples
	$(PROVIDER) --print-docs docs
docs-check: programs ## fail where `make docs` would change something, or where a document tells what is not so
	cmake --build $(BUILD) --parallel $(JOBS) --target docs_test
	$(call test_in,$(BUILD)) --label-regex '^docs$$'

.PHONY: help clean
clean: ## remove the build directories
	rm -rf $(BUILD) $(BUILD)-address $(BUILD)-thread $(BUILD)-lint
help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile
