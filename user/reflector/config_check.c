/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/config_check.h"

#include <ctype.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "stamp/rule.h"
#include "stamp/wire.h"

#define FIRST_FREE_PORT 1024 /* below are other services', but for STAMP's own */

/* Something that may be in a configuration once. */
struct part {
	char key[8 + CONFIG_NAME_MAX + ADDRESS_TEXT_MAX]; /* its kind, and its name or text */
	char session[CONFIG_NAME_MAX];
};

struct config_checker {
	void *parts; /* tsearch() */
	size_t sender_count;
};

int config_checker_open(struct config_checker **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void config_checker_close(struct config_checker *checker)
{
	if (!checker)
		return;
	tdestroy(checker->parts, free);
	free(checker);
}

static int compare_parts(const void *a, const void *b)
{
	return strcmp(((const struct part *)a)->key, ((const struct part *)b)->key);
}

/* Notes a part; `*earlier` is the same one, if it has been there. 0 or -ENOMEM. */
static int note_part(struct config_checker *checker, const char *kind, const char *name,
		     const char *session, const struct part **earlier)
{
	struct part *part = calloc(1, sizeof(*part));
	struct part **found;

	*earlier = NULL;
	if (!part)
		return -ENOMEM;
	snprintf(part->key, sizeof(part->key), "%s %s", kind, name);
	snprintf(part->session, sizeof(part->session), "%s", session);
	found = tsearch(part, &checker->parts, compare_parts);
	if (found && *found == part)
		return 0;
	free(part);
	if (!found)
		return -ENOMEM;
	*earlier = *found;
	return 0;
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
	const struct part *earlier;
	int err;

	if (!is_device_name(interface->name))
		return yaml_fault_set(fault,
				      "'%s' cannot be an interface's name: \"ip link\" shows "
				      "the names there are",
				      interface->name);
	err = note_part(checker, "device", interface->name, "", &earlier);
	if (!err && earlier)
		err = yaml_fault_set(fault, "interface %s is there twice: remove one",
				     interface->name);
	return err;
}

int config_check_session(struct config_checker *checker, const struct session_config *session,
			 struct yaml_fault *fault)
{
	const struct part *earlier;
	int err;

	err = note_part(checker, "session", session->name, session->name, &earlier);
	if (!err && earlier)
		err = yaml_fault_set(fault, "session %s is there twice: rename one", session->name);
	return err;
}

int config_check_sender(struct config_checker *checker, const struct session_config *session,
			const struct prefix *sender, struct yaml_fault *fault)
{
	char text[ADDRESS_TEXT_MAX];
	const struct part *earlier;
	int err;

	prefix_format(sender, text);
	err = note_part(checker, "sender", text, session->name, &earlier);
	if (!err && earlier)
		return yaml_fault_set(fault,
				      "sender-ip %s is in session %s already: a prefix can "
				      "be in one session only, whatever the ports",
				      text, earlier->session);
	if (!err && ++checker->sender_count > RULES_MAX)
		return yaml_fault_set(fault, "more than %d sender prefixes: join some of them",
				      RULES_MAX);
	return err;
}

int config_check_port(unsigned short port, struct yaml_fault *fault)
{
	if (port == STAMP_PORT || port >= FIRST_FREE_PORT)
		return 0;
	return yaml_fault_set(fault, "reflector-udp-port must be %d, or %d to 65535, not %d",
			      STAMP_PORT, FIRST_FREE_PORT, port);
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
	return err;
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
	return err;
}

int config_check(const struct config *config, const char *origin)
{
	struct config_checker *checker = NULL;
	struct yaml_fault fault = { .text = "out of memory" };
	int err = config_checker_open(&checker);

	if (!err)
		err = check_all(checker, config, &fault);
	config_checker_close(checker);
	if (err)
		log_error("%s: %s", origin, fault.text);
	return err;
}
