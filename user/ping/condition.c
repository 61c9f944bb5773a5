/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conditions like "loss>1%" on the figures of a run: when one holds, the run failed. */
#include "ping/condition.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "ping/quantity.h"

#define BLANKS " \t\r\n"
#define SIGNS "<>="
#define COMPARISONS (sizeof(signs) / sizeof(*signs))

/* The three parts of a condition. */
struct parts {
	char metric[CONDITION_TEXT_MAX];
	char sign[CONDITION_TEXT_MAX];
	char value[CONDITION_TEXT_MAX];
};

static const char *const signs[] = {
	[COMPARE_ABOVE] = ">",
	[COMPARE_AT_LEAST] = ">=",
	[COMPARE_BELOW] = "<",
	[COMPARE_AT_MOST] = "<=",
};

static const char *const expected_values[] = {
	[METRIC_PERCENT] = "a percentage like 1% or 0.5%, at most 100%",
	[METRIC_COUNT] = "a number like 5",
	[METRIC_DURATION] = "a duration like 2ms, 500us or 0.1s",
};

/* Moves `length` octets of `rest`, and the blanks behind them, to `out`; what is too long is cut,
 * which makes it a name or a value that does not exist. */
static void take(const char **rest, size_t length, char out[CONDITION_TEXT_MAX])
{
	snprintf(out, CONDITION_TEXT_MAX, "%.*s", (int)length, *rest);
	*rest += length;
	*rest += strspn(*rest, BLANKS);
}

static struct parts take_parts(const char **rest)
{
	struct parts parts = { 0 };

	take(rest, strcspn(*rest, SIGNS BLANKS), parts.metric);
	take(rest, strspn(*rest, SIGNS), parts.sign);
	take(rest, strcspn(*rest, BLANKS), parts.value);
	return parts;
}

static int read_percent(const char *text, double *out)
{
	size_t length = strspn(text, "0123456789.");
	char *end;

	if (text[0] < '0' || text[0] > '9' || strcmp(text + length, "%") != 0)
		return -EINVAL;
	*out = strtod(text, &end);
	return end == text + length && *out <= 100 ? 0 : -EINVAL;
}

/* One-way delays and variations can be negative. */
static int read_duration(const char *text, double *out)
{
	bool negative = text[0] == '-';
	uint64_t ns;
	int err = quantity_duration(text + negative, &ns);

	if (!err)
		*out = negative ? -(double)ns : (double)ns;
	return err;
}

static int read_value(enum metric_kind kind, const char *text, double *out)
{
	uint64_t number;
	int err;

	if (kind == METRIC_PERCENT)
		return read_percent(text, out);
	if (kind == METRIC_DURATION)
		return read_duration(text, out);
	err = quantity_number(text, &number);
	if (!err)
		*out = (double)number;
	return err;
}

static int read_comparison(const char *sign, enum comparison *out)
{
	for (size_t i = 0; i < COMPARISONS; i++) {
		if (strcmp(signs[i], sign) != 0)
			continue;
		*out = (enum comparison)i;
		return 0;
	}
	return -EINVAL;
}

static void refuse_metric(const char *text, const char *name)
{
	char *names = NULL;
	size_t size;
	FILE *out = open_memstream(&names, &size);

	if (!out)
		return;
	metric_write_names(out);
	if (!fclose(out))
		log_error("--fail-if '%s': no metric is called '%s'; there are: %s", text, name,
			  names);
	free(names);
}

static int read_condition(const char *text, const struct parts *parts, struct condition *out)
{
	enum metric_kind kind;
	int length;

	if (!metric_find(parts->metric, &out->metric)) {
		refuse_metric(text, parts->metric);
		return -EINVAL;
	}
	if (read_comparison(parts->sign, &out->comparison)) {
		log_error("--fail-if '%s': '%s' behind %s is no comparison; expected >, >=, < or "
			  "<=, and a value",
			  text, parts->sign, parts->metric);
		return -EINVAL;
	}
	kind = metric_kind(&out->metric);
	length = snprintf(out->text, sizeof(out->text), "%s%s%s", parts->metric, parts->sign,
			  parts->value);
	if (read_value(kind, parts->value, &out->limit) || length >= (int)sizeof(out->text)) {
		log_error("--fail-if '%s': '%s' is no value for %s; expected %s", text,
			  parts->value, parts->metric, expected_values[kind]);
		return -EINVAL;
	}
	return 0;
}

static bool is_there(const struct conditions *conditions, const char *text)
{
	for (size_t i = 0; i < conditions->count; i++) {
		if (!strcmp(conditions->list[i].text, text))
			return true;
	}
	return false;
}

static int add_one(struct conditions *conditions, const char *text, const char **rest)
{
	const struct parts parts = take_parts(rest);
	struct condition condition;
	int err = read_condition(text, &parts, &condition);

	if (err || is_there(conditions, condition.text))
		return err;
	if (conditions->count == CONDITIONS_MAX) {
		log_error("--fail-if '%s': more than %d conditions", text, CONDITIONS_MAX);
		return -EINVAL;
	}
	conditions->list[conditions->count++] = condition;
	return 0;
}

int conditions_add(struct conditions *conditions, const char *text)
{
	const char *rest = text + strspn(text, BLANKS);
	int err = 0;

	if (!*rest) {
		log_error("--fail-if '%s': expected a condition like 'loss>1%%'", text);
		return -EINVAL;
	}
	while (*rest && !err)
		err = add_one(conditions, text, &rest);
	return err;
}

static bool holds(const struct condition *condition, double value)
{
	switch (condition->comparison) {
	case COMPARE_ABOVE:
		return value > condition->limit;
	case COMPARE_AT_LEAST:
		return value >= condition->limit;
	case COMPARE_BELOW:
		return value < condition->limit;
	default:
		return value <= condition->limit;
	}
}

struct verdict conditions_judge(const struct conditions *conditions,
				const struct metrics_summary *summary)
{
	struct verdict verdict = { .asked = conditions->count > 0 };

	for (size_t i = 0; i < conditions->count; i++) {
		const struct condition *condition = &conditions->list[i];
		struct metric_value value = metric_value(&condition->metric, summary);

		if (!value.known || holds(condition, value.value))
			verdict.failed[verdict.count++] = (struct failure){ condition, value };
	}
	return verdict;
}
