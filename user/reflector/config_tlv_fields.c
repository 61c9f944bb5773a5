/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The keys of a session that say how its TLVs are answered. */
#include <stdlib.h>
#include <string.h>

#include "reflector/config_fields.h"

int config_tlv_key_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	struct session_config *session = target;

	(void)root;
	if (written)
		session->policy.flags |= SESSION_TLV_KEY;
	return config_check_tlvs(session, "tlv-key-file", written, fault);
}

int config_dscp_denied_set(void *root, void *target, const char *text, struct yaml_fault *fault)
{
	struct session_config *session = target;
	__u64 bit = 1ULL << strtoul(text, NULL, 10);

	(void)root;
	if (session->policy.dscp_denied & bit)
		return config_fault_twice("dscp-denied", text, fault);
	session->policy.dscp_denied |= bit;
	return 0;
}

bool config_dscp_denied_get(const void *root, const void *target, size_t index,
			    char text[SCHEMA_TEXT_MAX])
{
	__u64 left = ((const struct session_config *)target)->policy.dscp_denied;

	(void)root;
	for (; index && left; index--)
		left &= left - 1;
	if (!left)
		return false;
	snprintf(text, SCHEMA_TEXT_MAX, "%d", __builtin_ctzll(left));
	return true;
}

#define HIDE_ALL (SESSION_HIDE_PORTS | SESSION_HIDE_MAC | SESSION_HIDE_ADDRESSES)

const char *const config_location_names[] = { "ports", "source-mac", "addresses", NULL };

/* By name. */
static const __u32 hiding_flags[] = { SESSION_HIDE_PORTS, SESSION_HIDE_MAC,
				      SESSION_HIDE_ADDRESSES };

/* Until the list has been read, the flags are those of what is told: what is hidden is the rest. */
int config_location_set(void *root, void *target, const char *text, struct yaml_fault *fault)
{
	struct session_policy *policy = &((struct session_config *)target)->policy;
	size_t i = 0;

	(void)root;
	/* It is one of them, or the schema would not have called. */
	while (config_location_names[i + 1] && strcmp(config_location_names[i], text) != 0)
		i++;
	if (policy->flags & hiding_flags[i])
		return config_fault_twice("location-disclosure", text, fault);
	policy->flags |= hiding_flags[i];
	return 0;
}

bool config_location_get(const void *root, const void *target, size_t index,
			 char text[SCHEMA_TEXT_MAX])
{
	__u32 hidden = ((const struct session_config *)target)->policy.flags;

	(void)root;
	for (size_t i = 0; config_location_names[i]; i++) {
		if (hidden & hiding_flags[i] || index-- > 0)
			continue;
		snprintf(text, SCHEMA_TEXT_MAX, "%s", config_location_names[i]);
		return true;
	}
	return false;
}

int config_dscp_denied_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	const struct session_config *session = target;

	(void)root;
	(void)written;
	return config_check_tlvs(session, "dscp-denied", session->policy.dscp_denied, fault);
}

int config_location_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	struct session_config *session = target;

	(void)root;
	if (written)
		session->policy.flags ^= HIDE_ALL;
	return config_check_tlvs(session, "location-disclosure", session->policy.flags & HIDE_ALL,
				 fault);
}
