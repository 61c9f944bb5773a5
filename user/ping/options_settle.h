/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the options leave open, and which of them do not fit together. */
#ifndef PING_OPTIONS_SETTLE_H
#define PING_OPTIONS_SETTLE_H

#include "ping/options.h"

#define OPTIONS_COUNT_UNSET UINT64_MAX
#define OPTIONS_SIZE_UNSET 0
#define OPTIONS_INTERVAL_UNSET 0
#define OPTIONS_DSCP_UNSET UINT64_MAX

/* 0, or -EINVAL after a message. */
int options_settle(struct sender_options *options);

#endif
