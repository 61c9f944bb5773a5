/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The configuration of stampd, from a file or from a client: any text. That it is read or refused
 * in one line which names a place in the text, and leaves nothing behind then; that what was read,
 * printed and read again prints the same; and that the rules made of it are within their bounds.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "fuzz/fuzz.h"
#include "reflector/config_schema.h"
#include "reflector/rule_set.h"

#define NAME "fuzzed"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_abort_on_failure();
	return 0;
}

static size_t count_lines(const char *text, size_t size)
{
	size_t lines = 1;

	/* YAML ends lines in more ways than one, each of an octet at least. */
	for (size_t i = 0; i < size; i++)
		lines += !isprint((unsigned char)text[i]);
	return lines;
}

static void check_refusal(const struct config *config, const char *fault, size_t lines)
{
	struct config fresh;
	size_t line = 0, column = 0;

	assert_int_equal(sscanf(fault, NAME ":%zu:%zu: %*c", &line, &column), 2);
	assert_in_range(line, 1, lines + 1);
	assert_true(column >= 1);
	for (const char *c = fault; *c; c++)
		assert_false(iscntrl((unsigned char)*c));
	config_init(&fresh);
	assert_memory_equal(config, &fresh, sizeof(fresh));
}

/* The configuration as YAML; the caller frees it. */
static char *printed(const struct config *config, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);

	assert_non_null(out);
	assert_int_equal(config_print(config, out), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void check_print(const struct config *config)
{
	char fault[CONFIG_FAULT_MAX];
	size_t size, again_size;
	char *text = printed(config, &size), *again_text;
	struct config again;

	if (config_read(&again, NAME, text, size, fault))
		fail_msg("%s\n%s", fault, text);
	again_text = printed(&again, &again_size);
	assert_string_equal(again_text, text);
	config_free(&again);
	free(again_text);
	free(text);
}

static void check_rules(const struct config *config)
{
	char fault[RULE_SET_FAULT_MAX] = "";
	struct rule_set set = { 0 };
	int err = rule_set_build(&set, config, fault);

	assert_true(!err || err == -EINVAL);
	if (err) {
		assert_true(*fault != '\0');
		return;
	}
	for (size_t i = 0; i < set.rule_count; i++)
		assert_in_range(set.rules[i].policy.session, 0, config->session_count - 1);
	rule_set_free(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	char fault[CONFIG_FAULT_MAX] = "";
	char *text = malloc(size ? size : 1);
	struct config config;
	int err;

	assert_non_null(text);
	if (size) /* else there may be no octets to point to */
		memcpy(text, octets, size);
	err = config_read(&config, NAME, text, size, fault);
	assert_true(!err || err == -EINVAL);
	if (err) {
		check_refusal(&config, fault, count_lines(text, size));
	} else {
		assert_in_range(config.session_count, 0, CONFIG_SESSIONS_MAX);
		check_print(&config);
		check_rules(&config);
	}
	config_free(&config);
	free(text);
	return 0;
}
