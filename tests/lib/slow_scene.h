/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The slow path with two interfaces, keys, and Session-Senders that the tests of it share. */
#ifndef TESTS_SLOW_SCENE_H
#define TESTS_SLOW_SCENE_H

#include "lib/fake_io.h"
#include "lib/prog_run.h"
#include "reflector/slow_path.h"

#define SLOW_NOON 1736942400ULL                        /* 2025-01-15 12:00:00 UTC */
#define SLOW_T2 (SLOW_NOON * NSEC_PER_SEC + 125000000) /* of the worked packets */
#define SLOW_INTERFACES 2

/* Each has an address of its own, and the provisioned session of the same number. */
enum slow_peer {
	AUTH_STATELESS,
	AUTH_STATEFUL,
	AUTH_PTP,
	AUTH_TWO_KEYS, /* OTHER_KEY and then the worked one */
	AUTH_OTHER_KEY,
	AUTH_STRICT,    /* stateful; refuses a Multiplier of 0 */
	AUTH_TLV_KEY,   /* OTHER_KEY for the HMAC TLV */
	OPEN_STATELESS, /* unauthenticated, from here on */
	OPEN_STATEFUL,  /* and may send 14 to 43 octets */
	OPEN_PTP,
	OPEN_TWAMP_LIGHT,
	OPEN_TLV_KEY,  /* stateful; the worked key for the HMAC TLV */
	SLOW_STRANGER, /* has no session */
};

enum slow_key { WORKED_KEY, OTHER_KEY };

struct slow_scene {
	struct slow_path path;
	struct fake_io io;
	struct packet_batch batch;
	struct prog_run *runs[SLOW_INTERFACES]; /* each with maps of its own */
	struct slow_interface interfaces[SLOW_INTERFACES];
	struct outcome_counts counts[SLOW_INTERFACES];
	uint64_t received_ns; /* CLOCK_MONOTONIC: T2, if it is not said; SLOW_T2 by the path's clock
			       */
	uint64_t answered;    /* requests since it was reset */
};

extern struct slow_scene slow_scene;

/* Fixtures of a group. */
int slow_scene_open(void **state);
int slow_scene_close(void **state);

/* No sessions, nothing counted, nothing to receive. */
void slow_scene_reset(void);

/* Nothing to receive and nothing sent; the rest stays. */
void slow_scene_next_batch(void);

/* Adds a request to 192.0.2.2 port 862 on the first interface, received with TTL 61 at
 * `received_ns` and without a handover; the caller may change all of it. */
struct fake_packet *slow_scene_add(enum slow_peer peer, const void *payload, size_t length);

/* The same with the octets of a golden file. */
struct fake_packet *slow_scene_add_golden(enum slow_peer peer, const char *name);

/* Runs the batch: what slow_path_answer() gave. That its packets are counted, and how, is seen to
 * here. */
int slow_scene_answer(void);

/* Signs 112 octets, or more of which the rest is not covered. */
void slow_scene_sign(enum slow_key key, void *octets);
bool slow_scene_is_signed(enum slow_key key, const void *octets);

/* Packets of one outcome, on both interfaces. */
uint64_t slow_scene_count(enum stamp_outcome outcome);

/* Session entries of one interface's maps. */
uint32_t slow_scene_sessions(size_t interface);

#endif
