/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* stamp-ping: measures the path to a STAMP Session-Reflector and back. */
#include <stddef.h>

#include "sender/options.h"
#include "sender/sender.h"

enum exit_status { ANSWERED = 0, NOT_ANSWERED = 1, FAILED = 2 };

int main(int argc, char **argv)
{
	struct sender_options options;
	struct sender *sender = NULL;
	bool answered = false;
	int err = sender_options_parse(&options, argc, argv);

	if (!err)
		err = sender_open(&sender, &options);
	if (!err)
		err = sender_run(sender, &answered);
	sender_close(sender);
	if (err)
		return FAILED;
	return answered ? ANSWERED : NOT_ANSWERED;
}
