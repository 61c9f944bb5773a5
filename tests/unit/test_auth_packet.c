/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The HMAC of the worked packets: signed the same, and refused when anything of them is changed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "proto/auth_packet.h"

#define WORKED_KEY "doc-example-key-not-for-real-use"
#define TAIL 20 /* octets behind the packet, as TLVs are */

static struct auth_keys *keys;

static void add_key(struct key_list *list, const char *text)
{
	struct key *key = &list->keys[list->count++];

	key->size = strlen(text);
	memcpy(key->octets, text, key->size);
}

static struct auth_keys *open_keys(const char *first, const char *second)
{
	struct key_list list = { 0 };
	struct auth_keys *opened = NULL;

	add_key(&list, first);
	if (second)
		add_key(&list, second);
	assert_int_equal(auth_keys_open(&opened, &list), 0);
	return opened;
}

static int open_worked_key(void **state)
{
	(void)state;
	keys = open_keys(WORKED_KEY, NULL);
	return 0;
}

static int close_keys(void **state)
{
	(void)state;
	auth_keys_close(keys);
	return 0;
}

static const struct packet_case {
	const char *name, *golden;
} packet_cases[] = {
	{ "the worked request", "auth_request" }, { "a request in PTP", "auth_request_ptp" },
	{ "the worked reply", "auth_reply" },     { "a stateful reply", "auth_reply_stateful" },
	{ "a reply in PTP", "auth_reply_ptp" },
};

static void packet_is_signed_as_the_worked_one(void **state)
{
	const struct packet_case *c = *state;
	uint8_t expected[GOLDEN_MAX], packet[GOLDEN_MAX];
	size_t key = 7;

	assert_int_equal(golden_read(c->golden, expected), STAMP_AUTH_SIZE);
	memcpy(packet, expected, STAMP_AUTH_SIZE);
	memset(packet + STAMP_HMAC_COVERS, 0, STAMP_HMAC_SIZE);
	auth_packet_sign(keys, 0, packet);
	assert_memory_equal(packet, expected, STAMP_AUTH_SIZE);
	assert_true(auth_packet_verify(keys, packet, STAMP_AUTH_SIZE, &key));
	assert_int_equal(key, 0);
}

/* R8762-4.2.2-2: MBZ octets are covered, too. */
static void every_flipped_bit_is_refused(void **state)
{
	const struct packet_case *c = *state;
	uint8_t packet[GOLDEN_MAX];
	size_t key = 7;

	golden_read(c->golden, packet);
	for (unsigned int bit = 0; bit < 8 * STAMP_AUTH_SIZE; bit++) {
		packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(auth_packet_verify(keys, packet, STAMP_AUTH_SIZE, &key));
		packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(key, 7);
	assert_true(auth_packet_verify(keys, packet, STAMP_AUTH_SIZE, &key));
}

/* R8762-4.2.2-2: what is in them does not matter, as long as it was signed. */
static void signed_dirty_mbz_is_accepted(void **state)
{
	uint8_t packet[GOLDEN_MAX];
	size_t key;

	(void)state;
	golden_read("auth_request", packet);
	memset(packet + 28, 0xff, 68);
	assert_false(auth_packet_verify(keys, packet, STAMP_AUTH_SIZE, &key));
	auth_packet_sign(keys, 0, packet);
	assert_true(auth_packet_verify(keys, packet, STAMP_AUTH_SIZE, &key));
}

/* R8762-4.4-2: the HMAC covers octets 0 to 95 and nothing behind the packet. */
static void what_follows_is_not_covered(void **state)
{
	uint8_t packet[GOLDEN_MAX] = { 0 }, request[GOLDEN_MAX];
	size_t key;

	(void)state;
	golden_read("auth_request", request);
	memcpy(packet, request, STAMP_AUTH_SIZE);
	memset(packet + STAMP_AUTH_SIZE, 0xa5, TAIL);
	assert_true(auth_packet_verify(keys, packet, STAMP_AUTH_SIZE + TAIL, &key));
	auth_packet_sign(keys, 0, packet);
	assert_memory_equal(packet, request, STAMP_AUTH_SIZE);
	assert_int_equal(packet[STAMP_AUTH_SIZE], 0xa5);
}

/* Each length in a buffer of its own, so that the sanitizer sees a read behind it, and with the
 * rest behind it, which a library's code that it does not see would take. */
static void a_cut_packet_is_refused(void **state)
{
	uint8_t packet[GOLDEN_MAX];
	size_t key;

	(void)state;
	golden_read("auth_reply", packet);
	for (size_t size = 0; size < STAMP_AUTH_SIZE; size++) {
		uint8_t *cut = malloc(size ? size : 1);

		assert_non_null(cut);
		memcpy(cut, packet, size);
		assert_false(auth_packet_verify(keys, cut, size, &key));
		assert_false(auth_packet_verify(keys, packet, size, &key));
		free(cut);
	}
}

static void the_key_that_fits_is_named(void **state)
{
	struct auth_keys *old_and_new = open_keys("the old one", WORKED_KEY);
	struct auth_keys *others = open_keys("the old one", "another one");
	uint8_t packet[GOLDEN_MAX];
	size_t key = 7;

	(void)state;
	golden_read("auth_request", packet);
	assert_int_equal(auth_keys_count(old_and_new), 2);
	assert_true(auth_packet_verify(old_and_new, packet, STAMP_AUTH_SIZE, &key));
	assert_int_equal(key, 1);
	assert_false(auth_packet_verify(others, packet, STAMP_AUTH_SIZE, &key));
	auth_packet_sign(old_and_new, 0, packet);
	assert_true(auth_packet_verify(others, packet, STAMP_AUTH_SIZE, &key));
	assert_int_equal(key, 0);
	assert_false(auth_packet_verify(keys, packet, STAMP_AUTH_SIZE, &key));
	auth_keys_close(old_and_new);
	auth_keys_close(others);
}

static void a_list_without_a_key_is_refused(void **state)
{
	struct key_list list = { .count = 0 };
	struct auth_keys *opened = NULL;

	(void)state;
	assert_int_equal(auth_keys_open(&opened, &list), -EINVAL);
	list.count = 1; /* of no octets */
	assert_int_equal(auth_keys_open(&opened, &list), -EINVAL);
	list.count = KEY_LIST_MAX + 1;
	assert_int_equal(auth_keys_open(&opened, &list), -EINVAL);
	assert_null(opened);
	auth_keys_close(opened);
}

int main(void)
{
	struct CMUnitTest tests[2 * ARRAY_SIZE(packet_cases) + 5];
	size_t count = 0;

	ADD_CASES(tests, count, packet_cases, packet_is_signed_as_the_worked_one);
	ADD_CASES(tests, count, packet_cases, every_flipped_bit_is_refused);
	ADD_TEST(tests, count, signed_dirty_mbz_is_accepted);
	ADD_TEST(tests, count, what_follows_is_not_covered);
	ADD_TEST(tests, count, a_cut_packet_is_refused);
	ADD_TEST(tests, count, the_key_that_fits_is_named);
	ADD_TEST(tests, count, a_list_without_a_key_is_refused);
	return RUN_TESTS(tests, count, open_worked_key, close_keys);
}
