/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who is measured: TARGET[:PORT] as text, and the address that it means. */
#ifndef PING_TARGET_H
#define PING_TARGET_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#define TARGET_HOST_MAX 256

struct target {
	char host[TARGET_HOST_MAX];
	uint16_t port; /* 0: not given */
};

/* Reads HOST, HOST:PORT, [IPV6]:PORT or IPV6. 0, or -EINVAL after a message. */
int target_parse(const char *text, struct target *out);

/* Finds the first address of `family` (AF_UNSPEC: any). 0, or -errno after a message. */
int target_resolve(const struct target *target, int family, struct sockaddr_storage *out,
		   socklen_t *length);

/*
 * Finds what `text` (-I) means: an address to send from, with `*length` its size, or the name of
 * an interface here, with `*length` 0. `family` is narrowed to that of the address. 0, or -EINVAL
 * after a message.
 */
int target_source(const char *text, int *family, struct sockaddr_storage *out, socklen_t *length);

#endif
