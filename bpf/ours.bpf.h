/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Step 2: is the packet for this host? Until that is known, it passes untouched. */
#ifndef OURS_BPF_H
#define OURS_BPF_H

#include "maps.bpf.h"
#include "stamp/parse.h"
#include "stamp/reply.h"

/* All that other traffic pays for: a test of one bit. */
static __always_inline int is_listened_port(__be16 port)
{
	return port_set_has(&shared.ports, port);
}

static __always_inline int is_our_mac(const struct ethernet *eth)
{
	const volatile __be16 *mac = (const volatile __be16 *)config.mac;

	return eth->destination[0] == mac[0] && eth->destination[1] == mac[1] &&
	       eth->destination[2] == mac[2];
}

static __always_inline int is_local_address(const struct stamp_address *address)
{
	struct local_address local = { .address = *address };

	if (bpf_map_lookup_elem(&local_addresses, &local))
		return 1;
	local.ifindex = config.ifindex;
	return bpf_map_lookup_elem(&local_addresses, &local) != NULL;
}

static __always_inline int is_broadcast_address(const struct stamp_address *address)
{
	struct local_address local = { *address, LOCAL_BROADCAST };

	return bpf_map_lookup_elem(&local_addresses, &local) != NULL;
}

/* The generation of rules and addresses; 0 is none's. */
static __always_inline __u32 current_generation(void)
{
	return *(const volatile __u32 *)&shared.rules_state.generation;
}

/* Mapped addresses are how we write IPv4: on the wire nobody's, or IPv6 packets could enter the
 * sessions of IPv4. */
static __always_inline int is_mapped(const struct parsed_packet *pkt,
				     const struct in6_addr *address)
{
	return pkt->is_ip6 && stamp_address_is_ip4((const struct stamp_address *)address);
}

/* The same addresses on two links are two hosts', and on lo forgers cannot get in. */
static __always_inline __u16 scope_of(const struct stamp_address *sender)
{
	if (config.loopback)
		return SESSION_KEY_LOOPBACK;
	if ((sender->words[0] & bpf_htonl(0xffc00000)) == bpf_htonl(0xfe800000))
		return config.ifindex & SESSION_KEY_INTERFACE;
	return 0;
}

/* Network headers in, session key out. */
static __always_inline void fill_session_key(const struct parsed_packet *pkt,
					     struct session_key *key)
{
	fill_session_addresses(pkt, key);
	key->ssid = stamp_request_ssid(pkt->base);
	key->scope = scope_of(&key->sender);
}

#endif
