/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stamp-ping: measures the path to a STAMP Session-Reflector and back. */
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "ping/mtu.h"
#include "ping/options.h"
#include "ping/report.h"
#include "ping/run.h"

/* What a monitoring plugin has to say and exit with is fixed by those who run it. */
enum plugin_status { PLUGIN_OK = 0, PLUGIN_CRITICAL = 2, PLUGIN_UNKNOWN = 3 };
enum exit_status { ANSWERED = 0, NOT_ANSWERED = 1, FAILED = 2, CONDITION_HELD = 3 };

static int plugin_status(int err, enum run_result result)
{
	if (!err)
		return result == RUN_ANSWERED ? PLUGIN_OK : PLUGIN_CRITICAL;
	report_nagios_unknown(*log_last_error() ? log_last_error() : strerror(-err));
	return PLUGIN_UNKNOWN;
}

static int exit_status(int err, enum run_result result)
{
	if (err)
		return FAILED;
	if (result == RUN_CONDITION_HELD)
		return CONDITION_HELD;
	return result == RUN_ANSWERED ? ANSWERED : NOT_ANSWERED;
}

static int measure(const struct sender_options *options, enum run_result *result)
{
	struct run *run = NULL;
	int err = run_open(&run, options);

	if (!err)
		err = run_measure(run, result);
	run_close(run);
	return err;
}

/* Where the caller closed a standard file, what is opened next would take its place: a socket would
 * send the report as packets. Writing to these fails. */
static void reserve_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	enum run_result result = RUN_NOT_ANSWERED;
	struct sender_options options;
	int err;

	reserve_standard_files();
	err = sender_options_parse(&options, argc, argv);
	if (!err)
		err = options.mtu ? mtu_measure(&options, &result) : measure(&options, &result);
	return options.nagios ? plugin_status(err, result) : exit_status(err, result);
}
