/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampd: start, run, stop. */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "common/log.h"
#include "reflector/config_schema.h"
#include "reflector/options.h"
#include "reflector/reflector.h"
#include "reflector/session_keys.h"

enum exit_code {
	EXIT_STOPPED = 0,
	EXIT_BAD_CONFIGURATION = 1,
	EXIT_CANNOT_ATTACH = 2,
	EXIT_MISSING_RIGHT = 3,
};

static enum exit_code exit_code_of(int err)
{
	if (!err)
		return EXIT_STOPPED;
	return err == -EPERM || err == -EACCES ? EXIT_MISSING_RIGHT : EXIT_CANNOT_ATTACH;
}

static int reflect(struct options *options)
{
	struct reflector *reflector = NULL;
	int err = reflector_start(&reflector, &options->config, options->file);

	if (!err)
		err = reflector_run(reflector);
	reflector_stop(reflector);
	return exit_code_of(err);
}

/* The file has been checked when it was read, but not those that it names. */
static int check_keys(const struct config *config)
{
	struct session_keys *keys = NULL;
	int err = session_keys_open(&keys, config);

	session_keys_close(keys);
	if (err)
		return EXIT_BAD_CONFIGURATION;
	log_info("the configuration is good");
	return EXIT_STOPPED;
}

static int act(struct options *options)
{
	switch (options->action) {
	case ACTION_CHECK:
		return check_keys(&options->config);
	case ACTION_PRINT_EFFECTIVE:
		return config_print(&options->config, stdout) ? EXIT_BAD_CONFIGURATION
							      : EXIT_STOPPED;
	case ACTION_PRINT_SCHEMA:
		return config_print_schema(stdout) ? EXIT_BAD_CONFIGURATION : EXIT_STOPPED;
	default:
		return reflect(options);
	}
}

int main(int argc, char **argv)
{
	struct options options;
	int code = EXIT_BAD_CONFIGURATION;

	argp_err_exit_status = EXIT_BAD_CONFIGURATION;
	signal(SIGPIPE, SIG_IGN); /* who reads the log may end before us; we still have to detach */
	if (options_parse(&options, argc, argv) == 0)
		code = act(&options);
	config_free(&options.config);
	return code;
}
