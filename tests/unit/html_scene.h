/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Made-up runs for the tests of the HTML report: what happened is the test's choice. */
#ifndef TEST_HTML_SCENE_H
#define TEST_HTML_SCENE_H

#include "ping/report_html.h"

#define HTML_SCENE_SESSIONS 70

/* Zero is "none of it" for all but the first line. Delays are nanoseconds. */
struct html_plan {
	uint64_t packets, interval_ns, forward_ns, backward_ns;
	uint64_t noise_ns; /* the largest; added to each direction */
	uint64_t lost_from, lost_to;
	uint64_t step_from, step_to, step_ns; /* the way forward is longer, by four hops, too */
	uint64_t reordered_every, twice_every, late_every;
	uint64_t outlier_every, outlier_ns;
	int64_t clock_off_ns; /* the reflector's clock */
	bool synchronised;
	bool silent; /* no packet is answered */
};

struct html_scene {
	size_t count;
	struct report_result sessions[HTML_SCENE_SESSIONS];
};

/* Plays a session and adds it. `label` and `name` must live on. */
void html_scene_add(struct html_scene *scene, const struct html_plan *plan, const char *label,
		    const char *name);

/* The run of all sessions so far, which stay the scene's. */
struct report_run html_scene_run(const struct html_scene *scene);

void html_scene_clear(struct html_scene *scene);

#endif
