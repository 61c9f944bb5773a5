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
int target_resolve(const struct target *target, int family, struct sockaddr_storage *out);

/*
 * Finds what `text` (-I) means: an address to send from, to whose family `family` is narrowed, or
 * the name of an interface here, when `out` is AF_UNSPEC. 0, or -EINVAL after a message.
 */
int target_source(const char *text, int *family, struct sockaddr_storage *out);

#endif
