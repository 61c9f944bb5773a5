/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an output can show: colour, Unicode, how many columns. */
#include "ping/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ping/quantity.h"

#define COLUMNS_MAX 1000 /* of $COLUMNS */

static const char *environment(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

/* Without setlocale(), which would change how the whole program reads and writes. */
static bool locale_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool utf8;

	if (!locale)
		return false;
	utf8 = !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8");
	freelocale(locale);
	return utf8;
}

static unsigned int columns_by_environment(void)
{
	uint64_t columns;

	if (quantity_number(environment("COLUMNS"), &columns) || !columns || columns > COLUMNS_MAX)
		return TERMINAL_COLUMNS;
	return (unsigned int)columns;
}

void terminal_measure(struct terminal *terminal, FILE *out)
{
	struct winsize size;

	if (!ioctl(fileno(out), TIOCGWINSZ, &size) && size.ws_col)
		terminal->columns = size.ws_col;
}

struct terminal terminal_of(FILE *out)
{
	const char *term = environment("TERM");
	bool is_terminal = isatty(fileno(out));
	bool redraws = is_terminal && *term && strcmp(term, "dumb") != 0;
	struct terminal terminal = {
		.is_terminal = is_terminal,
		.redraws = redraws,
		.colour = redraws && !*environment("NO_COLOR"),
		.unicode = locale_is_utf8(),
		.columns = columns_by_environment(),
	};

	terminal_measure(&terminal, out);
	return terminal;
}

const char *terminal_style(const struct terminal *terminal, enum terminal_style style)
{
	static const char *const sequences[] = {
		[TERMINAL_PLAIN] = "\033[0m",
		[TERMINAL_BAD] = "\033[1;31m",
		[TERMINAL_BAR] = "\033[36m",
	};

	return terminal->colour ? sequences[style] : "";
}
