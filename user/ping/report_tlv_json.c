/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What TLVs told, as JSON. What was not asked for, or is not known, is null. */
#include "ping/report_tlv.h"

#include "common/address.h"
#include "ping/report_json.h"
#include "ping/tlv_names.h"
#include "ping/tlv_options.h"

static json_t *string_if(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *address_json(bool known, const struct stamp_address *address)
{
	char text[ADDRESS_TEXT_MAX];

	return known ? json_string(address_format(address, text)) : json_null();
}

static json_t *location_json(const struct tlv_location *location)
{
	char mac[TLV_MAC_TEXT_MAX];

	if (!location->known)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "source_address",
			 address_json(location->source_known, &location->source), "source_port",
			 report_integer_if(location->source_port, location->source_port),
			 "destination_address",
			 address_json(location->destination_known, &location->destination),
			 "destination_port",
			 report_integer_if(location->destination_port, location->destination_port),
			 "source_mac", string_if(tlv_mac_text(location, mac)));
}

static json_t *clock_json(uint8_t source, uint8_t method)
{
	char source_text[TLV_CODE_TEXT_MAX], method_text[TLV_CODE_TEXT_MAX];

	return json_pack("{s:o, s:o}", "source", string_if(tlv_source_name(source, source_text)),
			 "method", string_if(tlv_method_name(method, method_text)));
}

static json_t *timestamp_info_json(const struct tlv_timestamp_info *info)
{
	if (!info->known)
		return json_null();
	return json_pack("{s:o, s:o}", "receive",
			 clock_json(info->receive_source, info->receive_method), "send",
			 clock_json(info->send_source, info->send_method));
}

static json_t *counters_json(const struct tlv_direct_measurement *counters)
{
	if (!counters->known)
		return json_null();
	return json_pack("{s:I, s:I, s:I}", "sender_sent", (json_int_t)counters->sender_sent,
			 "reflector_received", (json_int_t)counters->reflector_received,
			 "reflector_sent", (json_int_t)counters->reflector_sent);
}

static json_t *class_of_service_json(const struct tlv_class_of_service *cos)
{
	if (!cos->known)
		return json_null();
	return json_pack("{s:i, s:i, s:b}", "dscp", cos->dscp, "ecn", cos->ecn, "refused",
			 cos->refused);
}

static json_t *signed_if(bool known, int64_t value)
{
	return known ? json_integer(value) : json_null();
}

static json_t *follow_up_json(const struct tlv_follow_up *follow_up)
{
	char method[TLV_CODE_TEXT_MAX];

	if (!follow_up->known)
		return json_null();
	return json_pack("{s:I, s:o, s:o}", "reflector_sequence", (json_int_t)follow_up->sequence,
			 "delay_ns", signed_if(follow_up->delay_known, follow_up->delay_ns),
			 "method", string_if(tlv_method_name(follow_up->method, method)));
}

static json_t *answer_json(enum tlv_answer answer)
{
	return answer == TLV_ANSWER_NONE ? json_null() : json_boolean(answer == TLV_ANSWER_TAKEN);
}

static json_t *micro_session_json(const struct tlv_micro_session *ids)
{
	if (!ids->known)
		return json_null();
	return json_pack("{s:i, s:o}", "sender", ids->sender, "reflector",
			 report_integer_if(ids->reflector, ids->reflector));
}

json_t *report_tlv_reply_json(const struct tlv_reply *tlvs)
{
	return json_pack("{s:s, s:i, s:i, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "state", tlv_reply_state_name(tlvs->state), "read", (int)tlvs->read,
			 "unrecognized", (int)tlvs->unrecognized, "malformed", tlvs->malformed,
			 "mismatched", tlvs->mismatched, "location", location_json(&tlvs->location),
			 "timestamp_information", timestamp_info_json(&tlvs->timestamp_info),
			 "class_of_service", class_of_service_json(&tlvs->class_of_service),
			 "direct_measurement", counters_json(&tlvs->direct_measurement),
			 "access_report", answer_json(tlvs->access_report), "follow_up",
			 follow_up_json(&tlvs->follow_up), "destination", answer_json(tlvs->node),
			 "micro_session", micro_session_json(&tlvs->micro_session));
}

static json_t *names_json(const struct tlv_request *request)
{
	json_t *names = json_array();

	for (size_t i = 0; i < request->count; i++)
		json_array_append_new(names, json_string(tlv_options_name(request->items[i].type)));
	return names;
}

static json_t *replies_json(const struct tlv_summary *summary)
{
	const uint64_t *replies = summary->replies;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "used",
			 (json_int_t)replies[TLV_REPLY_USED], "untouched",
			 (json_int_t)replies[TLV_REPLY_UNTOUCHED], "none",
			 (json_int_t)replies[TLV_REPLY_NONE], "integrity_failed",
			 (json_int_t)replies[TLV_REPLY_INTEGRITY], "unverified",
			 (json_int_t)replies[TLV_REPLY_UNVERIFIED], "malformed",
			 (json_int_t)summary->malformed, "mismatched",
			 (json_int_t)summary->mismatched, "shorter", (json_int_t)summary->shorter,
			 "misdirected", (json_int_t)summary->misdirected);
}

/* What a reply has, and what only the run can tell. */
static json_t *with(json_t *object, const char *key, json_t *value)
{
	if (json_is_object(object))
		json_object_set_new(object, key, value);
	else
		json_decref(value);
	return object;
}

static json_t *location_summary_json(const struct tlv_summary *summary)
{
	json_t *translated =
		summary->translation_known ? json_boolean(summary->translated) : json_null();

	return with(with(location_json(&summary->location), "translated", translated), "changed",
		    json_boolean(summary->location_changed));
}

static json_t *timestamp_info_summary_json(const struct tlv_summary *summary)
{
	return with(timestamp_info_json(&summary->timestamp_info), "changed",
		    json_boolean(summary->timestamp_info_changed));
}

static json_t *class_of_service_summary_json(const struct tlv_summary *summary)
{
	const struct tlv_class_of_service_summary *cos = &summary->class_of_service;
	const struct tlv_item *item =
		tlv_request_find(summary->request, STAMP_TLV_CLASS_OF_SERVICE);

	if (!item || !cos->replies)
		return json_null();
	return json_pack(
		"{s:i, s:i, s:I, s:i, s:I, s:I, s:i, s:I, s:o, s:o}", "dscp_sent", summary->dscp,
		"dscp", cos->dscp, "dscp_changed", (json_int_t)cos->dscp_changed, "ecn", cos->ecn,
		"ecn_marked", (json_int_t)cos->ecn_marked, "congested", (json_int_t)cos->congested,
		"dscp_wanted", item->class_of_service.dscp, "refused", (json_int_t)cos->refused,
		"reply_dscp", report_integer_if(cos->reply_told, cos->reply_dscp),
		"reply_dscp_wrong", report_integer_if(cos->reply_told, cos->reply_wrong));
}

static json_t *counters_summary_json(const struct tlv_summary *summary)
{
	const struct direct_loss_result *loss = &summary->direct_loss;

	return with(with(counters_json(&summary->direct_measurement), "lost_forward",
			 report_integer_if(loss->known, loss->forward)),
		    "lost_backward", report_integer_if(loss->known, loss->backward));
}

static json_t *follow_up_summary_json(const struct tlv_summary *summary)
{
	char method[TLV_CODE_TEXT_MAX];

	if (!summary->follow_up.known)
		return json_null();
	return json_pack("{s:o, s:o}", "delay_ns", report_figures_json(&summary->follow_up),
			 "method", string_if(tlv_method_name(summary->follow_up_method, method)));
}

static json_t *access_json(const struct tlv_summary *summary)
{
	if (summary->access == ACCESS_NOT_ASKED)
		return json_null();
	return json_pack("{s:s, s:I}", "state", tlv_access_state_name(summary->access),
			 "transmissions", (json_int_t)summary->access_transmissions);
}

static json_t *node_json(const struct tlv_summary *summary)
{
	const struct tlv_item *item =
		tlv_request_find(summary->request, STAMP_TLV_DESTINATION_NODE_ADDRESS);

	if (!item)
		return json_null();
	return json_pack("{s:o, s:I, s:I}", "address", address_json(true, &item->node.address),
			 "reached", (json_int_t)summary->node_taken, "not_intended",
			 (json_int_t)summary->node_refused);
}

static json_t *micro_session_summary_json(const struct tlv_summary *summary)
{
	const struct tlv_item *item =
		tlv_request_find(summary->request, STAMP_TLV_MICRO_SESSION_ID);

	if (!item)
		return json_null();
	return json_pack("{s:i, s:o, s:b}", "sender", item->micro_session.sender, "reflector",
			 report_integer_if(summary->reflector_id, summary->reflector_id), "learned",
			 summary->reflector_id_learned);
}

json_t *report_tlv_summary_json(const struct tlv_summary *summary)
{
	return json_pack("{s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "sent",
			 names_json(summary->request), "replies", replies_json(summary),
			 "unrecognized", (json_int_t)summary->unrecognized, "location",
			 location_summary_json(summary), "timestamp_information",
			 timestamp_info_summary_json(summary), "class_of_service",
			 class_of_service_summary_json(summary), "direct_measurement",
			 counters_summary_json(summary), "access_report", access_json(summary),
			 "follow_up", follow_up_summary_json(summary), "destination",
			 node_json(summary), "micro_session", micro_session_summary_json(summary));
}
