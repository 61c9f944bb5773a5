/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The run as one JSON document, and as one line per packet. What is not known is null. */
#include "ping/report.h"

#include <jansson.h>
#include <stdio.h>

#include "ping/report_json.h"
#include "ping/report_packet.h"
#include "ping/report_tlv.h"

#define SCHEMA "stamp-ping/1"

json_t *report_integer_if(bool known, uint64_t value)
{
	return known ? json_integer((json_int_t)value) : json_null();
}

json_t *report_figures_json(const struct figures *figures)
{
	if (!figures->known)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "min",
			 (json_int_t)figures->min, "mean", (json_int_t)figures->mean, "stddev",
			 (json_int_t)figures->stddev, "p50", (json_int_t)figures->p50, "p95",
			 (json_int_t)figures->p95, "p99", (json_int_t)figures->p99, "p99_9",
			 (json_int_t)figures->p99_9, "max", (json_int_t)figures->max);
}

static json_t *packets_json(const struct report_session *session,
			    const struct metrics_summary *summary)
{
	const struct loss_by_direction *loss = &summary->loss;

	return json_pack(
		"{s:I, s:I, s:I, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:I, s:I}",
		"sent", (json_int_t)summary->sent, "received", (json_int_t)summary->received,
		"lost", (json_int_t)summary->lost, "lost_forward",
		report_integer_if(loss->known, loss->forward), "lost_backward",
		report_integer_if(loss->known, loss->backward), "duplicates",
		(json_int_t)summary->duplicates, "reordered", (json_int_t)summary->reordered,
		"late", (json_int_t)summary->late, "under_way", (json_int_t)summary->under_way,
		"invalid", (json_int_t)summary->invalid, "foreign", (json_int_t)summary->foreign,
		"unverified", report_integer_if(session->authenticated, summary->unverified),
		"overflowed", report_integer_if(summary->overflow_known, summary->overflowed),
		"send_errors", (json_int_t)summary->send_errors, "icmp_errors",
		(json_int_t)summary->icmp_errors);
}

static json_t *bursts_json(const struct loss_bursts *bursts)
{
	return json_pack("{s:I, s:I, s:o}", "count", (json_int_t)bursts->count, "longest",
			 (json_int_t)bursts->longest, "mean",
			 bursts->count ? json_real((double)bursts->lost / (double)bursts->count)
				       : json_null());
}

static json_t *extent_json(const struct reordering_summary *reordering)
{
	if (!reordering->extent_max)
		return json_null();
	return json_pack("{s:I, s:f, s:b}", "max", (json_int_t)reordering->extent_max, "mean",
			 reordering->extent_mean, "at_least", reordering->at_least);
}

static json_t *reordering_json(const struct metrics_summary *summary)
{
	return json_pack("{s:o, s:o}", "ratio",
			 summary->arrived ? json_real(metrics_reordered_percent(summary) / 100)
					  : json_null(),
			 "extent", extent_json(&summary->reordering));
}

static json_t *jitter_json(const struct jitter_summary *jitter)
{
	return json_pack("{s:o, s:o, s:o}", "forward",
			 report_integer_if(jitter->known, jitter->forward), "backward",
			 report_integer_if(jitter->known, jitter->backward), "round_trip",
			 report_integer_if(jitter->known, jitter->round_trip));
}

static json_t *directed_pdv_json(const struct metrics_summary *summary)
{
	return json_pack("{s:o, s:o}", "forward", report_figures_json(&summary->pdv_forward),
			 "backward", report_figures_json(&summary->pdv_backward));
}

/* Null while it cannot be told from STAMP by RFC 8762 alone. */
static json_t *protocol_json(const struct metrics_summary *summary)
{
	if (summary->with_ssid)
		return json_string("stamp");
	return summary->twamp_light ? json_string("twamp-light") : json_null();
}

static json_t *clock_json(const struct metrics_summary *summary)
{
	return json_pack(
		"{s:b, s:o, s:o, s:o}", "sender_synchronized", summary->sender_synchronized,
		"reflector_synchronized",
		summary->received ? json_boolean(summary->reflector_synchronized) : json_null(),
		"one_way_bound_ns",
		report_integer_if(summary->one_way_known, summary->one_way_bound_ns),
		"one_way_negative",
		summary->one_way_known ? json_boolean(summary->one_way_negative) : json_null());
}

static json_t *source_json(uint64_t hardware, uint64_t kernel, uint64_t user)
{
	if (!hardware && !kernel && !user)
		return json_null();
	if (!kernel && !user)
		return json_string("hardware");
	if (!hardware && !user)
		return json_string("kernel");
	return json_string(hardware || kernel ? "mixed" : "user");
}

static json_t *timestamps_json(const struct metrics_summary *summary)
{
	return json_pack(
		"{s:o, s:o, s:I, s:{s:I, s:I, s:I}, s:{s:I, s:I, s:I}}", "transmit",
		source_json(summary->transmit_hardware, summary->transmit_kernel,
			    summary->transmit_user),
		"receive",
		source_json(summary->receive_hardware, summary->receive_kernel,
			    summary->receive_user),
		"missing", (json_int_t)summary->transmit_missing, "transmit_counts", "hardware",
		(json_int_t)summary->transmit_hardware, "kernel",
		(json_int_t)summary->transmit_kernel, "user", (json_int_t)summary->transmit_user,
		"receive_counts", "hardware", (json_int_t)summary->receive_hardware, "kernel",
		(json_int_t)summary->receive_kernel, "user", (json_int_t)summary->receive_user);
}

static json_t *changed_json(const struct metrics_summary *summary)
{
	bool known = summary->hops.forward || summary->hops.backward;

	return known ? json_boolean(summary->hops_changed) : json_null();
}

static json_t *hops_json(const struct hops *hops)
{
	return json_pack("{s:o, s:o}", "forward", report_integer_if(hops->forward, hops->forward),
			 "backward", report_integer_if(hops->backward, hops->backward));
}

static json_t *all_hops_json(const struct metrics_summary *summary)
{
	json_t *hops = hops_json(&summary->hops);

	json_object_set_new(hops, "changed", changed_json(summary));
	return hops;
}

static json_t *ipdv_json(const struct metrics_summary *summary)
{
	return json_pack("{s:o, s:o, s:o}", "forward", report_figures_json(&summary->ipdv_forward),
			 "backward", report_figures_json(&summary->ipdv_backward), "round_trip",
			 report_figures_json(&summary->ipdv_round_trip));
}

static const char *sampling_of(const struct report_session *session)
{
	if (session->flood)
		return "flood";
	return session->poisson ? "poisson" : "periodic";
}

static json_t *document(const struct report_session *session, const struct metrics_summary *summary)
{
	return json_pack(
		"{s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
		"s:o, s:o, s:o, s:o, s:o, s:o}",
		"target", session->name, "address", session->address, "port", session->port, "ssid",
		session->ssid, "mode", report_mode(session), "reflector",
		session->stateful ? "stateful" : "stateless", "sampling", sampling_of(session),
		"interval_ns", report_integer_if(!session->flood, session->interval_ns), "packets",
		packets_json(session, summary), "round_trip_ns",
		report_figures_json(&summary->round_trip), "forward_ns",
		report_figures_json(&summary->forward), "backward_ns",
		report_figures_json(&summary->backward), "reflector_ns",
		report_figures_json(&summary->reflector), "ipdv_ns", ipdv_json(summary),
		"jitter_ns", report_integer_if(summary->ipdv_round_trip.known, summary->jitter_ns),
		"pdv_ns", report_figures_json(&summary->pdv), "pacing_ns",
		report_figures_json(&summary->pacing), "clock", clock_json(summary), "timestamps",
		timestamps_json(summary), "hops", all_hops_json(summary));
}

void report_write_json(json_t *json)
{
	if (json && !json_dumpf(json, stdout, JSON_COMPACT))
		putchar('\n');
	else
		fputs("null\n", stdout);
	json_decref(json);
}

static json_t *failed_json(const struct verdict *verdict)
{
	json_t *failed = json_array();

	for (size_t i = 0; i < verdict->count; i++)
		json_array_append_new(failed, json_string(verdict->failed[i].condition->text));
	return failed;
}

static json_t *session_json(const struct report_session *session,
			    const struct report_result *result)
{
	json_t *json = document(session, result->summary);

	json_object_update_new(json, json_pack("{s:i, s:s, s:i, s:i, s:I}", "session",
					       (int)session->number, "label", session->label,
					       "source_port", session->source_port, "dscp",
					       session->dscp, "octets", (json_int_t)session->size));
	json_object_update_new(json,
			       json_pack("{s:o, s:o, s:o, s:o, s:o}", "loss_bursts",
					 bursts_json(&result->summary->bursts), "reordering",
					 reordering_json(result->summary), "jitter_rfc3550_ns",
					 jitter_json(&result->summary->jitter),
					 "pdv_by_direction_ns", directed_pdv_json(result->summary),
					 "reflector_protocol", protocol_json(result->summary)));
	if (result->summary->tlvs)
		json_object_set_new(json, "tlvs", report_tlv_summary_json(result->summary->tlvs));
	if (result->verdict->asked)
		json_object_set_new(json, "failed", failed_json(result->verdict));
	return json;
}

/* A run of one session is that session; of several, a list of them. */
static void json_end(const struct report_run *run)
{
	json_t *json = NULL, *sessions;

	if (run->count > 1) {
		sessions = json_array();
		for (size_t i = 0; i < run->count; i++)
			json_array_append_new(
				sessions, session_json(run->results[i].session, &run->results[i]));
		json = json_pack("{s:o}", "sessions", sessions);
	} else {
		json = session_json(run->results[0].session, &run->results[0]);
	}
	json_object_update_new(json, json_pack("{s:s, s:I, s:I}", "schema", SCHEMA, "began_ns",
					       (json_int_t)run->began_ns, "took_ns",
					       (json_int_t)run->took_ns));
	report_write_json(json);
}

static json_t *value_json(const struct packet_value *value)
{
	switch (value->kind) {
	case PACKET_NUMBER:
		return json_integer((json_int_t)value->number);
	case PACKET_TRUTH:
		return json_boolean(value->number);
	case PACKET_WORD:
		return json_string(value->word);
	default:
		return json_null();
	}
}

/* The object that holds a group, made with its first member; borrowed from `line`. */
static json_t *group_of(json_t *line, const char *group)
{
	if (!group)
		return line;
	if (!json_object_get(line, group))
		json_object_set_new(line, group, json_object());
	return json_object_get(line, group);
}

static json_t *packet_json(const struct packet_values *values)
{
	json_t *line = json_object();

	for (size_t i = 0; i < PACKET_FACT_MAX; i++) {
		const struct packet_name *name = &packet_names[i];

		if (values->of[i].kind == PACKET_ABSENT)
			continue;
		if (json_object_set_new(group_of(line, name->group), name->name,
					value_json(&values->of[i]))) {
			json_decref(line);
			return NULL;
		}
	}
	return line;
}

static void json_reply(const struct report_session *session, const struct session_reply *reply)
{
	const struct packet_values values = packet_values_of_reply(session, reply);
	json_t *line = packet_json(&values);

	if (reply->sample->tlvs)
		json_object_set_new(line, "tlvs", report_tlv_reply_json(reply->sample->tlvs));
	report_write_json(line);
}

static void json_lost(const struct report_session *session, uint64_t number)
{
	const struct packet_values values = packet_values_of_lost(session, number);

	report_write_json(packet_json(&values));
}

const struct report_form report_json = {
	.is_quiet = true,
	.start = report_no_start,
	.reply = report_no_reply,
	.lost = report_no_lost,
	.end = json_end,
};

const struct report_form report_json_each = {
	.start = report_no_start,
	.reply = json_reply,
	.lost = json_lost,
	.end = json_end,
};
