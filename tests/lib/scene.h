/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The reflector and the Session-Senders around it that the tests of the XDP program share. */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "lib/prog_run.h"

#define SCENE_OTHER_PORT PROG_RUN_OTHER_PORT /* listened on beside 862 */

/* Each has an address of both families, and a rule for its network that names its policy. */
enum scene_peer {
	PEER_STATELESS,
	PEER_STATEFUL,
	PEER_PTP,
	PEER_SHORT,      /* may send 14 to 43 octets */
	PEER_EVERYTHING, /* stateful, PTP, short requests */
	PEER_STRANGER,   /* has no rule */
};

uint32_t scene_flags(enum scene_peer peer);

/*
 * Rules for the peers, both ports, the clock, and as local addresses 192.0.2.2 and 2001:db8::2
 * everywhere, 192.0.2.7 and 2001:db8::7 on the program's interface, 192.0.2.8 and 2001:db8::8 on
 * another one.
 */
void scene_set_up(struct prog_run *run);

/* Opens the program with these settings and sets the scene; 0 or -errno. */
int scene_open(struct prog_run **out, const struct reflector_config *config);

/* Fixtures of a group: the program with prog_run_config() in this scene. */
extern struct prog_run *scene_run;
int scene_open_program(void **state);
int scene_close_program(void **state);

/* Fills in what the fields leave open: the peer's address, so many VLAN tags (0 to 3). */
struct packet_fields scene_fields(const struct packet_fields *fields, enum scene_peer peer,
				  bool is_ip6, unsigned int tags);

#endif
