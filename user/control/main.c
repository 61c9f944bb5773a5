/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampctl: the operator's command. One row per verb. */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/paths.h"
#include "control/check.h"
#include "control/command.h"
#include "control/drops.h"
#include "control/reload.h"
#include "control/show.h"
#include "stamp/version.h"

#define EXIT_USAGE 2

struct verb {
	const char *name;
	const char *argument; /* how --help calls it; NULL: the verb takes none */
	int (*run)(const struct command *command); /* 0 or -errno, logged */
	const char *help;
};

struct options {
	const struct verb *verb;
	struct command command;
};

static const struct verb verbs[] = {
	{ "show", NULL, show_run, "interfaces, counters, clock, sessions" },
	{ "drops", NULL, drops_run, "what was dropped or refused, and what to do about it" },
	{ "reload", NULL, reload_run, "have stampd read its configuration again" },
	{ "check", "FILE", check_run, "would stampd take this configuration? - is standard input" },
};

static const struct argp_option option_rows[] = {
	{ "socket", 's', "SOCKET", 0, "stampd's control socket, " CONTROL_SOCKET_PATH " by default",
	  0 },
	{ "json", 'j', NULL, 0, "print one JSON document", 0 },
	{ 0 }
};

static const char usage[] = "VERB [FILE]";
static const char help[] = "Asks a running stampd what it does, and tells it what to do.\v"
			   "Exit codes: 0 done, 1 refused or not to be asked, 2 wrong usage.";

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
		fprintf(out, "  %-6s %-4s  %s\n", verbs[i].name,
			verbs[i].argument ? verbs[i].argument : "", verbs[i].help);
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

static void take_word(struct options *options, char *word, struct argp_state *state)
{
	if (!options->verb) {
		options->verb = find_verb(word);
		if (!options->verb)
			argp_error(state, "there is no verb %s", word);
	} else if (!options->verb->argument) {
		argp_error(state, "%s takes no argument, but there is %s", options->verb->name,
			   word);
	} else if (options->command.argument) {
		argp_error(state, "%s takes one %s, but there is %s as well", options->verb->name,
			   options->verb->argument, word);
	} else {
		options->command.argument = word;
	}
}

static void check_words(const struct options *options, const struct argp_state *state)
{
	if (!options->verb)
		argp_error(state, "which verb?");
	else if (options->verb->argument && !options->command.argument)
		argp_error(state, "%s needs a %s", options->verb->name, options->verb->argument);
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 's':
		if (!*value)
			argp_error(state, "-s needs the path of a socket");
		options->command.socket_path = value;
		return 0;
	case 'j':
		options->command.json = true;
		return 0;
	case ARGP_KEY_ARG:
		take_word(options, value, state);
		return 0;
	case ARGP_KEY_END:
		check_words(options, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* What was printed has to arrive, too. 0 or -errno, logged. */
static int run(const struct options *options)
{
	int err = options->verb->run(&options->command);

	if (!fflush(stdout) && !ferror(stdout))
		return err;
	log_error("cannot write the answer: %s", strerror(errno));
	return -EIO;
}

int main(int argc, char **argv)
{
	struct argp argp = { option_rows, parse_option, usage, help, NULL, add_verbs, NULL };
	struct options options = { .command.socket_path = CONTROL_SOCKET_PATH };
	int err;

	argp_program_version = "stampctl " XDP_STAMP_VERSION;
	argp_err_exit_status = EXIT_USAGE;
	err = argp_parse(&argp, argc, argv, 0, NULL, &options);
	if (err)
		return EXIT_USAGE;
	return run(&options) ? EXIT_FAILURE : EXIT_SUCCESS;
}
