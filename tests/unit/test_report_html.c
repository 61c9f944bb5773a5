/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The HTML report of made-up runs. With HTML_PAGES in the environment the pages stay in that
 * folder, for tests that look at them in a browser.
 */
#include "lib/cases.h"

#include <errno.h>
#include <limits.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "unit/html_scene.h"

#define US 1000ULL
#define MS (1000 * US)
#define HOSTILE "<script>alert(1)</script>\"'&\xff\x01"

static char folder[PATH_MAX];
static struct html_scene scene;

/* clang-format off */
#define PLAN(...) (&(const struct html_plan){ __VA_ARGS__ })
#define PACE(n, ms) .packets = (n), .interval_ns = (ms) * MS
#define DELAYS(there, back, noise) \
	.forward_ns = (there), .backward_ns = (back), .noise_ns = (noise)
#define LAN DELAYS(30 * US, 25 * US, 9 * US)
#define EVEN DELAYS(30 * US, 25 * US, 0)
#define WAN DELAYS(12 * MS, 9 * MS, 3 * MS)

static const struct html_plan quiet = { PACE(10, 1000), LAN };
static const struct html_plan busy = {
	PACE(6000, 100), WAN, .lost_from = 1500, .lost_to = 1620, .step_from = 3000,
	.step_to = 4500, .step_ns = 15 * MS, .reordered_every = 700, .twice_every = 900,
	.late_every = 1100, .synchronised = true,
};
static const struct html_plan good_flow = { PACE(600, 100), WAN, .synchronised = true };
static const struct html_plan bad_flow = {
	PACE(600, 100), DELAYS(25 * MS, 9 * MS, 9 * MS), .lost_from = 200, .lost_to = 260,
	.synchronised = true,
};

static const struct page_case {
	const char *name; /* the page's, and what the test is called */
	const struct html_plan *plan;
	size_t sessions; /* the third of several is a bad one */
	const char *contains; /* by hand */
} page_cases[] = {
	{ "quiet", &quiet, 1, "10 packets sent, 10 answered, 0 % lost; round trip p50 " },
	{ "busy", &busy, 1, "6000 packets sent, 5875 answered, 2.083 % lost" },
	{ "silent", PLAN(PACE(20, 1000), EVEN, .silent = true), 1,
	  "20 packets sent, 0 answered, 100 % lost: nothing was measured." },
	{ "one-reply", PLAN(PACE(1, 1000), EVEN), 1, "round trip p50 55.0 us, p99 55.0 us" },
	{ "all-equal", PLAN(PACE(50, 100), EVEN), 1, "round trip p50 55.0 us, p99 55.0 us" },
	{ "nothing-sent", PLAN(PACE(0, 1000), EVEN), 1,
	  "0 packets sent, 0 answered: nothing was measured." },
	{ "negative", PLAN(PACE(300, 100), EVEN, .clock_off_ns = -45000, .synchronised = true), 1,
	  "<b>Some are farther below: a clock is off by more than it claims.</b>" },
	{ "outlier", PLAN(PACE(1000, 10), LAN, .outlier_every = 600, .outlier_ns = 3000 * MS), 1,
	  "<td>3.00 s</td>" },
	{ "below-zero", PLAN(PACE(300, 100), EVEN, .clock_off_ns = -31000, .synchronised = true), 1,
	  "<th scope=\"row\">forward</th><td>-1.00 us</td>" },
	{ "full", PLAN(PACE(262144, 1), LAN, .late_every = 977), 1, "262144 packets sent" },
	{ "sessions-4", &good_flow, 4,
	  "scope=\"row\"><a href=\"#session-4\">source port 50003</a>" },
	{ "sessions-8", &good_flow, 8, "<td class=\"worst\">10 %" },
	{ "sessions-24", &good_flow, 24, "<td class=\"worst\">10 %" },
	{ "sessions-70", &good_flow, 70, "<td class=\"worst\">10 %" },
};
/* clang-format on */

static void fill(const struct page_case *c)
{
	static char labels[HTML_SCENE_SESSIONS][32];

	html_scene_clear(&scene);
	for (size_t i = 0; i < c->sessions; i++) {
		snprintf(labels[i], sizeof(labels[i]), "source port %zu", 50000 + i);
		html_scene_add(&scene, i == 2 ? &bad_flow : c->plan, labels[i],
			       c->sessions > 1 ? "192.0.2.2" : "reflector.example");
	}
}

/* Valid until the next call. */
static const char *path_to(const char *file)
{
	static char path[2 * PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return path;
}

static const char *path_of(const char *page)
{
	char file[NAME_MAX];

	snprintf(file, sizeof(file), "%s.html", page);
	return path_to(file);
}

/* The whole file, to be freed. */
static char *read_page(const char *path)
{
	FILE *file = fopen(path, "r");
	struct stat status;
	char *text;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &status), 0);
	text = calloc(1, (size_t)status.st_size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)status.st_size, file), status.st_size);
	fclose(file);
	return text;
}

static char *page_of(const char *name, const struct report_run *run)
{
	assert_int_equal(report_html_write(path_of(name), run), 0);
	return read_page(path_of(name));
}

static void assert_contains(const char *page, const char *text)
{
	if (!strstr(page, text))
		fail_msg("the page lacks: %s", text);
}

static void assert_lacks(const char *page, const char *text)
{
	const char *at = strstr(page, text);

	if (at)
		fail_msg("the page has: %.60s", at);
}

/* As printf() would write them. */
static const char *const no_numbers[] = { "nan%", "nan ",  "nan\"", "nan<", "inf%",
					  "inf ", "inf\"", "inf<",  NULL };

static void page_is_written(void **state)
{
	const struct page_case *c = *state;
	struct report_run run;
	char *page;

	fill(c);
	run = html_scene_run(&scene);
	page = page_of(c->name, &run);
	assert_contains(page, c->contains);
	assert_contains(page, "</html>\n");
	for (const char *const *word = no_numbers; *word; word++)
		assert_lacks(strstr(page, "</style>"), *word);
	free(page);
}

static void text_of_others_is_no_markup(void **state)
{
	struct report_run run;
	char *page;

	(void)state;
	html_scene_clear(&scene);
	html_scene_add(&scene, &quiet, HOSTILE, HOSTILE);
	html_scene_add(&scene, &quiet, "</title></svg>", HOSTILE);
	run = html_scene_run(&scene);
	run.command = HOSTILE;
	page = page_of("hostile", &run);
	assert_lacks(page, "<script");
	assert_lacks(page, "</title></svg>");
	assert_contains(page, "<code>&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"
			      "\xef\xbf\xbd\xef\xbf\xbd</code>");
	free(page);
}

static void conditions_are_told(void **state)
{
	struct conditions conditions = { 0 };
	struct verdict verdict;
	struct report_run run;
	char *page;

	(void)state;
	html_scene_clear(&scene);
	html_scene_add(&scene, &busy, "busy", "192.0.2.2");
	assert_int_equal(conditions_add(&conditions, "loss>1%"), 0);
	verdict = conditions_judge(&conditions, scene.sessions[0].summary);
	scene.sessions[0].verdict = &verdict;
	run = html_scene_run(&scene);
	page = page_of("conditions", &run);
	assert_contains(page, "Failed: <b>loss&gt;1%</b>: it is 2.083 %</p>");
	free(page);
}

static void page_that_cannot_be_written_gives_an_error(void **state)
{
	struct report_run run;

	(void)state;
	fill(&page_cases[0]);
	run = html_scene_run(&scene);
	assert_int_equal(report_html_write(path_of("no-such/folder"), &run), -ENOENT);
	assert_int_equal(report_html_write("/dev/full", &run), -ENOSPC);
}

static size_t files_in_folder(void)
{
	DIR *files = opendir(folder);
	size_t count = 0;

	assert_non_null(files);
	while (readdir(files))
		count++;
	closedir(files);
	return count;
}

static void new_page_takes_the_place_of_the_old_one(void **state)
{
	struct report_run run;
	size_t before;

	(void)state;
	fill(&page_cases[0]);
	run = html_scene_run(&scene);
	free(page_of("replaced", &run));
	before = files_in_folder();
	run.command = "the second command";
	assert_int_equal(report_html_write(path_of("replaced"), &run), 0);
	assert_int_equal(files_in_folder(), before);
}

static int make_folder(void **state)
{
	const char *kept = getenv("HTML_PAGES");

	(void)state;
	snprintf(folder, sizeof(folder), "%s", kept ? kept : "/tmp/html-pages.XXXXXX");
	return kept || mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	struct dirent **files = NULL;
	int count;

	(void)state;
	html_scene_clear(&scene);
	if (getenv("HTML_PAGES"))
		return 0;
	count = scandir(folder, &files, NULL, NULL);
	while (count-- > 0) {
		unlink(path_to(files[count]->d_name)); /* not . and .. */
		free(files[count]);
	}
	free(files);
	return rmdir(folder);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(page_cases) + 8];
	size_t count = 0;

	ADD_CASES(tests, count, page_cases, page_is_written);
	ADD_TEST(tests, count, text_of_others_is_no_markup);
	ADD_TEST(tests, count, conditions_are_told);
	ADD_TEST(tests, count, page_that_cannot_be_written_gives_an_error);
	ADD_TEST(tests, count, new_page_takes_the_place_of_the_old_one);
	return RUN_TESTS(tests, count, make_folder, remove_folder);
}
