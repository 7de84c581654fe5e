# The one command each; CI calls the same. Everything is built by the presets of CMakePresets.json.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

FUZZ_SECONDS ?= 60
BENCH_FLAGS ?=
ARGS ?=

packages = cmake/install_packages.sh

help: ## this list
	@echo "Daybook: make run | make test | ..."
	@awk -F ': .*## ' '/^[a-z-]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## install what is missing, build, start the server with demo data (ARGS="..." for more flags)
	@exec build/release/daybook serve --demo $(ARGS)

test: ## install what is missing, build, run all tests
	@$(packages) build
	@cmake --preset release
	@cmake --build --preset release
	@ctest --preset release --output-junit $(CURDIR)/build/release/junit.xml

build: ## install what is missing, build build/release/daybook
	@$(packages) build
	@cmake --preset release
	@cmake --build --preset release --target daybook

asan: ## all tests under address + undefined-behaviour sanitizers
	@$(packages) build
	@cmake --preset asan
	@cmake --build --preset asan
	@ctest --preset asan --output-junit $(CURDIR)/build/asan/junit.xml

tsan: ## all tests under the thread sanitizer
	@$(packages) build
	@cmake --preset tsan
	@cmake --build --preset tsan
	@ctest --preset tsan --output-junit $(CURDIR)/build/tsan/junit.xml

style: ## house rules (tests/style) and clang-format, nothing changed
	@$(packages) build check
	@cmake --preset release
	@cmake --build --preset release --target style_test
	@build/release/tests/style/style_test
	@cmake/format.sh --check

format: ## clang-format every file of ours in place
	@$(packages) check
	@cmake/format.sh

tidy: ## clang's thread-safety analysis and clang-tidy over src/
	@$(packages) build check
	@cmake --preset tidy
	@cmake --build --preset tidy
	@cmake/tidy.sh build/tidy

fuzz: ## build the fuzz targets, run each for FUZZ_SECONDS (60)
	@$(packages) build check
	@cmake --preset fuzz
	@cmake --build --preset fuzz --target fuzzers
	@tests/fuzz/run.sh build/fuzz/tests/fuzz $(FUZZ_SECONDS)

bench: build ## compare with nginx, Redis and db_bench (BENCH_FLAGS="--smoke 1" for a quick look)
	@$(packages) bench
	@bench/compare.sh $(BENCH_FLAGS)

clean: ## remove build/ (the compiler cache stays)
	@rm -rf build

.PHONY: help run test build asan tsan style format tidy fuzz bench clean
