/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Every map, who writes it, and the settings that stay fixed while the program is loaded. */
#ifndef MAPS_BPF_H
#define MAPS_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "stamp/config.h"
#include "stamp/outcome.h"
#include "stamp/session.h"
#include "stamp/shared_state.h"

const volatile struct reflector_config config; /* set between open and load */

/* Written by the program, a slot per CPU, so no atomics; summed by counters.c. One per interface.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct outcome_counts);
} outcome_counts SEC(".maps");

/* Written by stampd, not by the program, in memory that outlives it: what became of the packets
 * that were handed to it over AF_XDP. One per interface. */
struct outcome_counts slow_counts SEC(".data.counts");

/* Written by stampd. One per interface, as are the sockets. */
struct slow_sockets_state slow_state SEC(".data.slow");

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, SLOW_QUEUES_MAX);
	__type(key, __u32);
	__type(value, __u32);
} slow_sockets SEC(".maps");

/* Written by stampd, through mapped memory. A variable of a section is a map whose only value the
 * program reads without a lookup. */
struct shared_state shared SEC(".data.shared");

/* Written by the program. */
struct rate_limits rate_limits SEC(".data.limits");

/* Written by stampd: the trie is swapped whole, and its lists name places in `rules`, of which the
 * half that no list names is free for the next trie's. */
struct rule_trie {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, RULE_PREFIXES_MAX);
	__uint(key_size, sizeof(struct rule_key)); /* clang 14 forgets the types of an inner map */
	__uint(value_size, sizeof(struct rule_list));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct rule_trie);
} rule_set SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2 * RULES_MAX);
	__type(key, __u32);
	__type(value, struct rule);
} rules SEC(".maps");

/* Written by stampd, as the addresses of the host come and go; the value is its own. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, LOCAL_ADDRESSES_MAX);
	__type(key, struct local_address);
	__type(value, __u8);
} local_addresses SEC(".maps");

/* Written by the program; stampd reads, and sets max_entries before load. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct session_key);
	__type(value, struct session_state);
} session_table SEC(".maps");

/* Written by the program, seldom. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct session_counts);
} session_counts SEC(".maps");

/* Scratch of the program, whose stack is small: a session in the making. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct session_state);
} fresh_session SEC(".maps");

#define CHECKSUM_CHUNK 512 /* octets; bpf_csum_diff() of older kernels refuses more */

/* Scratch of the program: a piece of a payload, to be summed. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8[CHECKSUM_CHUNK + 4]); /* with room to round up */
} chunk SEC(".maps");

#endif
