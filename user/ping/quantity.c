/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Numbers and durations as people write them. */
#include "ping/quantity.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t ns;
};

static const struct unit units[] = {
	{ "", 1000000000ULL },     { "s", 1000000000ULL }, { "ns", 1ULL },
	{ "us", 1000ULL },         { "ms", 1000000ULL },   { "m", 60000000000ULL },
	{ "h", 3600000000000ULL },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits up to the first other character, where `text` is left. */
static int read_digits(const char **text, uint64_t *out)
{
	uint64_t number = 0;

	if (!is_digit(**text))
		return -EINVAL;
	for (; is_digit(**text); (*text)++) {
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(**text - '0'), &number))
			return -ERANGE;
	}
	*out = number;
	return 0;
}

int quantity_number(const char *text, uint64_t *out)
{
	int err = read_digits(&text, out);

	return !err && *text ? -EINVAL : err;
}

static const struct unit *find_unit(const char *name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (!strcmp(units[i].name, name))
			return &units[i];
	}
	return NULL;
}

/* The part behind the point, in nanoseconds. */
static uint64_t fraction_ns(const char *digits, uint64_t unit_ns)
{
	uint64_t ns = 0;

	for (uint64_t scale = 10; is_digit(*digits) && unit_ns / scale; digits++, scale *= 10)
		ns += (uint64_t)(*digits - '0') * (unit_ns / scale);
	return ns;
}

int quantity_duration(const char *text, uint64_t *out_ns)
{
	const char *digits = NULL;
	const struct unit *unit;
	uint64_t whole, ns;
	int err = read_digits(&text, &whole);

	if (err)
		return err;
	if (*text == '.') {
		digits = ++text;
		text += strspn(text, "0123456789");
		if (text == digits)
			return -EINVAL;
	}
	unit = find_unit(text);
	if (!unit)
		return -EINVAL;
	if (__builtin_mul_overflow(whole, unit->ns, &ns) ||
	    __builtin_add_overflow(ns, digits ? fraction_ns(digits, unit->ns) : 0, &ns))
		return -ERANGE;
	*out_ns = ns;
	return 0;
}
