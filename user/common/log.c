/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_OCTETS 1024

static enum log_level shown = LOG_LEVEL_INFO;
static char last_error[LINE_MAX_OCTETS];

static void write_line(enum log_level level, const char *format, va_list args)
{
	static const char *const names[] = { "error: ", "warning: ", "", "debug: " };
	char line[LINE_MAX_OCTETS];

	if (level > shown)
		return;
	vsnprintf(line, sizeof(line), format, args);
	if (level == LOG_LEVEL_ERROR)
		memcpy(last_error, line, sizeof(line));
	fprintf(stderr, "%s%s\n", names[level], line);
}

void log_set_level(enum log_level level)
{
	shown = level;
}

#define LOG_FUNCTION(name, level)                                                                  \
	void name(const char *format, ...)                                                         \
	{                                                                                          \
		va_list args;                                                                      \
                                                                                                   \
		va_start(args, format);                                                            \
		write_line(level, format, args);                                                   \
		va_end(args);                                                                      \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)

const char *log_last_error(void)
{
	return last_error;
}
