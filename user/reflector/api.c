/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/api.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <microhttpd.h>

#include "common/event_loop.h"
#include "common/log.h"
#include "reflector/api_request.h"
#include "reflector/api_socket.h"
#include "stamp/timestamp.h"

#define CONNECTIONS_MAX 16 /* more wait in the socket's queue */
#define IDLE_SECONDS 5U    /* a client that says nothing for so long is dropped */

struct api {
	struct event_loop *loop;
	struct api_server server;
	struct MHD_Daemon *daemon;
	int epoll_fd; /* the daemon's; -1: not in the loop */
	int timer_fd;
};

static unsigned int connection_count(const struct api *api)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(api->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

	return info ? info->num_connections : 0;
}

/* Serves whatever is ready, and sees to it that the daemon's timeouts are served as well. */
static void serve(struct api *api)
{
	struct itimerspec timer = { 0 };
	MHD_UNSIGNED_LONG_LONG timeout_ms;
	unsigned int before;

	/* At the limit the daemon looks away from its listening socket, and comes back to it at
	 * the beginning of a run: when connections went, there must be one more. */
	do {
		before = connection_count(api);
		MHD_run(api->daemon);
	} while (connection_count(api) < before);
	if (MHD_get_timeout(api->daemon, &timeout_ms) == MHD_YES) {
		timer.it_value.tv_sec = (time_t)(timeout_ms / 1000);
		/* One nanosecond more, since 0 would disarm the timer. */
		timer.it_value.tv_nsec = (long)(timeout_ms % 1000 * NSEC_PER_MSEC) + 1;
	}
	timerfd_settime(api->timer_fd, 0, &timer, NULL);
}

static void on_ready(void *context, int fd)
{
	(void)fd;
	serve(context);
}

static void on_timer(void *context, int fd)
{
	uint64_t expirations;

	if (read(fd, &expirations, sizeof(expirations)) == (ssize_t)sizeof(expirations))
		serve(context);
}

__attribute__((format(printf, 2, 0))) static void log_daemon(void *context, const char *format,
							     va_list args)
{
	char line[256];

	(void)context;
	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = '\0';
	log_debug("control socket: %s", line);
}

/* The daemon takes the listening socket, and closes it when it stops. 0 or -errno. */
static int start_daemon(struct api *api)
{
	const union MHD_DaemonInfo *info;

	api->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, api_request_on_part, &api->server,
		MHD_OPTION_EXTERNAL_LOGGER, log_daemon, NULL, MHD_OPTION_LISTEN_SOCKET,
		api_socket_fd(api->server.socket), MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, MHD_OPTION_NOTIFY_COMPLETED,
		api_request_on_end, NULL, MHD_OPTION_END);
	if (!api->daemon)
		return -ENOMEM;
	info = MHD_get_daemon_info(api->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return -EINVAL;
	api->epoll_fd = info->epoll_fd;
	return 0;
}

static int start(struct api *api)
{
	int err;

	api->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (api->timer_fd < 0)
		return -errno;
	err = start_daemon(api);
	if (!err)
		err = event_loop_add(api->loop, api->epoll_fd, on_ready, api);
	if (!err)
		err = event_loop_add(api->loop, api->timer_fd, on_timer, api);
	return err;
}

int api_open(struct api **out, struct event_loop *loop, const char *path,
	     const struct api_source *source)
{
	struct api *api = calloc(1, sizeof(*api));
	int err;

	if (!api)
		return -ENOMEM;
	api->loop = loop;
	api->server.source = *source;
	api->epoll_fd = -1;
	api->timer_fd = -1;
	err = api_socket_open(&api->server.socket, path);
	if (err)
		goto fail;
	err = start(api);
	if (err) {
		log_error("%s: cannot serve: %s", path, strerror(-err));
		goto fail;
	}
	*out = api;
	return 0;
fail:
	api_close(api);
	return err;
}

void api_close(struct api *api)
{
	if (!api)
		return;
	if (api->epoll_fd >= 0)
		event_loop_remove(api->loop, api->epoll_fd);
	if (api->timer_fd >= 0) {
		event_loop_remove(api->loop, api->timer_fd);
		close(api->timer_fd);
	}
	if (api->daemon)
		MHD_stop_daemon(api->daemon);
	api_socket_close(api->server.socket);
	free(api);
}
