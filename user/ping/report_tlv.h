/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What TLVs told, as text and as JSON: the part of a form that all share. */
#ifndef PING_REPORT_TLV_H
#define PING_REPORT_TLV_H

#include <jansson.h>

#include "sender/tlv_metrics.h"

/* Prints what the line of a reply ends in, with a blank in front. */
void report_tlv_reply(const struct tlv_reply *tlvs);

/* Prints the lines of the summary. */
void report_tlv_summary(const struct tlv_summary *summary);

/* The member "tlvs" of a line and of the document; NULL when memory ran out. */
json_t *report_tlv_reply_json(const struct tlv_reply *tlvs);
json_t *report_tlv_summary_json(const struct tlv_summary *summary);

#endif
