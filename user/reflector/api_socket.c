/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/api_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/log.h"

#define BACKLOG 64
#define GROUPS_MAX 256 /* of a client; who is in more must be root */

struct api_socket {
	struct sockaddr_un address;
	int fd;
	dev_t device; /* of the file, once it is ours */
	ino_t inode;
};

static int make_folder(const char *path)
{
	char folder[sizeof(((struct sockaddr_un *)0)->sun_path)];
	size_t size = (size_t)(strrchr(path, '/') - path);

	memcpy(folder, path, size);
	folder[size] = '\0';
	if (size == 0 || !mkdir(folder, 0755) || errno == EEXIST)
		return 0;
	return -errno;
}

/* Whether somebody answers: 0 if not, -EADDRINUSE or another -errno. */
static int probe(const struct api_socket *api_socket)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&api_socket->address, sizeof(api_socket->address)))
		err = -errno;
	close(fd);
	if (!err || err == -EAGAIN) /* its queue is full: it is alive */
		return -EADDRINUSE;
	return err == -ECONNREFUSED || err == -ENOENT ? 0 : err;
}

/* Removes a socket file that a stampd left behind. 0 or -errno. */
static int remove_stale(const struct api_socket *api_socket)
{
	const char *path = api_socket->address.sun_path;
	struct stat file;
	int err;

	if (lstat(path, &file))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(file.st_mode))
		return -EEXIST;
	err = probe(api_socket);
	if (!err && unlink(path) && errno != ENOENT)
		err = -errno;
	return err;
}

/* The mode is set ahead, so that the file is never open to more than 0660, and after, since bind()
 * subtracts the umask. */
static int bind_and_listen(struct api_socket *api_socket)
{
	const char *path = api_socket->address.sun_path;
	struct stat file;

	api_socket->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (api_socket->fd < 0 || fchmod(api_socket->fd, 0660))
		return -errno;
	if (bind(api_socket->fd, (const struct sockaddr *)&api_socket->address,
		 sizeof(api_socket->address)))
		return -errno;
	if (stat(path, &file))
		return -errno;
	api_socket->device = file.st_dev;
	api_socket->inode = file.st_ino;
	if (chmod(path, 0660) || listen(api_socket->fd, BACKLOG))
		return -errno;
	return 0;
}

static void log_failure(const char *path, int err)
{
	if (err == -EADDRINUSE)
		log_error("%s: another stampd listens there: stop it, or use another socket", path);
	else if (err == -EEXIST)
		log_error("%s: there is a file that is no socket: remove it", path);
	else
		log_error("%s: cannot listen: %s", path, strerror(-err));
}

static int open_at(struct api_socket *api_socket, const char *path)
{
	size_t size = strlen(path) + 1;
	int err = 0;

	if (size == 1 || size > sizeof(api_socket->address.sun_path))
		return -ENAMETOOLONG;
	api_socket->address.sun_family = AF_UNIX;
	memcpy(api_socket->address.sun_path, path, size);
	if (strchr(path, '/'))
		err = make_folder(path);
	if (!err)
		err = remove_stale(api_socket);
	return err ? err : bind_and_listen(api_socket);
}

int api_socket_open(struct api_socket **out, const char *path)
{
	struct api_socket *api_socket = calloc(1, sizeof(*api_socket));
	int err = -ENOMEM;

	if (api_socket) {
		api_socket->fd = -1;
		err = open_at(api_socket, path);
	}
	if (!err) {
		*out = api_socket;
		return 0;
	}
	log_failure(path, err);
	if (api_socket && api_socket->fd >= 0)
		close(api_socket->fd);
	api_socket_close(api_socket);
	return err;
}

int api_socket_fd(const struct api_socket *api_socket)
{
	return api_socket->fd;
}

static bool is_in_group(int connection_fd, const struct ucred *peer, gid_t group)
{
	gid_t groups[GROUPS_MAX];
	socklen_t size = sizeof(groups);

	if (peer->gid == group)
		return true;
	if (getsockopt(connection_fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size))
		return false;
	for (size_t i = 0; i < size / sizeof(groups[0]); i++)
		if (groups[i] == group)
			return true;
	return false;
}

/* Who connected; false if nobody can tell. */
static bool read_peer(int connection_fd, struct ucred *peer)
{
	socklen_t size = sizeof(*peer);

	return !getsockopt(connection_fd, SOL_SOCKET, SO_PEERCRED, peer, &size);
}

static bool is_master(const struct ucred *peer)
{
	return peer->uid == 0 || peer->uid == geteuid();
}

bool api_socket_may_read(const struct api_socket *api_socket, int connection_fd)
{
	struct ucred peer;
	struct stat file;

	if (!read_peer(connection_fd, &peer))
		return false;
	if (is_master(&peer))
		return true;
	return !stat(api_socket->address.sun_path, &file) &&
	       is_in_group(connection_fd, &peer, file.st_gid);
}

bool api_socket_may_write(int connection_fd)
{
	struct ucred peer;

	return read_peer(connection_fd, &peer) && is_master(&peer);
}

void api_socket_close(struct api_socket *api_socket)
{
	struct stat file;

	if (!api_socket)
		return;
	if (api_socket->inode && !stat(api_socket->address.sun_path, &file) &&
	    file.st_dev == api_socket->device && file.st_ino == api_socket->inode)
		unlink(api_socket->address.sun_path);
	free(api_socket);
}
