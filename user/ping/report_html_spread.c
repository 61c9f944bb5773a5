/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Histogram and CDF of each delay of one session, one above the other. */
#include "ping/report_html_parts.h"

#include <inttypes.h>
#include <math.h>

#include "ping/duration_text.h"
#include "ping/html_bins.h"
#include "ping/svg_path.h"
#include "ping/svg_plot.h"

#define HISTOGRAM_HEIGHT 120
#define CDF_HEIGHT 80
#define DELAY_TICKS 7
#define SHARE_TICKS 4

struct spread_row {
	const char *name;
	enum metrics_delay delay;
	size_t figures; /* in the summary: known only where the delay is */
	const char *class;
};

#define FIGURES(member) offsetof(struct metrics_summary, member)

/* clang-format off */
static const struct spread_row rows[] = {
	{ "Round trip", METRICS_ROUND_TRIP, FIGURES(round_trip), "s1" },
	{ "In the reflector", METRICS_REFLECTOR, FIGURES(reflector), "s4" },
	{ "Forward", METRICS_FORWARD, FIGURES(forward), "s2" },
	{ "Backward", METRICS_BACKWARD, FIGURES(backward), "s3" },
	{ "IPDV forward", METRICS_IPDV_FORWARD, FIGURES(ipdv_forward), "s2" },
	{ "IPDV backward", METRICS_IPDV_BACKWARD, FIGURES(ipdv_backward), "s3" },
};
/* clang-format on */

struct spread {
	FILE *out;
	const struct spread_row *row;
	const struct distribution *distribution;
	const struct figures *figures;
	struct html_bins bins;
	struct svg_ticks x_ticks;
};

static double share(const struct spread *spread, uint64_t count)
{
	return 100 * (double)count / (double)spread->distribution->count;
}

static double largest_share(const struct spread *spread)
{
	double largest = 0;

	for (size_t i = 0; i < spread->bins.count; i++)
		largest = fmax(largest, share(spread, spread->bins.at[i].count));
	return largest;
}

static void draw_bar(const struct spread *spread, const struct html_bin *bin,
		     const struct svg_scale *y)
{
	double left = svg_scale_at(&spread->bins.scale, (double)bin->from);
	double right = svg_scale_at(&spread->bins.scale, (double)bin->to);
	double top = svg_scale_at(y, share(spread, bin->count));
	char from[DURATION_TEXT_MAX], to[DURATION_TEXT_MAX];

	fprintf(spread->out, "<rect class=\"bar %s\"", spread->row->class);
	svg_percent(spread->out, "x", left);
	svg_percent(spread->out, "width", right - left);
	svg_percent(spread->out, "y", 1 - top);
	svg_percent(spread->out, "height", top);
	fprintf(spread->out, "><title>%" PRIu64 " (%.3g %%) from %s to %s</title></rect>\n",
		bin->count, share(spread, bin->count), duration_text(bin->from, from),
		duration_text(bin->to, to));
}

static void draw_marker(const struct spread *spread, int64_t value)
{
	const struct svg_scale *x = &spread->bins.scale;
	double at = svg_scale_at(x, (double)value);

	if ((double)value < x->min || (double)value > x->max)
		return;
	fputs("<line class=\"marker\" y1=\"0\" y2=\"100%\"", spread->out);
	svg_percent(spread->out, "x1", at);
	svg_percent(spread->out, "x2", at);
	fputs("/>\n", spread->out);
}

static void draw_markers(const struct spread *spread)
{
	draw_marker(spread, spread->figures->p50);
	draw_marker(spread, spread->figures->p99);
}

static void draw_histogram(const struct spread *spread, const char *title)
{
	struct svg_plot plot = {
		.title = title,
		.description = "Histogram: how many per cent of the values lie where.",
		.height = HISTOGRAM_HEIGHT,
		.x = spread->bins.scale,
		.y = svg_scale_linear(0, largest_share(spread), SHARE_TICKS - 1),
		.x_ticks = spread->x_ticks,
	};

	plot.y_ticks = svg_ticks(&plot.y, SVG_PERCENT, SHARE_TICKS);
	svg_plot_open(spread->out, &plot);
	for (size_t i = 0; i < spread->bins.count; i++) {
		if (spread->bins.at[i].count)
			draw_bar(spread, &spread->bins.at[i], &plot.y);
	}
	draw_markers(spread);
	svg_plot_close(spread->out);
}

static void draw_cdf_line(const struct spread *spread)
{
	struct svg_point points[HTML_CDF_POINTS];

	html_cdf(points, spread->distribution, &spread->bins.scale);
	svg_paths_open(spread->out);
	svg_line(spread->out, spread->row->class, points, HTML_CDF_POINTS);
	svg_paths_close(spread->out);
}

static void draw_cdf(const struct spread *spread, const char *title)
{
	struct svg_plot plot = {
		.title = title,
		.description = "CDF: how many per cent of the values are at most so large.",
		.height = CDF_HEIGHT,
		.x = spread->bins.scale,
		.y = { .max = 100 },
		.x_ticks = spread->x_ticks,
		.y_ticks = { SVG_PERCENT, 3, { 0, 50, 100 } },
		.x_text = true,
	};

	svg_plot_open(spread->out, &plot);
	draw_cdf_line(spread);
	draw_markers(spread);
	svg_plot_close(spread->out);
}

static void tell_figures(const struct spread *spread)
{
	uint64_t outside = spread->bins.below + spread->bins.above;
	char p50[DURATION_TEXT_MAX], p99[DURATION_TEXT_MAX];
	char min[DURATION_TEXT_MAX], max[DURATION_TEXT_MAX];

	fprintf(spread->out, "<p class=\"note\">Dashed: p50 %s, p99 %s.",
		duration_text(spread->figures->p50, p50), duration_text(spread->figures->p99, p99));
	if (outside)
		fprintf(spread->out,
			" %" PRIu64 " of %" PRIu64 " values are not shown; all lie from %s to %s.",
			outside, spread->distribution->count,
			duration_text(spread->figures->min, min),
			duration_text(spread->figures->max, max));
	fputs("</p>\n", spread->out);
}

static void draw_spread(struct spread *spread)
{
	char title[64];

	html_bins_read(&spread->bins, spread->distribution);
	spread->x_ticks = svg_ticks(&spread->bins.scale, SVG_DURATION, DELAY_TICKS);
	report_html_figure(spread->out, spread->row->name);
	report_html_frame(spread->out);
	snprintf(title, sizeof(title), "%s: histogram", spread->row->name);
	draw_histogram(spread, title);
	snprintf(title, sizeof(title), "%s: CDF", spread->row->name);
	draw_cdf(spread, title);
	report_html_frame_end(spread->out);
	tell_figures(spread);
	report_html_figure_end(spread->out);
}

void report_html_spread(FILE *out, const struct report_result *session)
{
	fputs("<div class=\"grid2\">\n", out);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *summary = (const char *)session->summary;
		struct spread spread = {
			.out = out,
			.row = &rows[i],
			.distribution = metrics_distribution(session->metrics, rows[i].delay),
			.figures = (const void *)(summary + rows[i].figures),
		};

		if (spread.figures->known && spread.distribution->count)
			draw_spread(&spread);
	}
	fputs("</div>\n", out);
}
