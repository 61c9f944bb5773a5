/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What must hold between the parts of a configuration, asked part by part, in the order read. */
#ifndef REFLECTOR_CONFIG_CHECK_H
#define REFLECTOR_CONFIG_CHECK_H

#include "reflector/config.h"
#include "reflector/yaml_text.h"

struct config_checker; /* the parts that have been there */

/* 0 or -ENOMEM. `config` is to hold the sessions that are asked about. */
int config_checker_open(struct config_checker **out, const struct config *config);

/*
 * 0, -EINVAL with the text of `fault` (not its place), or -ENOMEM. Each part is to be given once; a
 * prefix before its session has it.
 */
int config_check_interface(struct config_checker *checker, const struct interface_config *interface,
			   struct yaml_fault *fault);
int config_check_session(struct config_checker *checker, const struct session_config *session,
			 struct yaml_fault *fault);
int config_check_sender(struct config_checker *checker, const struct session_config *session,
			const struct prefix *sender, struct yaml_fault *fault);
int config_check_reflector(struct config_checker *checker, const struct session_config *session,
			   const struct prefix *reflector, struct yaml_fault *fault);

/* Of an interface that is complete, an element of `config`: no earlier one has its Micro-session ID
 * (R9534-3.1-2). */
int config_check_micro_session(const struct config *config,
			       const struct interface_config *interface, struct yaml_fault *fault);

/* Of a session that is complete: no earlier one takes every request from it. */
int config_check_match(struct config_checker *checker, const struct session_config *session,
		       struct yaml_fault *fault);

/* Of a session whose key `key` is `used`: TLVs and SSID are read, or it would have no effect. */
int config_check_tlvs(const struct session_config *session, const char *key, bool used,
		      struct yaml_fault *fault);

/* Says that an element is in a key's list twice; -EINVAL. */
int config_fault_twice(const char *key, const char *text, struct yaml_fault *fault);

/* 862, or 1024 and above. */
int config_check_port(unsigned short port, struct yaml_fault *fault);

/* Some sender and some address that it sends to are of the same IP version. */
int config_check_families(const struct session_config *session, struct yaml_fault *fault);

/* Whether the program can hold the sessions, all being read: see rule_set_build(). */
int config_check_rules(const struct config *config, struct yaml_fault *fault);

/* Takes NULL. */
void config_checker_close(struct config_checker *checker);

#endif
