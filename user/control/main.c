/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampctl: the operator's command. One row per verb. */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "control/client.h"
#include "control/show.h"
#include "stamp/version.h"

#define EXIT_USAGE 2

/* A resource of stampd, and how people read it. */
struct verb {
	const char *name;
	const char *resource;
	void (*write)(FILE *out, const json_t *document);
	const char *help;
};

struct options {
	const char *socket_path;
	bool json;
	const struct verb *verb;
};

static const struct verb verbs[] = {
	{ "show", "/v1/show", show_write, "interfaces, counters, clock, sessions" },
};

static const struct argp_option option_rows[] = {
	{ "socket", 's', "SOCKET", 0, "stampd's control socket, " CONTROL_SOCKET_PATH " by default",
	  0 },
	{ "json", 'j', NULL, 0, "print one JSON document", 0 },
	{ 0 }
};

static const char usage[] = "VERB";
static const char help[] = "Shows what a running stampd does.\v"
			   "Exit codes: 0 done, 1 stampd could not be asked, 2 wrong usage.";

/* Puts the verbs ahead of the last part of --help. The text returned is argp's. */
static char *add_verbs(int key, const char *text, void *input)
{
	char *longer = NULL;
	size_t size;
	FILE *out;

	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	out = open_memstream(&longer, &size);
	if (!out)
		return (char *)text;
	fprintf(out, "Verbs:\n");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		fprintf(out, "  %-10s %s\n", verbs[i].name, verbs[i].help);
	fprintf(out, "\n%s", text);
	fclose(out);
	return longer;
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 's':
		if (!*value)
			argp_error(state, "-s needs the path of a socket");
		options->socket_path = value;
		return 0;
	case 'j':
		options->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (options->verb)
			argp_error(state, "one verb at a time, not %s as well", value);
		options->verb = find_verb(value);
		if (!options->verb)
			argp_error(state, "there is no verb %s", value);
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which verb?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* 0 or -errno, logged. */
static int print(const struct options *options, const json_t *document)
{
	if (options->json) {
		json_dumpf(document, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		options->verb->write(stdout, document);
	}
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	log_error("cannot write the answer: %s", strerror(errno));
	return -EIO;
}

/* 0 or -errno, logged. */
static int run(const struct options *options)
{
	json_t *document = NULL;
	int err = client_get(options->socket_path, options->verb->resource, &document);

	if (!err)
		err = print(options, document);
	json_decref(document);
	return err;
}

int main(int argc, char **argv)
{
	struct argp argp = { option_rows, parse_option, usage, help, NULL, add_verbs, NULL };
	struct options options = { .socket_path = CONTROL_SOCKET_PATH };
	int err;

	argp_program_version = "stampctl " XDP_STAMP_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	err = argp_parse(&argp, argc, argv, 0, NULL, &options);
	if (err)
		return EXIT_USAGE;
	return run(&options) ? EXIT_FAILURE : EXIT_SUCCESS;
}
