/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What TLVs told, as text. What is not known is called unknown. */
#include "ping/report_tlv.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/address.h"
#include "ping/duration_text.h"
#include "ping/report_text.h"
#include "ping/tlv_names.h"
#include "ping/tlv_options.h"

static void print_used(const struct tlv_reply *tlvs)
{
	const struct tlv_class_of_service *cos = &tlvs->class_of_service;
	const struct tlv_direct_measurement *counters = &tlvs->direct_measurement;
	char delay[DURATION_TEXT_MAX];

	printf("%u/%u", tlvs->read - tlvs->unrecognized, tlvs->read);
	if (cos->known)
		printf(" dscp=%u ecn=%u%s", cos->dscp, cos->ecn, cos->refused ? " refused" : "");
	if (counters->known)
		printf(" counters=%" PRIu32 "/%" PRIu32 "/%" PRIu32, counters->sender_sent,
		       counters->reflector_received, counters->reflector_sent);
	if (tlvs->follow_up.delay_known)
		printf(" follow-up=%s", duration_text(tlvs->follow_up.delay_ns, delay));
}

void report_tlv_reply(const struct tlv_reply *tlvs)
{
	printf(" tlvs=");
	if (tlvs->state == TLV_REPLY_USED)
		print_used(tlvs);
	else
		printf("%s", tlv_reply_state_name(tlvs->state));
	printf("%s%s", tlvs->malformed ? " malformed" : "", tlvs->mismatched ? " mismatched" : "");
}

static void print_counts(const struct tlv_summary *summary)
{
	const uint64_t *replies = summary->replies;

	printf("tlvs             ");
	for (size_t i = 0; i < summary->request->count; i++)
		printf("%s%s", i ? ", " : "", tlv_options_name(summary->request->items[i].type));
	printf("\ntlvs in replies  %" PRIu64 " used", replies[TLV_REPLY_USED]);
	report_print_if(replies[TLV_REPLY_UNTOUCHED], "untouched");
	report_print_if(replies[TLV_REPLY_NONE], "without any");
	report_print_if(replies[TLV_REPLY_INTEGRITY], "with I, not verified there");
	report_print_if(replies[TLV_REPLY_UNVERIFIED], "with a missing or wrong HMAC");
	report_print_if(summary->malformed, "malformed");
	report_print_if(summary->mismatched, "that do not match");
	report_print_if(summary->shorter, "shorter than sent");
	report_print_if(summary->misdirected, "of other links discarded");
	report_print_if(summary->unrecognized, "TLVs with U, not understood");
	printf("\n");
}

static void print_end(const char *what, bool known, const struct stamp_address *address,
		      uint16_t port)
{
	char text[ADDRESS_TEXT_MAX];

	printf("%s %s", what, known ? address_format(address, text) : "unknown");
	if (port)
		printf(" port %u", port);
	else
		printf(" port unknown");
}

static const char *translation(const struct tlv_summary *summary)
{
	if (!summary->translation_known)
		return "";
	return summary->translated ? "; not as here: addresses are translated on the way (NAT)"
				   : "; as here";
}

static void print_location(const struct tlv_summary *summary)
{
	const struct tlv_location *location = &summary->location;
	char text[TLV_MAC_TEXT_MAX];
	const char *mac = tlv_mac_text(location, text);

	if (!tlv_request_find(summary->request, STAMP_TLV_LOCATION))
		return;
	if (!location->known) {
		printf("location         unknown (no reply tells)\n");
		return;
	}
	print_end("location         from", location->source_known, &location->source,
		  location->source_port);
	print_end(" to", location->destination_known, &location->destination,
		  location->destination_port);
	printf(", source MAC %s%s%s\n", mac ? mac : "unknown", translation(summary),
	       summary->location_changed ? "; it changed" : "");
}

static void print_clock(const char *time, uint8_t source, uint8_t method)
{
	char source_text[TLV_CODE_TEXT_MAX], method_text[TLV_CODE_TEXT_MAX];
	const char *source_name = tlv_source_name(source, source_text);
	const char *method_name = tlv_method_name(method, method_text);

	printf("%s clock %s, taken by %s", time, source_name ? source_name : "unknown",
	       method_name ? method_name : "unknown");
}

static void print_timestamp_info(const struct tlv_summary *summary)
{
	const struct tlv_timestamp_info *info = &summary->timestamp_info;

	if (!tlv_request_find(summary->request, STAMP_TLV_TIMESTAMP_INFORMATION))
		return;
	printf("reflector's time ");
	if (!info->known) {
		printf("unknown (no reply tells)\n");
		return;
	}
	print_clock("T2:", info->receive_source, info->receive_method);
	print_clock("; T3:", info->send_source, info->send_method);
	printf("%s\n", summary->timestamp_info_changed ? "; it changed" : "");
}

static void print_reply_dscp(const struct tlv_class_of_service_summary *cos, uint8_t asked)
{
	printf("reply's DSCP     %u wanted, ", asked);
	if (cos->refused)
		printf("refused in %" PRIu64 " of %" PRIu64 " replies, ", cos->refused,
		       cos->replies);
	if (!cos->reply_told)
		printf("unknown with which it came\n");
	else
		printf("came with %u%s\n", cos->reply_dscp,
		       cos->reply_wrong ? ", not as the reflector says: changed on the way back"
					: "");
}

static void print_class_of_service(const struct tlv_summary *summary)
{
	const struct tlv_class_of_service_summary *cos = &summary->class_of_service;
	const struct tlv_item *item =
		tlv_request_find(summary->request, STAMP_TLV_CLASS_OF_SERVICE);

	if (!item)
		return;
	if (!cos->replies) {
		printf("class of service unknown (no reply tells)\n");
		return;
	}
	printf("class of service DSCP %u sent, %u arrived", summary->dscp, cos->dscp);
	if (cos->dscp_changed)
		printf(" (changed on the way: %" PRIu64 ")", cos->dscp_changed);
	printf(", ECN %u", cos->ecn);
	if (cos->ecn_marked)
		printf(" (marked on the way: %" PRIu64 ", as congested: %" PRIu64 ")",
		       cos->ecn_marked, cos->congested);
	printf("\n");
	print_reply_dscp(cos, item->class_of_service.dscp);
}

static void print_direct_measurement(const struct tlv_summary *summary)
{
	const struct tlv_direct_measurement *counters = &summary->direct_measurement;

	if (!tlv_request_find(summary->request, STAMP_TLV_DIRECT_MEASUREMENT))
		return;
	if (!counters->known) {
		printf("counters         unknown (no reply tells)\n");
		return;
	}
	printf("counters         sent %" PRIu32 ", received there %" PRIu32 ", sent back %" PRIu32
	       "; lost ",
	       counters->sender_sent, counters->reflector_received, counters->reflector_sent);
	if (summary->direct_loss.known)
		printf("%" PRIu64 " forward, %" PRIu64 " backward\n", summary->direct_loss.forward,
		       summary->direct_loss.backward);
	else
		printf("unknown (fewer than two replies, or it does not count this run alone)\n");
}

static void print_follow_up(const struct tlv_summary *summary)
{
	const struct figures *figures = &summary->follow_up;
	char min[DURATION_TEXT_MAX], p50[DURATION_TEXT_MAX], max[DURATION_TEXT_MAX];
	char text[TLV_CODE_TEXT_MAX];
	const char *method = tlv_method_name(summary->follow_up_method, text);

	if (!tlv_request_find(summary->request, STAMP_TLV_FOLLOW_UP_TELEMETRY))
		return;
	if (!figures->known) {
		printf("follow-up        unknown (needs a stateful reflector and two replies in a "
		       "row)\n");
		return;
	}
	printf("follow-up        replies left after T3 by min %s, p50 %s, max %s; taken by %s\n",
	       duration_text(figures->min, min), duration_text(figures->p50, p50),
	       duration_text(figures->max, max), method ? method : "unknown");
}

static void print_access(const struct tlv_summary *summary)
{
	if (summary->access == ACCESS_NOT_ASKED)
		return;
	printf("access report    %s (transmissions: %" PRIu64 ")\n",
	       tlv_access_state_name(summary->access), summary->access_transmissions);
}

static void print_node(const struct tlv_summary *summary)
{
	const struct tlv_item *item =
		tlv_request_find(summary->request, STAMP_TLV_DESTINATION_NODE_ADDRESS);
	char text[ADDRESS_TEXT_MAX];

	if (!item)
		return;
	printf("destination      %s: ", address_format(&item->node.address, text));
	if (!summary->node_taken && !summary->node_refused) {
		printf("unknown (no reply tells)\n");
		return;
	}
	printf("%" PRIu64 " replies from it", summary->node_taken);
	report_print_if(summary->node_refused, "with U: not from it, or it does not know this TLV");
	printf("\n");
}

static void print_micro_session(const struct tlv_summary *summary)
{
	const struct tlv_item *item =
		tlv_request_find(summary->request, STAMP_TLV_MICRO_SESSION_ID);

	if (!item)
		return;
	printf("micro-session    sender %u, reflector ", item->micro_session.sender);
	if (summary->reflector_id)
		printf("%u%s\n", summary->reflector_id,
		       summary->reflector_id_learned ? " (learned)" : "");
	else
		printf("unknown\n");
}

static void print_note(const struct tlv_summary *summary)
{
	if (summary->replies[TLV_REPLY_UNTOUCHED])
		printf("note             TLVs came back untouched: the reflector processes none of "
		       "these; TWAMP Light processes none at all\n");
}

void report_tlv_summary(const struct tlv_summary *summary)
{
	print_counts(summary);
	print_location(summary);
	print_timestamp_info(summary);
	print_class_of_service(summary);
	print_direct_measurement(summary);
	print_follow_up(summary);
	print_access(summary);
	print_node(summary);
	print_micro_session(summary);
	print_note(summary);
}
