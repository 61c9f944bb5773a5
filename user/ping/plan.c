/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sessions that the command line asks for: which path each measures, and how. */
#include "ping/plan.h"

#include <errno.h>
#include <stdlib.h>

static struct session_settings settings_of(const struct sender_options *options,
					   const struct sender_keys *keys)
{
	return (struct session_settings){
		.path = { .ttl = (uint8_t)options->ttl, .dscp = (uint8_t)options->dscp },
		.keys = keys->base,
		.tlvs = &options->tlvs,
		.tlv_keys = keys->tlvs,
		.access_timeout_ns = options->access_timeout_ns,
		.access_tries = options->access_tries,
		.count = options->count,
		.interval_ns = options->interval_ns,
		.duration_ns = options->duration_ns,
		.timeout_ns = options->timeout_ns,
		.size = options->size,
		.ssid = (uint16_t)options->ssid,
		.poisson = options->poisson,
		.stateful = options->stateful,
		.ptp = options->ptp,
	};
}

/* From where, and to whom. */
static int find_ends(struct udp_path *path, const struct sender_options *options,
		     const struct target *target)
{
	int family = options->family;
	int err = 0;

	if (options->source)
		err = target_source(options->source, &family, &path->source);
	if (options->source && path->source.ss_family == AF_UNSPEC)
		path->interface = options->source;
	return err ? err : target_resolve(target, family, &path->peer);
}

int plan_open(struct plan *plan, const struct sender_options *options,
	      const struct sender_keys *keys)
{
	struct plan_path *path = calloc(1, sizeof(*path));
	int err;

	*plan = (struct plan){ path, 1 };
	if (!path)
		return -ENOMEM;
	path->target = &options->target;
	path->settings = settings_of(options, keys);
	err = find_ends(&path->settings.path, options, path->target);
	if (err)
		plan_close(plan);
	else
		sockaddr_format(&path->settings.path.peer, path->address);
	return err;
}

void plan_close(struct plan *plan)
{
	free(plan->paths);
	*plan = (struct plan){ 0 };
}
