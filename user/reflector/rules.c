/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/rules.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"

__u32 rules_generation_after(__u32 present, __u64 now_ns)
{
	__u32 now = (__u32)(now_ns / NSEC_PER_MSEC);
	__u32 next = present + 1;

	if (!present || (__s32)(now - next) > 0)
		next = now;
	return next ? next : 1;
}

static void next_generation(const struct shared_maps *maps)
{
	__u32 *generation = &maps->rules_state->generation;

	__atomic_store_n(generation, rules_generation_after(*generation, clock_monotonic_ns()),
			 __ATOMIC_RELEASE);
}

static int publish_session(const struct shared_maps *maps, const struct session_config *session)
{
	const struct rule rule = { .policy = session->policy };

	port_set_add(maps->ports, session->reflector_port);
	for (size_t i = 0; i < session->sender_count; i++) {
		const struct rule_key key = {
			.prefix_length = session->senders[i].length,
			.sender = session->senders[i].address,
		};

		if (bpf_map_update_elem(maps->rules_fd, &key, &rule, BPF_NOEXIST)) {
			int err = -errno;

			log_error("session %s: cannot enter a sender prefix: %s", session->name,
				  strerror(-err));
			return err;
		}
	}
	return 0;
}

int rules_publish(const struct shared_maps *maps, const struct config *config)
{
	for (size_t i = 0; i < config->session_count; i++) {
		int err = publish_session(maps, &config->sessions[i]);

		if (err)
			return err;
	}
	next_generation(maps);
	return 0;
}

void rules_begin_addresses(struct shared_maps *maps)
{
	maps->address_round++;
}

void rules_enter_address(const struct shared_maps *maps, const struct local_address *address)
{
	char text[ADDRESS_TEXT_MAX];

	if (bpf_map_update_elem(maps->local_addresses_fd, address, &maps->address_round, BPF_ANY))
		log_error("%s: cannot enter this local address, the socket answers for it: %s",
			  address_format(&address->address, text), strerror(errno));
	next_generation(maps);
}

void rules_end_addresses(const struct shared_maps *maps)
{
	int fd = maps->local_addresses_fd;
	struct local_address address, next;
	bool more = bpf_map_get_next_key(fd, NULL, &next) == 0;
	__u8 round;

	while (more) {
		address = next;
		more = bpf_map_get_next_key(fd, &address, &next) == 0;
		if (!bpf_map_lookup_elem(fd, &address, &round) && round != maps->address_round)
			bpf_map_delete_elem(fd, &address);
	}
	next_generation(maps);
}
