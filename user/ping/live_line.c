/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a run goes, in one line at the bottom of a terminal; nothing where it cannot be redrawn. */
#include "ping/live_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "ping/duration_text.h"
#include "stamp/timestamp.h"

#define REDRAW_NS (NSEC_PER_SEC / 10)
#define RATE_NS NSEC_PER_SEC
#define PART_MAX 80

#define CLEAR_LINE "\r\033[K"

struct parts {
	char *text;
	size_t length, room; /* in columns, without the end of the string */
	bool full;           /* a part did not fit: none after it is shown */
};

__attribute__((format(printf, 2, 3))) static void add(struct parts *parts, const char *format, ...)
{
	char part[PART_MAX];
	va_list args;
	size_t length;

	va_start(args, format);
	vsnprintf(part, sizeof(part), format, args);
	va_end(args);
	length = strlen(part);
	if (parts->full || parts->length + length > parts->room) {
		parts->full = true;
		return;
	}
	memcpy(parts->text + parts->length, part, length + 1);
	parts->length += length;
}

static double done(uint64_t so_far, uint64_t all)
{
	if (!all)
		return 0;
	return so_far < all ? (double)so_far / (double)all : 1;
}

/* Whichever limit ends the run first. */
static double progress(const struct live_figures *figures)
{
	double packets = done(figures->sent, figures->count);
	double time = done(figures->elapsed_ns, figures->duration_ns);

	return packets > time ? packets : time;
}

static void add_progress(struct parts *parts, const struct live_figures *figures)
{
	char elapsed[DURATION_TEXT_MAX];

	if (figures->count || figures->duration_ns)
		add(parts, "%3d %%, ", (int)(100 * progress(figures)));
	if (figures->count)
		add(parts, "%" PRIu64 " of %" PRIu64 " sent", figures->sent, figures->count);
	else
		add(parts, "%" PRIu64 " sent in %s", figures->sent,
		    duration_text((int64_t)figures->elapsed_ns, elapsed));
}

static void add_loss(struct parts *parts, const struct live_figures *figures)
{
	uint64_t settled = figures->received + figures->lost;

	add(parts, ", %" PRIu64 " received", figures->received);
	if (settled)
		add(parts, ", %" PRIu64 " lost (%.3g %%)", figures->lost,
		    100.0 * (double)figures->lost / (double)settled);
}

/* At the speed so far. */
static void add_time_left(struct parts *parts, const struct live_figures *figures)
{
	double part = progress(figures);
	double left_ns;
	char text[DURATION_TEXT_MAX];

	if (!figures->elapsed_ns || !(part > 0) || part >= 1)
		return;
	left_ns = (double)figures->elapsed_ns / part - (double)figures->elapsed_ns;
	if (left_ns < (double)INT64_MAX)
		add(parts, ", %s left", duration_text((int64_t)left_ns, text));
}

const char *live_line_text(const struct live_figures *figures, unsigned int columns,
			   char text[LIVE_LINE_TEXT_MAX])
{
	struct parts parts = { .text = text, .room = columns };
	char round_trip[DURATION_TEXT_MAX];

	if (parts.room >= LIVE_LINE_TEXT_MAX)
		parts.room = LIVE_LINE_TEXT_MAX - 1;
	text[0] = '\0';
	add_progress(&parts, figures);
	add_loss(&parts, figures);
	if (figures->round_trip_known)
		add(&parts, ", round trip %s", duration_text(figures->round_trip_ns, round_trip));
	if (figures->rate_known)
		add(&parts, ", %.*f/s", figures->rate < 99.95 ? 1 : 0, figures->rate);
	add_time_left(&parts, figures);
	return text;
}

struct live_line live_line_on(FILE *out, const struct terminal *terminal)
{
	return (struct live_line){ .out = out, .terminal = *terminal };
}

static void measure_rate(struct live_line *line, uint64_t sent, uint64_t now_ns)
{
	uint64_t passed_ns = now_ns - line->from_ns;

	if (line->measuring && passed_ns < RATE_NS)
		return;
	if (line->measuring) {
		line->rate = (double)(sent - line->from_sent) * NSEC_PER_SEC / (double)passed_ns;
		line->rate_known = true;
	}
	line->measuring = true;
	line->from_ns = now_ns;
	line->from_sent = sent;
}

/* One column stays free: in the last one many terminals begin a new line. */
void live_line_draw(struct live_line *line, const struct live_figures *figures, uint64_t now_ns)
{
	struct live_figures all = *figures;
	char text[LIVE_LINE_TEXT_MAX];

	if (!line->terminal.redraws || (line->drawn && now_ns - line->drawn_ns < REDRAW_NS))
		return;
	measure_rate(line, figures->sent, now_ns);
	all.rate_known = line->rate_known;
	all.rate = line->rate;
	terminal_measure(&line->terminal, line->out);
	fprintf(line->out, CLEAR_LINE "%s", live_line_text(&all, line->terminal.columns - 1, text));
	fflush(line->out);
	line->shown = true;
	line->drawn = true;
	line->drawn_ns = now_ns;
}

void live_line_clear(struct live_line *line)
{
	if (!line->shown)
		return;
	fputs(CLEAR_LINE, line->out);
	fflush(line->out);
	line->shown = false;
}
