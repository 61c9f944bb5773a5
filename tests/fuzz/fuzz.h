/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What each fuzz target is made of: cmocka's assertions, which abort here, and an input that is
 * taken from its front piece by piece. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "proto/auth_keys.h"

/* Called by libFuzzer: once, and for each input. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size);

struct fuzz_input {
	const uint8_t *octets; /* what is left */
	size_t size;
};

/* Outside of a test of cmocka's an assertion that does not hold would end the process in silence.
 */
static inline void fuzz_abort_on_failure(void)
{
	setenv("CMOCKA_TEST_ABORT", "1", 1);
}

/* The next `size` octets; zeros for those that are not there. */
static inline void fuzz_take(struct fuzz_input *input, void *out, size_t size)
{
	size_t there = size < input->size ? size : input->size;

	memset(out, 0, size);
	if (there) /* else there may be no octets to point to */
		memcpy(out, input->octets, there);
	input->octets += there;
	input->size -= there;
}

/* The keys of tests/netns/tlv_rows.py: the first signs. */
static inline struct auth_keys *fuzz_open_keys(void)
{
	static const char *const texts[] = { "doc-example-key-not-for-real-use",
					     "another-key-of-the-documentation" };
	struct key_list list = { .count = ARRAY_SIZE(texts) };
	struct auth_keys *keys;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		list.keys[i].size = strlen(texts[i]);
		memcpy(list.keys[i].octets, texts[i], list.keys[i].size);
	}
	assert_int_equal(auth_keys_open(&keys, &list), 0);
	return keys;
}

#endif
