/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The test packets on the wire: builds the Session-Sender's, reads the Session-Reflector's. */
#include "sender/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "proto/auth_packet.h"
#include "stamp/reply_auth.h"

struct probe {
	struct probe_settings settings;
	struct stamp_timestamp timestamp; /* T1 of the packet */
	void *packet;                     /* and the trailer behind it */
};

static size_t base_size(const struct probe_settings *settings)
{
	return settings->keys ? STAMP_AUTH_SIZE : STAMP_BASE_SIZE;
}

int probe_open(struct probe **out, const struct probe_settings *settings)
{
	size_t base = base_size(settings);
	struct probe *probe = calloc(1, sizeof(*probe));

	if (!probe)
		return -ENOMEM;
	probe->settings = *settings;
	probe->packet = calloc(1, settings->size < base ? base : settings->size);
	if (!probe->packet) {
		probe_close(probe);
		return -ENOMEM;
	}
	*out = probe;
	return 0;
}

static uint16_t error_estimate(const struct clock_quality *quality, bool ptp)
{
	uint16_t estimate = STAMP_ERROR_UNKNOWN;

	if (quality->synchronized)
		estimate = stamp_error_encode(quality->max_error_ns) | STAMP_ERROR_SYNCHRONIZED;
	return ptp ? estimate | STAMP_ERROR_PTP_FORMAT : estimate;
}

/* The same fields where packets in authenticated mode have them, and the HMAC. */
static void write_authenticated(const struct probe *probe, const struct stamp_sender_packet *fields)
{
	*(struct stamp_sender_auth_packet *)probe->packet = (struct stamp_sender_auth_packet){
		.sequence = fields->sequence,
		.timestamp = fields->timestamp,
		.error_estimate = fields->error_estimate,
		.ssid = fields->ssid,
	};
	auth_packet_sign(probe->settings.keys, 0, probe->packet);
}

const void *probe_build(struct probe *probe, uint32_t sequence, uint64_t sent_ns,
			const struct clock_quality *quality)
{
	struct stamp_time utc = stamp_time_from_ns(sent_ns, 0);
	bool ptp = probe->settings.ptp;
	const struct stamp_sender_packet fields = {
		.sequence = bpf_htonl(sequence),
		.timestamp = ptp ? stamp_ptp_from_time(utc, quality->tai_offset)
				 : stamp_ntp_from_time(utc),
		.error_estimate = bpf_htons(error_estimate(quality, ptp)),
		.ssid = bpf_htons(probe->settings.ssid),
	};

	probe->timestamp = fields.timestamp;
	if (probe->settings.keys)
		write_authenticated(probe, &fields);
	else
		memcpy(probe->packet, &fields, sizeof(fields));
	return probe->packet;
}

uint8_t *probe_trailer(struct probe *probe)
{
	return (uint8_t *)probe->packet + base_size(&probe->settings);
}

struct stamp_timestamp probe_timestamp(const struct probe *probe)
{
	return probe->timestamp;
}

static int take_unauthenticated(const void *octets, size_t size, struct stamp_reflector_packet *out)
{
	if (size < PROBE_SHORTEST_REPLY)
		return -EBADMSG;
	memcpy(out, octets, size < sizeof(*out) ? size : sizeof(*out));
	return 0;
}

/* Nothing is read before the HMAC has been verified. */
static int take_authenticated(const struct auth_keys *keys, const void *octets, size_t size,
			      struct stamp_reflector_packet *out)
{
	struct stamp_reflector_auth_packet packet;
	size_t key;

	if (size < sizeof(packet))
		return -EBADMSG;
	if (!auth_packet_verify(keys, octets, size, &key))
		return -EKEYREJECTED;
	memcpy(&packet, octets, sizeof(packet));
	*out = stamp_auth_fields(&packet);
	return 0;
}

int probe_time(struct stamp_timestamp timestamp, uint16_t error_estimate, int tai_offset,
	       uint64_t near_ns, uint64_t *out)
{
	if (!(error_estimate & STAMP_ERROR_PTP_FORMAT))
		*out = stamp_ntp_to_ns(timestamp, near_ns);
	else if (bpf_ntohl(timestamp.fraction) < NSEC_PER_SEC)
		*out = stamp_ptp_to_ns(timestamp, tai_offset, near_ns);
	else
		return -EBADMSG;
	return 0;
}

static int read_times(const struct stamp_reflector_packet *packet, int tai_offset, uint64_t near_ns,
		      struct probe_reply *out)
{
	int err = probe_time(packet->receive_timestamp, out->error_estimate, tai_offset, near_ns,
			     &out->received_ns);

	if (!err)
		err = probe_time(packet->timestamp, out->error_estimate, tai_offset, near_ns,
				 &out->sent_ns);
	return err;
}

int probe_read(const struct probe *probe, const void *octets, size_t size, int tai_offset,
	       uint64_t near_ns, struct probe_reply *out)
{
	const struct auth_keys *keys = probe->settings.keys;
	struct stamp_reflector_packet packet = { 0 };
	int err = keys ? take_authenticated(keys, octets, size, &packet)
		       : take_unauthenticated(octets, size, &packet);

	if (err)
		return err;
	*out = (struct probe_reply){
		.size = size,
		.sequence = bpf_ntohl(packet.sequence),
		.sender_sequence = bpf_ntohl(packet.sender_sequence),
		.sender_timestamp = packet.sender_timestamp,
		.ssid = bpf_ntohs(packet.ssid),
		.error_estimate = bpf_ntohs(packet.error_estimate),
		.sender_ttl = packet.sender_ttl,
	};
	return read_times(&packet, tai_offset, near_ns, out);
}

void probe_close(struct probe *probe)
{
	if (!probe)
		return;
	free(probe->packet);
	free(probe);
}
