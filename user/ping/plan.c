/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sessions that the command line asks for: which path each measures, and how. */
#include "ping/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/log.h"

static struct session_settings settings_of(const struct sender_options *options,
					   const struct sender_keys *keys)
{
	return (struct session_settings){
		.path = { .times = (enum times_wanted)options->times,
			  .ttl = (uint8_t)options->ttl,
			  .dscp = (uint8_t)options->dscp },
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
		.flood = options->flood,
		.stateful = options->stateful,
		.ptp = options->ptp,
	};
}

/* From where, and to whom. */
static int find_ends(struct plan_path *path, const struct sender_options *options)
{
	struct udp_path *ends = &path->settings.path;
	int family = options->family;
	int err = 0;

	if (options->source)
		err = target_source(options->source, &family, &ends->source);
	if (options->source && ends->source.ss_family == AF_UNSPEC)
		ends->interface = options->source;
	if (!err)
		err = target_resolve(path->target, family, &ends->peer);
	if (!err)
		sockaddr_format(&ends->peer, path->address);
	return err;
}

static void set_swept(struct session_settings *settings, const struct sweep *sweep, size_t value)
{
	if (sweep->kind == SWEEP_SIZE)
		settings->size = sweep->values[value];
	else if (sweep->kind == SWEEP_DSCP)
		settings->path.dscp = (uint8_t)sweep->values[value];
}

static void set_source_port(struct udp_path *path, uint16_t port)
{
	if (path->source.ss_family == AF_UNSPEC)
		path->source.ss_family = path->peer.ss_family; /* any address */
	sockaddr_set_port(&path->source, port);
}

/* Only whole base packets carry an SSID (RFC 8972 section 3). */
static int choose_ssid(struct session_settings *settings)
{
	int err;

	while (!settings->ssid && settings->size >= STAMP_BASE_SIZE) {
		if (getrandom(&settings->ssid, sizeof(settings->ssid), 0) >= 0)
			continue;
		err = -errno;
		log_error("no random SSID to be had: %s; give one by --ssid", strerror(-err));
		return err;
	}
	return 0;
}

/* The paths to one target, of which the first is there, behind it in the plan. */
static int add_paths(struct plan *plan, const struct plan_path *first, size_t count)
{
	const struct sender_options *options = plan->options;
	int err = 0;

	for (size_t value = 0; !err && value < count; value++) {
		struct plan_path *path = &plan->paths[plan->count];

		*path = *first;
		set_swept(&path->settings, &options->sweep, value);
		if (options->source_port)
			set_source_port(&path->settings.path,
					(uint16_t)(options->source_port + plan->count));
		err = choose_ssid(&path->settings);
		plan->count++;
	}
	return err;
}

int plan_open(struct plan *plan, const struct sender_options *options,
	      const struct sender_keys *keys)
{
	size_t count = sender_options_sessions(options);
	int err = 0;

	*plan = (struct plan){ .options = options };
	plan->paths = calloc(count, sizeof(*plan->paths));
	if (!plan->paths)
		return -ENOMEM;
	for (size_t i = 0; !err && i < options->target_count; i++) {
		struct plan_path path = { .target = &options->targets[i],
					  .settings = settings_of(options, keys) };

		err = find_ends(&path, options);
		if (!err)
			err = add_paths(plan, &path, count / options->target_count);
	}
	return err;
}

/* As it was given, with the port where that tells targets apart. */
static void write_target(FILE *out, const struct plan *plan, const struct target *target)
{
	const struct target *targets = plan->options->targets;
	bool same_host = false;

	for (size_t i = 0; i < plan->options->target_count; i++)
		same_host |= &targets[i] != target && !strcmp(targets[i].host, target->host) &&
			     targets[i].port != target->port;
	fputs(target->host, out);
	if (same_host)
		fprintf(out, " port %u", target->port);
}

const char *plan_label(const struct plan *plan, const struct plan_path *path,
		       const struct sockaddr_storage *local, char text[PLAN_LABEL_MAX])
{
	enum sweep_kind sweep = plan->options->sweep.kind;
	bool several = plan->options->target_count > 1 || sweep == SWEEP_NONE;
	FILE *out = fmemopen(text, PLAN_LABEL_MAX, "w");

	text[0] = '\0';
	if (!out)
		return text;
	if (several)
		write_target(out, plan, path->target);
	if (several && sweep != SWEEP_NONE)
		fputc(' ', out);
	if (sweep == SWEEP_SIZE)
		fprintf(out, "size %zu", path->settings.size);
	else if (sweep == SWEEP_DSCP)
		fprintf(out, "dscp %u", path->settings.path.dscp);
	else if (sweep == SWEEP_FLOWS)
		fprintf(out, "from %u", sockaddr_port(local));
	fclose(out);
	return text;
}

void plan_close(struct plan *plan)
{
	free(plan->paths);
	*plan = (struct plan){ 0 };
}
