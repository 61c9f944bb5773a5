/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the options leave open, and which of them do not fit together. */
#include "ping/options_settle.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "common/log.h"
#include "ping/tlv_settle.h"
#include "stamp/wire.h"

#define COUNT_DEFAULT 10

int options_random_ssid(uint64_t *out)
{
	uint16_t ssid = 0;

	while (ssid == 0) {
		if (getrandom(&ssid, sizeof(ssid), 0) < 0) {
			log_error("no random SSID to be had: %s; give one by --ssid",
				  strerror(errno));
			return -EINVAL;
		}
	}
	*out = ssid;
	return 0;
}

static int settle_port(struct sender_options *options)
{
	struct target *target = &options->target;

	if (target->port && options->port && target->port != options->port) {
		log_error("-p %u contradicts port %u behind the target; leave one out",
			  (unsigned int)options->port, target->port);
		return -EINVAL;
	}
	if (!target->port)
		target->port = options->port ? (uint16_t)options->port : STAMP_PORT;
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
	if (options->size >= STAMP_BASE_SIZE)
		return options->ssid ? 0 : options_random_ssid(&options->ssid);
	if (!options->ssid && !options->require_ssid)
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

int options_settle(struct sender_options *options)
{
	int err;

	if (!options->target.host[0]) {
		log_error("no target given: stamp-ping TARGET[:PORT]; --help shows the options");
		return -EINVAL;
	}
	if (options->count == OPTIONS_COUNT_UNSET)
		options->count = options->duration_ns ? 0 : COUNT_DEFAULT;
	err = settle_output(options);
	if (!err)
		err = settle_conditions(options);
	if (!err)
		err = settle_port(options);
	if (!err)
		err = tlv_settle_access(options);
	if (!err)
		err = settle_size(options);
	return err ? err : settle_ssid(options);
}
