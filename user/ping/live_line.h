/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How a run goes, in one line at the bottom of a terminal; nothing where it cannot be redrawn. */
#ifndef PING_LIVE_LINE_H
#define PING_LIVE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ping/terminal.h"

#define LIVE_LINE_TEXT_MAX 256

struct live_figures {
	uint64_t sent;
	uint64_t count; /* of packets to send; 0: no limit */
	uint64_t received, lost;
	uint64_t elapsed_ns;
	uint64_t duration_ns; /* of the run; 0: no limit */
	bool rate_known;      /* live_line_draw() finds the rate itself */
	double rate;          /* packets sent a second, lately */
	bool round_trip_known;
	int64_t round_trip_ns; /* the latest */
};

/* All zero never draws. */
struct live_line {
	FILE *out;
	struct terminal terminal;
	bool shown; /* there is a line to clear */
	bool drawn; /* ever; then `drawn_ns` was the last time */
	uint64_t drawn_ns;
	bool measuring; /* since `from_ns`, when `from_sent` were sent */
	uint64_t from_ns, from_sent;
	bool rate_known;
	double rate;
};

/* `out` must live as long as the line. */
struct live_line live_line_on(FILE *out, const struct terminal *terminal);

/*
 * Draws the line anew when the last time was a tenth of a second ago or more. `now_ns` is of a
 * clock that never goes back; sent packets a second are measured over the last full second.
 */
void live_line_draw(struct live_line *line, const struct live_figures *figures, uint64_t now_ns);

/* Before anything else is printed, and at the end: the cursor is where the line began. */
void live_line_clear(struct live_line *line);

/*
 * Writes the line for so many columns, its parts from the left as long as they fit: progress, loss,
 * round trip, rate, time left. Returns `text`. Pure.
 */
const char *live_line_text(const struct live_figures *figures, unsigned int columns,
			   char text[LIVE_LINE_TEXT_MAX]);

#endif
