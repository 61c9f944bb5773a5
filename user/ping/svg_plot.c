/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/svg_plot.h"

#include "ping/html_text.h"
#include "ping/svg_path.h"

static void write_element(FILE *out, const char *name, const char *text)
{
	fprintf(out, "<%s>", name);
	html_text(out, text);
	fprintf(out, "</%s>\n", name);
}

static void write_vertical(FILE *out, double at)
{
	fputs("<line", out);
	svg_percent(out, "x1", at);
	svg_percent(out, "x2", at);
	fputs(" y1=\"0\" y2=\"100%\"/>", out);
}

static void write_horizontal(FILE *out, double at)
{
	fputs("<line x1=\"0\" x2=\"100%\"", out);
	svg_percent(out, "y1", 1 - at);
	svg_percent(out, "y2", 1 - at);
	fputs("/>", out);
}

static void write_grid(FILE *out, const struct svg_plot *plot)
{
	fputs("<g class=\"grid\">", out);
	for (size_t i = 0; i < plot->x_ticks.count; i++)
		write_vertical(out, svg_scale_at(&plot->x, plot->x_ticks.at[i]));
	for (size_t i = 0; i < plot->y_ticks.count; i++)
		write_horizontal(out, svg_scale_at(&plot->y, plot->y_ticks.at[i]));
	fputs("</g>\n", out);
}

/* Every second one makes room where the page is narrow. */
static void write_x_texts(FILE *out, const struct svg_plot *plot)
{
	char text[SVG_TICK_TEXT_MAX];

	fputs("<g class=\"x\">", out);
	for (size_t i = 0; i < plot->x_ticks.count; i++) {
		fprintf(out, "<text y=\"100%%\" dy=\"1.4em\"%s", i % 2 ? " class=\"odd\"" : "");
		svg_percent(out, "x", svg_scale_at(&plot->x, plot->x_ticks.at[i]));
		fprintf(out, ">%s</text>", svg_tick_text(&plot->x, &plot->x_ticks, i, text));
	}
	fputs("</g>\n", out);
}

static void write_y_texts(FILE *out, const struct svg_plot *plot)
{
	char text[SVG_TICK_TEXT_MAX];

	fputs("<g class=\"y\">", out);
	for (size_t i = 0; i < plot->y_ticks.count; i++) {
		fputs("<text x=\"-8\" dy=\"0.35em\"", out);
		svg_percent(out, "y", 1 - svg_scale_at(&plot->y, plot->y_ticks.at[i]));
		fprintf(out, ">%s</text>", svg_tick_text(&plot->y, &plot->y_ticks, i, text));
	}
	fputs("</g>\n", out);
}

void svg_plot_open(FILE *out, const struct svg_plot *plot)
{
	fprintf(out,
		"<svg class=\"plot%s\" width=\"100%%\" height=\"%u\" role=\"img\" aria-label=\"",
		plot->x_text ? " told" : "", plot->height);
	html_text(out, plot->title);
	fputs("\">\n", out);
	write_element(out, "title", plot->title);
	write_element(out, "desc", plot->description);
	write_grid(out, plot);
	if (plot->x_text)
		write_x_texts(out, plot);
	write_y_texts(out, plot);
	fputs("<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"100%\" y2=\"100%\"/>\n", out);
}

void svg_plot_close(FILE *out)
{
	fputs("</svg>\n", out);
}
