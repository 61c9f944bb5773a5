/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the options leave open, and which of them do not fit together. */
#include "ping/options_settle.h"

#include <errno.h>
#include <string.h>

#include "common/log.h"
#include "ping/tlv_settle.h"
#include "stamp/timestamp.h"
#include "stamp/wire.h"

#define COUNT_DEFAULT 10
#define INTERVAL_DEFAULT_NS NSEC_PER_SEC
#define SLOW_INTERVAL_NS (10 * NSEC_PER_MSEC)
#define FLOOD_DURATION_NS (10 * NSEC_PER_SEC)

static int settle_port(struct target *target, uint64_t port)
{
	if (target->port && port && target->port != port) {
		log_error("-p %u contradicts port %u behind the target; leave one out",
			  (unsigned int)port, target->port);
		return -EINVAL;
	}
	if (!target->port)
		target->port = port ? (uint16_t)port : STAMP_PORT;
	return 0;
}

static int settle_ports(struct sender_options *options)
{
	uint64_t last = options->source_port + sender_options_sessions(options) - 1;
	int err = 0;

	for (size_t i = 0; !err && i < options->target_count; i++)
		err = settle_port(&options->targets[i], options->port);
	if (err || !options->source_port || last <= UINT16_MAX)
		return err;
	log_error("--source-port %u: that of the last session would be %u; give a lower one",
		  (unsigned int)options->source_port, (unsigned int)last);
	return -EINVAL;
}

static int refuse_flood(const char *other)
{
	log_error("--flood sends as fast as it goes, to one target; leave out %s", other);
	return -EINVAL;
}

static int settle_flood(struct sender_options *options)
{
	if (options->interval_ns != OPTIONS_INTERVAL_UNSET)
		return refuse_flood("-i");
	if (options->poisson)
		return refuse_flood("--poisson");
	if (sender_options_sessions(options) > 1)
		return refuse_flood("the sweep, or all targets but one");
	if (options->count == OPTIONS_COUNT_UNSET && !options->duration_ns)
		options->duration_ns = FLOOD_DURATION_NS;
	options->interval_ns = INTERVAL_DEFAULT_NS;
	return 0;
}

/* RFC 8085 section 3.1.3 counsels one datagram per round-trip time to a destination at most, and
 * few paths between sites take less than 10 ms. */
static int settle_rate(struct sender_options *options)
{
	size_t sessions = sender_options_sessions(options) / options->target_count;

	if (options->flood)
		return settle_flood(options);
	if (options->interval_ns == OPTIONS_INTERVAL_UNSET)
		options->interval_ns = INTERVAL_DEFAULT_NS;
	if (options->fast || options->interval_ns / sessions >= SLOW_INTERVAL_NS)
		return 0;
	log_error("that is more than 100 packets a second to a target, more than RFC 8085 counsels "
		  "for a path that others use, too; give a larger -i%s, or --fast as well",
		  sessions > 1 ? ", a smaller --sweep" : "");
	return -EINVAL;
}

static int refuse_sweep(const char *other)
{
	log_error("--sweep: leave out %s", other);
	return -EINVAL;
}

static int settle_sweep(struct sender_options *options)
{
	enum sweep_kind kind = options->sweep.kind;

	if (kind == SWEEP_SIZE && options->size != OPTIONS_SIZE_UNSET)
		return refuse_sweep("-s, the sizes are swept");
	if (kind == SWEEP_SIZE && tlv_settle_needed(options))
		return refuse_sweep("--tlv and --tlv-key, which make the size");
	if (kind == SWEEP_DSCP && options->dscp != OPTIONS_DSCP_UNSET)
		return refuse_sweep("--dscp, it is swept");
	if (options->dscp == OPTIONS_DSCP_UNSET)
		options->dscp = 0;
	if (kind == SWEEP_SIZE)
		options->size = options->sweep.values[0];
	return 0;
}

/* Nothing shorter than the packet with its HMAC can be verified. */
static int settle_size(struct sender_options *options)
{
	uint64_t base = options->key_file ? STAMP_AUTH_SIZE : STAMP_BASE_SIZE;

	if (tlv_settle_needed(options))
		return tlv_settle(options, base);
	if (options->size == OPTIONS_SIZE_UNSET)
		options->size = base;
	if (!options->key_file || options->size >= base)
		return 0;
	log_error("-s %u: packets in authenticated mode have at least 112 octets; leave out -s, or "
		  "--auth",
		  (unsigned int)options->size);
	return -EINVAL;
}

/* Only whole base packets carry an SSID (RFC 8972 section 3). */
static int settle_ssid(struct sender_options *options)
{
	if (options->size >= STAMP_BASE_SIZE || (!options->ssid && !options->require_ssid))
		return 0;
	log_error("-s %u: packets of less than 44 octets carry no SSID; leave out --ssid and "
		  "--require-ssid, or send 44 octets",
		  (unsigned int)options->size);
	return -EINVAL;
}

/* --csv and --nagios write nothing else. */
static int refuse_beside(const char *form, const char *other)
{
	if (!other)
		return 0;
	log_error("%s: leave out %s", form, other);
	return -EINVAL;
}

static const char *form_asked_for(const struct sender_options *options)
{
	if (options->json)
		return "-j";
	if (options->each)
		return "--each";
	return options->quiet ? "-q" : NULL;
}

static int settle_output(const struct sender_options *options)
{
	const char *other = form_asked_for(options);

	if (options->nagios && sender_options_sessions(options) > 1)
		return refuse_beside("--nagios writes one line for a monitoring system",
				     "--sweep, and all targets but one");
	if (options->nagios)
		return refuse_beside("--nagios writes one line for a monitoring system",
				     options->csv ? "--csv" : other);
	if (options->csv)
		return refuse_beside("--csv writes a line for each packet and nothing else", other);
	if (options->each && !options->json) {
		log_error("--each writes JSON lines: give -j, too");
		return -EINVAL;
	}
	return 0;
}

/* A run without a reply never passes, whatever else was to be watched. */
static int settle_conditions(struct sender_options *options)
{
	if (!options->conditions.count && !options->nagios)
		return 0;
	return conditions_add(&options->conditions, "received<1");
}

/* The first that is given of what --mtu makes no use of; NULL if none is. */
static const char *given_beside_mtu(const struct sender_options *options)
{
	const struct {
		bool given;
		const char *name;
	} others[] = {
		{ options->target_count > 1, "all targets but one" },
		{ options->sweep.kind != SWEEP_NONE, "--sweep" },
		{ options->size != OPTIONS_SIZE_UNSET, "-s" },
		{ options->count != OPTIONS_COUNT_UNSET, "-c" },
		{ options->duration_ns, "-w" },
		{ options->interval_ns != OPTIONS_INTERVAL_UNSET, "-i" },
		{ options->flood, "--flood" },
		{ options->poisson, "--poisson" },
		{ tlv_settle_needed(options), "--tlv and --tlv-key" },
		{ options->csv, "--csv" },
		{ options->each, "--each" },
		{ options->nagios, "--nagios" },
		{ options->conditions.count, "--fail-if" },
		{ options->html_file, "--report" },
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (others[i].given)
			return others[i].name;
	}
	return NULL;
}

int options_settle(struct sender_options *options)
{
	int err;

	if (!options->target_count) {
		log_error("no target given: stamp-ping TARGET[:PORT]; --help shows the options");
		return -EINVAL;
	}
	if (options->mtu) {
		err = refuse_beside("--mtu chooses what it sends", given_beside_mtu(options));
		if (err)
			return err;
	}
	err = settle_rate(options);
	if (options->count == OPTIONS_COUNT_UNSET)
		options->count = options->duration_ns ? 0 : COUNT_DEFAULT;
	if (!err)
		err = settle_sweep(options);
	if (!err)
		err = settle_output(options);
	if (!err)
		err = settle_conditions(options);
	if (!err)
		err = settle_ports(options);
	if (!err)
		err = tlv_settle_access(options);
	if (!err)
		err = settle_size(options);
	return err ? err : settle_ssid(options);
}
