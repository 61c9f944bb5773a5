/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/config_fields.h"

#include <errno.h>
#include <stdlib.h>

static struct config_checker *checker_of(void *root)
{
	return ((struct config_reading *)root)->checker;
}

void *config_append_interface(void *root)
{
	return config_add_interface(((struct config_reading *)root)->config, "");
}

void *config_append_session(void *root)
{
	return config_add_session(((struct config_reading *)root)->config, "");
}

const void *config_interface_at(const void *root, size_t index)
{
	const struct config *config = root;

	return index < config->interface_count ? &config->interfaces[index] : NULL;
}

const void *config_session_at(const void *root, size_t index)
{
	const struct config *config = root;

	return index < config->session_count ? &config->sessions[index] : NULL;
}

int config_interface_name_check(void *root, const void *target, struct yaml_fault *fault)
{
	return config_check_interface(checker_of(root), target, fault);
}

int config_session_name_check(void *root, const void *target, struct yaml_fault *fault)
{
	return config_check_session(checker_of(root), target, fault);
}

int config_port_check(void *root, const void *target, struct yaml_fault *fault)
{
	(void)root;
	return config_check_port(((const struct session_config *)target)->reflector_port, fault);
}

int config_ring_size_check(void *root, const void *target, struct yaml_fault *fault)
{
	unsigned int size = ((const struct interface_config *)target)->af_xdp.ring_size;

	(void)root;
	if ((size & (size - 1)) == 0)
		return 0;
	return yaml_fault_set(fault,
			      "ring-size must be a power of two (512, 1024, 2048, ...), "
			      "not %u",
			      size);
}

int config_cpu_set(void *root, void *target, const char *text, struct yaml_fault *fault)
{
	struct af_xdp_config *af_xdp = &((struct interface_config *)target)->af_xdp;

	(void)root;
	(void)fault;
	af_xdp->cpus[af_xdp->cpu_count++] = (unsigned short)strtoul(text, NULL, 10);
	return 0;
}

bool config_cpu_get(const void *root, const void *target, size_t index, char text[SCHEMA_TEXT_MAX])
{
	const struct af_xdp_config *af_xdp = &((const struct interface_config *)target)->af_xdp;

	(void)root;
	if (index >= af_xdp->cpu_count)
		return false;
	snprintf(text, SCHEMA_TEXT_MAX, "%u", af_xdp->cpus[index]);
	return true;
}

/* In socket mode no frame comes to the program, and so none to such a socket. */
int config_af_xdp_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	const struct interface_config *interface = target;

	(void)root;
	(void)written;
	if (interface->mode != MODE_SOCKET || interface->af_xdp.enabled != AF_XDP_TRUE)
		return 0;
	return yaml_fault_set(fault, "af-xdp enabled: true goes with mode native or generic only, "
				     "as mode socket uses no XDP: change one of the two");
}

int config_micro_session_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	(void)written;
	return config_check_micro_session(((struct config_reading *)root)->config, target, fault);
}

int config_tai_offset_set(void *root, void *target, const char *text, struct yaml_fault *fault)
{
	struct config *config = target;

	(void)root;
	(void)fault;
	config->tai_source = TAI_FIXED;
	config->tai_offset = (int)strtol(text, NULL, 10);
	return 0;
}

bool config_tai_offset_get(const void *root, const void *target, size_t index,
			   char text[SCHEMA_TEXT_MAX])
{
	const struct config *config = target;

	(void)root;
	snprintf(text, SCHEMA_TEXT_MAX, "%d", config->tai_offset);
	return config->tai_source == TAI_FIXED && index == 0;
}

static int parse_prefix(const char *key, const char *text, struct prefix *prefix,
			struct yaml_fault *fault)
{
	const char *why;

	if (prefix_parse(text, prefix, &why))
		return yaml_fault_set(fault, "%s %.60s: %s", key, text, why);
	return 0;
}

static bool prefix_at(const struct prefix *prefixes, size_t count, size_t index, char *text)
{
	if (index < count)
		prefix_format(&prefixes[index], text);
	return index < count;
}

int config_sender_set(void *root, void *target, const char *text, struct yaml_fault *fault)
{
	struct session_config *session = target;
	struct prefix sender;
	int err = parse_prefix("sender-ip", text, &sender, fault);

	if (!err)
		err = config_check_sender(checker_of(root), session, &sender, fault);
	return err ? err : session_config_allow(session, &sender);
}

bool config_sender_get(const void *root, const void *target, size_t index,
		       char text[SCHEMA_TEXT_MAX])
{
	const struct session_config *session = target;

	(void)root;
	return prefix_at(session->senders, session->sender_count, index, text);
}

int config_reflector_set(void *root, void *target, const char *text, struct yaml_fault *fault)
{
	struct session_config *session = target;
	struct prefix reflector;
	int err = parse_prefix("reflector-ip", text, &reflector, fault);

	if (!err)
		err = config_check_reflector(checker_of(root), session, &reflector, fault);
	return err ? err : session_config_receive_at(session, &reflector);
}

bool config_reflector_get(const void *root, const void *target, size_t index,
			  char text[SCHEMA_TEXT_MAX])
{
	const struct session_config *session = target;

	(void)root;
	return prefix_at(session->reflectors, session->reflector_count, index, text);
}

int config_ssid_set(void *root, void *target, const char *text, struct yaml_fault *fault)
{
	struct session_config *session = target;
	unsigned short ssid = (unsigned short)strtoul(text, NULL, 10);

	(void)root;
	for (size_t i = 0; i < session->ssid_count; i++)
		if (session->ssids[i] == ssid)
			return config_fault_twice("ssid", text, fault);
	session->ssids[session->ssid_count++] = ssid;
	return 0;
}

bool config_ssid_get(const void *root, const void *target, size_t index, char text[SCHEMA_TEXT_MAX])
{
	const struct session_config *session = target;

	(void)root;
	if (index >= session->ssid_count)
		return false;
	snprintf(text, SCHEMA_TEXT_MAX, "%u", session->ssids[index]);
	return true;
}

bool config_new_sessions_get(const void *root, const void *target, size_t index,
			     char text[SCHEMA_TEXT_MAX])
{
	(void)index;
	snprintf(text, SCHEMA_TEXT_MAX, "%u", config_new_sessions(root, target));
	return true;
}

/* Without its mode it would be refused. */
bool config_authentication_get(const void *root, const void *target, size_t index,
			       char text[SCHEMA_TEXT_MAX])
{
	const struct session_config *session = target;

	(void)root;
	(void)index;
	text[0] = '\0';
	return session->policy.flags & SESSION_AUTHENTICATED;
}

bool config_dscp_get(const void *root, const void *target, size_t index, char text[SCHEMA_TEXT_MAX])
{
	const struct session_config *session = target;

	(void)root;
	(void)index;
	snprintf(text, SCHEMA_TEXT_MAX, "%u", session->policy.dscp);
	return session->policy.flags & SESSION_SET_DSCP;
}

int config_sender_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	(void)written;
	return config_check_match(checker_of(root), target, fault);
}

int config_reflector_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	(void)root;
	(void)written;
	return config_check_families(target, fault);
}

int config_ssid_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	const struct session_config *session = target;

	(void)root;
	(void)written;
	return config_check_tlvs(session, "ssid", session->ssid_count, fault);
}

/* Who sends TWAMP Light's packets may send short ones. */
int config_short_requests_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	struct session_config *session = target;

	(void)root;
	(void)fault;
	if (!written && session->policy.flags & SESSION_TWAMP_LIGHT)
		session->policy.flags |= SESSION_SHORT_REQUESTS;
	return 0;
}

/* TWAMP Light has no such mode, and nothing below 112 octets has an HMAC. The keys are good for
 * TLVs, too. */
int config_authentication_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	struct session_config *session = target;

	(void)root;
	if (!written)
		return 0;
	session->policy.flags |= SESSION_AUTHENTICATED | SESSION_TLV_KEY;
	if (!(session->policy.flags & (SESSION_TWAMP_LIGHT | SESSION_SHORT_REQUESTS)))
		return 0;
	return yaml_fault_set(fault, "authentication goes without tlvs: false and short-requests: "
				     "remove one of them");
}

int config_dscp_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	const struct session_config *session = target;

	(void)root;
	if (!written || session->policy.flags & SESSION_SET_DSCP)
		return 0;
	return yaml_fault_set(fault, "dscp-value goes with dscp-handling-mode: "
				     "use-configured-value only: add that, or remove this");
}

int config_sessions_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	(void)root;
	return written ? config_check_rules(target, fault) : 0;
}

static void add_flag(struct config *config, __u32 flag)
{
	for (size_t i = 0; i < config->session_count; i++)
		config->sessions[i].policy.flags |= flag;
}

int config_strict_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	struct config *config = target;

	(void)root;
	(void)written;
	(void)fault;
	if (config->strict_error_estimate)
		add_flag(config, SESSION_STRICT_ERROR_ESTIMATE);
	return 0;
}

int config_tlvs_in_kernel_finish(void *root, void *target, bool written, struct yaml_fault *fault)
{
	struct config *config = target;

	(void)root;
	(void)written;
	(void)fault;
	if (!config->tlvs_in_kernel)
		add_flag(config, SESSION_TLVS_IN_STAMPD);
	return 0;
}
