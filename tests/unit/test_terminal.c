/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an output can show, on a pseudo-terminal and in a file. */
#include "lib/cases.h"

#include <pty.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ping/terminal.h"

#define UTF8 "C.UTF-8"

/* clang-format off */
static const struct terminal_case {
	const char *name;
	bool is_terminal;
	unsigned short columns;                     /* of the terminal; 0: it does not know */
	const char *term, *no_color, *wide, *codes; /* TERM, NO_COLOR, COLUMNS, LC_ALL; NULL: unset */
	struct terminal expected;
} cases[] = {
	{ "a terminal", true, 132, "xterm", NULL, NULL, UTF8, { true, true, true, true, 132 } },
	{ "a file", false, 0, "xterm", NULL, NULL, UTF8, { false, false, false, true, 80 } },
	{ "no colour is wished", true, 80, "xterm", "1", NULL, UTF8, { true, true, false, true, 80 } },
	{ "an empty NO_COLOR wishes nothing", true, 80, "xterm", "", NULL, UTF8,
	  { true, true, true, true, 80 } },
	{ "a dumb terminal", true, 80, "dumb", NULL, NULL, UTF8, { true, false, false, true, 80 } },
	{ "a terminal of no known kind", true, 80, NULL, NULL, NULL, UTF8,
	  { true, false, false, true, 80 } },
	{ "the character set is ASCII", true, 80, "xterm", NULL, NULL, "C",
	  { true, true, true, false, 80 } },
	{ "there is no such locale", true, 80, "xterm", NULL, NULL, "xx_XX.UTF-8",
	  { true, true, true, false, 80 } },
	{ "the terminal knows better than COLUMNS", true, 132, "xterm", NULL, "40", UTF8,
	  { true, true, true, true, 132 } },
	{ "COLUMNS where the terminal does not know", true, 0, "xterm", NULL, "40", UTF8,
	  { true, true, true, true, 40 } },
	{ "COLUMNS for a file", false, 0, "xterm", NULL, "120", UTF8,
	  { false, false, false, true, 120 } },
	{ "COLUMNS is no number", false, 0, "xterm", NULL, "wide", UTF8,
	  { false, false, false, true, 80 } },
	{ "COLUMNS is empty", false, 0, "xterm", NULL, "", UTF8, { false, false, false, true, 80 } },
	{ "COLUMNS is 0", false, 0, "xterm", NULL, "0", UTF8, { false, false, false, true, 80 } },
	{ "COLUMNS is absurd", false, 0, "xterm", NULL, "1001", UTF8,
	  { false, false, false, true, 80 } },
};
/* clang-format on */

static void set(const char *name, const char *value)
{
	if (value)
		assert_int_equal(setenv(name, value, 1), 0);
	else
		assert_int_equal(unsetenv(name), 0);
}

/* The other end of the terminal, or -1, is written to `master`. */
static FILE *open_output(const struct terminal_case *c, int *master)
{
	struct winsize size = { .ws_col = c->columns, .ws_row = 24 };
	int slave;

	*master = -1;
	if (!c->is_terminal)
		return tmpfile();
	assert_int_equal(openpty(master, &slave, NULL, NULL, &size), 0);
	return fdopen(slave, "w");
}

static void close_output(FILE *out, int master)
{
	fclose(out);
	if (master >= 0)
		close(master);
}

static void is_seen(void **state)
{
	const struct terminal_case *c = *state;
	struct terminal terminal;
	int master;
	FILE *out = open_output(c, &master);

	assert_non_null(out);
	set("TERM", c->term);
	set("NO_COLOR", c->no_color);
	set("COLUMNS", c->wide);
	set("LC_ALL", c->codes);
	terminal = terminal_of(out);
	close_output(out, master);
	assert_int_equal(terminal.is_terminal, c->expected.is_terminal);
	assert_int_equal(terminal.redraws, c->expected.redraws);
	assert_int_equal(terminal.colour, c->expected.colour);
	assert_int_equal(terminal.unicode, c->expected.unicode);
	assert_int_equal(terminal.columns, c->expected.columns);
}

static void a_terminal_made_narrower_is_measured_again(void **state)
{
	struct winsize narrow = { .ws_col = 33, .ws_row = 24 };
	struct terminal terminal;
	int master;
	FILE *out = open_output(&cases[0], &master);

	(void)state;
	assert_non_null(out);
	terminal = terminal_of(out);
	assert_int_equal(terminal.columns, 132);
	assert_int_equal(ioctl(master, TIOCSWINSZ, &narrow), 0);
	terminal_measure(&terminal, out);
	close_output(out, master);
	assert_int_equal(terminal.columns, 33);
}

static void styles_are_written_where_there_is_colour(void **state)
{
	const struct terminal with = { .colour = true }, without = { .colour = false };

	(void)state;
	assert_string_equal(terminal_style(&with, TERMINAL_BAD), "\x1b[1;31m");
	assert_string_equal(terminal_style(&with, TERMINAL_PLAIN), "\x1b[0m");
	assert_string_equal(terminal_style(&without, TERMINAL_BAD), "");
	assert_string_equal(terminal_style(&without, TERMINAL_PLAIN), "");
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(cases) + 2];
	size_t count = 0;

	ADD_CASES(tests, count, cases, is_seen);
	ADD_TEST(tests, count, a_terminal_made_narrower_is_measured_again);
	ADD_TEST(tests, count, styles_are_written_where_there_is_colour);
	return RUN_TESTS(tests, count, NULL, NULL);
}
