/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What stampd tells the programs of all interfaces, in memory that they share. */
#ifndef STAMP_SHARED_STATE_H
#define STAMP_SHARED_STATE_H

#include "stamp/clock_offset.h"
#include "stamp/ports.h"
#include "stamp/rate_limit.h"
#include "stamp/rule.h"

struct shared_state {
	struct clock_offset clock;      /* each second and when the clock is set */
	struct rules_state rules_state; /* after rules or `local_addresses` changed */
	struct limits limits;           /* with the rules */
	struct port_set ports;
};

_Static_assert(sizeof(struct shared_state) == 72 + 8 + 32 + 8192, "no hidden padding");

#endif
