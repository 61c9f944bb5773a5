/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/sender_keys.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "common/log.h"

/* While keys are held, no core file and no debugger of the same user shows them. */
int sender_keys_open(struct sender_keys *keys, const struct sender_options *options)
{
	int err = 0;

	if (!options->key_file && !options->tlv_key_file)
		return 0;
	if (prctl(PR_SET_DUMPABLE, 0)) {
		log_error("cannot keep others from looking at the keys: %s", strerror(errno));
		return -EPERM;
	}
	if (options->key_file)
		err = auth_keys_read(&keys->base, options->key_file);
	if (!err && options->tlv_key_file)
		err = auth_keys_read(&keys->tlvs, options->tlv_key_file);
	return err;
}

void sender_keys_close(struct sender_keys *keys)
{
	auth_keys_close(keys->base);
	auth_keys_close(keys->tlvs);
}
