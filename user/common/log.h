/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Messages for the operator, on standard error: one line each, no newline from the caller. */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Shows messages up to `level`; LOG_LEVEL_INFO until called. Not to be called while threads log. */
void log_set_level(enum log_level level);

/* What failed, on what, why. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What works, but not as it could, and the fix. */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The text of the latest error, "" before the first: for whoever asked for what failed. */
const char *log_last_error(void);

#endif
