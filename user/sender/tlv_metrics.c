/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a run learned from the TLVs of its replies. Pure, in bounded memory. */
#include "sender/tlv_metrics.h"

#include <string.h>

#define ECN_MASK 3
#define ECN_CONGESTION_EXPERIENCED 3

void tlv_metrics_start(struct tlv_metrics *metrics, const struct tlv_metrics_settings *settings)
{
	*metrics = (struct tlv_metrics){ .settings = *settings };
	metrics->counts.request = settings->request;
	metrics->counts.dscp = settings->dscp;
}

void tlv_metrics_misdirected(struct tlv_metrics *metrics)
{
	metrics->counts.misdirected++;
}

/* What the reflector does not tell does not differ. */
static bool differs(const struct tlv_end *ours, bool told, const struct stamp_address *address,
		    uint16_t port)
{
	if (told && memcmp(address, &ours->address, sizeof(*address)) != 0)
		return true;
	return port && port != ours->port;
}

static void judge_translation(const struct tlv_metrics *metrics, struct tlv_summary *counts)
{
	const struct tlv_end *sender = &metrics->settings.sender;
	const struct tlv_end *reflector = &metrics->settings.reflector;
	const struct tlv_location *seen = &counts->location;

	if (!sender->port || (!seen->source_known && !seen->destination_known &&
			      !seen->source_port && !seen->destination_port))
		return;
	counts->translation_known = true;
	counts->translated |=
		differs(sender, seen->source_known, &seen->source, seen->source_port) ||
		differs(reflector, seen->destination_known, &seen->destination,
			seen->destination_port);
}

static bool same_address(bool one_known, const struct stamp_address *one, bool other_known,
			 const struct stamp_address *other)
{
	return one_known == other_known && !memcmp(one, other, sizeof(*one));
}

static bool same_location(const struct tlv_location *one, const struct tlv_location *other)
{
	return one->destination_port == other->destination_port &&
	       one->source_port == other->source_port && one->mac_size == other->mac_size &&
	       !memcmp(one->mac, other->mac, sizeof(one->mac)) &&
	       same_address(one->destination_known, &one->destination, other->destination_known,
			    &other->destination) &&
	       same_address(one->source_known, &one->source, other->source_known, &other->source);
}

static void add_location(struct tlv_metrics *metrics, const struct tlv_location *location)
{
	struct tlv_summary *counts = &metrics->counts;

	if (!location->known)
		return;
	counts->location_changed |=
		counts->location.known && !same_location(&counts->location, location);
	counts->location = *location;
	judge_translation(metrics, counts);
}

static bool same_info(const struct tlv_timestamp_info *one, const struct tlv_timestamp_info *other)
{
	return one->receive_source == other->receive_source &&
	       one->receive_method == other->receive_method &&
	       one->send_source == other->send_source && one->send_method == other->send_method;
}

static void add_timestamp_info(struct tlv_summary *counts, const struct tlv_timestamp_info *info)
{
	if (!info->known)
		return;
	counts->timestamp_info_changed |=
		counts->timestamp_info.known && !same_info(&counts->timestamp_info, info);
	counts->timestamp_info = *info;
}

/* R8972-4.4-4, R8972-4.4-5: DSCP1 if it is permitted, else what came. */
static void check_reply_dscp(const struct tlv_metrics *metrics, const struct metrics_sample *sample,
			     struct tlv_class_of_service_summary *out)
{
	const struct tlv_class_of_service *cos = &sample->tlvs->class_of_service;
	const struct tlv_item *item =
		tlv_request_find(metrics->settings.request, STAMP_TLV_CLASS_OF_SERVICE);
	uint8_t promised;

	if (sample->traffic_class < 0 || !item)
		return;
	promised = cos->refused ? cos->dscp : item->class_of_service.dscp;
	out->reply_told++;
	out->reply_dscp = (uint8_t)(sample->traffic_class >> 2);
	out->reply_wrong += out->reply_dscp != promised;
}

static void add_class_of_service(struct tlv_metrics *metrics, const struct metrics_sample *sample)
{
	const struct tlv_class_of_service *cos = &sample->tlvs->class_of_service;
	struct tlv_class_of_service_summary *out = &metrics->counts.class_of_service;

	if (!cos->known)
		return;
	out->replies++;
	out->dscp = cos->dscp;
	out->ecn = cos->ecn;
	out->dscp_changed += cos->dscp != metrics->settings.dscp;
	out->ecn_marked += (cos->ecn & ECN_MASK) != 0;
	out->congested += cos->ecn == ECN_CONGESTION_EXPERIENCED;
	out->refused += cos->refused;
	check_reply_dscp(metrics, sample, out);
}

static void add_direct_measurement(struct tlv_metrics *metrics, const struct metrics_sample *sample)
{
	const struct tlv_direct_measurement *counters = &sample->tlvs->direct_measurement;
	struct tlv_summary *counts = &metrics->counts;

	if (!counters->known)
		return;
	direct_loss_reply(&metrics->direct_loss, counters);
	if (counts->direct_measurement.known && sample->match.number < metrics->latest_number)
		return;
	counts->direct_measurement = *counters;
	metrics->latest_number = sample->match.number;
}

static void add_follow_up(struct tlv_metrics *metrics, const struct tlv_follow_up *follow_up)
{
	if (!follow_up->delay_known)
		return;
	metrics->err |= distribution_add(&metrics->follow_up, follow_up->delay_ns);
	metrics->counts.follow_up_method = follow_up->method;
}

void tlv_metrics_reply(struct tlv_metrics *metrics, const struct metrics_sample *sample)
{
	const struct tlv_reply *tlvs = sample->tlvs;
	struct tlv_summary *counts = &metrics->counts;

	if (sample->match.verdict == MATCH_FOREIGN || sample->match.verdict == MATCH_DUPLICATE)
		return;
	counts->replies[tlvs->state]++;
	counts->unrecognized += tlvs->unrecognized;
	counts->malformed += tlvs->malformed;
	counts->mismatched += tlvs->mismatched;
	counts->shorter += sample->reply->size < metrics->settings.size;
	counts->node_taken += tlvs->node == TLV_ANSWER_TAKEN;
	counts->node_refused += tlvs->node == TLV_ANSWER_REFUSED;
	add_location(metrics, &tlvs->location);
	add_timestamp_info(counts, &tlvs->timestamp_info);
	add_class_of_service(metrics, sample);
	add_direct_measurement(metrics, sample);
	add_follow_up(metrics, &tlvs->follow_up);
}

void tlv_metrics_summarize(const struct tlv_metrics *metrics, struct tlv_summary *out)
{
	*out = metrics->counts;
	out->direct_loss = direct_loss_result(&metrics->direct_loss);
	out->follow_up = distribution_figures(&metrics->follow_up);
}

void tlv_metrics_clear(struct tlv_metrics *metrics)
{
	distribution_clear(&metrics->follow_up);
}
