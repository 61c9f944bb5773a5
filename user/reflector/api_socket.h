/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The control socket: who may connect to it, and whose file it is. */
#ifndef REFLECTOR_API_SOCKET_H
#define REFLECTOR_API_SOCKET_H

#include <stdbool.h>

struct api_socket;

/* Listens at `path` as api_open() says. 0 or -errno, logged. */
int api_socket_open(struct api_socket **out, const char *path);

/* The listening socket. It is not closed here: who serves it takes it. */
int api_socket_fd(const struct api_socket *socket);

/* Whether the other end of a connection may read: root, stampd's own user, and the socket file's
 * group, even if somebody opened the file's mode to more. */
bool api_socket_may_read(const struct api_socket *socket, int connection_fd);

/* Whether it may change something: root and stampd's own user. */
bool api_socket_may_write(int connection_fd);

/* Removes the file, unless it is another's by now. Takes NULL. */
void api_socket_close(struct api_socket *socket);

#endif
