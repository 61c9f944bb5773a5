/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/interface_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "reflector/pins.h"

struct members {
	struct reflected_interface **list;
	size_t count;
};

struct interface_set {
	struct slow_inputs *inputs;
	const struct shared_maps *maps;
	const char *pin_path;
	struct members present;
	struct members prepared;        /* those that stay are in both */
	size_t attached;                /* of `prepared` */
	struct slow_interface *sockets; /* one for each of `present` */
};

int interface_set_open(struct interface_set **out, const struct shared_maps *maps,
		       const char *pin_path)
{
	struct interface_set *set = calloc(1, sizeof(*set));

	if (!set)
		return -ENOMEM;
	set->maps = maps;
	set->pin_path = pin_path;
	*out = set;
	return 0;
}

static bool is_member(const struct members *members, const struct reflected_interface *interface)
{
	for (size_t i = 0; i < members->count; i++)
		if (members->list[i] == interface)
			return true;
	return false;
}

static struct reflected_interface *find_name(const struct members *members, const char *name)
{
	for (size_t i = 0; i < members->count; i++)
		if (!strcmp(members->list[i]->configured, name))
			return members->list[i];
	return NULL;
}

/* The present one, if it can go on as it is; otherwise a new one. */
static int prepare_one(struct interface_set *set, const struct interface_config *config,
		       struct reflected_interface **out)
{
	struct reflected_interface *present = find_name(&set->present, config->name);

	if (present && present->mode == config->mode && reflected_interface_is_alive(present)) {
		*out = present;
		return 0;
	}
	return reflected_interface_open(out, config, set->maps, set->pin_path);
}

/* Closes those of `members` that are not in `others`, too. */
static void close_members(struct members *members, const struct members *others)
{
	for (size_t i = 0; i < members->count; i++)
		if (!is_member(others, members->list[i]))
			reflected_interface_close(members->list[i]);
	free(members->list);
	*members = (struct members){ 0 };
}

static void forget_prepared(struct interface_set *set)
{
	close_members(&set->prepared, &set->present);
	set->attached = 0;
}

int interface_set_prepare(struct interface_set *set, const struct config *config)
{
	int err = 0;

	set->prepared.list = calloc(config->interface_count, sizeof(struct reflected_interface *));
	if (!set->prepared.list)
		return -ENOMEM;
	for (size_t i = 0; !err && i < config->interface_count; i++) {
		err = prepare_one(set, &config->interfaces[i], &set->prepared.list[i]);
		if (!err)
			set->prepared.count++;
	}
	if (err)
		forget_prepared(set);
	return err;
}

/* One interface takes one program: the old one goes first where the mode changes. */
static int attach_prepared(struct interface_set *set, struct reflected_interface *interface)
{
	struct reflected_interface *old = find_name(&set->present, interface->configured);
	int err;

	if (old == interface)
		return 0;
	if (old) {
		log_info("%s: the socket answers until the new program is attached",
			 interface->info.name);
		reflected_interface_detach(old);
	}
	err = reflected_interface_attach(interface);
	if (!err || !old)
		return err;
	if (reflected_interface_attach(old))
		log_error("%s: its earlier mode cannot be attached again either",
			  interface->info.name);
	else
		reflected_interface_announce(old);
	return err;
}

void interface_set_undo(struct interface_set *set)
{
	for (size_t i = 0; i < set->attached; i++) {
		struct reflected_interface *interface = set->prepared.list[i];
		struct reflected_interface *old = find_name(&set->present, interface->configured);

		if (old == interface)
			continue;
		/* What reflected before a start that fails goes on. */
		if (!interface->attachment || !attach_was_adopted(interface->attachment))
			reflected_interface_detach(interface);
		if (old && !reflected_interface_attach(old))
			reflected_interface_announce(old);
	}
	forget_prepared(set);
}

int interface_set_attach(struct interface_set *set)
{
	for (; set->attached < set->prepared.count; set->attached++) {
		int err = attach_prepared(set, set->prepared.list[set->attached]);

		if (err) {
			interface_set_undo(set);
			return err;
		}
	}
	return 0;
}

/* Whether stampd answers many of a session's requests: all of them, or all that have TLVs. */
static bool is_for_stampd(__u32 flags)
{
	if (flags & (SESSION_AUTHENTICATED | SESSION_TLV_KEY))
		return true;
	return flags & SESSION_TLVS_IN_STAMPD && !(flags & SESSION_TWAMP_LIGHT);
}

/* Whether the kernel cannot answer all sessions alone. The rare TLV that it leaves of the others
 * goes to the socket. */
static bool needs_slow_path(const struct config *config)
{
	for (size_t i = 0; i < config->session_count; i++)
		if (is_for_stampd(config->sessions[i].policy.flags))
			return true;
	return false;
}

/* The members are in the order of the configuration that they were made by. */
/* What of an interface changes without a new one: its sockets, and what its program was loaded
 * with.
 */
static int use_settings(const struct interface_set *set, const struct members *members,
			const struct config *config)
{
	bool needed = needs_slow_path(config);
	int err = 0;

	for (size_t i = 0; !err && i < members->count; i++) {
		const struct interface_config *wanted = &config->interfaces[i];

		err = reflected_interface_use_micro_session_id(members->list[i], set->maps,
							       wanted->micro_session_id);
		if (!err)
			err = reflected_interface_use_af_xdp(members->list[i], &wanted->af_xdp,
							     set->inputs, needed);
	}
	return err;
}

int interface_set_use_settings(struct interface_set *set, const struct config *config,
			       struct slow_inputs *inputs)
{
	set->inputs = inputs;
	return use_settings(set, &set->prepared, config);
}

void interface_set_keep_settings(struct interface_set *set, const struct config *config)
{
	use_settings(set, &set->present, config);
}

/* Also opens the sockets that were closed on the way: by a new program or MTU, or a reload that
 * failed. */
bool interface_set_follow_queues(struct interface_set *set)
{
	bool changed = false;

	for (size_t i = 0; i < set->present.count; i++) {
		struct reflected_interface *interface = set->present.list[i];

		changed |= reflected_interface_follow_queues(interface, set->maps);
		if (interface->needs_af_xdp && !interface->queues)
			reflected_interface_use_af_xdp(interface, &interface->af_xdp, set->inputs,
						       true);
	}
	return changed;
}

/* What is counted for an interface goes on when its mode changes. */
static void inherit_counts(const struct interface_set *set, const struct members *before)
{
	for (size_t i = 0; i < before->count; i++) {
		const struct reflected_interface *old = before->list[i];
		struct reflected_interface *heir = find_name(&set->present, old->configured);

		if (heir && heir != old)
			heir->socket_counts = old->socket_counts;
	}
}

void interface_set_commit(struct interface_set *set)
{
	struct members before = set->present;

	set->present = set->prepared;
	set->prepared = (struct members){ 0 };
	set->attached = 0;
	inherit_counts(set, &before);
	for (size_t i = 0; i < set->present.count; i++)
		if (!is_member(&before, set->present.list[i]))
			reflected_interface_announce(set->present.list[i]);
	for (size_t i = 0; i < before.count; i++)
		if (!is_member(&set->present, before.list[i]))
			reflected_interface_detach(before.list[i]);
	close_members(&before, &set->present);
}

void interface_set_serve(struct interface_set *set, struct listeners *listeners)
{
	struct slow_interface *sockets = calloc(set->present.count + 1, sizeof(*sockets));

	if (!sockets) {
		log_error("memory is out: the socket tier answers nobody");
		listeners_serve(listeners, NULL, 0);
		return;
	}
	for (size_t i = 0; i < set->present.count; i++)
		sockets[i] = reflected_interface_socket(set->present.list[i]);
	listeners_serve(listeners, sockets, set->present.count);
	free(set->sockets);
	set->sockets = sockets;
}

void interface_set_follow(struct interface_set *set, const struct interface_info *info,
			  bool present)
{
	for (size_t i = 0; i < set->present.count; i++) {
		struct reflected_interface *interface = set->present.list[i];

		if (interface->info.ifindex != info->ifindex)
			continue;
		if (!present) {
			log_warning("%s: the interface has gone; reload or restart stampd when it "
				    "is back",
				    interface->info.name);
			continue;
		}
		reflected_interface_follow_mtu(interface, info->mtu);
		if (info->has_mac && memcmp(interface->info.mac, info->mac, sizeof(info->mac)) != 0)
			reflected_interface_follow_mac(interface, set->maps, info);
	}
}

struct reflected_interface *const *interface_set_list(const struct interface_set *set)
{
	return set ? set->present.list : NULL;
}

size_t interface_set_count(const struct interface_set *set)
{
	return set ? set->present.count : 0;
}

bool interface_set_has_folder(const struct interface_set *set, const char *folder)
{
	char own[IF_NAMESIZE];

	for (size_t i = 0; i < set->present.count; i++)
		if (!strcmp(folder, pins_interface_folder(own, set->present.list[i]->configured)))
			return true;
	return false;
}

void interface_set_detach(struct interface_set *set)
{
	for (size_t i = 0; i < set->present.count; i++)
		reflected_interface_detach(set->present.list[i]);
}

void interface_set_close(struct interface_set *set)
{
	if (!set)
		return;
	forget_prepared(set);
	close_members(&set->present, &set->prepared);
	free(set->sockets);
	free(set);
}
