/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stampd: start, run, stop. */
#include <argp.h>
#include <errno.h>
#include <signal.h>

#include "common/log.h"
#include "reflector/options.h"
#include "reflector/reflector.h"

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

int main(int argc, char **argv)
{
	struct reflector *reflector = NULL;
	struct options options;
	int err;

	argp_err_exit_status = EXIT_BAD_CONFIGURATION;
	signal(SIGPIPE, SIG_IGN); /* who reads the log may end before us; we still have to detach */
	err = options_parse(&options, argc, argv);
	if (err || options.check) {
		if (!err)
			log_info("the configuration is good");
		config_free(&options.config);
		return err ? EXIT_BAD_CONFIGURATION : EXIT_STOPPED;
	}
	err = reflector_start(&reflector, &options.config);
	if (!err)
		err = reflector_run(reflector);
	reflector_stop(reflector);
	config_free(&options.config);
	return exit_code_of(err);
}
