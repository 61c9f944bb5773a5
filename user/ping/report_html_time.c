/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One session over time: delay, what became of the packets, path length. */
#include "ping/report_html_time.h"

#include "ping/duration_text.h"
#include "ping/html_series.h"
#include "ping/report_html_parts.h"

#define TIME_TICKS 9
#define DELAY_HEIGHT 240
#define DELAY_TICKS 7
#define HOPS_HEIGHT 90
#define HOPS_TICKS 5

static struct time_chart time_chart(FILE *out, const struct report_result *session)
{
	struct time_chart chart = { .out = out, .session = session };

	chart.x.max = html_series_end(session->timeline);
	chart.x_ticks = svg_ticks(&chart.x, SVG_ELAPSED, TIME_TICKS);
	return chart;
}

static void draw_means(const struct time_chart *chart, const struct svg_scale *y, size_t range,
		       const char *class)
{
	struct html_points points;

	html_means(&points, chart->session->timeline, range, &chart->x, y);
	svg_paths_open(chart->out);
	svg_line(chart->out, class, points.at, points.count);
	svg_paths_close(chart->out);
	svg_dots(chart->out, class, points.at, points.count);
}

static void draw_band(const struct time_chart *chart, const struct svg_scale *y, size_t range,
		      const char *class)
{
	struct html_points points;

	html_band(&points, chart->session->timeline, range, &chart->x, y);
	svg_paths_open(chart->out);
	svg_area(chart->out, class, points.at, points.count);
	svg_paths_close(chart->out);
}

static struct html_extent delay_extent(const struct report_result *session)
{
	struct html_extent extent = { 0 };

	html_extent_add(&extent, session->timeline, HTML_RANGE(round_trip));
	if (session->summary->one_way_known) {
		html_extent_add_means(&extent, session->timeline, HTML_RANGE(forward));
		html_extent_add_means(&extent, session->timeline, HTML_RANGE(backward));
	}
	return extent;
}

static void draw_delay(const struct time_chart *chart, const struct html_extent *extent)
{
	struct svg_plot plot = {
		.title = "Delay over time",
		.description = "Round trip without the time in the reflector, by when a packet was "
			       "sent: the mean, and from the least to the largest. Forward and "
			       "backward are shown when both clocks are synchronised.",
		.height = DELAY_HEIGHT,
		.x = chart->x,
		.y = svg_scale_fit(extent->min, extent->max, DELAY_TICKS - 1),
		.x_ticks = chart->x_ticks,
	};

	plot.y_ticks = svg_ticks(&plot.y, SVG_DURATION, DELAY_TICKS);
	svg_plot_open(chart->out, &plot);
	draw_band(chart, &plot.y, HTML_RANGE(round_trip), "s1");
	if (chart->session->summary->one_way_known) {
		draw_means(chart, &plot.y, HTML_RANGE(forward), "s2");
		draw_means(chart, &plot.y, HTML_RANGE(backward), "s3");
	}
	draw_means(chart, &plot.y, HTML_RANGE(round_trip), "s1");
	svg_plot_close(chart->out);
}

static void delay_keys(FILE *out, const struct report_result *session)
{
	report_html_key(out, "s1", "round trip: mean; least to largest shaded");
	if (!session->summary->one_way_known)
		return;
	report_html_key(out, "s2", "forward, mean");
	report_html_key(out, "s3", "backward, mean");
}

/* What is less than zero by more than the bound proves the bound wrong. */
static void tell_bound(FILE *out, const struct metrics_summary *summary)
{
	char bound[DURATION_TEXT_MAX];

	fprintf(out,
		"<p class=\"note\">Forward and backward are known to +/- %s: they can be below "
		"zero "
		"by as much.",
		duration_text((int64_t)summary->one_way_bound_ns, bound));
	if (summary->one_way_refuted)
		fputs(" <b>Some are farther below: a clock is off by more than it claims.</b>",
		      out);
	fputs("</p>\n", out);
}

static void tell_one_way(FILE *out, const struct report_result *session)
{
	if (session->summary->one_way_known)
		tell_bound(out, session->summary);
	else
		fputs("<p class=\"note\">Forward and backward are unknown: that needs both clocks "
		      "synchronised.</p>\n",
		      out);
}

static void delay_over_time(const struct time_chart *chart)
{
	struct html_extent extent = delay_extent(chart->session);

	report_html_figure(chart->out, "Delay over time");
	if (extent.known)
		delay_keys(chart->out, chart->session);
	report_html_frame(chart->out);
	if (extent.known)
		draw_delay(chart, &extent);
	else
		fputs("<p class=\"nothing\">No delay was measured: there is no valid reply.</p>\n",
		      chart->out);
	report_html_marks(chart);
	report_html_frame_end(chart->out);
	if (extent.known)
		tell_one_way(chart->out, chart->session);
	report_html_figure_end(chart->out);
}

static void draw_hops_of(const struct time_chart *chart, const struct svg_scale *y, size_t range,
			 const char *class)
{
	struct html_points points;

	html_steps(&points, chart->session->timeline, range, &chart->x, y);
	svg_paths_open(chart->out);
	svg_area(chart->out, class, points.at, points.count);
	svg_line(chart->out, class, points.at, points.count);
	svg_paths_close(chart->out);
}

static void draw_hops(const struct time_chart *chart, const struct html_extent *extent)
{
	struct svg_plot plot = {
		.title = "Path length over time",
		.description = "Hops forward and backward, by when a packet was sent.",
		.height = HOPS_HEIGHT,
		.x = chart->x,
		.y = { .min = extent->min - 1, .max = extent->max + 1 },
		.x_ticks = chart->x_ticks,
		.x_text = true,
	};

	plot.y_ticks = svg_ticks(&plot.y, SVG_NUMBER, HOPS_TICKS);
	svg_plot_open(chart->out, &plot);
	draw_hops_of(chart, &plot.y, HTML_RANGE(hops_forward), "s2");
	draw_hops_of(chart, &plot.y, HTML_RANGE(hops_backward), "s3 over");
	svg_plot_close(chart->out);
}

static void hops_over_time(const struct time_chart *chart)
{
	struct html_extent extent = { 0 };

	html_extent_add(&extent, chart->session->timeline, HTML_RANGE(hops_forward));
	html_extent_add(&extent, chart->session->timeline, HTML_RANGE(hops_backward));
	report_html_figure(chart->out, "Path length over time");
	if (extent.known) {
		report_html_key(chart->out, "s2", "hops forward");
		report_html_key(chart->out, "s3 over", "hops backward");
	}
	report_html_frame(chart->out);
	if (extent.known)
		draw_hops(chart, &extent);
	else
		fputs("<p class=\"nothing\">The path length is unknown.</p>\n", chart->out);
	report_html_frame_end(chart->out);
	report_html_figure_end(chart->out);
}

void report_html_time(FILE *out, const struct report_result *session)
{
	struct time_chart chart = time_chart(out, session);

	delay_over_time(&chart);
	hops_over_time(&chart);
}
