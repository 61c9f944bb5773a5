/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where the rows of a histogram begin and end, chosen to fit what was measured. Pure. */
#include "ping/plot_edges.h"

#include <stdio.h>
#include <stdlib.h>

#define LIMIT (1LL << (HISTOGRAM_VALUE_BITS + 1)) /* beyond, buckets tell nothing apart */
#define MANTISSAS 6
#define LADDER_MAX (12 * MANTISSAS) /* 10^13, above LIMIT */
#define LADDER_LEAST 10
#define ROUND_BUCKETS 8 /* so many in a row, and it matters little that edges cut one */

/* The first edge is at `from` or below, the last above `to`. */
struct range {
	int64_t from, to;
};

static int64_t bounded(int64_t value)
{
	if (value < -LIMIT)
		return -LIMIT;
	return value > LIMIT ? LIMIT : value;
}

/* The least value, to the width of a bucket, that a thousandth does not exceed. */
static int64_t lowest_thousandth(const struct distribution *distribution)
{
	return distribution_at_rank(distribution, histogram_rank(distribution->count, 1),
				    bounded(distribution->min), bounded(distribution->max));
}

static int64_t rounded_down(int64_t value, int64_t step)
{
	int64_t rest = value % step;

	return value - (rest < 0 ? rest + step : rest);
}

/* Of the bucket that holds the larger end. */
static int64_t bucket_width(struct range range)
{
	int64_t from = range.from < 0 ? -range.from : range.from;
	int64_t to = range.to < 0 ? -range.to : range.to;
	uint32_t bit = histogram_highest_bit((uint64_t)(from > to ? from : to));

	return bit > HISTOGRAM_STEP_BITS ? 1LL << (bit - HISTOGRAM_STEP_BITS) : 1;
}

/* The least of 10, 20, 25, 50, 100 ... that is no less. */
static int64_t round_step(int64_t least)
{
	static const int64_t factors[] = { 10, 20, 25, 50 };
	int64_t power = 1;

	for (;; power *= 10)
		for (size_t i = 0; i < 4; i++)
			if (factors[i] * power >= least)
				return factors[i] * power;
}

/* Few buckets make a row: then a whole number of them, or rows would differ where values do not. */
static int64_t equal_step(struct range range)
{
	int64_t bucket = bucket_width(range);
	int64_t least = (range.to - range.from) / PLOT_ROWS + 1;
	int64_t step = round_step(least);

	if (step >= ROUND_BUCKETS * bucket && step <= 2 * least)
		return step;
	return (least + bucket - 1) / bucket * bucket;
}

static void add_edge(struct plot_edges *edges, int64_t edge)
{
	if (edges->count < PLOT_EDGES_MAX)
		edges->at[edges->count++] = edge;
}

static struct plot_edges equal_rows(struct range range)
{
	struct plot_edges edges = { .step = equal_step(range) };
	int64_t edge = rounded_down(range.from, edges.step);

	add_edge(&edges, edge);
	do {
		edge += edges.step;
		add_edge(&edges, edge);
	} while (edge <= range.to);
	return edges;
}

/* 10, 15, 20, 30, 50, 70, 100 ns and so on: every second one is 10, 20, 50. */
static int64_t ladder(int rung)
{
	static const int64_t mantissas[MANTISSAS] = { 10, 15, 20, 30, 50, 70 };
	int64_t value = mantissas[rung % MANTISSAS];

	for (int power = rung / MANTISSAS; power; power--)
		value *= 10;
	return value;
}

/* The first rung above a value. */
static int rung_above(int64_t value)
{
	int rung = 0;

	while (rung < LADDER_MAX && ladder(rung) <= value)
		rung++;
	return rung;
}

static struct plot_edges growing_rows_above_zero(struct range range)
{
	static const int strides[] = { 1, 2, MANTISSAS, 2 * MANTISSAS };
	struct plot_edges edges = { 0 };
	int first = rung_above(range.from) - 1;
	int end = rung_above(range.to);
	size_t i = 0;

	while (i < 3 && (end - first) / strides[i] >= PLOT_ROWS)
		i++;
	for (int rung = first - first % strides[i]; rung < end + strides[i]; rung += strides[i])
		add_edge(&edges, ladder(rung));
	return edges;
}

/* Every second rung, away from zero to both sides; below `first` there is none. */
static struct plot_edges mirrored_rows(struct range range, int first)
{
	struct plot_edges edges = { 0 };
	int below = range.from < 0 ? rung_above(-range.from - 1) : -1;
	int above = rung_above(range.to > 0 ? range.to : 0);

	below += below % 2;
	above += above % 2;
	for (int rung = below; rung >= 0 && (rung == below || rung >= first); rung -= 2)
		add_edge(&edges, -ladder(rung));
	add_edge(&edges, 0);
	for (int rung = first < above ? first : above; rung <= above; rung += 2)
		add_edge(&edges, ladder(rung));
	return edges;
}

static struct plot_edges growing_rows_around_zero(struct range range)
{
	struct plot_edges edges;
	int first = 0;

	do {
		edges = mirrored_rows(range, first);
		first += 2;
	} while (edges.count > PLOT_ROWS + 1);
	return edges;
}

static uint64_t fullest_row(const struct distribution *distribution, const struct plot_edges *edges)
{
	uint64_t fullest = 0;

	for (size_t i = 0; i + 1 < edges->count; i++) {
		uint64_t row = distribution_below(distribution, edges->at[i + 1]) -
			       distribution_below(distribution, edges->at[i]);

		if (row > fullest)
			fullest = row;
	}
	return fullest;
}

/* Of a value below zero the row is the one whose upper edge it may be. */
static struct range range_of(const struct distribution *distribution)
{
	struct range range = { lowest_thousandth(distribution),
			       bounded(distribution_figures(distribution).p99_9) };

	if (range.to < range.from)
		range.to = range.from;
	range.from -= range.from < 0;
	range.to -= range.to < 0;
	return range;
}

struct plot_edges plot_edges_for(const struct distribution *distribution)
{
	struct range range = range_of(distribution);
	struct plot_edges equal = equal_rows(range);
	struct plot_edges growing = range.from < LADDER_LEAST ? growing_rows_around_zero(range)
							      : growing_rows_above_zero(range);

	if (fullest_row(distribution, &growing) < fullest_row(distribution, &equal))
		return growing;
	return equal;
}

struct unit {
	const char *name;
	int64_t ns;
};

static struct unit unit_of(int64_t one, int64_t other)
{
	static const struct unit units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }
	};
	int64_t larger = llabs(one) > llabs(other) ? llabs(one) : llabs(other);
	size_t i = 0;

	while (i < 3 && larger >= units[i + 1].ns)
		i++;
	return units[i];
}

/* So many that what is rounded off is at most a twentieth of a row. */
static int decimals(int64_t step, int64_t unit_ns)
{
	int count = 0;

	for (; step % unit_ns && unit_ns > step / 10; unit_ns /= 10)
		count++;
	return count;
}

/* Without the unit's name. Edges that grow have two digits at most. */
static void number_text(const struct plot_edges *edges, int64_t edge, const struct unit *unit,
			char text[PLOT_EDGE_TEXT_MAX])
{
	double value = (double)edge / (double)unit->ns;

	if (edges->step)
		snprintf(text, PLOT_EDGE_TEXT_MAX, "%.*f", decimals(edges->step, unit->ns), value);
	else
		snprintf(text, PLOT_EDGE_TEXT_MAX, "%g", value);
}

const char *plot_edges_text(const struct plot_edges *edges, size_t index,
			    char text[PLOT_EDGE_TEXT_MAX])
{
	int64_t edge = edges->at[index];
	struct unit unit = unit_of(edge, edge);
	char number[PLOT_EDGE_TEXT_MAX];

	number_text(edges, edge, &unit, number);
	snprintf(text, PLOT_EDGE_TEXT_MAX, "%.40s %s", number, unit.name);
	return text;
}

const char *plot_edges_row_text(const struct plot_edges *edges, size_t index,
				char text[PLOT_EDGE_TEXT_MAX])
{
	struct unit unit = unit_of(edges->at[index], edges->at[index + 1]);
	char from[PLOT_EDGE_TEXT_MAX], to[PLOT_EDGE_TEXT_MAX];

	number_text(edges, edges->at[index], &unit, from);
	number_text(edges, edges->at[index + 1], &unit, to);
	snprintf(text, PLOT_EDGE_TEXT_MAX, "%.18s to %.18s %s", from, to, unit.name);
	return text;
}
