/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/options.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "stamp/version.h"

enum option_key {
	OPTION_CHECK = 0x100,
	OPTION_PRINT_EFFECTIVE,
	OPTION_PRINT_SCHEMA,
	OPTION_ALLOW,
	OPTION_STATEFUL,
	OPTION_PTP,
	OPTION_SHORT_REQUESTS,
	OPTION_PERSIST,
	OPTION_PIN_PATH,
	OPTION_CONTROL,
};

#define WITH_FILE 1
#define WITHOUT_FILE 2

/* clang-format off */
static const struct argp_option table[] = {
	{ "config", 'c', "FILE", 0, "read this file; " CONFIG_DEFAULT_FILE " by default", WITH_FILE },
	{ "check", OPTION_CHECK, NULL, 0, "say whether the file is good, and end", WITH_FILE },
	{ "print-effective", OPTION_PRINT_EFFECTIVE, NULL, 0, "print the configuration with every key, defaults filled in, and end", WITH_FILE },
	{ "print-schema", OPTION_PRINT_SCHEMA, NULL, 0, "print the JSON Schema of the file, and end", WITH_FILE },
	{ "verbose", 'v', NULL, 0, "log what libbpf says, too", WITH_FILE },
	{ NULL, 0, NULL, 0, "Without a file, for trying:", WITHOUT_FILE },
	{ "interface", 'i', "IF", 0, "reflect on this interface; may be repeated", WITHOUT_FILE },
	{ "allow", OPTION_ALLOW, "PREFIX", 0, "answer these senders: a prefix, an address or any; may be repeated", WITHOUT_FILE },
	{ "mode", 'm', "MODE", 0, "native (default) or generic XDP, or socket: no XDP", WITHOUT_FILE },
	{ "port", 'p', "PORT", 0, "listen on this UDP port instead of 862", WITHOUT_FILE },
	{ "stateful", OPTION_STATEFUL, NULL, 0, "number the replies of each session", WITHOUT_FILE },
	{ "ptp", OPTION_PTP, NULL, 0, "timestamps in the PTPv2 truncated format instead of NTP's", WITHOUT_FILE },
	{ "short-requests", OPTION_SHORT_REQUESTS, NULL, 0, "answer requests of 14 to 43 octets (TWAMP Light) with 44", WITHOUT_FILE },
	{ "persist", OPTION_PERSIST, NULL, 0, "keep reflecting after a clean stop", WITHOUT_FILE },
	{ "pin-path", OPTION_PIN_PATH, "DIR", 0, "pin below this folder of a bpffs; " CONFIG_DEFAULT_PIN_PATH " by default", WITHOUT_FILE },
	{ "control", OPTION_CONTROL, "SOCKET", 0, "listen here for stampctl; " CONTROL_SOCKET_PATH " by default", WITHOUT_FILE },
	{ 0 },
};
/* clang-format on */

const char *argp_program_version = "stampd (xdp-stamp) " XDP_STAMP_VERSION;

struct parse_state {
	struct options *options;
	struct session_config *session; /* the one that the quick options describe */
	const char *file;
	const char *quick; /* the first quick option's name, if there was one */
	enum reflector_mode mode;
};

static int refuse(const char *option, const char *value, const char *why)
{
	log_error("--%s %s: %s", option, value, why);
	return -EINVAL;
}

static int copy_path(const char *option, const char *value, char *out, size_t size)
{
	if (snprintf(out, size, "%s", value) >= (int)size)
		return refuse(option, value, "the path is too long");
	return 0;
}

static int add_interface(struct parse_state *state, const char *name)
{
	if (strlen(name) >= IF_NAMESIZE)
		return refuse("interface", name, "no interface has such a long name");
	return config_add_interface(&state->options->config, name) ? 0 : -ENOMEM;
}

static int allow(struct parse_state *state, const char *text)
{
	struct prefix prefix;
	const char *why;

	if (prefix_parse(text, &prefix, &why))
		return refuse("allow", text, why);
	return session_config_allow(state->session, &prefix);
}

static int set_port(struct parse_state *state, const char *text)
{
	char *end;
	long port = strtol(text, &end, 10);

	if (*end || end == text || port < 0 || port > 65535)
		return refuse("port", text, "a port is 862, or 1024 to 65535");
	state->session->reflector_port = (unsigned short)port;
	return 0;
}

static int set_mode(struct parse_state *state, const char *text)
{
	if (reflector_mode_parse(text, &state->mode))
		return refuse("mode", text, "a mode is native, generic or socket");
	return 0;
}

static int parse_quick_option(int key, char *value, struct parse_state *state)
{
	struct config *config = &state->options->config;

	switch (key) {
	case 'i':
		return add_interface(state, value);
	case 'm':
		return set_mode(state, value);
	case 'p':
		return set_port(state, value);
	case OPTION_ALLOW:
		return allow(state, value);
	case OPTION_STATEFUL:
		state->session->policy.flags |= SESSION_STATEFUL;
		return 0;
	case OPTION_PTP:
		state->session->policy.flags |= SESSION_PTP;
		return 0;
	case OPTION_SHORT_REQUESTS:
		state->session->policy.flags |= SESSION_SHORT_REQUESTS;
		return 0;
	case OPTION_PERSIST:
		config->persist = true;
		return 0;
	case OPTION_PIN_PATH:
		return copy_path("pin-path", value, config->pin_path, sizeof(config->pin_path));
	case OPTION_CONTROL:
		return copy_path("control", value, config->control_socket,
				 sizeof(config->control_socket));
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char *option_name(int key)
{
	const struct argp_option *option = table;

	while (option->key != key)
		option++;
	return option->name;
}

static error_t parse_option(int key, char *value, struct argp_state *argp)
{
	struct parse_state *state = argp->input;
	int err;

	switch (key) {
	case 'c':
		state->file = value;
		return 0;
	case OPTION_CHECK:
		state->options->action = ACTION_CHECK;
		return 0;
	case OPTION_PRINT_EFFECTIVE:
		state->options->action = ACTION_PRINT_EFFECTIVE;
		return 0;
	case OPTION_PRINT_SCHEMA:
		state->options->action = ACTION_PRINT_SCHEMA;
		return 0;
	case 'v':
		log_set_level(LOG_LEVEL_DEBUG);
		return 0;
	case ARGP_KEY_ARG:
		log_error("%s: stampd takes options only; see --help", value);
		return EINVAL;
	default:
		err = parse_quick_option(key, value, state);
		if (err == 0)
			state->quick = option_name(key);
		return err < 0 ? -err : err;
	}
}

/* The quick options' configuration: one session, the same mode on each interface. */
static int finish_quick(struct parse_state *state)
{
	struct config *config = &state->options->config;

	if (state->file) {
		log_error("--%s: goes without --config, whose file has all of it", state->quick);
		return -EINVAL;
	}
	if (!config->interface_count || !state->session->sender_count) {
		log_error("--%s is missing: %s", config->interface_count ? "allow" : "interface",
			  config->interface_count ? "name the senders to answer, by prefix or `any`"
						  : "name where to reflect, see `ip link`");
		return -EINVAL;
	}
	for (size_t i = 0; i < config->interface_count; i++)
		config->interfaces[i].mode = state->mode;
	return config_check(config, "stampd");
}

int options_parse(struct options *options, int argc, char **argv)
{
	static const struct argp argp = {
		.options = table,
		.parser = parse_option,
		.doc = "Session-Reflector for STAMP (RFC 8762) that answers by XDP.",
	};
	struct parse_state state = { .options = options, .mode = MODE_NATIVE };
	int err;

	*options = (struct options){ .action = ACTION_RUN };
	config_init(&options->config);
	state.session = config_add_session(&options->config, "quick");
	err = state.session ? -argp_parse(&argp, argc, argv, 0, NULL, &state) : -ENOMEM;
	if (!err && state.quick)
		return finish_quick(&state);
	config_free(&options->config);
	config_init(&options->config);
	if (err || options->action == ACTION_PRINT_SCHEMA)
		return err;
	options->file = state.file ? state.file : CONFIG_DEFAULT_FILE;
	return config_load(&options->config, options->file);
}
