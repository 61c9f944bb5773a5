/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/config_diff.h"

#include <string.h>

static void say(json_t *lines, const char *what, const char *name, const char *how)
{
	json_array_append_new(lines, json_sprintf("%s %s: %s", what, name, how));
}

static const struct interface_config *find_interface(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->interface_count; i++)
		if (!strcmp(config->interfaces[i].name, name))
			return &config->interfaces[i];
	return NULL;
}

static const struct session_config *find_session(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->session_count; i++)
		if (!strcmp(config->sessions[i].name, name))
			return &config->sessions[i];
	return NULL;
}

static void compare_interface(const struct interface_config *last,
			      const struct interface_config *next, json_t *lines)
{
	if (last->mode != next->mode)
		say(lines, "interface", next->name, "another mode");
	else if (!af_xdp_config_is_same(&last->af_xdp, &next->af_xdp))
		say(lines, "interface", next->name, "af-xdp changed");
	if (last->micro_session_id != next->micro_session_id)
		say(lines, "interface", next->name, "micro-session-id changed");
}

static void compare_interfaces(const struct config *before, const struct config *after,
			       json_t *lines)
{
	for (size_t i = 0; i < after->interface_count; i++) {
		const struct interface_config *next = &after->interfaces[i];
		const struct interface_config *last = find_interface(before, next->name);

		if (last)
			compare_interface(last, next, lines);
		else
			say(lines, "interface", next->name, "added");
	}
	for (size_t i = 0; i < before->interface_count; i++)
		if (!find_interface(after, before->interfaces[i].name))
			say(lines, "interface", before->interfaces[i].name, "removed");
}

static bool are_equal_prefixes(const struct prefix *a, size_t a_count, const struct prefix *b,
			       size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (a[i].length != b[i].length ||
		    memcmp(&a[i].address, &b[i].address, sizeof(a[i].address)) != 0)
			return false;
	return true;
}

static bool are_equal_sessions(const struct session_config *a, const struct session_config *b)
{
	return are_equal_prefixes(a->senders, a->sender_count, b->senders, b->sender_count) &&
	       are_equal_prefixes(a->reflectors, a->reflector_count, b->reflectors,
				  b->reflector_count) &&
	       a->sender_port == b->sender_port && a->reflector_port == b->reflector_port &&
	       a->ssid_count == b->ssid_count &&
	       !memcmp(a->ssids, b->ssids, a->ssid_count * sizeof(a->ssids[0])) &&
	       !strcmp(a->key_file, b->key_file) && !strcmp(a->tlv_key_file, b->tlv_key_file) &&
	       a->policy.dscp_denied == b->policy.dscp_denied &&
	       a->replay_window == b->replay_window && a->new_sessions == b->new_sessions &&
	       a->policy.flags == b->policy.flags && a->policy.dscp == b->policy.dscp;
}

static void compare_sessions(const struct config *before, const struct config *after, json_t *lines)
{
	for (size_t i = 0; i < after->session_count; i++) {
		const struct session_config *next = &after->sessions[i];
		const struct session_config *last = find_session(before, next->name);

		if (!last)
			say(lines, "session", next->name, "added");
		else if (!are_equal_sessions(last, next))
			say(lines, "session", next->name, "changed");
	}
	for (size_t i = 0; i < before->session_count; i++)
		if (!find_session(after, before->sessions[i].name))
			say(lines, "session", before->sessions[i].name, "removed");
}

void config_diff(const struct config *before, const struct config *after, json_t *lines)
{
	const struct {
		const char *name;
		bool differs;
	} settings[] = {
		{ "tai-offset", before->tai_source != after->tai_source ||
					before->tai_offset != after->tai_offset },
		{ "sync-source", before->sync_source != after->sync_source },
		{ "persist", before->persist != after->persist },
		{ "ref-wait", before->ref_wait_ns != after->ref_wait_ns },
		{ "strict-error-estimate",
		  before->strict_error_estimate != after->strict_error_estimate },
		{ "tlvs-in-kernel", before->tlvs_in_kernel != after->tlvs_in_kernel },
		{ "rate-limit", before->packets_per_second != after->packets_per_second ||
					before->burst != after->burst },
	};

	compare_interfaces(before, after, lines);
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (settings[i].differs)
			say(lines, "setting", settings[i].name, "changed");
	compare_sessions(before, after, lines);
}
