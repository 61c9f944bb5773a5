/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/svg_path.h"

#include <math.h>
#include <string.h>

#define FEW 60 /* points that can be told apart */

void svg_paths_open(FILE *out)
{
	fprintf(out,
		"<svg width=\"100%%\" height=\"100%%\" viewBox=\"0 0 %d %d\" "
		"preserveAspectRatio=\"none\">\n",
		SVG_PATH_UNITS, SVG_PATH_UNITS);
}

void svg_paths_close(FILE *out)
{
	fputs("</svg>\n", out);
}

/* With as few digits as `decimals` allow: pages have many of these. */
static void write_number(FILE *out, double value, int decimals)
{
	char text[64], *end;

	snprintf(text, sizeof(text), "%.*f", decimals, value);
	end = text + strlen(text);
	while (end[-1] == '0')
		end--;
	if (end[-1] == '.')
		end--;
	*end = '\0';
	fputs(text[0] == '-' && text[1] == '0' && !text[2] ? "0" : text, out);
}

void svg_percent(FILE *out, const char *attribute, double part)
{
	fprintf(out, " %s=\"", attribute);
	write_number(out, 100 * part, 2);
	fputs("%\"", out);
}

static void write_point(FILE *out, char command, double x, double y)
{
	fputc(command, out);
	write_number(out, SVG_PATH_UNITS * x, 1);
	fputc(' ', out);
	write_number(out, SVG_PATH_UNITS * (1 - y), 1);
}

static bool starts(const struct svg_point *points, size_t i)
{
	return i == 0 || points[i].gap;
}

/* The number of points from `first` on that are joined. */
static size_t joined(const struct svg_point *points, size_t first, size_t count)
{
	size_t i = first + 1;

	while (i < count && !points[i].gap)
		i++;
	return i - first;
}

void svg_line_data(FILE *out, const struct svg_point *points, size_t count)
{
	for (size_t i = 0; i < count; i++)
		write_point(out, starts(points, i) ? 'M' : 'L', points[i].x, points[i].y);
}

void svg_area_data(FILE *out, const struct svg_point *points, size_t count)
{
	for (size_t first = 0; first < count;) {
		size_t length = joined(points, first, count);

		svg_line_data(out, &points[first], length);
		for (size_t i = first + length; i-- > first;)
			write_point(out, 'L', points[i].x, points[i].low);
		fputc('Z', out);
		first += length;
	}
}

static void open_path(FILE *out, const char *kind, const char *class)
{
	fprintf(out, "<path class=\"%s %s\" d=\"", kind, class);
}

void svg_line(FILE *out, const char *class, const struct svg_point *points, size_t count)
{
	if (!count)
		return;
	open_path(out, "line", class);
	svg_line_data(out, points, count);
	fputs("\"/>\n", out);
}

void svg_area(FILE *out, const char *class, const struct svg_point *points, size_t count)
{
	if (!count)
		return;
	open_path(out, "area", class);
	svg_area_data(out, points, count);
	fputs("\"/>\n", out);
}

static bool is_alone(const struct svg_point *points, size_t i, size_t count)
{
	return starts(points, i) && joined(points, i, count) == 1;
}

void svg_dots(FILE *out, const char *class, const struct svg_point *points, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (count > FEW && !is_alone(points, i, count))
			continue;
		fprintf(out, "<circle class=\"dot %s\" r=\"%s\"", class,
			count > FEW ? "1.5" : "2.5");
		svg_percent(out, "cx", points[i].x);
		svg_percent(out, "cy", 1 - points[i].y);
		fputs("/>\n", out);
	}
}
