/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <string.h>

#include "lib/cases.h"
#include "lib/hex.h"
#include "lib/prefix_of.h"
#include "lib/tlv_rows.h"

struct tlv_row_octets tlv_row_read(const struct tlv_row *row, bool is_odd)
{
	struct tlv_row_octets octets = { 0 };
	uint32_t front = 0;

	if (is_odd) {
		front = hex_read("80010001 5a", octets.asked, TLV_ROW_MAX);
		hex_read(row->use == VERBATIM_ALSO ? "80010001 5a" : "00010001 5a", octets.answered,
			 TLV_ROW_MAX);
	}
	octets.length = front + hex_read(row->asked, octets.asked + front, TLV_ROW_MAX - front);
	assert_int_equal(hex_read(row->answered, octets.answered + front, TLV_ROW_MAX - front) +
				 front,
			 octets.length);
	return octets;
}

bool tlv_row_has(const struct tlv_row *row, bool is_ip6)
{
	return row->family == EITHER_FAMILY || (row->family == ONLY_IP6) == is_ip6;
}

struct tlv_exchange tlv_row_exchange(const struct tlv_row *row, bool is_ip6)
{
	return (struct tlv_exchange){
		.key = {
			.sender = prefix_of(is_ip6 ? "2001:db8:1::7" : "198.51.100.7").address,
			.reflector = prefix_of(is_ip6 ? "2001:db8::2" : "192.0.2.2").address,
			.sender_port = bpf_htons(20000),
			.reflector_port = bpf_htons(862),
		},
		.source_mac = { bpf_htons(0x0200), 0, bpf_htons(0x0001) },
		.has_source_mac = 1,
		.micro_session_id = TLV_ROW_LINK,
		.traffic_class = TLV_ROW_TRAFFIC_CLASS,
		.synchronization_source = STAMP_SYNC_LOCAL,
		.received = 1,
		.policy = { .flags = row->flags, .dscp_denied = TLV_ROW_DENIED },
	};
}

int tlv_row_is_own(void *context, const struct stamp_address *address)
{
	static const char *const own[] = { "192.0.2.2", "2001:db8::2", "192.0.2.7", "2001:db8::7" };

	(void)context;
	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		const struct stamp_address one = prefix_of(own[i]).address;

		if (!memcmp(&one, address, sizeof(one)))
			return 1;
	}
	return 0;
}

void tlv_row_check(const struct tlv_row *row, const struct tlv_exchange *exchange)
{
	struct stamp_address source;

	assert_int_equal(exchange->policy.flags & SESSION_SET_DSCP,
			 row->dscp ? SESSION_SET_DSCP : 0);
	if (row->dscp)
		assert_int_equal(TLV_DSCP(exchange->policy.dscp), row->dscp);
	assert_int_equal(exchange->has_source, row->source != NULL);
	if (!row->source)
		return;
	source = prefix_of(row->source).address;
	assert_memory_equal(&exchange->source, &source, sizeof(source));
}
