/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the rows of the configuration's tables need beyond their types: see struct schema_row. */
#ifndef REFLECTOR_CONFIG_FIELDS_H
#define REFLECTOR_CONFIG_FIELDS_H

#include "reflector/config_check.h"
#include "reflector/schema.h"

/* The root of reading; that of printing is a struct config. */
struct config_reading {
	struct config *config;
	struct config_checker *checker;
};

void *config_append_interface(void *root);
void *config_append_session(void *root);
const void *config_interface_at(const void *root, size_t index);
const void *config_session_at(const void *root, size_t index);

int config_interface_name_check(void *root, const void *target, struct yaml_fault *fault);
int config_session_name_check(void *root, const void *target, struct yaml_fault *fault);
int config_port_check(void *root, const void *target, struct yaml_fault *fault);

int config_ring_size_check(void *root, const void *target, struct yaml_fault *fault);
int config_cpu_set(void *root, void *target, const char *text, struct yaml_fault *fault);
bool config_cpu_get(const void *root, const void *target, size_t index, char text[SCHEMA_TEXT_MAX]);
int config_af_xdp_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_micro_session_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_tai_offset_set(void *root, void *target, const char *text, struct yaml_fault *fault);
bool config_tai_offset_get(const void *root, const void *target, size_t index,
			   char text[SCHEMA_TEXT_MAX]);
int config_sender_set(void *root, void *target, const char *text, struct yaml_fault *fault);
bool config_sender_get(const void *root, const void *target, size_t index,
		       char text[SCHEMA_TEXT_MAX]);
int config_reflector_set(void *root, void *target, const char *text, struct yaml_fault *fault);
bool config_reflector_get(const void *root, const void *target, size_t index,
			  char text[SCHEMA_TEXT_MAX]);
int config_ssid_set(void *root, void *target, const char *text, struct yaml_fault *fault);
bool config_ssid_get(const void *root, const void *target, size_t index,
		     char text[SCHEMA_TEXT_MAX]);
bool config_new_sessions_get(const void *root, const void *target, size_t index,
			     char text[SCHEMA_TEXT_MAX]);
bool config_authentication_get(const void *root, const void *target, size_t index,
			       char text[SCHEMA_TEXT_MAX]);
bool config_dscp_get(const void *root, const void *target, size_t index,
		     char text[SCHEMA_TEXT_MAX]);
int config_dscp_denied_set(void *root, void *target, const char *text, struct yaml_fault *fault);
bool config_dscp_denied_get(const void *root, const void *target, size_t index,
			    char text[SCHEMA_TEXT_MAX]);
/* What a Location TLV can be told; ends with NULL. */
extern const char *const config_location_names[];
int config_location_set(void *root, void *target, const char *text, struct yaml_fault *fault);
bool config_location_get(const void *root, const void *target, size_t index,
			 char text[SCHEMA_TEXT_MAX]);

int config_sender_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_reflector_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_ssid_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_short_requests_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_authentication_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_tlv_key_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_dscp_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_dscp_denied_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_location_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_sessions_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_strict_finish(void *root, void *target, bool written, struct yaml_fault *fault);
int config_tlvs_in_kernel_finish(void *root, void *target, bool written, struct yaml_fault *fault);

#endif
