/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The provisioned sessions as the kernel asks them: flattened, the most specific first. Pure. */
#ifndef REFLECTOR_RULE_SET_H
#define REFLECTOR_RULE_SET_H

#include "reflector/config.h"
#include "stamp/rule.h"

/* A sender prefix, with every rule that can match a sender in it. */
struct rule_node {
	struct rule_key key;
	struct rule_list list; /* places in `rules` of the set */
};

struct rule_set {
	struct rule *rules;
	size_t rule_count;
	struct rule_node *nodes; /* in the order of their prefixes, a shorter one first */
	size_t node_count;
};

#define RULE_SET_FAULT_MAX 256

/*
 * Flattens the sessions. What decides between two that match a request is, in this order: the
 * longer sender-ip, an SSID that is named, a sender-udp-port that is named, the longer
 * reflector-ip, and the place in the configuration. 0, -ENOMEM, or -EINVAL with `fault`: what the
 * program cannot hold or tell apart, and how to mend it.
 */
int rule_set_build(struct rule_set *out, const struct config *config,
		   char fault[RULE_SET_FAULT_MAX]);

/* Takes an empty one, too. */
void rule_set_free(struct rule_set *set);

#endif
