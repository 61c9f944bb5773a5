/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --tlv NAME[=ARGS]: one table of the TLVs there are. */
#ifndef PING_TLV_OPTIONS_H
#define PING_TLV_OPTIONS_H

#include <stdio.h>

#include "sender/tlv_request.h"

/* Adds the TLV that `text` names. 0, or -EINVAL after a message. */
int tlv_options_add(struct tlv_request *request, const char *text);

/* The name of a type as --tlv has it; "hmac" for the one that --tlv-key adds. */
const char *tlv_options_name(uint8_t type);

/* How each is written, as one sentence without its full stop. */
void tlv_options_write_forms(FILE *out);

#endif
