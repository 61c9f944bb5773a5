/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Addresses from the documentation and benchmark ranges. */
#include "lib/cases.h"
#include "lib/scene.h"

/* clang-format off */
static const struct peer {
	const char *addresses[2]; /* IPv4, IPv6 */
	const char *networks[2];  /* NULL: no rule */
	uint32_t flags;
} peers[] = {
	[PEER_STATELESS] = { { "198.51.100.7", "2001:db8:1::7" },
			     { "198.51.100.0/24", "2001:db8:1::/48" }, 0 },
	[PEER_STATEFUL] = { { "198.18.0.7", "2001:db8:2::7" },
			    { "198.18.0.0/16", "2001:db8:2::/48" }, SESSION_STATEFUL },
	[PEER_PTP] = { { "198.19.0.7", "2001:db8:3::7" },
		       { "198.19.0.0/16", "2001:db8:3::/48" }, SESSION_PTP },
	[PEER_SHORT] = { { "203.0.113.7", "2001:db8:4::7" },
			 { "203.0.113.0/24", "2001:db8:4::/48" }, SESSION_SHORT_REQUESTS },
	[PEER_EVERYTHING] = { { "192.88.99.7", "2001:db8:5::7" },
			      { "192.88.99.0/25", "2001:db8:5::/64" },
			      SESSION_STATEFUL | SESSION_PTP | SESSION_SHORT_REQUESTS },
	[PEER_STRANGER] = { { "192.88.99.128", "2001:db8:5:1::7" }, { NULL, NULL }, 0 },
};
/* clang-format on */

uint32_t scene_flags(enum scene_peer peer)
{
	return peers[peer].flags;
}

static void add_peers(struct prog_run *run)
{
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++)
		for (int family = 0; family < 2; family++)
			if (peers[i].networks[family])
				prog_run_set_rule(run, peers[i].networks[family], peers[i].flags);
}

void scene_set_up(struct prog_run *run)
{
	struct clock_reading clock = prog_run_clock_now();

	prog_run_add_port(run, STAMP_PORT);
	prog_run_add_port(run, SCENE_OTHER_PORT);
	add_peers(run);
	prog_run_add_address(run, "192.0.2.2", 0);
	prog_run_add_address(run, "2001:db8::2", 0);
	prog_run_add_address(run, "192.0.2.7", PROG_RUN_IFINDEX);
	prog_run_add_address(run, "2001:db8::7", PROG_RUN_IFINDEX);
	prog_run_add_address(run, "192.0.2.8", PROG_RUN_IFINDEX + 1);
	prog_run_add_address(run, "2001:db8::8", PROG_RUN_IFINDEX + 1);
	prog_run_next_generation(run);
	prog_run_set_clock(run, &clock);
}

int scene_open(struct prog_run **out, const struct reflector_config *config)
{
	int err = prog_run_open(out, config, 0);

	if (!err)
		scene_set_up(*out);
	return err;
}

struct prog_run *scene_run;

int scene_open_program(void **state)
{
	struct reflector_config config = prog_run_config();

	(void)state;
	return scene_open(&scene_run, &config);
}

int scene_close_program(void **state)
{
	(void)state;
	prog_run_close(scene_run);
	scene_run = NULL;
	return 0;
}

struct packet_fields scene_fields(const struct packet_fields *fields, enum scene_peer peer,
				  bool is_ip6, unsigned int tags)
{
	struct packet_fields complete = *fields;

	if (!complete.source)
		complete.source = peers[peer].addresses[is_ip6];
	for (unsigned int i = 0; i < tags; i++) {
		complete.vlans[i].ether_type = i + 1 < tags ? 0x88a8 : 0x8100;
		complete.vlans[i].control = (uint16_t)(0xa064 + i);
	}
	return complete;
}
