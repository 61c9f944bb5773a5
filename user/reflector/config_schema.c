/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/config_schema.h"

#include <errno.h>
#include <string.h>

#include "reflector/config_check.h"

#define TAI_OFFSET_MAX 1000 /* seconds; 37 in 2026 */
#define SESSIONS_MAX 1000000
#define TEXT_OF(number) #number
#define NUMBER_TEXT(number) TEXT_OF(number)

#define AT(type, member) offsetof(struct type, member), sizeof(((struct type *)0)->member)
#define NOWHERE 0, 0

/* The root that the rows' functions are given. */
struct config_reading {
	struct config *config;
	struct config_checker *checker;
};

static void *append_interface(void *root)
{
	return config_add_interface(((struct config_reading *)root)->config, "");
}

static void *append_session(void *root)
{
	return config_add_session(((struct config_reading *)root)->config, "");
}

static int check_interface_name(void *root, const void *target, struct yaml_fault *fault)
{
	return config_check_interface(((struct config_reading *)root)->checker, target, fault);
}

static int check_session_name(void *root, const void *target, struct yaml_fault *fault)
{
	return config_check_session(((struct config_reading *)root)->checker, target, fault);
}

static int check_port(void *root, const void *target, struct yaml_fault *fault)
{
	(void)root;
	return config_check_port(((const struct session_config *)target)->reflector_port, fault);
}

static int set_tai_offset(void *root, void *target, const char *text, struct yaml_fault *fault)
{
	struct config *config = target;
	unsigned long seconds = 0;

	(void)root;
	config->tai_source = strcmp(text, "kernel") != 0 ? TAI_FIXED : TAI_FROM_KERNEL;
	if (config->tai_source == TAI_FIXED && !schema_number(text, 0, TAI_OFFSET_MAX, &seconds))
		return yaml_fault_set(fault,
				      "tai-offset must be kernel, or seconds from 0 to %d, "
				      "not %.40s",
				      TAI_OFFSET_MAX, text);
	config->tai_offset = (int)seconds;
	return 0;
}

static int allow_sender(void *root, void *target, const char *text, struct yaml_fault *fault)
{
	struct config_reading *reading = root;
	struct session_config *session = target;
	struct prefix sender;
	const char *why;
	int err;

	err = prefix_parse(text, &sender, &why);
	if (err)
		return yaml_fault_set(fault, "sender-ip %.60s: %s", text, why);
	err = config_check_sender(reading->checker, session, &sender, fault);
	return err ? err : session_config_allow(session, &sender);
}

static const char *const reflector_modes[] = { "stateless", "stateful", NULL };
static const char *const timestamp_formats[] = { "ntp", "ptp", NULL };
static const char *const off_or_on[] = { "false", "true", NULL };

/* clang-format off */
const struct schema_row interface_rows[] = {
	{ "name", SCHEMA_TEXT, AT(interface_config, name),
	  .required = true, .check = check_interface_name },
	{ "mode", SCHEMA_CHOICE, AT(interface_config, mode),
	  .names = reflector_mode_names, .default_text = "native" },
	{ 0 }
};

const struct schema_row session_rows[] = {
	{ "name", SCHEMA_TEXT, AT(session_config, name),
	  .required = true, .check = check_session_name },
	{ "sender-ip", SCHEMA_VALUES, NOWHERE,
	  .required = true, .set = allow_sender,
	  .wanted = "an address, ADDRESS/LENGTH, any, or a list of them" },
	{ "reflector-udp-port", SCHEMA_NUMBER, AT(session_config, reflector_port),
	  .max = 65535, .wanted = "862, or 1024 to 65535", .check = check_port,
	  .default_text = NUMBER_TEXT(STAMP_PORT) },
	{ "reflector-mode", SCHEMA_FLAG, AT(session_config, policy.flags),
	  .names = reflector_modes, .flag = SESSION_STATEFUL, .default_text = "stateless" },
	{ "timestamp-format", SCHEMA_FLAG, AT(session_config, policy.flags),
	  .names = timestamp_formats, .flag = SESSION_PTP, .default_text = "ntp" },
	{ "short-requests", SCHEMA_FLAG, AT(session_config, policy.flags),
	  .names = off_or_on, .flag = SESSION_SHORT_REQUESTS, .default_text = "false" },
	{ 0 }
};

static const struct schema_row reflector_rows[] = {
	{ "persist", SCHEMA_SWITCH, AT(config, persist), .default_text = "false" },
	{ "max-sessions", SCHEMA_NUMBER, AT(config, max_sessions),
	  .min = 1, .max = SESSIONS_MAX, .default_text = NUMBER_TEXT(CONFIG_MAX_SESSIONS) },
	{ "sessions", SCHEMA_LIST, NOWHERE,
	  .required = true, .rows = session_rows, .append = append_session },
	{ 0 }
};

static const struct schema_row control_rows[] = {
	{ "socket", SCHEMA_PATH, AT(config, control_socket),
	  .default_text = CONTROL_SOCKET_PATH },
	{ 0 }
};

const struct schema_row config_rows[] = {
	{ "version", SCHEMA_NUMBER, NOWHERE, .required = true, .min = 1, .max = 1 },
	{ "pin-path", SCHEMA_PATH, AT(config, pin_path), .default_text = CONFIG_DEFAULT_PIN_PATH },
	{ "tai-offset", SCHEMA_VALUE, NOWHERE, .set = set_tai_offset,
	  .wanted = "kernel, or seconds", .default_text = "kernel" },
	{ "interfaces", SCHEMA_LIST, NOWHERE,
	  .required = true, .rows = interface_rows, .append = append_interface },
	{ "session-reflector", SCHEMA_MAP, NOWHERE, .required = true, .rows = reflector_rows },
	{ "control", SCHEMA_MAP, NOWHERE, .rows = control_rows },
	{ 0 }
};
/* clang-format on */

int config_parse(struct config *config, const char *text, size_t size, struct yaml_fault *fault)
{
	struct config_reading reading = { .config = config };
	int err = config_checker_open(&reading.checker);

	if (!err)
		err = schema_read(config_rows, config, &reading, text, size, fault);
	config_checker_close(reading.checker);
	return err;
}
