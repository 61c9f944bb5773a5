/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One thread's epoll loop: file descriptors, timers and signals, each with a function to call. */
#ifndef COMMON_EVENT_LOOP_H
#define COMMON_EVENT_LOOP_H

#include <signal.h>
#include <stdint.h>

struct event_loop;

/* Called when `fd` is readable. Must not wait. */
typedef void (*event_handler)(void *context, int fd);

/* 0 or -errno. */
int event_loop_open(struct event_loop **out);

/* Calls `handler` whenever `fd` is readable, until removed. The fd stays the caller's. 0 or
 * -errno. */
int event_loop_add(struct event_loop *loop, int fd, event_handler handler, void *context);

/* Forgets `fd`; nothing happens if it is not there. To be called before the fd is closed. */
void event_loop_remove(struct event_loop *loop, int fd);

/* Blocks the signals for this thread and calls `handler` with each one's number as `fd`.
 * 0 or -errno. */
int event_loop_add_signals(struct event_loop *loop, const sigset_t *signals, event_handler handler,
			   void *context);

/* Serves until event_loop_stop(). 0 or -errno. */
int event_loop_run(struct event_loop *loop);

/* Makes event_loop_run() return after the present handler. */
void event_loop_stop(struct event_loop *loop);

/* Takes NULL. */
void event_loop_close(struct event_loop *loop);

#endif
