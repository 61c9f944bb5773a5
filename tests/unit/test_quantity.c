/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers and durations as text, in both directions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "ping/duration_text.h"
#include "ping/quantity.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* clang-format off */
static const struct read_case {
	const char *name;
	int (*read)(const char *text, uint64_t *out);
	const char *text;
	int err;
	uint64_t value;
} read_cases[] = {
	{ "a number", quantity_number, "862", 0, 862 },
	{ "the largest number", quantity_number, "18446744073709551615", 0, UINT64_MAX },
	{ "a number too large", quantity_number, "18446744073709551616", -ERANGE, 0 },
	{ "no number", quantity_number, "", -EINVAL, 0 },
	{ "a sign", quantity_number, "+1", -EINVAL, 0 },
	{ "a negative number", quantity_number, "-1", -EINVAL, 0 },
	{ "something behind the number", quantity_number, "1k", -EINVAL, 0 },
	{ "plain seconds", quantity_duration, "2", 0, 2000000000 },
	{ "a fraction of a second", quantity_duration, "0.2", 0, 200000000 },
	{ "seconds with unit", quantity_duration, "1s", 0, 1000000000 },
	{ "milliseconds", quantity_duration, "10ms", 0, 10000000 },
	{ "a fraction of a millisecond", quantity_duration, "1.25ms", 0, 1250000 },
	{ "microseconds", quantity_duration, "200us", 0, 200000 },
	{ "nanoseconds", quantity_duration, "7ns", 0, 7 },
	{ "minutes and hours", quantity_duration, "1.5h", 0, 5400000000000 },
	{ "a minute", quantity_duration, "1m", 0, 60000000000 },
	{ "more digits than nanoseconds", quantity_duration, "0.1234567899", 0, 123456789 },
	{ "very many digits", quantity_duration, "0.00000000000000000000000000000009", 0, 0 },
	{ "no digit behind the point", quantity_duration, "1.", -EINVAL, 0 },
	{ "no digit before the point", quantity_duration, ".5", -EINVAL, 0 },
	{ "a unit alone", quantity_duration, "ms", -EINVAL, 0 },
	{ "an unknown unit", quantity_duration, "1d", -EINVAL, 0 },
	{ "a negative duration", quantity_duration, "-1s", -EINVAL, 0 },
	{ "not a number", quantity_duration, "nan", -EINVAL, 0 },
	{ "more than 64 bits of nanoseconds", quantity_duration, "18446744074", -ERANGE, 0 },
};

static const struct write_case {
	const char *name;
	int64_t ns;
	const char *text;
} write_cases[] = {
	{ "zero", 0, "0 ns" },
	{ "below a microsecond", 999, "999 ns" },
	{ "a microsecond", 1000, "1.00 us" },
	{ "tens of microseconds", 12345, "12.3 us" },
	{ "hundreds of microseconds", 999499, "999 us" },
	{ "rounding takes the next unit", 999500, "1.00 ms" },
	{ "rounding takes a digit away", 9996, "10.0 us" },
	{ "a second", 1000000000, "1.00 s" },
	{ "a day", 86400000000000, "86400 s" },
	{ "a negative time", -12345, "-12.3 us" },
	{ "a small negative time", -7, "-7 ns" },
	{ "the most negative time", INT64_MIN, "-9223372037 s" },
};
/* clang-format on */

static void is_read(void **state)
{
	const struct read_case *c = *state;
	uint64_t value = 0;

	assert_int_equal(c->read(c->text, &value), c->err);
	if (!c->err)
		assert_int_equal(value, c->value);
}

static void is_written(void **state)
{
	const struct write_case *c = *state;
	char text[DURATION_TEXT_MAX];

	assert_string_equal(duration_text(c->ns, text), c->text);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(read_cases) + ARRAY_SIZE(write_cases)];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(read_cases); i++)
		tests[count++] = (struct CMUnitTest){ read_cases[i].name, is_read, NULL, NULL,
						      (void *)&read_cases[i] };
	for (size_t i = 0; i < ARRAY_SIZE(write_cases); i++)
		tests[count++] = (struct CMUnitTest){ write_cases[i].name, is_written, NULL, NULL,
						      (void *)&write_cases[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
