/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/config_check.h"

#include <ctype.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "reflector/rule_set.h"
#include "reflector/config_match.h"
#include "stamp/rule.h"
#include "stamp/wire.h"

#define FIRST_FREE_PORT 1024 /* below are other services', but for STAMP's own */

/* Something that may be there once: its kind, the session that it is in, and its name or text. */
struct part {
	char key[32 + (CONFIG_NAME_MAX > ADDRESS_TEXT_MAX ? CONFIG_NAME_MAX : ADDRESS_TEXT_MAX)];
};

struct config_checker {
	void *parts; /* tsearch() */
	struct match_set *matches;
	size_t sender_count;
};

int config_checker_open(struct config_checker **out, const struct config *config)
{
	struct config_checker *checker = calloc(1, sizeof(*checker));

	*out = NULL;
	if (!checker)
		return -ENOMEM;
	checker->matches = match_set_open(config);
	if (!checker->matches) {
		free(checker);
		return -ENOMEM;
	}
	*out = checker;
	return 0;
}

void config_checker_close(struct config_checker *checker)
{
	if (!checker)
		return;
	tdestroy(checker->parts, free);
	match_set_close(checker->matches);
	free(checker);
}

static int compare_parts(const void *a, const void *b)
{
	return strcmp(((const struct part *)a)->key, ((const struct part *)b)->key);
}

/* Notes a part. 0, -EEXIST if it has been there, or -ENOMEM. */
static int note_part(struct config_checker *checker, const char *kind, unsigned int session,
		     const char *name)
{
	struct part *part = calloc(1, sizeof(*part));
	struct part **found;

	if (!part)
		return -ENOMEM;
	snprintf(part->key, sizeof(part->key), "%s %u %s", kind, session, name);
	found = tsearch(part, &checker->parts, compare_parts);
	if (found && *found == part)
		return 0;
	free(part);
	return found ? -EEXIST : -ENOMEM;
}

/* What the kernel takes as a name of a network device. */
static bool is_device_name(const char *name)
{
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' || isspace((unsigned char)*name))
			return false;
	return true;
}

int config_check_interface(struct config_checker *checker, const struct interface_config *interface,
			   struct yaml_fault *fault)
{
	int err;

	if (!is_device_name(interface->name))
		return yaml_fault_set(fault,
				      "'%s' cannot be an interface's name: \"ip link\" shows "
				      "the names there are",
				      interface->name);
	err = note_part(checker, "interface", 0, interface->name);
	if (err == -EEXIST)
		err = yaml_fault_set(fault, "interface %s is there twice: remove one",
				     interface->name);
	return err;
}

int config_check_micro_session(const struct config *config,
			       const struct interface_config *interface, struct yaml_fault *fault)
{
	const struct interface_config *other = config->interfaces;

	if (!interface->micro_session_id)
		return 0;
	while (other->micro_session_id != interface->micro_session_id)
		other++;
	if (other == interface)
		return 0;
	return yaml_fault_set(fault,
			      "interfaces %s and %s have the same micro-session-id %u: change one",
			      other->name, interface->name, interface->micro_session_id);
}

int config_check_session(struct config_checker *checker, const struct session_config *session,
			 struct yaml_fault *fault)
{
	int err = note_part(checker, "session", 0, session->name);

	if (err == -EEXIST)
		err = yaml_fault_set(fault, "session %s is there twice: rename one", session->name);
	return err;
}

int config_check_tlvs(const struct session_config *session, const char *key, bool used,
		      struct yaml_fault *fault)
{
	if (!used || !(session->policy.flags & SESSION_TWAMP_LIGHT))
		return 0;
	return yaml_fault_set(fault,
			      "%s goes with tlvs: true only, as tlvs: false reads neither SSID nor "
			      "TLVs: remove one of the two",
			      key);
}

int config_fault_twice(const char *key, const char *text, struct yaml_fault *fault)
{
	return yaml_fault_set(fault, "%s %s is in this list twice: remove one", key, text);
}

static int check_prefix(struct config_checker *checker, const char *key,
			const struct session_config *session, const struct prefix *prefix,
			struct yaml_fault *fault)
{
	char text[ADDRESS_TEXT_MAX];
	int err;

	prefix_format(prefix, text);
	err = note_part(checker, key, session->policy.session, text);
	if (err == -EEXIST)
		err = config_fault_twice(key, text, fault);
	return err;
}

int config_check_sender(struct config_checker *checker, const struct session_config *session,
			const struct prefix *sender, struct yaml_fault *fault)
{
	int err = check_prefix(checker, "sender-ip", session, sender, fault);

	if (!err && ++checker->sender_count > RULE_PREFIXES_MAX)
		return yaml_fault_set(fault, "more than %d sender prefixes: join some of them",
				      RULE_PREFIXES_MAX);
	return err;
}

int config_check_reflector(struct config_checker *checker, const struct session_config *session,
			   const struct prefix *reflector, struct yaml_fault *fault)
{
	return check_prefix(checker, "reflector-ip", session, reflector, fault);
}

int config_check_match(struct config_checker *checker, const struct session_config *session,
		       struct yaml_fault *fault)
{
	struct match_conflict conflict;
	char sender[ADDRESS_TEXT_MAX];
	char reflector[ADDRESS_TEXT_MAX];
	char ssid[8] = "any";
	int err = match_set_add(checker->matches, session, &conflict);

	if (err != -EEXIST)
		return err;
	if (conflict.ssid)
		snprintf(ssid, sizeof(ssid), "%u", conflict.ssid);
	return yaml_fault_set(fault,
			      "session %s could never match: session %s has the same sender-ip %s, "
			      "reflector-ip %s, ssid %s and ports: change or remove one of them",
			      session->name, conflict.earlier->name,
			      prefix_format(&conflict.sender, sender),
			      prefix_format(&conflict.reflector, reflector), ssid);
}

int config_check_port(unsigned short port, struct yaml_fault *fault)
{
	if (port == STAMP_PORT || port >= FIRST_FREE_PORT)
		return 0;
	return yaml_fault_set(fault, "reflector-udp-port must be %d, or %d to 65535, not %d",
			      STAMP_PORT, FIRST_FREE_PORT, port);
}

enum { FAMILY_IPV4 = 1, FAMILY_IPV6 = 2 };

/* The IP versions of some prefixes; without any of them, both. */
static int families_of(const struct prefix *prefixes, size_t count)
{
	int families = count ? 0 : FAMILY_IPV4 | FAMILY_IPV6;

	for (size_t i = 0; i < count; i++) {
		if (!prefixes[i].length)
			families |= FAMILY_IPV4 | FAMILY_IPV6;
		else if (stamp_address_is_ip4(&prefixes[i].address))
			families |= FAMILY_IPV4;
		else
			families |= FAMILY_IPV6;
	}
	return families;
}

int config_check_families(const struct session_config *session, struct yaml_fault *fault)
{
	int senders = families_of(session->senders, session->sender_count);
	int reflectors = families_of(session->reflectors, session->reflector_count);

	if (senders & reflectors)
		return 0;
	return yaml_fault_set(fault,
			      "session %s can never match: sender-ip is IPv%c and reflector-ip "
			      "IPv%c only: make them the same",
			      session->name, senders == FAMILY_IPV4 ? '4' : '6',
			      reflectors == FAMILY_IPV4 ? '4' : '6');
}

int config_check_rules(const struct config *config, struct yaml_fault *fault)
{
	char why[RULE_SET_FAULT_MAX];
	struct rule_set set;
	int err = rule_set_build(&set, config, why);

	rule_set_free(&set);
	return err == -EINVAL ? yaml_fault_set(fault, "%s", why) : err;
}

static int check_whole_session(struct config_checker *checker, const struct session_config *session,
			       struct yaml_fault *fault)
{
	int err = config_check_session(checker, session, fault);

	if (!err)
		err = config_check_port(session->reflector_port, fault);
	if (!err && session->sender_count == 0)
		err = yaml_fault_set(fault, "session %s answers nobody: name its senders",
				     session->name);
	for (size_t i = 0; !err && i < session->sender_count; i++)
		err = config_check_sender(checker, session, &session->senders[i], fault);
	for (size_t i = 0; !err && i < session->reflector_count; i++)
		err = config_check_reflector(checker, session, &session->reflectors[i], fault);
	if (!err)
		err = config_check_match(checker, session, fault);
	return err ? err : config_check_families(session, fault);
}

static int check_all(struct config_checker *checker, const struct config *config,
		     struct yaml_fault *fault)
{
	int err = 0;

	if (config->interface_count == 0)
		return yaml_fault_set(fault, "no interface to reflect on: name one");
	if (config->session_count == 0)
		return yaml_fault_set(fault, "no session, so nobody would be answered: add one");
	for (size_t i = 0; !err && i < config->interface_count; i++)
		err = config_check_interface(checker, &config->interfaces[i], fault);
	for (size_t i = 0; !err && i < config->session_count; i++)
		err = check_whole_session(checker, &config->sessions[i], fault);
	return err ? err : config_check_rules(config, fault);
}

int config_check(const struct config *config, const char *origin)
{
	struct config_checker *checker = NULL;
	struct yaml_fault fault = { .text = "out of memory" };
	int err = config_checker_open(&checker, config);

	if (!err)
		err = check_all(checker, config, &fault);
	config_checker_close(checker);
	if (err)
		log_error("%s: %s", origin, fault.text);
	return err;
}
