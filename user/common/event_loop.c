/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "common/event_loop.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define EVENTS_PER_WAIT 16

struct watch {
	int fd; /* -1: removed, freed once no event of this round can name it */
	event_handler handler;
	void *context;
	struct watch *next;
};

struct event_loop {
	int epoll_fd;
	int signal_fd;
	bool stopping;
	bool removed; /* a watch waits to be freed */
	struct watch *watches;
	event_handler signal_handler;
	void *signal_context;
};

int event_loop_open(struct event_loop **out)
{
	struct event_loop *loop = calloc(1, sizeof(*loop));
	int err;

	if (!loop)
		return -ENOMEM;
	loop->signal_fd = -1;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0) {
		err = -errno;
		event_loop_close(loop);
		return err;
	}
	*out = loop;
	return 0;
}

int event_loop_add(struct event_loop *loop, int fd, event_handler handler, void *context)
{
	struct watch *watch = malloc(sizeof(*watch));
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = watch };
	int err;

	if (!watch)
		return -ENOMEM;
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event)) {
		err = -errno;
		free(watch);
		return err;
	}
	*watch = (struct watch){ fd, handler, context, loop->watches };
	loop->watches = watch;
	return 0;
}

void event_loop_remove(struct event_loop *loop, int fd)
{
	for (struct watch *watch = loop->watches; watch; watch = watch->next) {
		if (watch->fd != fd)
			continue;
		epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		watch->fd = -1;
		loop->removed = true;
	}
}

static void free_removed(struct event_loop *loop)
{
	struct watch **link = &loop->watches;

	if (!loop->removed)
		return;
	loop->removed = false;
	while (*link) {
		struct watch *watch = *link;

		if (watch->fd >= 0) {
			link = &watch->next;
			continue;
		}
		*link = watch->next;
		free(watch);
	}
}

static void on_signal(void *context, int fd)
{
	struct event_loop *loop = context;
	struct signalfd_siginfo info;

	while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		loop->signal_handler(loop->signal_context, (int)info.ssi_signo);
}

int event_loop_add_signals(struct event_loop *loop, const sigset_t *signals, event_handler handler,
			   void *context)
{
	if (sigprocmask(SIG_BLOCK, signals, NULL))
		return -errno;
	loop->signal_fd = signalfd(-1, signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (loop->signal_fd < 0)
		return -errno;
	loop->signal_handler = handler;
	loop->signal_context = context;
	return event_loop_add(loop, loop->signal_fd, on_signal, loop);
}

int event_loop_run(struct event_loop *loop)
{
	struct epoll_event events[EVENTS_PER_WAIT];

	loop->stopping = false;
	while (!loop->stopping) {
		int count = epoll_wait(loop->epoll_fd, events, EVENTS_PER_WAIT, -1);

		if (count < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < count && !loop->stopping; i++) {
			struct watch *watch = events[i].data.ptr;

			if (watch->fd >= 0)
				watch->handler(watch->context, watch->fd);
		}
		free_removed(loop);
	}
	return 0;
}

void event_loop_stop(struct event_loop *loop)
{
	loop->stopping = true;
}

void event_loop_close(struct event_loop *loop)
{
	if (!loop)
		return;
	while (loop->watches) {
		struct watch *watch = loop->watches;

		loop->watches = watch->next;
		free(watch);
	}
	if (loop->signal_fd >= 0)
		close(loop->signal_fd);
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	free(loop);
}
