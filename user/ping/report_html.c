/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The page as a whole, and how it gets to its file. */
#include "ping/report_html.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "ping/duration_text.h"
#include "ping/html_text.h"
#include "ping/report_html_parts.h"
#include "stamp/version.h"

/* Charts of more sessions than that would make a page that no browser likes to open. */
#define CHARTED_SESSIONS_MAX 64

void report_html_key(FILE *out, const char *class, const char *text)
{
	fprintf(out,
		"<span class=\"key\"><svg aria-hidden=\"true\" viewBox=\"0 0 26 10\">"
		"<line class=\"line %s\" x1=\"0\" x2=\"26\" y1=\"5\" y2=\"5\"/></svg>",
		class);
	html_text(out, text);
	fputs("</span>\n", out);
}

void report_html_figure(FILE *out, const char *heading)
{
	fputs("<figure class=\"chart\"><figcaption><h3>", out);
	html_text(out, heading);
	fputs("</h3><div class=\"legend\">\n", out);
}

void report_html_frame(FILE *out)
{
	fputs("</div></figcaption>\n<div class=\"frame\">\n", out);
}

void report_html_frame_end(FILE *out)
{
	fputs("</div>\n", out);
}

void report_html_figure_end(FILE *out)
{
	fputs("</figure>\n", out);
}

static void write_peer(FILE *out, const struct report_session *session)
{
	html_text(out, session->name);
	if (strcmp(session->name, session->address) != 0) {
		fputs(" (", out);
		html_text(out, session->address);
		fputc(')', out);
	}
	fprintf(out, " port %u", session->port);
}

static void write_title(FILE *out, const struct report_run *run)
{
	fputs("stamp-ping: ", out);
	if (run->count == 1)
		write_peer(out, run->results[0].session);
	else
		fprintf(out, "%zu sessions", run->count);
}

/* A reader of the page runs nothing and loads nothing, even if a text were taken for markup. */
static void write_head(FILE *out, const struct report_run *run)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" "
	      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>",
	      out);
	write_title(out, run);
	fputs("</title>\n<style>\n", out);
	for (size_t i = 0; report_html_style[i]; i++)
		fprintf(out, "%s\n", report_html_style[i]);
	fputs("</style>\n</head>\n", out);
}

static void write_when(FILE *out, const struct report_run *run)
{
	time_t seconds = (time_t)(run->began_ns / NSEC_PER_SEC);
	char began[64] = "unknown", took[DURATION_TEXT_MAX];
	struct tm utc;

	if (gmtime_r(&seconds, &utc))
		strftime(began, sizeof(began), "%Y-%m-%d %H:%M:%S UTC", &utc);
	fprintf(out, "<p class=\"lead\">Began %s, took %s. stamp-ping ", began,
		duration_text((int64_t)run->took_ns, took));
	html_text(out, XDP_STAMP_VERSION);
	fputs(".</p>\n", out);
}

/* Everything of one session but its verdict. */
static void write_details(FILE *out, const struct report_result *session, bool charts)
{
	report_html_tiles(out, session);
	if (charts) {
		fputs("<h2>Over time</h2>\n", out);
		report_html_time(out, session);
	}
	if (charts && session->summary->received) {
		fputs("<h2>Distributions</h2>\n", out);
		report_html_spread(out, session);
	}
	fputs("<h2>Figures</h2>\n<div class=\"tables\">\n", out);
	report_html_tables(out, session);
	fputs("</div>\n", out);
}

static void write_session(FILE *out, const struct report_run *run, size_t i)
{
	fprintf(out, "<details id=\"session-%zu\"><summary>", i + 1);
	html_text(out, run->results[i].session->label);
	fputs("</summary>\n", out);
	report_html_verdict(out, &run->results[i]);
	write_details(out, &run->results[i], run->count <= CHARTED_SESSIONS_MAX);
	fputs("</details>\n", out);
}

static void write_sessions(FILE *out, const struct report_run *run)
{
	report_html_compare(out, run);
	fputs("<h2>Each session</h2>\n", out);
	for (size_t i = 0; i < run->count; i++)
		write_session(out, run, i);
}

static void write_page(FILE *out, const struct report_run *run)
{
	write_head(out, run);
	fputs("<body>\n<main>\n<h1>", out);
	write_title(out, run);
	fputs("</h1>\n", out);
	write_when(out, run);
	if (run->count == 1) {
		report_html_verdict(out, &run->results[0]);
		write_details(out, &run->results[0], true);
	} else {
		write_sessions(out, run);
	}
	fputs("<h2>The run</h2>\n<div class=\"tables\">\n", out);
	report_html_parameters(out, run);
	fputs("</div>\n<p class=\"note\">Percentiles, histograms and CDFs are exact to 1 %; least, "
	      "largest and mean values to the nanosecond.</p>\n</main>\n</body>\n</html>\n",
	      out);
}

/* 0 or -errno. Closes `out`. */
static int finish(FILE *out)
{
	bool wrong = ferror(out) != 0;

	if (fclose(out) != 0)
		return -errno;
	return wrong ? -EIO : 0;
}

static int write_to(int fd, const struct report_run *run)
{
	FILE *out = fdopen(fd, "w");

	if (!out) {
		int err = -errno;

		close(fd);
		return err;
	}
	write_page(out, run);
	return finish(out);
}

/* Of what is no regular file, such as /dev/stdout, there can be no half. */
static bool is_special(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static int write_in_place(const char *path, const struct report_run *run)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : write_to(fd, run);
}

static int write_and_rename(const char *path, const struct report_run *run)
{
	char beside[PATH_MAX];
	int fd, err;

	if (snprintf(beside, sizeof(beside), "%s.%d.tmp", path, (int)getpid()) >=
	    (int)sizeof(beside))
		return -ENAMETOOLONG;
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	err = write_to(fd, run);
	if (!err && rename(beside, path) != 0)
		err = -errno;
	if (err)
		unlink(beside);
	return err;
}

int report_html_write(const char *path, const struct report_run *run)
{
	int err = is_special(path) ? write_in_place(path, run) : write_and_rename(path, run);

	if (err)
		log_error("%s: cannot write the report: %s", path, strerror(-err));
	return err;
}
