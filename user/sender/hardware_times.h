/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What timestamps a network card can take and takes, and switching them on for a while. */
#ifndef SENDER_HARDWARE_TIMES_H
#define SENDER_HARDWARE_TIMES_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <linux/net_tstamp.h>

#include "sender/time_source.h"

/* What the driver says. All zeroes: nothing. */
struct hardware_offer {
	uint32_t abilities;       /* SOF_TIMESTAMPING_* (ETHTOOL_GET_TS_INFO) */
	uint32_t transmit_types;  /* bits by HWTSTAMP_TX_* */
	uint32_t receive_filters; /* bits by HWTSTAMP_FILTER_* */
	int phc_index;            /* of /dev/ptpN; negative: none */
	bool config_known;        /* `config` is what the card does now (SIOCGHWTSTAMP) */
	struct hwtstamp_config config;
};

struct hardware_choice {
	bool transmit, receive; /* the card will stamp our packets, the replies */
	bool switch_on;         /* if this is set first */
	struct hwtstamp_config config;
	const char *why_not; /* a text; NULL if it will stamp either, or was not asked for */
};

/*
 * Whose timestamps can be had. Only TIMES_AUTO and TIMES_HARDWARE want any, and only the latter
 * switches them on. Where they are on, whatever is set stays: somebody else (ptp4l) relies on it.
 * Packets to any port are stamped on receipt only under HWTSTAMP_FILTER_ALL. Pure.
 */
struct hardware_choice hardware_times_choose(const struct hardware_offer *offer,
					     enum times_wanted wanted);

/* Asks the driver of an interface. Needs no privilege; what it does not tell stays zero. */
void hardware_times_read(const char *interface, struct hardware_offer *out);

/* What was set for a time, and what is to be set after it. */
struct hardware_switch {
	char interface[IF_NAMESIZE]; /* empty: nothing was */
	struct hwtstamp_config former, ours;
};

/*
 * Sets what was chosen; needs CAP_NET_ADMIN in the namespace of the interface. 0 or -errno. The
 * card may stamp less than asked for, which `choice` then says.
 */
int hardware_times_switch_on(const char *interface, const struct hardware_offer *offer,
			     struct hardware_choice *choice, struct hardware_switch *out);

/* Sets what was there before, if what is set still is ours. */
void hardware_times_restore(const struct hardware_switch *switched);

#endif
