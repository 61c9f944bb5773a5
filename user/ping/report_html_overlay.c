/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The sessions of a run in charts: overlaid while colours tell them apart, else each its own. */
#include "ping/report_html_parts.h"

#include <math.h>

#include "ping/duration_text.h"
#include "ping/html_bins.h"
#include "ping/html_series.h"
#include "ping/html_text.h"
#include "ping/svg_path.h"
#include "ping/svg_plot.h"

#define OVERLAY_HEIGHT 240
#define SMALL_HEIGHT 48
#define TICKS 7
#define TIME_TICKS 9
#define CLASS_MAX 8

static struct svg_scale elapsed(const struct report_run *run)
{
	struct svg_scale x = { .max = 1 };

	for (size_t i = 0; i < run->count; i++)
		x.max = fmax(x.max, html_series_end(run->results[i].timeline));
	return x;
}

static struct html_extent mean_extent(const struct report_run *run)
{
	struct html_extent extent = { 0 };

	for (size_t i = 0; i < run->count; i++)
		html_extent_add_means(&extent, run->results[i].timeline, HTML_RANGE(round_trip));
	return extent;
}

static void draw_means(FILE *out, const struct svg_plot *plot, const struct report_result *session,
		       const char *class)
{
	struct html_points points;

	html_means(&points, session->timeline, HTML_RANGE(round_trip), &plot->x, &plot->y);
	svg_paths_open(out);
	svg_line(out, class, points.at, points.count);
	svg_paths_close(out);
	svg_dots(out, class, points.at, points.count);
}

static const char *colour(size_t session, char class[CLASS_MAX])
{
	snprintf(class, CLASS_MAX, "s%u", (unsigned int)(session % REPORT_HTML_COLOURS) + 1);
	return class;
}

static void write_keys(FILE *out, const struct report_run *run)
{
	char class[CLASS_MAX];

	for (size_t i = 0; i < run->count; i++)
		report_html_key(out, colour(i, class), run->results[i].session->label);
}

static void overlay_means(FILE *out, const struct report_run *run, const struct html_extent *extent)
{
	struct svg_plot plot = {
		.title = "Round trip over time, by session",
		.description = "The mean round trip of each session, by when packets were sent.",
		.height = OVERLAY_HEIGHT,
		.x = elapsed(run),
		.y = svg_scale_fit(extent->min, extent->max, TICKS - 1),
		.x_text = true,
	};
	char class[CLASS_MAX];

	plot.x_ticks = svg_ticks(&plot.x, SVG_ELAPSED, TIME_TICKS);
	plot.y_ticks = svg_ticks(&plot.y, SVG_DURATION, TICKS);
	report_html_figure(out, "Round trip over time");
	write_keys(out, run);
	report_html_frame(out);
	svg_plot_open(out, &plot);
	for (size_t i = 0; i < run->count; i++)
		draw_means(out, &plot, &run->results[i], colour(i, class));
	svg_plot_close(out);
	report_html_frame_end(out);
	report_html_figure_end(out);
}

static struct html_extent figure_extent(const struct report_run *run)
{
	struct html_extent extent = { 0 };

	for (size_t i = 0; i < run->count; i++) {
		const struct figures *figures = &run->results[i].summary->round_trip;

		if (figures->known)
			html_extent_widen(&extent, (double)figures->min, (double)figures->max);
	}
	return extent;
}

static void draw_cdf(FILE *out, const struct svg_plot *plot, const struct report_result *session,
		     const char *class)
{
	const struct distribution *distribution =
		metrics_distribution(session->metrics, METRICS_ROUND_TRIP);
	struct svg_point points[HTML_CDF_POINTS];

	if (!distribution->count)
		return;
	html_cdf(points, distribution, &plot->x);
	svg_paths_open(out);
	svg_line(out, class, points, HTML_CDF_POINTS);
	svg_paths_close(out);
}

static void overlay_cdfs(FILE *out, const struct report_run *run)
{
	struct html_extent extent = figure_extent(run);
	struct svg_plot plot = {
		.title = "CDF of the round trip, by session",
		.description = "How many per cent of each session's round trips are at most so "
			       "large.",
		.height = OVERLAY_HEIGHT,
		.x = svg_scale_fit(extent.min, extent.max, TIME_TICKS - 1),
		.y = { .max = 100 },
		.x_text = true,
	};
	char class[CLASS_MAX];

	plot.x_ticks = svg_ticks(&plot.x, SVG_DURATION, TIME_TICKS);
	plot.y_ticks = svg_ticks(&plot.y, SVG_PERCENT, TICKS);
	report_html_figure(out, "CDF of the round trip");
	write_keys(out, run);
	report_html_frame(out);
	svg_plot_open(out, &plot);
	for (size_t i = 0; i < run->count; i++)
		draw_cdf(out, &plot, &run->results[i], colour(i, class));
	svg_plot_close(out);
	report_html_frame_end(out);
	report_html_figure_end(out);
}

/* All on the same axes, which only the first line above them tells. */
static void draw_small(FILE *out, const struct report_result *session, const struct svg_scale *x,
		       const struct svg_scale *y)
{
	struct svg_plot plot = {
		.title = session->session->label,
		.description = "The mean round trip over time.",
		.height = SMALL_HEIGHT,
		.x = *x,
		.y = *y,
	};

	fputs("<figure class=\"small\"><figcaption>", out);
	html_text(out, session->session->label);
	fputs("</figcaption>", out);
	svg_plot_open(out, &plot);
	draw_means(out, &plot, session, "s1");
	svg_plot_close(out);
	fputs("</figure>\n", out);
}

static void small_multiples(FILE *out, const struct report_run *run,
			    const struct html_extent *extent)
{
	struct svg_scale x = elapsed(run), y = svg_scale_fit(extent->min, extent->max, TICKS - 1);
	char low[DURATION_TEXT_MAX], high[DURATION_TEXT_MAX], took[DURATION_TEXT_MAX];

	report_html_figure(out, "Round trip over time");
	fprintf(out, "<p class=\"note\">The mean round trip, each from %s to %s%s, over %s.</p>\n",
		duration_text(llround(y.min), low), duration_text(llround(y.max), high),
		y.logarithmic ? " (logarithmic)" : "", duration_text(llround(x.max), took));
	fputs("</div></figcaption>\n<div class=\"multiples\">\n", out);
	for (size_t i = 0; i < run->count; i++)
		draw_small(out, &run->results[i], &x, &y);
	fputs("</div>\n", out);
	report_html_figure_end(out);
}

void report_html_overlay(FILE *out, const struct report_run *run)
{
	struct html_extent extent = mean_extent(run);

	if (!extent.known)
		return;
	if (run->count > REPORT_HTML_COLOURS) {
		small_multiples(out, run, &extent);
		return;
	}
	overlay_means(out, run, &extent);
	overlay_cdfs(out, run);
}
