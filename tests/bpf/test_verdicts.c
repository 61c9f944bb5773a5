/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A frame in, the action and the counted outcome out, for each way a packet can leave. Not to be
 * reached here: NO_ROOM_TO_GROW (the kernel's test run leaves room behind every frame that a short
 * request fits in) and TABLE_FULL (an LRU hash throws out another entry).
 */
#include <stdio.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/golden.h"
#include "lib/scene.h"
#include "stamp/timestamp.h"

#define EXPANDED_MAX 1024
#define SHORTEST_FRAME 14 /* the kernel's test run takes no shorter one */

enum {
	IP4 = 1,
	IP6 = 2,
	BOTH = IP4 | IP6,
};

struct verdict_case {
	const char *name;
	unsigned int families;
	enum stamp_outcome outcome;
	struct packet_fields fields;
	enum scene_peer peer;
	void (*write)(uint8_t *payload); /* default: the golden request */
};

static struct prog_run *run;

static void write_golden(const char *name, uint8_t *payload)
{
	uint8_t octets[GOLDEN_MAX];

	memcpy(payload, octets, golden_read(name, octets));
}

static void write_request(uint8_t *payload)
{
	write_golden("request", payload);
}

static void write_reply(uint8_t *payload)
{
	write_golden("reply", payload);
}

static uint64_t utc_seconds(void)
{
	struct clock_reading clock = prog_run_clock_now();

	return (prog_run_monotonic() + clock.utc_offset_ns) / NSEC_PER_SEC;
}

/* Random padding as TWAMP senders have it, but for a time of now where a reply has T1. */
/* Octets 24 to 37 filled and 38, 39 and 41 to 43 zero, as in a reply; T2 where none can be. */
static void write_reply_without_times(uint8_t *payload)
{
	write_golden("reply", payload);
	payload[19] ^= 0x80;
}

static void write_recent_ntp(uint8_t *payload)
{
	write_golden("request", payload);
	memset(payload + 14, 0xa5, 30);
	packet_put32(payload + 28, (uint32_t)(utc_seconds() + NTP_UNIX_OFFSET));
}

static void write_recent_ptp(uint8_t *payload)
{
	write_recent_ntp(payload);
	packet_put32(payload + 28, (uint32_t)(utc_seconds() + 37));
}

static void write_dirty_mbz(uint8_t *payload)
{
	write_golden("request", payload);
	memset(payload + 16, 0xff, 28);
}

static void write_zeros(uint8_t *payload)
{
	memset(payload, 0, STAMP_BASE_SIZE);
}

#define LAND4                                                                                      \
	.source = "192.0.2.2", .source_port = 862, .source_mac = "02:00:00:00:00:02",              \
	.destination = "192.0.2.2"
#define LAND6                                                                                      \
	.source = "2001:db8::2", .source_port = 862, .source_mac = "02:00:00:00:00:02",            \
	.destination = "2001:db8::2"

/* clang-format off */
static const struct verdict_case reflected_cases[] = {
	{ "a base packet is reflected", BOTH, OUTCOME_REFLECTED, .peer = PEER_STATELESS },
	{ "R8762-4.1-5: the other port is answered", BOTH, OUTCOME_REFLECTED,
	  .fields = { .destination_port = SCENE_OTHER_PORT } },
	{ "an address of this interface is answered", IP4, OUTCOME_REFLECTED,
	  .fields = { .destination = "192.0.2.7" } },
	{ "an address of this interface is answered", IP6, OUTCOME_REFLECTED,
	  .fields = { .destination = "2001:db8::7" } },
	{ "each policy is answered: stateful", BOTH, OUTCOME_REFLECTED, .peer = PEER_STATEFUL },
	{ "each policy is answered: PTP", BOTH, OUTCOME_REFLECTED, .peer = PEER_PTP },
	{ "each policy is answered: everything", BOTH, OUTCOME_REFLECTED, .peer = PEER_EVERYTHING },
	{ "1472 octets are reflected", BOTH, OUTCOME_REFLECTED,
	  .fields = { .payload_length = 1472 } },
	{ "TW-1: 14 octets are reflected where allowed", BOTH, OUTCOME_REFLECTED,
	  .fields = { .payload_length = 14 }, .peer = PEER_SHORT },
	{ "TW-1: 43 octets are reflected where allowed", BOTH, OUTCOME_REFLECTED,
	  .fields = { .payload_length = 43 }, .peer = PEER_SHORT },
	{ "an unfinished checksum is reflected", BOTH, OUTCOME_REFLECTED,
	  .fields = { .checksum = PACKET_UNFINISHED } },
	{ "no checksum is reflected", IP4, OUTCOME_REFLECTED,
	  .fields = { .checksum = PACKET_ABSENT } },
	{ "padding behind the packet is no error", BOTH, OUTCOME_REFLECTED,
	  .fields = { .padding = 9 } },
	{ "R8762-4.2.1-8: non-zero MBZ is no error", BOTH, OUTCOME_REFLECTED,
	  .peer = PEER_STATELESS,
	  .write = write_dirty_mbz },
	{ "A-02: a Multiplier of 0 is reflected, and counted", BOTH, OUTCOME_ZERO_MULTIPLIER, .peer = PEER_STATELESS,
	  .write = write_zeros },
	{ "TTL 1 is reflected", BOTH, OUTCOME_REFLECTED, .fields = { .ttl = 1 } },
	{ "TTL 255 is reflected", BOTH, OUTCOME_REFLECTED, .fields = { .ttl = 255 } },
	{ "every DSCP and ECN is reflected", BOTH, OUTCOME_REFLECTED,
	  .fields = { .traffic_class = 0xff } },
	{ "Don't Fragment is no fragment", IP4, OUTCOME_REFLECTED,
	  .fields = { .fragment = 0x4000 } },
	{ "a priority tag is a tag", BOTH, OUTCOME_REFLECTED,
	  .fields = { .vlans = { { 0x8100, 0xe000 } } } },
	{ "two 802.1Q tags are answered", BOTH, OUTCOME_REFLECTED,
	  .fields = { .vlans = { { 0x8100, 5 }, { 0x8100, 6 } } } },
	{ "a plain request from port 862 is answered", BOTH, OUTCOME_REFLECTED,
	  .fields = { .source_port = 862 } },
	{ "R8762-4.2.1-8: MBZ with a reply's shape but no reply's times is answered", BOTH,
	  OUTCOME_REFLECTED, .peer = PEER_STATELESS, .write = write_reply_without_times },
	{ "a recent time from another port is answered", BOTH, OUTCOME_REFLECTED,
	  .peer = PEER_STATELESS, .write = write_recent_ntp },
	{ "a recent time in another format is answered", BOTH, OUTCOME_REFLECTED,
	  .fields = { .source_port = 862 }, .peer = PEER_PTP, .write = write_recent_ntp },
	{ "a short request from port 862 is answered", BOTH, OUTCOME_REFLECTED,
	  .fields = { .source_port = 862, .payload_length = 43 },
	  .peer = PEER_SHORT, .write = write_reply },
	{ "source port 65535 is answered", BOTH, OUTCOME_REFLECTED,
	  .fields = { .source_port = 65535 } },
};

static const struct verdict_case passed_cases[] = {
	{ "port 861 passes", BOTH, OUTCOME_OTHER_TRAFFIC, .fields = { .destination_port = 861 } },
	{ "port 863 passes", BOTH, OUTCOME_OTHER_TRAFFIC, .fields = { .destination_port = 863 } },
	{ "port 0 passes", BOTH, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .destination_port = PACKET_ZERO } },
	{ "a reply to our own Session-Sender passes", BOTH, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .source_port = 862, .destination_port = 20000 },
	  .peer = PEER_STATELESS, .write = write_reply },
	{ "corrupt packets to other ports pass", BOTH, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .destination_port = 53, .checksum = PACKET_CORRUPT, .corrupt_ip = true } },
	{ "TCP passes", BOTH, OUTCOME_OTHER_TRAFFIC, .fields = { .protocol = 6 } },
	{ "UDP-Lite passes", BOTH, OUTCOME_OTHER_TRAFFIC, .fields = { .protocol = 136 } },
	{ "ESP passes", BOTH, OUTCOME_OTHER_TRAFFIC, .fields = { .protocol = 50 } },
	{ "no next header passes", IP6, OUTCOME_OTHER_TRAFFIC, .fields = { .protocol = 59 } },
	{ "ARP passes", BOTH, OUTCOME_OTHER_TRAFFIC, .fields = { .ether_type = 0x0806 } },
	{ "a length where the EtherType would be passes", BOTH, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .ether_type = 72 } },
	{ "IPv6 that says it is IPv4 passes", IP6, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .ether_type = 0x0800 } },
	{ "IPv4 that says it is IPv6 passes", IP4, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .ether_type = 0x86dd } },
	{ "IP version 5 passes", BOTH, OUTCOME_OTHER_TRAFFIC, .fields = { .version = 5 } },
	{ "IP version 0 passes", BOTH, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .version = PACKET_ZERO } },
	{ "an IPv4 header of 4 words passes", IP4, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .header_words = 4 } },
	{ "an IPv4 header of no words passes", IP4, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .header_words = PACKET_ZERO } },
	{ "three VLAN tags pass", BOTH, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .vlans = { { 0x88a8, 1 }, { 0x8100, 2 }, { 0x8100, 3 } } } },
	{ "a tag that is neither 802.1Q nor 802.1ad passes", BOTH, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .vlans = { { 0x9100, 1 } } } },
	{ "the first fragment passes", IP4, OUTCOME_FRAGMENT, .fields = { .fragment = 0x2000 } },
	{ "a later fragment passes", IP4, OUTCOME_FRAGMENT, .fields = { .fragment = 0x2001 } },
	{ "the last fragment passes", IP4, OUTCOME_FRAGMENT, .fields = { .fragment = 0x1fff } },
	{ "a fragment with options passes", IP4, OUTCOME_FRAGMENT,
	  .fields = { .fragment = 0x2000, .option_words = 1 } },
	{ "a fragment passes", IP6, OUTCOME_FRAGMENT, .fields = { .extensions = { 44 } } },
	{ "a word of options passes", IP4, OUTCOME_IP_OPTIONS, .fields = { .option_words = 1 } },
	{ "ten words of options pass", IP4, OUTCOME_IP_OPTIONS, .fields = { .option_words = 10 } },
	{ "options that the frame does not hold pass", IP4, OUTCOME_IP_OPTIONS,
	  .fields = { .header_words = 15, .payload_length = PACKET_ZERO } },
	{ "a Hop-by-Hop header passes", IP6, OUTCOME_EXTENSION_HEADERS,
	  .fields = { .extensions = { PACKET_ZERO } } },
	{ "a Routing header passes", IP6, OUTCOME_EXTENSION_HEADERS,
	  .fields = { .extensions = { 43 } } },
	{ "a Destination Options header passes", IP6, OUTCOME_EXTENSION_HEADERS,
	  .fields = { .extensions = { 60 } } },
	{ "two extension headers pass", IP6, OUTCOME_EXTENSION_HEADERS,
	  .fields = { .extensions = { PACKET_ZERO, 60 } } },
	{ "a UDP length of 0 passes", BOTH, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .udp_length = PACKET_ZERO } },
	{ "a UDP length of 7 passes", BOTH, OUTCOME_UNEVEN_LENGTHS, .fields = { .udp_length = 7 } },
	{ "a UDP length one too small passes", BOTH, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .udp_length = 51 } },
	{ "a UDP length one too large passes", BOTH, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .udp_length = 53 } },
	{ "a UDP length into the padding passes", BOTH, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .udp_length = 60, .padding = 20 } },
	{ "the largest UDP length passes", BOTH, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .udp_length = 65535 } },
	{ "an IP length one too small passes", IP4, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = 71 } },
	{ "an IP length one too large passes", IP4, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = 73 } },
	{ "an IP length shorter than its header passes", IP4, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = 19 } },
	{ "an IP length of 0 passes", BOTH, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = PACKET_ZERO } },
	{ "a payload length one too small passes", IP6, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = 51 } },
	{ "lengths that wrap to each other pass", IP4, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = 10, .udp_length = 65526 } },
	{ "lengths that agree on 7 octets of UDP pass", IP4, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = 27, .udp_length = 7 } },
	{ "lengths that agree on 7 octets of UDP pass", IP6, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = 7, .udp_length = 7 } },
	{ "lengths that agree on no UDP pass", IP4, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = 20, .udp_length = PACKET_ZERO } },
	{ "lengths that agree on no UDP pass", IP6, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = PACKET_ZERO, .udp_length = PACKET_ZERO } },
	{ "lengths that agree beyond the frame pass", IP4, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = 73, .udp_length = 53 } },
	{ "lengths that agree beyond the frame pass", IP6, OUTCOME_UNEVEN_LENGTHS,
	  .fields = { .ip_length = 53, .udp_length = 53 } },
	{ "a foreign MAC address passes", BOTH, OUTCOME_NOT_OURS,
	  .fields = { .destination_mac = "02:00:00:00:00:03" } },
	{ "a MAC address that differs in its first octet passes", BOTH, OUTCOME_NOT_OURS,
	  .fields = { .destination_mac = "06:00:00:00:00:02" } },
	{ "a broadcast frame passes", BOTH, OUTCOME_NOT_OURS,
	  .fields = { .destination_mac = "ff:ff:ff:ff:ff:ff" } },
	{ "a multicast frame passes", BOTH, OUTCOME_NOT_OURS,
	  .fields = { .destination_mac = "03:00:00:00:00:02" } },
	{ "transit traffic passes", IP4, OUTCOME_NOT_OURS,
	  .fields = { .destination = "192.0.2.3" } },
	{ "transit traffic passes", IP6, OUTCOME_NOT_OURS,
	  .fields = { .destination = "2001:db8::3" } },
	{ "transit traffic that is corrupt passes", BOTH, OUTCOME_NOT_OURS,
	  .fields = { .destination_mac = "02:00:00:00:00:03", .corrupt_ip = true,
	    .checksum = PACKET_CORRUPT } },
	{ "an address of another interface passes", IP4, OUTCOME_NOT_OURS,
	  .fields = { .destination = "192.0.2.8" } },
	{ "an address of another interface passes", IP6, OUTCOME_NOT_OURS,
	  .fields = { .destination = "2001:db8::8" } },
	{ "multicast passes", IP4, OUTCOME_NOT_OURS, .fields = { .destination = "224.0.1.84" } },
	{ "multicast passes", IP6, OUTCOME_NOT_OURS, .fields = { .destination = "ff02::1" } },
	{ "broadcast passes", IP4, OUTCOME_NOT_OURS,
	  .fields = { .destination = "255.255.255.255" } },
	{ "a loopback destination passes", IP4, OUTCOME_NOT_OURS,
	  .fields = { .destination = "127.0.0.1" } },
	{ "a loopback destination passes", IP6, OUTCOME_NOT_OURS,
	  .fields = { .destination = "::1" } },
	{ "the unspecified destination passes", IP4, OUTCOME_NOT_OURS,
	  .fields = { .destination = "0.0.0.0" } },
	{ "the unspecified destination passes", IP6, OUTCOME_NOT_OURS,
	  .fields = { .destination = "::" } },
	{ "an IPv4 address of ours inside IPv6 passes", IP6, OUTCOME_NOT_OURS,
	  .fields = { .destination = "::ffff:192.0.2.2" } },
};

static const struct verdict_case dropped_cases[] = {
	{ "a corrupt IPv4 header is dropped", IP4, OUTCOME_CORRUPT_IP,
	  .fields = { .corrupt_ip = true } },
	{ "a corrupt IPv4 header of a stranger is dropped", IP4, OUTCOME_CORRUPT_IP,
	  .fields = { .corrupt_ip = true }, .peer = PEER_STRANGER },
	{ "a corrupt datagram is dropped", BOTH, OUTCOME_CORRUPT_UDP,
	  .fields = { .checksum = PACKET_CORRUPT } },
	{ "a corrupt datagram of 1472 octets is dropped", BOTH, OUTCOME_CORRUPT_UDP,
	  .fields = { .checksum = PACKET_CORRUPT, .payload_length = 1472 } },
	{ "a corrupt short datagram is dropped", BOTH, OUTCOME_CORRUPT_UDP,
	  .fields = { .checksum = PACKET_CORRUPT, .payload_length = 14 }, .peer = PEER_SHORT },
	{ "no checksum is dropped", IP6, OUTCOME_NO_CHECKSUM,
	  .fields = { .checksum = PACKET_ABSENT } },
	{ "an empty datagram is dropped", BOTH, OUTCOME_TOO_SHORT,
	  .fields = { .payload_length = PACKET_ZERO } },
	{ "A-19: 13 octets are dropped", BOTH, OUTCOME_TOO_SHORT,
	  .fields = { .payload_length = 13 } },
	{ "A-19: 13 octets are dropped where short ones are allowed", BOTH, OUTCOME_TOO_SHORT,
	  .fields = { .payload_length = 13 }, .peer = PEER_SHORT },
	{ "14 octets are dropped where not allowed", BOTH, OUTCOME_TOO_SHORT,
	  .fields = { .payload_length = 14 } },
	{ "43 octets are dropped where not allowed", BOTH, OUTCOME_TOO_SHORT,
	  .fields = { .payload_length = 43 } },
	{ "43 octets and padding are still 43", BOTH, OUTCOME_TOO_SHORT,
	  .fields = { .payload_length = 43, .padding = 20 } },
	{ "a multicast source is dropped", IP4, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "224.0.0.1" } },
	{ "a multicast source is dropped", IP6, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "ff02::1" } },
	{ "the last multicast source is dropped", IP4, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "239.255.255.255" } },
	{ "a reserved source is dropped", IP4, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "240.0.0.1" } },
	{ "a broadcast source is dropped", IP4, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "255.255.255.255" } },
	{ "source port 0, which means none, is dropped", BOTH, OUTCOME_BAD_SOURCE,
	  .fields = { .source_port = PACKET_ZERO } },
	{ "a loopback source is dropped", IP4, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "127.0.0.1" } },
	{ "a loopback source is dropped", IP6, OUTCOME_BAD_SOURCE, .fields = { .source = "::1" } },
	{ "the last loopback source is dropped", IP4, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "127.255.255.255" } },
	{ "the unspecified source is dropped", IP4, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "0.0.0.0" } },
	{ "the unspecified source is dropped", IP6, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "::" } },
	{ "a source on this network is dropped", IP4, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "0.0.0.7" } },
	{ "an IPv4-compatible source is dropped", IP6, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "::198.51.100.7" } },
	{ "an IPv4 source inside IPv6 is dropped", IP6, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "::ffff:198.51.100.7", .destination = "2001:db8::2" } },
	{ "another address of ours as source is dropped", IP4, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "192.0.2.7" } },
	{ "another address of ours as source is dropped", IP6, OUTCOME_BAD_SOURCE,
	  .fields = { .source = "2001:db8::7" } },
	{ "LAND: from us to us is dropped", IP4, OUTCOME_BAD_SOURCE, .fields = { LAND4 } },
	{ "LAND: from us to us is dropped", IP6, OUTCOME_BAD_SOURCE, .fields = { LAND6 } },
	{ "a source MAC address of a group is dropped", BOTH, OUTCOME_BAD_SOURCE,
	  .fields = { .source_mac = "ff:ff:ff:ff:ff:ff" } },
	{ "a reply from whatever port is dropped", BOTH, OUTCOME_LOOP, .peer = PEER_STATELESS,
	  .write = write_reply },
	{ "a reply's shape from port 862 is dropped", BOTH, OUTCOME_LOOP,
	  .fields = { .source_port = 862 },
	  .peer = PEER_STATELESS, .write = write_reply },
	{ "a reply's shape from our other port is dropped", BOTH, OUTCOME_LOOP,
	  .fields = { .source_port = SCENE_OTHER_PORT },
	  .peer = PEER_STATELESS, .write = write_reply },
	{ "a reply's shape in a stateful session is dropped", BOTH, OUTCOME_LOOP,
	  .fields = { .source_port = 862 }, .peer = PEER_STATEFUL, .write = write_reply },
	{ "a large reply's shape is dropped", BOTH, OUTCOME_LOOP,
	  .fields = { .source_port = 862, .payload_length = 1000 },
	  .peer = PEER_STATELESS, .write = write_reply },
	{ "our own time come back is dropped", BOTH, OUTCOME_LOOP, .fields = { .source_port = 862 },
	  .peer = PEER_STATELESS, .write = write_recent_ntp },
	{ "our own time come back in PTP is dropped", BOTH, OUTCOME_LOOP,
	  .fields = { .source_port = 862 },
	  .peer = PEER_PTP, .write = write_recent_ptp },
	{ "R8972-3-6: a stranger is dropped", BOTH, OUTCOME_UNKNOWN_SENDER, .peer = PEER_STRANGER },
	{ "a stranger's reply is dropped as a stranger's", BOTH, OUTCOME_UNKNOWN_SENDER,
	  .fields = { .source_port = 862 }, .peer = PEER_STRANGER, .write = write_reply },
};

/* On lo every frame has this address on both sides. */
#define LO_MACS .source_mac = "00:00:00:00:00:00", .destination_mac = "00:00:00:00:00:00"

static const struct verdict_case loopback_cases[] = {
	{ "lo: 127.0.0.1 to itself is reflected", IP4, OUTCOME_REFLECTED,
	  .fields = { LO_MACS, .source = "127.0.0.1", .destination = "127.0.0.1" } },
	{ "lo: ::1 to itself is reflected", IP6, OUTCOME_REFLECTED,
	  .fields = { LO_MACS, .source = "::1", .destination = "::1" } },
	{ "lo: an address of ours to itself is reflected", IP4, OUTCOME_REFLECTED,
	  .fields = { LO_MACS, .source = "192.0.2.2", .destination = "192.0.2.2" } },
	{ "lo: a multicast source is dropped", IP4, OUTCOME_BAD_SOURCE,
	  .fields = { LO_MACS, .source = "224.0.0.1" } },
	{ "lo: a multicast source is dropped", IP6, OUTCOME_BAD_SOURCE,
	  .fields = { LO_MACS, .source = "ff02::1" } },
	{ "lo: a reply from port 862 is dropped", IP4, OUTCOME_LOOP,
	  .fields = { LO_MACS, .source = "127.0.0.1", .source_port = 862,
		      .destination = "127.0.0.1" },
	  .peer = PEER_STATELESS, .write = write_reply },
};

static const struct verdict_case unready_cases[] = {
	{ "no clock: a request passes to the socket", BOTH, OUTCOME_NOT_READY,
	  .peer = PEER_STATELESS },
	{ "no clock: 13 octets pass", BOTH, OUTCOME_NOT_READY, .fields = { .payload_length = 13 } },
	{ "no clock: other traffic is other traffic", BOTH, OUTCOME_OTHER_TRAFFIC,
	  .fields = { .destination_port = 863 } },
	{ "no clock: a corrupt datagram is dropped", BOTH, OUTCOME_CORRUPT_UDP,
	  .fields = { .checksum = PACKET_CORRUPT } },
};
/* clang-format on */

/* One row in one of its forms. */
struct expanded {
	char name[120];
	const struct verdict_case *c;
	bool is_ip6;
	unsigned int tags;
};

static void build(const struct expanded *form, struct packet *packet)
{
	static uint8_t payload[PACKET_MAX];
	struct packet_fields fields =
		scene_fields(&form->c->fields, form->c->peer, form->is_ip6, form->tags);

	memset(payload, 0x5a, sizeof(payload));
	(form->c->write ? form->c->write : write_request)(payload);
	fields.payload = payload;
	packet_build(packet, &fields);
}

/* The one counter that grew; received grew with it. */
static uint32_t counted(const struct outcome_counts *before, const struct outcome_counts *after)
{
	uint32_t found = OUTCOME_MAX;

	assert_int_equal(after->received, before->received + 1);
	for (uint32_t i = 0; i < OUTCOME_MAX; i++) {
		if (after->by_outcome[i] == before->by_outcome[i])
			continue;
		assert_int_equal(after->by_outcome[i], before->by_outcome[i] + 1);
		assert_int_equal(found, OUTCOME_MAX);
		found = i;
	}
	return found;
}

static void assert_unchanged(const struct packet *before, const struct packet *after)
{
	assert_int_equal(after->length, before->length);
	assert_memory_equal(after->data, before->data, before->length);
}

/* Runs a frame and gives the outcome that was counted; all but replies leave as they came. */
static uint32_t outcome_of(const struct packet *in)
{
	static struct packet out;
	struct outcome_counts before = prog_run_counts(run), after;
	enum xdp_action action = prog_run_frame(run, in, &out);
	uint32_t outcome;

	after = prog_run_counts(run);
	outcome = counted(&before, &after);
	assert_int_equal(action, stamp_outcome_action(outcome));
	if (action != XDP_TX)
		assert_unchanged(in, &out);
	return outcome;
}

static void verdict_is(void **state)
{
	static struct packet in;
	const struct expanded *form = *state;
	struct session_state session;
	struct session_key key;
	uint32_t outcome;

	build(form, &in);
	key = prog_run_key(&in);
	prog_run_remove_session(run, &key);
	outcome = outcome_of(&in);
	if (outcome != form->c->outcome)
		fail_msg("counted as %s, expected %s", prog_run_outcome_name(outcome),
			 prog_run_outcome_name(form->c->outcome));
	assert_int_equal(prog_run_find_session(run, &key, &session),
			 stamp_outcome_action(outcome) == XDP_TX);
}

/* What is not whole is nobody's business here: it is neither dropped nor reflected. */
static void cut_frames_pass(void **state)
{
	static const struct verdict_case base = { .name = "base" };
	static struct packet in;

	(void)state;
	for (unsigned int form = 0; form < 6; form++) {
		struct expanded expanded = { .c = &base, .is_ip6 = form & 1, .tags = form / 2 };

		build(&expanded, &in);
		for (uint32_t length = in.length - 1; length >= SHORTEST_FRAME; length--) {
			packet_cut(&in, length);
			assert_int_equal(outcome_of(&in), length < in.payload
								  ? OUTCOME_OTHER_TRAFFIC
								  : OUTCOME_UNEVEN_LENGTHS);
		}
	}
}

/* 14 to 43 octets and the frame padding that hides them, with and without the policy. */
static void every_short_length_is_judged(void **state)
{
	static struct packet in;
	struct verdict_case c = { .name = "short" };

	(void)state;
	for (uint32_t length = 0; length < STAMP_BASE_SIZE; length++)
		for (unsigned int form = 0; form < 12; form++) {
			struct expanded expanded = { .c = &c,
						     .is_ip6 = form & 1,
						     .tags = form / 2 % 3 };
			bool allowed = form >= 6 && length >= STAMP_SHORTEST_REQUEST;

			c.peer = form >= 6 ? PEER_SHORT : PEER_STATELESS;
			c.fields.payload_length = length ? length : PACKET_ZERO;
			c.fields.padding = length % 3 * 30;
			build(&expanded, &in);
			assert_int_equal(outcome_of(&in),
					 allowed ? OUTCOME_REFLECTED : OUTCOME_TOO_SHORT);
		}
}

/* The ledger: every frame was received, and every one received has one outcome. */
static void received_is_the_sum_of_outcomes(void **state)
{
	struct outcome_counts counts = prog_run_counts(run);
	uint64_t sum = 0;

	(void)state;
	for (uint32_t i = 0; i < OUTCOME_MAX; i++)
		sum += counts.by_outcome[i];
	assert_int_equal(counts.by_outcome[OUTCOME_CONTINUE], 0);
	assert_int_equal(counts.received, prog_run_frames(run));
	assert_int_equal(counts.received, sum);
}

static void expand(const struct verdict_case *c, struct expanded *forms, struct CMUnitTest *tests,
		   size_t *count)
{
	unsigned int tags = c->fields.vlans[0].ether_type ? 1 : 3;

	for (unsigned int i = 0; i < 2 * tags; i++) {
		struct expanded *form = &forms[*count];

		if (!(c->families & 1U << (i & 1)))
			continue;
		*form = (struct expanded){ .c = c, .is_ip6 = i & 1, .tags = i / 2 };
		snprintf(form->name, sizeof(form->name), "%s, %u tags: %s",
			 form->is_ip6 ? "IPv6" : "IPv4", form->tags, c->name);
		tests[(*count)++] = (struct CMUnitTest){ form->name, verdict_is, NULL, NULL, form };
	}
}

static struct expanded forms[EXPANDED_MAX];
static struct CMUnitTest tests[EXPANDED_MAX];

#define EXPAND(cases, count)                                                                       \
	do {                                                                                       \
		for (size_t row = 0; row < ARRAY_SIZE(cases); row++)                               \
			expand(&(cases)[row], forms, tests, count);                                \
	} while (0)

static int load(void **state)
{
	struct reflector_config config = prog_run_config();

	(void)state;
	return scene_open(&run, &config);
}

static int load_for_loopback(void **state)
{
	struct reflector_config config = { .ifindex = PROG_RUN_IFINDEX, .loopback = 1 };
	int err = scene_open(&run, &config);

	(void)state;
	if (err)
		return err;
	prog_run_add_address(run, "127.0.0.1", PROG_RUN_IFINDEX);
	prog_run_add_address(run, "::1", PROG_RUN_IFINDEX);
	prog_run_set_rule(run, "any", 0);
	prog_run_next_generation(run);
	return 0;
}

static int load_without_clock(void **state)
{
	struct reflector_config config = prog_run_config();
	int err = scene_open(&run, &config);

	(void)state;
	if (err)
		return err;
	prog_run_forget_clock(run);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	prog_run_close(run);
	run = NULL;
	return 0;
}

static int run_rows(void)
{
	size_t count = 0;

	EXPAND(reflected_cases, &count);
	EXPAND(passed_cases, &count);
	EXPAND(dropped_cases, &count);
	ADD_TEST(tests, count, cut_frames_pass);
	ADD_TEST(tests, count, every_short_length_is_judged);
	ADD_TEST(tests, count, received_is_the_sum_of_outcomes);
	return RUN_TESTS(tests, count, load, unload);
}

static int run_loopback_rows(void)
{
	size_t count = 0;

	EXPAND(loopback_cases, &count);
	ADD_TEST(tests, count, received_is_the_sum_of_outcomes);
	return RUN_TESTS(tests, count, load_for_loopback, unload);
}

static int run_unready_rows(void)
{
	size_t count = 0;

	EXPAND(unready_cases, &count);
	ADD_TEST(tests, count, received_is_the_sum_of_outcomes);
	return RUN_TESTS(tests, count, load_without_clock, unload);
}

int main(void)
{
	int failed = run_rows();

	failed += run_loopback_rows();
	failed += run_unready_rows();
	return failed;
}
