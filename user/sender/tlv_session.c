/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The TLVs of a run: what goes out with the next packet, and what comes of the replies. Pure. */
#include "sender/tlv_session.h"

#include <errno.h>
#include <stdlib.h>

#include "sender/follow_up.h"

struct tlv_session {
	struct tlv_session_settings settings;
	const struct tlv_request *request;
	const struct tlv_item *micro_session; /* NULL: not asked for */
	uint16_t reflector_id;                /* configured or learned; 0: not known */
	bool reflector_id_learned;
	bool carries_report; /* the packet written last */
	uint64_t random;
	struct access_report access;
	struct follow_up follow_up;
	struct tlv_metrics metrics;
};

int tlv_session_open(struct tlv_session **out, const struct tlv_session_settings *settings)
{
	struct tlv_session *session = calloc(1, sizeof(*session));

	if (!session)
		return -ENOMEM;
	session->settings = *settings;
	session->request = settings->metrics.request;
	session->random = settings->seed;
	session->micro_session = tlv_request_find(session->request, STAMP_TLV_MICRO_SESSION_ID);
	if (session->micro_session)
		session->reflector_id = session->micro_session->micro_session.reflector;
	if (tlv_request_find(session->request, STAMP_TLV_ACCESS_REPORT))
		session->access.state = ACCESS_UNSENT;
	session->access.timeout_ns = settings->access_timeout_ns;
	session->access.tries = settings->access_tries;
	tlv_metrics_start(&session->metrics, &settings->metrics);
	*out = session;
	return 0;
}

void tlv_session_write(struct tlv_session *session, uint64_t number, uint8_t *out)
{
	struct tlv_values values = {
		.sequence = (uint32_t)number,
		.sent = (uint32_t)number + 1,
		.access_report = access_report_carried(&session->access),
		.reflector_id = session->reflector_id,
		.random = &session->random,
		.keys = session->settings.keys,
	};

	session->carries_report = values.access_report;
	tlv_request_write(session->request, &values, out);
}

/* One that could not be sent has used up a try, too. */
void tlv_session_sent(struct tlv_session *session, uint64_t now_ns)
{
	if (session->carries_report)
		access_report_sent(&session->access, now_ns);
}

static bool is_misdirected(const struct tlv_session *session, const struct tlv_micro_session *ids)
{
	if (!ids->known)
		return false;
	return ids->sender != session->micro_session->micro_session.sender ||
	       (session->reflector_id && ids->reflector != session->reflector_id);
}

bool tlv_session_read(struct tlv_session *session, const void *octets, size_t size,
		      struct tlv_reply *out)
{
	tlv_reply_read(session->request, session->settings.keys, session->settings.base, octets,
		       size, out);
	if (!is_misdirected(session, &out->micro_session))
		return true;
	tlv_metrics_misdirected(&session->metrics);
	return false;
}

static void learn_reflector_id(struct tlv_session *session, const struct tlv_micro_session *ids)
{
	if (session->reflector_id || !ids->known || !ids->reflector)
		return;
	session->reflector_id = ids->reflector;
	session->reflector_id_learned = true;
}

static void note_access(struct tlv_session *session, enum tlv_answer answer)
{
	if (answer != TLV_ANSWER_NONE)
		access_report_answered(&session->access, answer == TLV_ANSWER_TAKEN);
}

/* S_TxC is copied, so any other value is no counter of ours (R8972-4.5-2). */
static void check_counters(const struct metrics_sample *sample, struct tlv_reply *reply)
{
	struct tlv_direct_measurement *counters = &reply->direct_measurement;

	if (!counters->known || counters->sender_sent == (uint32_t)sample->match.number + 1)
		return;
	counters->known = false;
	reply->mismatched = true;
}

static void time_follow_up(struct tlv_session *session, const struct probe_reply *base,
			   int tai_offset, struct tlv_follow_up *follow_up)
{
	uint64_t left_ns;

	if (follow_up->known && !probe_time(follow_up->timestamp, base->error_estimate, tai_offset,
					    base->sent_ns, &left_ns))
		follow_up->delay_known = follow_up_delay(&session->follow_up, follow_up->sequence,
							 left_ns, &follow_up->delay_ns);
	follow_up_note(&session->follow_up, base->sequence, base->sent_ns);
}

void tlv_session_reply(struct tlv_session *session, const struct metrics_sample *sample,
		       int tai_offset, struct tlv_reply *reply)
{
	struct metrics_sample complete = *sample;

	if (sample->match.verdict == MATCH_FOREIGN)
		return;
	check_counters(sample, reply);
	time_follow_up(session, sample->reply, tai_offset, &reply->follow_up);
	learn_reflector_id(session, &reply->micro_session);
	note_access(session, reply->access_report);
	complete.tlvs = reply;
	tlv_metrics_reply(&session->metrics, &complete);
}

bool tlv_session_expire(struct tlv_session *session, uint64_t now_ns, uint64_t end_ns)
{
	return access_report_expire(&session->access, now_ns, end_ns);
}

uint64_t tlv_session_due_ns(const struct tlv_session *session)
{
	return access_report_due_ns(&session->access);
}

void tlv_session_summarize(const struct tlv_session *session, struct tlv_summary *out)
{
	tlv_metrics_summarize(&session->metrics, out);
	out->access = session->access.state;
	out->access_transmissions = session->access.transmissions;
	out->reflector_id = session->reflector_id;
	out->reflector_id_learned = session->reflector_id_learned;
}

int tlv_session_error(const struct tlv_session *session)
{
	return session->metrics.err;
}

void tlv_session_close(struct tlv_session *session)
{
	if (!session)
		return;
	tlv_metrics_clear(&session->metrics);
	free(session);
}
