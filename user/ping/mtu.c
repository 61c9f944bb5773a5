/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --mtu: the largest packet that passes a path both ways in one piece. */
#include "ping/mtu.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/event_loop.h"
#include "common/log.h"
#include "ping/mtu_report.h"
#include "ping/mtu_search.h"
#include "ping/plan.h"
#include "ping/sender_keys.h"
#include "ping/trouble.h"
#include "stamp/timestamp.h"

/* A packet may be lost for other reasons than its size. */
#define PACKETS 3
#define INTERVAL_NS (100 * NSEC_PER_MSEC)

struct mtu {
	const struct sender_options *options;
	struct sender_keys keys;
	struct plan plan;
	struct event_loop *loop;
	struct sender *sender;
	struct trouble trouble;
	struct mtu_search search;
	struct mtu_try now;
	bool interrupted;
	int err;
};

static void on_reply(void *context, const struct session_reply *reply)
{
	struct mtu *mtu = context;

	mtu->now.outcome = MTU_PASSED;
	mtu->now.reply_octets = reply->sample->reply->size;
	event_loop_stop(mtu->loop);
}

/* What is not about the size is told as in any run. */
static void on_trouble(void *context, const struct session_trouble *trouble)
{
	struct mtu *mtu = context;

	if (trouble->error != EMSGSIZE || trouble->kind == SESSION_WRONG_HMAC) {
		trouble_tell(&mtu->trouble, &mtu->plan.paths[0], trouble);
		return;
	}
	mtu->now.outcome = trouble->kind == SESSION_NOT_SENT ? MTU_NOT_SENT : MTU_REFUSED;
	mtu->now.mtu = trouble->mtu;
	mtu->now.from = trouble->from;
	event_loop_stop(mtu->loop);
}

static void on_finished(void *context, int err)
{
	struct mtu *mtu = context;

	mtu->err = err;
	event_loop_stop(mtu->loop);
}

static void on_signal(void *context, int number)
{
	struct mtu *mtu = context;

	(void)number;
	mtu->interrupted = true;
	event_loop_stop(mtu->loop);
}

static int open_all(struct mtu *mtu)
{
	sigset_t signals;
	int err = sender_keys_open(&mtu->keys, mtu->options);

	if (!err)
		err = plan_open(&mtu->plan, mtu->options, &mtu->keys);
	if (err)
		return err;
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	err = event_loop_open(&mtu->loop);
	if (!err)
		err = event_loop_add_signals(mtu->loop, &signals, on_signal, mtu);
	if (!err)
		err = sender_open(&mtu->sender, mtu->loop);
	if (err)
		log_error("cannot wait for events: %s", strerror(-err));
	return err;
}

static void close_all(struct mtu *mtu)
{
	sender_close(mtu->sender);
	event_loop_close(mtu->loop);
	plan_close(&mtu->plan);
	sender_keys_close(&mtu->keys);
}

/* Sends packets of one size, until one is answered or it is clear that none will be. */
static int try_size(struct mtu *mtu, uint64_t size)
{
	struct session_settings settings = mtu->plan.paths[0].settings;
	const struct session_observer observer = {
		.context = mtu,
		.reply = on_reply,
		.trouble = on_trouble,
		.finished = on_finished,
	};
	struct session *session;
	int err;

	settings.size = size;
	settings.path.dont_fragment = true;
	settings.count = PACKETS;
	settings.interval_ns = INTERVAL_NS;
	mtu->now = (struct mtu_try){ .octets = size, .outcome = MTU_SILENCE };
	err = sender_add(mtu->sender, &settings, &observer, &session);
	if (err)
		return err;
	session_start(session, clock_monotonic_ns());
	err = event_loop_run(mtu->loop);
	sender_remove(session);
	return err ? err : mtu->err;
}

static void note(struct mtu *mtu, unsigned int headers)
{
	const struct mtu_try *now = &mtu->now;
	uint64_t told = now->mtu > headers ? now->mtu - headers : 0;

	if (now->outcome == MTU_PASSED)
		mtu_search_passed(&mtu->search, now->octets);
	else
		mtu_search_failed(&mtu->search, now->octets, told);
}

static int search(struct mtu *mtu, struct mtu_result *result)
{
	uint64_t size;
	int err = 0;

	while (!err && !mtu->interrupted && mtu_search_next(&mtu->search, &size)) {
		err = try_size(mtu, size);
		if (err || mtu->interrupted)
			break;
		note(mtu, result->headers);
		result->tries++;
		result->short_reply |=
			mtu->now.outcome == MTU_PASSED && mtu->now.reply_octets < mtu->now.octets;
		mtu_report_try(mtu->options, result, &mtu->now);
	}
	result->octets = mtu->search.passed;
	result->complete = !err && !mtu->interrupted;
	return err;
}

int mtu_measure(const struct sender_options *options, enum run_result *result)
{
	struct mtu mtu = { .options = options, .trouble = { .options = options } };
	struct mtu_result found = { .began_ns = clock_realtime_ns() };
	uint64_t start_ns = clock_monotonic_ns();
	int err = open_all(&mtu);

	if (!err) {
		found.path = &mtu.plan.paths[0];
		found.headers = mtu_headers(&found.path->settings.path.peer);
		mtu.search =
			mtu_search_start(found.path->settings.size, UINT16_MAX - found.headers);
		setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
		mtu_report_start(options, &found);
		err = search(&mtu, &found);
		found.took_ns = clock_monotonic_ns() - start_ns;
		mtu_report_end(options, &found);
		if (!err && (fflush(stdout) || ferror(stdout))) {
			log_error("cannot write the report: %s", strerror(errno));
			err = -EIO;
		}
	}
	*result = found.octets ? RUN_ANSWERED : RUN_NOT_ANSWERED;
	close_all(&mtu);
	return err;
}
