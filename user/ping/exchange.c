/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One packet out, one reply in: socket, test packets, matching, metrics and the report of them. */
#include "ping/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "ping/endpoint.h"
#include "ping/report.h"
#include "ping/sender_keys.h"
#include "ping/tlv_endpoint.h"
#include "ping/trouble.h"
#include "sender/match.h"
#include "sender/metrics.h"
#include "sender/probe.h"
#include "sender/udp_socket.h"

#define CLOCK_REFRESH_NS 100000000ULL /* the kernel widens its claim once a second */
#define REPLIES_PER_WAKEUP 64         /* then the schedule has its turn */
#define EVENTS_PER_REPLY 256          /* so that a flood of ICMP errors stops nothing */

struct exchange {
	const struct sender_options *options;
	struct sender_keys keys;
	struct udp_socket *socket;
	struct probe *probe;
	struct match *match;
	struct metrics *metrics;
	struct tlv_session *tlvs; /* NULL: none are sent */
	struct trouble trouble;
	const struct report_form *form;
	struct report_session session;
	char address[SOCKADDR_TEXT_MAX];
	struct clock_quality quality;
	uint64_t quality_read_ns; /* CLOCK_MONOTONIC */
	uint64_t last_sent_ns;    /* CLOCK_MONOTONIC */
	uint64_t sent;
	int err; /* why the run has to end */
};

static int open_tlvs(struct exchange *exchange)
{
	if (!exchange->options->tlvs.count)
		return 0;
	return tlv_endpoint_open(&exchange->tlvs, exchange->options, exchange->keys.tlvs,
				 exchange->socket);
}

static int open_measurement(struct exchange *exchange)
{
	const struct sender_options *options = exchange->options;
	const struct probe_settings probe = {
		.size = options->size,
		.ssid = (uint16_t)options->ssid,
		.ptp = options->ptp,
		.keys = exchange->keys.base,
	};
	const struct match_settings match = {
		.timeout_ns = options->timeout_ns,
		.interval_ns = options->interval_ns,
		.ssid = (uint16_t)options->ssid,
	};
	const struct metrics_settings metrics = {
		.stateful = options->stateful,
		.ttl = (uint8_t)options->ttl,
		.ssid = (uint16_t)options->ssid,
	};
	int err = probe_open(&exchange->probe, &probe);

	if (!err)
		err = match_open(&exchange->match, &match);
	if (!err)
		err = metrics_open(&exchange->metrics, &metrics);
	return err ? err : open_tlvs(exchange);
}

static void refresh_clock(struct exchange *exchange, uint64_t now_ns)
{
	if (exchange->quality_read_ns && now_ns - exchange->quality_read_ns < CLOCK_REFRESH_NS)
		return;
	clock_quality_read(&exchange->quality);
	exchange->quality_read_ns = now_ns;
	metrics_clock(exchange->metrics, &exchange->quality);
}

static void take_events(struct exchange *exchange)
{
	struct udp_event event;

	for (int i = 0; i < EVENTS_PER_REPLY; i++) {
		if (udp_socket_event(exchange->socket, &event))
			return;
		if (event.kind == UDP_ICMP_ERROR) {
			metrics_icmp_error(exchange->metrics);
			trouble_icmp(&exchange->trouble, &event);
		} else if (event.kind == UDP_TRANSMITTED &&
			   match_transmitted(exchange->match, event.sent_number, event.time_ns)) {
			metrics_transmitted(exchange->metrics);
		}
	}
}

static void take_losses(struct exchange *exchange, uint64_t now_ns)
{
	uint64_t number;

	while (match_expire(exchange->match, now_ns, &number)) {
		metrics_lost(exchange->metrics);
		exchange->form->lost(&exchange->session, number);
	}
}

static void refuse_reply(struct exchange *exchange, int err)
{
	if (err != -EKEYREJECTED) {
		metrics_invalid(exchange->metrics);
		return;
	}
	metrics_unverified(exchange->metrics);
	trouble_hmac(&exchange->trouble);
}

static void count_reply(struct exchange *exchange, const struct udp_datagram *datagram,
			const struct probe_reply *reply, struct tlv_reply *tlvs)
{
	struct metrics_sample sample = {
		.reply = reply,
		.received_ns = datagram->received_ns,
		.kernel_time = datagram->kernel_time,
		.ttl = datagram->ttl,
		.traffic_class = datagram->traffic_class,
		.tlvs = tlvs,
	};
	struct report_reply line = { .sample = &sample };

	sample.match =
		match_reply(exchange->match, reply, sample.received_ns, clock_monotonic_ns());
	metrics_reply(exchange->metrics, &sample);
	if (tlvs)
		tlv_session_reply(exchange->tlvs, &sample, exchange->quality.tai_offset, tlvs);
	if (sample.match.verdict == MATCH_FOREIGN)
		return;
	if (sample.match.verdict == MATCH_LATE)
		take_losses(exchange, clock_monotonic_ns()); /* lost first, then late */
	line.delays = metrics_delays(&sample);
	line.hops = metrics_hops(exchange->metrics, &sample);
	exchange->form->reply(&exchange->session, &line);
	if (exchange->options->require_ssid && reply->ssid == 0) {
		log_error("%s: its replies carry no SSID: it lacks RFC 8972", exchange->address);
		exchange->err = -EPROTONOSUPPORT;
	}
}

static void take_reply(struct exchange *exchange, const struct udp_datagram *datagram)
{
	struct probe_reply reply;
	struct tlv_reply tlvs;
	int err = probe_read(exchange->probe, datagram->octets, datagram->size,
			     exchange->quality.tai_offset, datagram->received_ns, &reply);

	if (err)
		refuse_reply(exchange, err);
	else if (!exchange->tlvs)
		count_reply(exchange, datagram, &reply, NULL);
	else if (tlv_session_read(exchange->tlvs, datagram->octets, datagram->size, &tlvs))
		count_reply(exchange, datagram, &reply, &tlvs);
}

/* A packet's transmit timestamp was queued before its reply could come, so it is read first. */
int exchange_receive(struct exchange *exchange)
{
	struct udp_datagram datagram;

	for (int i = 0; i < REPLIES_PER_WAKEUP && !exchange->err; i++) {
		int err = udp_socket_receive(exchange->socket, &datagram);

		take_events(exchange);
		if (err)
			break;
		take_reply(exchange, &datagram);
	}
	return exchange->err;
}

void exchange_send(struct exchange *exchange, uint64_t due_ns)
{
	uint64_t now_ns = clock_monotonic_ns();
	const void *octets;
	uint64_t sent_ns, called_ns;
	int err;

	take_losses(exchange, now_ns);
	refresh_clock(exchange, now_ns);
	if (exchange->tlvs)
		tlv_session_write(exchange->tlvs, exchange->sent, probe_trailer(exchange->probe));
	sent_ns = clock_realtime_ns();
	octets =
		probe_build(exchange->probe, (uint32_t)exchange->sent, sent_ns, &exchange->quality);
	called_ns = clock_monotonic_ns();
	err = udp_socket_send(exchange->socket, octets, exchange->session.size);
	if (exchange->tlvs)
		tlv_session_sent(exchange->tlvs, now_ns);
	if (err) {
		metrics_send_error(exchange->metrics);
		trouble_send(&exchange->trouble, err);
		return;
	}
	match_sent(exchange->match, probe_timestamp(exchange->probe), sent_ns, now_ns);
	metrics_sent(exchange->metrics, called_ns - due_ns);
	exchange->sent++;
	exchange->last_sent_ns = now_ns;
}

void exchange_repeat(struct exchange *exchange, uint64_t end_ns)
{
	uint64_t due_ns = exchange_repeat_ns(exchange);

	if (exchange->tlvs && tlv_session_expire(exchange->tlvs, clock_monotonic_ns(), end_ns))
		exchange_send(exchange, due_ns);
}

uint64_t exchange_repeat_ns(const struct exchange *exchange)
{
	return exchange->tlvs ? tlv_session_due_ns(exchange->tlvs) : UINT64_MAX;
}

void exchange_expire(struct exchange *exchange)
{
	take_losses(exchange, clock_monotonic_ns());
}

uint64_t exchange_under_way(const struct exchange *exchange)
{
	return match_under_way(exchange->match);
}

uint64_t exchange_last_sent_ns(const struct exchange *exchange)
{
	return exchange->last_sent_ns;
}

int exchange_open(struct exchange **out, const struct sender_options *options)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	int err;

	if (!exchange)
		return -ENOMEM;
	exchange->options = options;
	err = sender_keys_open(&exchange->keys, options);
	if (!err)
		err = endpoint_open(&exchange->socket, options, exchange->address);
	if (!err)
		err = open_measurement(exchange);
	if (err) {
		exchange_close(exchange);
		return err;
	}
	exchange->trouble = (struct trouble){ .options = options, .address = exchange->address };
	exchange->session = report_session_of(options, exchange->address);
	exchange->form = report_form_for(options);
	exchange->form->start(&exchange->session);
	*out = exchange;
	return 0;
}

int exchange_fd(const struct exchange *exchange)
{
	return udp_socket_fd(exchange->socket);
}

static enum sender_result result_of(const struct metrics_summary *summary,
				    const struct verdict *verdict)
{
	if (verdict->count)
		return SENDER_CONDITION_HELD;
	return summary->received ? SENDER_ANSWERED : SENDER_NOT_ANSWERED;
}

int exchange_report(struct exchange *exchange, int err, enum sender_result *result)
{
	struct metrics_summary summary;
	struct tlv_summary tlvs;
	struct verdict verdict;
	uint64_t overflowed;

	take_events(exchange);
	if (!udp_socket_overflowed(exchange->socket, &overflowed))
		metrics_overflowed(exchange->metrics, overflowed);
	metrics_summarize(exchange->metrics, match_under_way(exchange->match), &summary);
	if (exchange->tlvs) {
		tlv_session_summarize(exchange->tlvs, &tlvs);
		summary.tlvs = &tlvs;
	}
	verdict = conditions_judge(&exchange->options->conditions, &summary);
	*result = result_of(&summary, &verdict);
	if (!err && !exchange->sent)
		err = exchange->trouble.send_error; /* told already */
	exchange->form->end(&exchange->session, &(struct report_run){ &summary, &verdict, err });
	if (fflush(stdout) || ferror(stdout)) {
		log_error("cannot write the report: %s", strerror(errno));
		return -EIO;
	}
	return err;
}

void exchange_close(struct exchange *exchange)
{
	if (!exchange)
		return;
	tlv_session_close(exchange->tlvs);
	metrics_close(exchange->metrics);
	match_close(exchange->match);
	probe_close(exchange->probe);
	udp_socket_close(exchange->socket);
	sender_keys_close(&exchange->keys);
	free(exchange);
}
