# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The whole build: BPF programs, skeletons, three programs, tests. `make help` lists the targets.

BUILD ?= build
PREFIX ?= /usr
DESTDIR ?=

CC = gcc
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PYTHON ?= /usr/bin/python3

WARNINGS = -Wall -Wextra -Werror
# SANITIZE=1 builds with ASan and UBSan.
SANITIZE ?=
SANITIZERS = -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_CFLAGS = $(SANITIZERS) -fsanitize=fuzzer-no-link -O1 -g
FUZZ_SECONDS ?= 60
CPPFLAGS = -Iinclude -Iuser -I$(BUILD) -D_GNU_SOURCE
CFLAGS ?= -O2 -g
ALL_CFLAGS = -std=gnu11 $(WARNINGS) $(if $(SANITIZE),$(SANITIZERS)) $(CFLAGS)
BPF_CPPFLAGS = -Iinclude -I/usr/include/$(shell $(CC) -print-multiarch)
BPF_CFLAGS = -target bpf -mcpu=v3 -O2 -g -std=gnu11 $(WARNINGS)

LIBS_REFLECTOR = -lxdp -lbpf -lyaml -ljansson -lmicrohttpd -lmnl -lcap-ng -lnettle
LIBS_CONTROL = -lcurl -ljansson
LIBS_SENDER = -ljansson -lnettle -lm
LIBS_TESTS = -lcmocka $(LIBS_REFLECTOR) $(LIBS_CONTROL) $(LIBS_SENDER)

Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2);)

objects = $(patsubst %.c,$(BUILD)/%.o,$(filter-out %/main.c,$(wildcard $(1)/*.c)))
# Archives, so that each program gets of them, and of their libraries, only what it uses.
COMMON = $(BUILD)/common.a
PROTO = $(BUILD)/proto.a
REFLECTOR = $(call objects,user/reflector)
CONTROL = $(call objects,user/control)
SENDER = $(BUILD)/sender.a
PING = $(call objects,user/ping)
TEST_LIB = $(call objects,tests/lib)
# Of these what the fuzz targets use: the rest need not be built once more.
FUZZED = $(BUILD)/fuzzed.a
FUZZED_PARTS = $(patsubst %.c,$(BUILD)/%.o,$(wildcard \
	$(addprefix user/reflector/,config*.c counters.c inquiry.c own_addresses.c replay.c rule_set.c \
	rules.c schema*.c session_keys.c slow_path.c slow_reply.c yaml_text.c) \
	$(addprefix user/sender/,match.c probe.c random.c tlv_location.c tlv_reply.c \
	tlv_request.c))) $(TEST_LIB)

PROGRAMS = $(addprefix $(BUILD)/,stampd stampctl stamp-ping)
UNIT_TESTS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
BPF_TESTS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/bpf/test_*.c))
FUZZERS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
BENCHES = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/bench/bench_*.c))
SKELETONS = $(patsubst bpf/%.bpf.c,$(BUILD)/%.skel.h,$(wildcard bpf/*.bpf.c))
TEST_SKELETONS = $(patsubst tests/%.bpf.c,$(BUILD)/tests/%.skel.h,\
	$(wildcard tests/*/*.bpf.c))

# On veth, native XDP_TX arrives only where the peer runs an XDP program as well.
PASS_PROGRAM = $(BUILD)/tests/netns/xdp_pass.bpf.o
# What the tests in namespaces start besides our programs.
NETNS_PROGRAMS = $(patsubst tests/%.c,$(BUILD)/tests/%,\
	$(filter-out %.bpf.c,$(wildcard tests/netns/*.c)))
# Writes the pages that test_report_html.py looks at.
HTML_PAGES = $(BUILD)/tests/unit/test_report_html
$(HTML_PAGES): $(BUILD)/tests/unit/html_scene.o

MANUALS = $(BUILD)/man/stampd.yaml.5

.PHONY: all help man demo check check-unit check-sanitized check-bpf check-netns check-kernels \
	check-netns-sanitized check-scripts check-fuzz lint bench install clean deps-demo deps-check \
	deps-all tests fuzzers
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAMS) ## build stampd, stampctl and stamp-ping

man: $(MANUALS) ## make the manual pages

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

# --- what needs no dependency step of its own ------------------------------------------------

$(COMMON): $(call objects,user/common)
$(PROTO): $(call objects,user/proto)
$(SENDER): $(call objects,user/sender)
$(FUZZED): $(FUZZED_PARTS)
$(COMMON) $(PROTO) $(SENDER) $(FUZZED):
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/stampd: $(BUILD)/user/reflector/main.o $(REFLECTOR) $(PROTO) $(COMMON)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(LIBS_REFLECTOR) -o $@

$(BUILD)/stampctl: $(BUILD)/user/control/main.o $(CONTROL) $(COMMON)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(LIBS_CONTROL) -o $@

$(BUILD)/stamp-ping: $(BUILD)/user/ping/main.o $(PING) $(SENDER) $(PROTO) $(COMMON)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(LIBS_SENDER) -o $@

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(TEST_LIB) $(REFLECTOR) $(CONTROL) $(PING) $(SENDER) \
		$(PROTO) $(COMMON)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(LIBS_TESTS) -o $@

$(BUILD)/tests/bpf/%: $(BUILD)/tests/bpf/%.o $(TEST_LIB) $(REFLECTOR) $(PROTO) $(COMMON)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(LIBS_TESTS) -o $@

$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o $(TEST_LIB) $(REFLECTOR) $(SENDER) $(PROTO) $(COMMON)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ $(LIBS_TESTS) -o $@

$(BUILD)/tests/fuzz/%: $(BUILD)/tests/fuzz/%.o $(FUZZED) $(PROTO) $(COMMON)
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) $^ $(LIBS_TESTS) -o $@

$(NETNS_PROGRAMS): $(BUILD)/tests/netns/%: $(BUILD)/tests/netns/%.o
	$(call say,LD,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@

# The generated skeletons must be there before the first compile; later the .d files know more.
$(BUILD)/%.o: %.c | $(SKELETONS) $(TEST_SKELETONS)
	$(Q)mkdir -p $(@D)
	$(call say,CC,$@)$(CC) $(CPPFLAGS) -Itests $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/%.bpf.o: bpf/%.bpf.c
	$(Q)mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CPPFLAGS) $(BPF_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/tests/%.bpf.o: tests/%.bpf.c
	$(Q)mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) $(BPF_CPPFLAGS) $(BPF_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/%.skel.h: $(BUILD)/%.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name $(notdir $*)_bpf > $@

# The list of keys comes from the table that stampd reads by.
$(BUILD)/man/stampd.yaml.5: docs/man/stampd.yaml.5.in scripts/manual_keys.sh $(BUILD)/stampd
	$(Q)mkdir -p $(@D)
	$(call say,MAN,$@)$(BUILD)/stampd --print-schema | scripts/manual_keys.sh $< > $@

-include $(shell test -d $(BUILD) && find $(BUILD) -name '*.d')

# --- the two commands of the README, and what they are made of --------------------------------

demo: deps-demo ## two namespaces, stampd answering in one, stamp-ping measuring from the other
	$(Q)$(MAKE) --no-print-directory all $(PASS_PROGRAM)
	$(Q)BUILD=$(BUILD) scripts/demo.sh

check: deps-check ## build everything and run all tests of this machine's kernel
	$(Q)$(MAKE) --no-print-directory all tests
	$(Q)$(MAKE) --no-print-directory check-unit
	$(Q)$(MAKE) --no-print-directory check-sanitized
	$(Q)$(MAKE) --no-print-directory check-bpf
	$(Q)$(MAKE) --no-print-directory check-netns
	$(Q)$(MAKE) --no-print-directory check-scripts

tests: $(UNIT_TESTS) $(BPF_TESTS) ## build the C tests

check-unit: $(UNIT_TESTS) ## cmocka tables over the pure code
	$(Q)scripts/run_tests.sh $(UNIT_TESTS)

check-sanitized: ## the same, built with ASan and UBSan
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitized SANITIZE=1 check-unit

check-bpf: $(BPF_TESTS) ## the XDP program by PROG_TEST_RUN: verdict, octets, counter
	$(Q)scripts/run_tests.sh $(BPF_TESTS)

check-netns: all $(PASS_PROGRAM) $(NETNS_PROGRAMS) $(HTML_PAGES) ## whole programs in network namespaces
	$(Q)BUILD=$(BUILD) PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m pytest -q -p no:cacheprovider $(NETNS_FLAGS) \
		tests/netns

check-scripts: ## what lint runs finds the faults that it is there for
	$(Q)PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m pytest -q -p no:cacheprovider tests/scripts

# How pages look in a browser does not depend on the build.
check-netns-sanitized: deps-check ## the same, the programs built with ASan and UBSan
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/sanitized SANITIZE=1 \
		NETNS_FLAGS=--ignore=tests/netns/test_report_html.py check-netns

# With the flags for a fuzzer in place of those for a program.
check-fuzz: deps-check ## each fuzz target for FUZZ_SECONDS, from its seeds
	$(Q)$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz CC=$(CLANG) CFLAGS="$(FUZZ_CFLAGS)" fuzzers
	$(Q)BUILD=$(BUILD)/fuzz FUZZ_SECONDS=$(FUZZ_SECONDS) PYTHON=$(PYTHON) scripts/fuzz.sh \
		$(FUZZERS:$(BUILD)/%=$(BUILD)/fuzz/%)

fuzzers: $(FUZZERS)

check-kernels: deps-all ## the PROG_TEST_RUN suite on Debian's 6.1 and 6.12 kernels, in QEMU
	$(Q)$(MAKE) --no-print-directory $(BPF_TESTS)
	$(Q)$(MAKE) --no-print-directory -j2 --output-sync=target $(addprefix check-kernel-,6.1 6.12)

check-kernel-%:
	$(Q)MODULES=veth scripts/run_in_vm.sh $* $(BPF_TESTS)

lint: deps-all ## clang-format, clang-tidy, cppcheck, shellcheck, SPDX lines, documents
	$(Q)$(MAKE) --no-print-directory $(SKELETONS) $(TEST_SKELETONS)
	$(Q)BUILD=$(BUILD) scripts/lint.sh

bench: deps-check ## each ratio of the targets beside its target
	$(Q)$(MAKE) --no-print-directory all $(BENCHES)
	$(Q)BUILD=$(BUILD) scripts/bench.sh

deps-demo:
	$(Q)scripts/install-deps.sh demo

deps-check:
	$(Q)scripts/install-deps.sh check

deps-all:
	$(Q)scripts/install-deps.sh all

install: all man ## into $(DESTDIR)$(PREFIX)
	install -D -m 0755 -t $(DESTDIR)$(PREFIX)/sbin $(BUILD)/stampd $(BUILD)/stampctl
	install -D -m 0755 -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/stamp-ping
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man5 $(MANUALS)
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man1 docs/man/stamp-ping.1
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man8 docs/man/stampd.8 docs/man/stampctl.8
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/xdp-stamp README.md LICENSE docs/conformance.md \
		docs/deploying.md docs/measuring.md docs/stampd.schema.json docs/stamp-ping.schema.json
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/doc/xdp-stamp/examples deploy/examples/stampd.yaml

clean: ## remove everything that was built
	rm -rf $(BUILD)
