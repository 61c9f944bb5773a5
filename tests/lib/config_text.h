/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Documents for the tests of stampd's configuration, in pieces that the cases replace. */
#ifndef TESTS_CONFIG_TEXT_H
#define TESTS_CONFIG_TEXT_H

#include <string.h>

#include "lib/cases.h"
#include "reflector/config_schema.h"

/* A document that says no more than it must. */
#define VERSION "version: 1\n"
#define INTERFACES "interfaces: [{name: eth0}]\n"
/* An interface whose af-xdp has these keys, the first at 2:36. */
#define AF_XDP_WITH(keys) VERSION "interfaces: [{name: eth0, af-xdp: {" keys "}}]\n" SESSIONS
#define SESSION "sessions: [{name: lab, sender-ip: any}]"
#define SESSIONS "session-reflector: {" SESSION "}\n"

#define REFLECTOR_WITH(key) VERSION INTERFACES "session-reflector:\n  " key "\n"
#define SESSION_WITH(key) REFLECTOR_WITH("sessions:\n  - name: lab\n    " key)
/* Two sessions; lines 5 and 6. */
#define SESSIONS_OF(a, b) REFLECTOR_WITH("sessions:\n  - {name: a, " a "}\n  - {name: b, " b "}")

/* Parses into `config`, which is the caller's to free, and asserts what comes of it. */
static inline struct yaml_fault parse(struct config *config, const char *text, int expected)
{
	struct yaml_fault fault = { 0 };
	int err;

	config_init(config);
	err = config_parse(config, text, strlen(text), &fault);
	if (err != expected)
		print_error("%zu:%zu: %s\n", fault.line, fault.column, fault.text);
	assert_int_equal(err, expected);
	return fault;
}

#endif
