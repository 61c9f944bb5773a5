/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Missing capabilities by name: this process has some, a child that dropped all has none. */
#include "lib/cases.h"

#include <cap-ng.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/rights.h"

static const unsigned int wanted[] = { CAP_BPF, CAP_NET_ADMIN };

static void those_that_are_missing_are_named(void **state)
{
	char text[RIGHTS_TEXT_MAX];
	int status = -1;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (!child) {
		capng_clear(CAPNG_SELECT_CAPS);
		_exit(capng_apply(CAPNG_SELECT_CAPS) ||
		      strcmp(rights_missing(wanted, 2, text), "CAP_BPF, CAP_NET_ADMIN"));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void when_none_is_missing_that_is_said(void **state)
{
	char text[RIGHTS_TEXT_MAX];

	(void)state;
	assert_non_null(strstr(rights_missing(wanted, 0, text), "security module"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_that_are_missing_are_named),
		cmocka_unit_test(when_none_is_missing_that_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
