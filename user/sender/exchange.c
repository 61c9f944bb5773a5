/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One packet out, one reply in: socket, test packets, matching, metrics and the report of them. */
#include "sender/exchange.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "sender/match.h"
#include "sender/metrics.h"
#include "sender/probe.h"
#include "sender/report.h"
#include "sender/udp_socket.h"

#define CLOCK_REFRESH_NS 100000000ULL /* the kernel widens its claim once a second */
#define REPLIES_PER_WAKEUP 64         /* then the schedule has its turn */
#define EVENTS_PER_REPLY 256          /* so that a flood of ICMP errors stops nothing */

struct exchange {
	const struct sender_options *options;
	struct udp_socket *socket;
	struct probe *probe;
	struct match *match;
	struct metrics *metrics;
	const struct report_form *form;
	struct report_session session;
	char address[TARGET_ADDRESS_MAX];
	struct clock_quality quality;
	uint64_t quality_read_ns; /* CLOCK_MONOTONIC */
	uint64_t last_sent_ns;    /* CLOCK_MONOTONIC */
	uint64_t sent;
	int last_send_error; /* each kind is told once in a row */
	int last_icmp_error; /* a positive errno, as the kernel gives it */
	bool answered;
	int err; /* why the run has to end */
};

static int open_socket(struct exchange *exchange)
{
	const struct sender_options *options = exchange->options;
	struct udp_socket_settings settings = {
		.ttl = (uint8_t)options->ttl,
		.dscp = (uint8_t)options->dscp,
	};
	int family = options->family;
	int err = 0;

	if (options->source)
		err = target_source(options->source, &family, &settings.source,
				    &settings.source_length);
	if (!err)
		err = target_resolve(&options->target, family, &settings.peer,
				     &settings.peer_length);
	if (err)
		return err;
	if (options->source && !settings.source_length)
		settings.interface = options->source;
	target_address(&settings.peer, exchange->address);
	return udp_socket_open(&exchange->socket, &settings);
}

static int open_measurement(struct exchange *exchange)
{
	const struct sender_options *options = exchange->options;
	const struct probe_settings probe = {
		.size = options->size,
		.ssid = (uint16_t)options->ssid,
		.ptp = options->ptp,
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
	return err;
}

static const struct report_form *choose_form(const struct sender_options *options)
{
	if (options->json)
		return options->each ? &report_json_each : &report_json;
	return options->quiet ? &report_text_summary : &report_text;
}

static void describe_session(struct exchange *exchange)
{
	const struct sender_options *options = exchange->options;
	bool named = strcmp(options->target.host, exchange->address) != 0;

	exchange->session = (struct report_session){
		.name = named ? options->target.host : exchange->address,
		.address = exchange->address,
		.port = options->target.port,
		.ssid = (uint16_t)options->ssid,
		.size = options->size,
		.timeout_ns = options->timeout_ns,
		.stateful = options->stateful,
		.numeric = options->numeric,
	};
	exchange->form = choose_form(options);
}

static void refresh_clock(struct exchange *exchange, uint64_t now_ns)
{
	if (exchange->quality_read_ns && now_ns - exchange->quality_read_ns < CLOCK_REFRESH_NS)
		return;
	clock_quality_read(&exchange->quality);
	exchange->quality_read_ns = now_ns;
	metrics_clock(exchange->metrics, &exchange->quality);
}

static void tell_icmp_error(struct exchange *exchange, const struct udp_event *event)
{
	char from[TARGET_ADDRESS_MAX];

	metrics_icmp_error(exchange->metrics);
	if (event->error == exchange->last_icmp_error)
		return;
	exchange->last_icmp_error = event->error;
	target_address(&event->from, from);
	if (event->ttl_exceeded)
		log_warning("%s: not reached, the TTL of %u ran out at %s; raise --ttl",
			    exchange->address, (unsigned int)exchange->options->ttl, from);
	else if (event->error == ECONNREFUSED)
		log_warning("%s: nothing listens on UDP port %u there, says %s; start the "
			    "Session-Reflector, or give its port by -p",
			    exchange->address, exchange->session.port, from);
	else
		log_warning("%s: not reached, says %s: %s", exchange->address, from,
			    strerror(event->error));
}

static void take_events(struct exchange *exchange)
{
	struct udp_event event;

	for (int i = 0; i < EVENTS_PER_REPLY; i++) {
		if (udp_socket_event(exchange->socket, &event))
			return;
		if (event.kind == UDP_ICMP_ERROR)
			tell_icmp_error(exchange, &event);
		else if (event.kind == UDP_TRANSMITTED &&
			 match_transmitted(exchange->match, event.sent_number, event.time_ns))
			metrics_transmitted(exchange->metrics);
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

static void take_reply(struct exchange *exchange, const struct udp_datagram *datagram)
{
	struct metrics_sample sample = {
		.received_ns = datagram->received_ns,
		.kernel_time = datagram->kernel_time,
		.ttl = datagram->ttl,
	};
	struct report_reply line = { .sample = &sample };
	struct probe_reply reply;

	if (probe_read(datagram->octets, datagram->size, exchange->quality.tai_offset,
		       datagram->received_ns, &reply)) {
		metrics_invalid(exchange->metrics);
		return;
	}
	sample.reply = &reply;
	sample.match =
		match_reply(exchange->match, &reply, sample.received_ns, clock_monotonic_ns());
	metrics_reply(exchange->metrics, &sample);
	if (sample.match.verdict == MATCH_FOREIGN)
		return;
	if (sample.match.verdict == MATCH_LATE)
		take_losses(exchange, clock_monotonic_ns()); /* lost first, then late */
	line.delays = metrics_delays(&sample);
	line.hops = metrics_hops(exchange->metrics, &sample);
	exchange->form->reply(&exchange->session, &line);
	if (exchange->options->require_ssid && reply.ssid == 0) {
		log_error("%s: its replies carry no SSID: it lacks RFC 8972", exchange->address);
		exchange->err = -EPROTONOSUPPORT;
	}
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

static void tell_send_error(struct exchange *exchange, int err)
{
	metrics_send_error(exchange->metrics);
	if (err == exchange->last_send_error)
		return;
	exchange->last_send_error = err;
	log_warning("%s: cannot send %zu octets: %s", exchange->address, exchange->session.size,
		    strerror(-err));
}

void exchange_send(struct exchange *exchange)
{
	uint64_t now_ns = clock_monotonic_ns();
	const void *octets;
	uint64_t sent_ns;
	int err;

	take_losses(exchange, now_ns);
	refresh_clock(exchange, now_ns);
	sent_ns = clock_realtime_ns();
	octets =
		probe_build(exchange->probe, (uint32_t)exchange->sent, sent_ns, &exchange->quality);
	err = udp_socket_send(exchange->socket, octets, exchange->session.size);
	if (err) {
		tell_send_error(exchange, err);
		return;
	}
	match_sent(exchange->match, probe_timestamp(exchange->probe), sent_ns, now_ns);
	metrics_sent(exchange->metrics);
	exchange->sent++;
	exchange->last_sent_ns = now_ns;
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
	err = open_socket(exchange);
	if (!err)
		err = open_measurement(exchange);
	if (err) {
		exchange_close(exchange);
		return err;
	}
	describe_session(exchange);
	exchange->form->start(&exchange->session);
	*out = exchange;
	return 0;
}

int exchange_fd(const struct exchange *exchange)
{
	return udp_socket_fd(exchange->socket);
}

int exchange_report(struct exchange *exchange)
{
	struct metrics_summary summary;

	take_events(exchange);
	metrics_summarize(exchange->metrics, match_under_way(exchange->match), &summary);
	exchange->answered = summary.received > 0;
	exchange->form->end(&exchange->session, &summary);
	if (fflush(stdout) || ferror(stdout)) {
		log_error("cannot write the report: %s", strerror(errno));
		return -EIO;
	}
	return exchange->sent ? 0 : exchange->last_send_error; /* told already */
}

bool exchange_was_answered(const struct exchange *exchange)
{
	return exchange->answered;
}

void exchange_close(struct exchange *exchange)
{
	if (!exchange)
		return;
	metrics_close(exchange->metrics);
	match_close(exchange->match);
	probe_close(exchange->probe);
	udp_socket_close(exchange->socket);
	free(exchange);
}
