/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "ping/svg_scale.h"

#include <math.h>

#define LOGARITHMIC_FROM 50 /* times as large */
#define NARROWEST 1e-3      /* of the largest value: so that ticks differ in few digits */

static const double leads[] = { 1, 2, 5 };

double svg_round_up(double value)
{
	double power = pow(10, floor(log10(value)));

	for (size_t i = 0; i < 3; i++) {
		if (leads[i] * power >= value * (1 - SVG_ROUNDING))
			return leads[i] * power;
	}
	return 10 * power;
}

/* The largest that is no larger. */
static double round_down(double value)
{
	double power = pow(10, floor(log10(value) + SVG_ROUNDING));

	for (size_t i = 3; i-- > 1;) {
		if (leads[i] * power <= value * (1 + SVG_ROUNDING))
			return leads[i] * power;
	}
	return power;
}

static double finite_or_zero(double value)
{
	return isfinite(value) ? value : 0;
}

/* Makes the two differ by enough to tell values between them apart. */
static void spread(double *min, double *max)
{
	double largest = fmax(fabs(*min), fabs(*max));
	double missing = fmax(largest * NARROWEST, largest == 0 ? 1 : 0) - (*max - *min);

	if (missing <= 0)
		return;
	*min -= missing / 2;
	*max += missing / 2;
}

struct svg_scale svg_scale_linear(double min, double max, size_t most)
{
	double low = finite_or_zero(fmin(min, max)), high = finite_or_zero(fmax(min, max)), step;
	bool from_zero = low >= 0 && high > 0 && low <= high / 2;

	if (from_zero)
		low = 0;
	else
		spread(&low, &high);
	step = svg_round_up((high - low) / (double)most);
	return (struct svg_scale){
		.min = floor(low / step + SVG_ROUNDING) * step,
		.max = ceil(high / step - SVG_ROUNDING) * step,
	};
}

struct svg_scale svg_scale_logarithmic(double min, double max)
{
	struct svg_scale scale = { round_down(min), svg_round_up(max), true };

	if (scale.max <= scale.min)
		scale.max = 10 * scale.min;
	return scale;
}

struct svg_scale svg_scale_fit(double min, double max, size_t most)
{
	return min > 0 && max / min > LOGARITHMIC_FROM ? svg_scale_logarithmic(min, max)
						       : svg_scale_linear(min, max, most);
}

double svg_scale_at(const struct svg_scale *scale, double value)
{
	double at;

	if (scale->logarithmic)
		at = log(fmax(value, scale->min) / scale->min) / log(scale->max / scale->min);
	else
		at = (value - scale->min) / (scale->max - scale->min);
	return fmin(fmax(at, 0), 1);
}

double svg_scale_value(const struct svg_scale *scale, double at)
{
	if (scale->logarithmic)
		return scale->min * pow(scale->max / scale->min, at);
	return scale->min + at * (scale->max - scale->min);
}
