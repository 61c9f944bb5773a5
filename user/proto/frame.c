/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "proto/frame.h"

#include "stamp/frame_checksum.h"
#include "stamp/parse.h"
#include "stamp/turn_around.h"

/* Where the payload ends, in octets from the beginning of the frame. */
static size_t payload_end(const struct parsed_packet *packet, const void *frame)
{
	return (size_t)((const char *)(packet->udp + 1) - (const char *)frame) +
	       packet->payload_length;
}

enum stamp_outcome frame_parse(void *frame, size_t length, struct parsed_packet *packet)
{
	struct cursor cur = { frame, (char *)frame + length };
	enum stamp_outcome outcome = parse_packet(&cur, packet);

	if (!outcome)
		outcome = check_udp_length(packet);
	if (!outcome)
		outcome = find_payload(&cur, packet, (__u32)payload_end(packet, frame),
				       (__u32)length);
	if (!outcome && !packet->start)
		outcome = OUTCOME_TOO_SHORT;
	return outcome;
}

/* Any number of octets, from an even address on. */
static __u64 sum_octets(const void *octets, size_t size)
{
	const unsigned char *tail = (const unsigned char *)octets + (size & ~(size_t)3);
	unsigned char last[4] = { 0 };

	for (size_t i = 0; i < (size & 3); i++)
		last[i] = tail[i];
	return stamp_sum_word(stamp_sum_words(0, octets, (__u32)(size & ~(size_t)3)), last);
}

size_t frame_turn_around(void *frame, struct parsed_packet *packet, struct session_policy policy)
{
	packet->address_sum = sum_addresses(packet);
	turn_around(packet, policy);
	finish_checksums(packet, sum_octets(packet->udp + 1, packet->payload_length), 0);
	return payload_end(packet, frame);
}
