/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/svg_ticks.h"

#include <math.h>
#include <stdio.h>

struct unit {
	const char *name;
	double size;
	double from; /* the largest value on the axis is no smaller */
};

static const struct unit units[] = {
	{ " ns", 1, 0 },    { " us", 1e3, 1e3 },     { " ms", 1e6, 1e6 },
	{ " s", 1e9, 1e9 }, { " min", 60e9, 120e9 }, { " h", 3600e9, 7200e9 },
};

static const struct unit percent = { " %", 1, 0 }, number = { "", 1, 0 };

static const struct unit *unit_for(enum svg_quantity quantity, double largest)
{
	size_t last = quantity == SVG_ELAPSED ? 5 : 3;

	if (quantity == SVG_PERCENT)
		return &percent;
	if (quantity == SVG_NUMBER)
		return &number;
	while (last && largest < units[last].from * (1 - SVG_ROUNDING))
		last--;
	return &units[last];
}

static double first_of(const struct svg_scale *scale, double step)
{
	return ceil(scale->min / step - SVG_ROUNDING);
}

static double last_of(const struct svg_scale *scale, double step)
{
	return floor(scale->max / step + SVG_ROUNDING);
}

/* In an axis of whole numbers a step is one, too. */
static double step_for(const struct svg_scale *scale, enum svg_quantity quantity, size_t most)
{
	double size = unit_for(quantity, fmax(fabs(scale->min), fabs(scale->max)))->size;
	double step = svg_round_up((scale->max - scale->min) / size / (double)most);

	if (quantity == SVG_NUMBER)
		step = fmax(step, 1);
	while (last_of(scale, step * size) - first_of(scale, step * size) + 1 > (double)most)
		step = svg_round_up(step * 1.5);
	return step * size;
}

static void add_linear(struct svg_ticks *ticks, const struct svg_scale *scale, size_t most)
{
	double step = step_for(scale, ticks->quantity, most);
	double last = last_of(scale, step);

	for (double i = first_of(scale, step); i <= last && ticks->count < SVG_TICKS_MAX; i++)
		ticks->at[ticks->count++] = i == 0 ? 0 : i * step; /* never a negative zero */
}

static bool is_on(const struct svg_scale *scale, double value)
{
	return value >= scale->min * (1 - SVG_ROUNDING) && value <= scale->max * (1 + SVG_ROUNDING);
}

/* `leads` of 1, 2 and 5 times each `decades`-th power of ten. False if they are more than `most`.
 */
static bool add_logarithmic(struct svg_ticks *ticks, const struct svg_scale *scale, size_t leads,
			    int decades, size_t most)
{
	static const double lead[] = { 1, 2, 5 };
	int first = (int)floor(log10(scale->min)), last = (int)ceil(log10(scale->max));

	ticks->count = 0;
	for (int power = first; power <= last; power++) {
		for (size_t i = 0; i < leads && power % decades == 0; i++) {
			double value = lead[i] * pow(10, power);

			if (!is_on(scale, value))
				continue;
			if (ticks->count == most)
				return false;
			ticks->at[ticks->count++] = value;
		}
	}
	return true;
}

struct svg_ticks svg_ticks(const struct svg_scale *scale, enum svg_quantity quantity, size_t most)
{
	struct svg_ticks ticks = { .quantity = quantity };

	if (!scale->logarithmic) {
		add_linear(&ticks, scale, most);
		return ticks;
	}
	if (add_logarithmic(&ticks, scale, 3, 1, most))
		return ticks;
	for (int decades = 1; !add_logarithmic(&ticks, scale, 1, decades, most); decades++)
		;
	return ticks;
}

static int decimals_of(const struct svg_ticks *ticks, double size)
{
	double step = ticks->count > 1 ? (ticks->at[1] - ticks->at[0]) / size : 1;
	int decimals = (int)ceil(-log10(step) - SVG_ROUNDING);

	return decimals > 0 ? decimals : 0;
}

const char *svg_tick_text(const struct svg_scale *scale, const struct svg_ticks *ticks, size_t tick,
			  char text[SVG_TICK_TEXT_MAX])
{
	double value = ticks->at[tick];
	double largest = scale->logarithmic ? value : fmax(fabs(scale->min), fabs(scale->max));
	const struct unit *unit = unit_for(ticks->quantity, largest);

	if (scale->logarithmic)
		snprintf(text, SVG_TICK_TEXT_MAX, "%.6g%s", value / unit->size, unit->name);
	else
		snprintf(text, SVG_TICK_TEXT_MAX, "%.*f%s", decimals_of(ticks, unit->size),
			 value / unit->size, unit->name);
	return text;
}
