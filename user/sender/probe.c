/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The test packets on the wire: builds the Session-Sender's, reads the Session-Reflector's. */
#include "sender/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "stamp/error_estimate.h"

struct probe {
	struct probe_settings settings;
	struct stamp_sender_packet *packet; /* and the padding behind it */
};

int probe_open(struct probe **out, const struct probe_settings *settings)
{
	size_t size = settings->size < STAMP_BASE_SIZE ? STAMP_BASE_SIZE : settings->size;
	struct probe *probe = calloc(1, sizeof(*probe));

	if (!probe)
		return -ENOMEM;
	probe->settings = *settings;
	probe->packet = calloc(1, size);
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

const void *probe_build(struct probe *probe, uint32_t sequence, uint64_t sent_ns,
			const struct clock_quality *quality)
{
	struct stamp_time utc = stamp_time_from_ns(sent_ns, 0);
	bool ptp = probe->settings.ptp;

	*probe->packet = (struct stamp_sender_packet){
		.sequence = bpf_htonl(sequence),
		.timestamp = ptp ? stamp_ptp_from_time(utc, quality->tai_offset)
				 : stamp_ntp_from_time(utc),
		.error_estimate = bpf_htons(error_estimate(quality, ptp)),
		.ssid = bpf_htons(probe->settings.ssid),
	};
	return probe->packet;
}

struct stamp_timestamp probe_timestamp(const struct probe *probe)
{
	return probe->packet->timestamp;
}

static int read_time(struct stamp_timestamp timestamp, bool ptp, int tai_offset, uint64_t near_ns,
		     uint64_t *out)
{
	if (!ptp)
		*out = stamp_ntp_to_ns(timestamp, near_ns);
	else if (bpf_ntohl(timestamp.fraction) < NSEC_PER_SEC)
		*out = stamp_ptp_to_ns(timestamp, tai_offset, near_ns);
	else
		return -EBADMSG;
	return 0;
}

int probe_read(const void *octets, size_t size, int tai_offset, uint64_t near_ns,
	       struct probe_reply *out)
{
	struct stamp_reflector_packet packet = { 0 };
	bool ptp;
	int err;

	if (size < PROBE_SHORTEST_REPLY)
		return -EBADMSG;
	memcpy(&packet, octets, size < sizeof(packet) ? size : sizeof(packet));
	*out = (struct probe_reply){
		.size = size,
		.sequence = bpf_ntohl(packet.sequence),
		.sender_sequence = bpf_ntohl(packet.sender_sequence),
		.sender_timestamp = packet.sender_timestamp,
		.ssid = bpf_ntohs(packet.ssid),
		.error_estimate = bpf_ntohs(packet.error_estimate),
		.sender_ttl = packet.sender_ttl,
	};
	ptp = out->error_estimate & STAMP_ERROR_PTP_FORMAT;
	err = read_time(packet.receive_timestamp, ptp, tai_offset, near_ns, &out->received_ns);
	if (!err)
		err = read_time(packet.timestamp, ptp, tai_offset, near_ns, &out->sent_ns);
	return err;
}

void probe_close(struct probe *probe)
{
	if (!probe)
		return;
	free(probe->packet);
	free(probe);
}
