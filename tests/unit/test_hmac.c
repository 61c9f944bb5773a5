/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* HMAC-SHA-256 cut to 16 octets against the vectors of RFC 4231 and RFC 4868. */
#include <errno.h>
#include <string.h>

#include "lib/cases.h"
#include "proto/hmac.h"

static const struct vector {
	const char *name;
	const char *key; /* this text, or its first octet `key_size` times */
	size_t key_size; /* 0: that of the text */
	const char *data;
	size_t data_size;
	const char *mac;
} vectors[] = {
	{ "RFC 4231 case 1", "\x0b", 20, "Hi There", 0,
	  "\xb0\x34\x4c\x61\xd8\xdb\x38\x53\x5c\xa8\xaf\xce\xaf\x0b\xf1\x2b" },
	{ "RFC 4231 case 2", "Jefe", 0, "what do ya want for nothing?", 0,
	  "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e\x6a\x04\x24\x26\x08\x95\x75\xc7" },
	{ "RFC 4231 case 3", "\xaa", 20, "\xdd", 50,
	  "\x77\x3e\xa9\x1e\x36\x80\x0e\x46\x85\x4d\xb8\xeb\xd0\x91\x81\xa7" },
	{ "RFC 4231 case 5", "\x0c", 20, "Test With Truncation", 0,
	  "\xa3\xb6\x16\x74\x73\x10\x0e\xe0\x6e\x0c\x79\x6c\x29\x55\x55\x2b" },
	{ "RFC 4231 case 6, a key longer than a block", "\xaa", 131,
	  "Test Using Larger Than Block-Size Key - Hash Key First", 0,
	  "\x60\xe4\x31\x59\x1e\xe0\xb6\x7f\x0d\x8a\x26\xaa\xcb\xf5\xb7\x7f" },
	{ "RFC 4868 AUTH256-1", "\x0b", 32, "Hi There", 0,
	  "\x19\x8a\x60\x7e\xb4\x4b\xfb\xc6\x99\x03\xa0\xf1\xcf\x2b\xbd\xc5" },
};

/* The text, or its first octet `size` times; gives how many octets there are. */
static size_t expand(const char *text, size_t size, char out[256])
{
	if (!size)
		return (size_t)(stpcpy(out, text) - out);
	memset(out, text[0], size);
	return size;
}

/* Signs and verifies twice, since the keyed state is kept. */
static void mac_is_that_of_the_rfc(void **state)
{
	const struct vector *v = *state;
	char key[256], data[256];
	size_t key_size = expand(v->key, v->key_size, key);
	size_t data_size = expand(v->data, v->data_size, data);
	uint8_t mac[STAMP_HMAC_SIZE];
	struct hmac *hmac = NULL;

	assert_int_equal(hmac_open(&hmac, key, key_size), 0);
	memset(key, 0, sizeof(key)); /* what it needs was copied */
	for (int i = 0; i < 2; i++) {
		hmac_sign(hmac, data, data_size, mac);
		assert_memory_equal(mac, v->mac, STAMP_HMAC_SIZE);
		assert_true(hmac_verify(hmac, data, data_size, mac));
	}
	for (size_t cut = 0; cut <= data_size; cut++) {
		hmac_sign_two(hmac, data, cut, data + cut, data_size - cut, mac);
		assert_memory_equal(mac, v->mac, STAMP_HMAC_SIZE);
		assert_true(hmac_verify_two(hmac, data, cut, data + cut, data_size - cut, mac));
	}
	for (unsigned int bit = 0; bit < 8 * STAMP_HMAC_SIZE; bit++) {
		mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(hmac_verify(hmac, data, data_size, mac));
		mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	hmac_close(hmac);
}

static void no_key_is_refused(void **state)
{
	struct hmac *hmac = NULL;

	(void)state;
	assert_int_equal(hmac_open(&hmac, "", 0), -EINVAL);
	assert_null(hmac);
	hmac_close(hmac);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(vectors) + 1];
	size_t count = 0;

	ADD_CASES(tests, count, vectors, mac_is_that_of_the_rfc);
	ADD_TEST(tests, count, no_key_is_refused);
	return RUN_TESTS(tests, count, NULL, NULL);
}
