/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* IP addresses and prefixes as text and as struct stamp_address (IPv4 mapped into IPv6). */
#ifndef COMMON_ADDRESS_H
#define COMMON_ADDRESS_H

#include <stdbool.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "stamp/session.h"

#define SOCKADDR_TEXT_MAX (INET6_ADDRSTRLEN + 17) /* with %interface */
#define ADDRESS_TEXT_MAX 64 /* octets, with the prefix length and the final NUL */

struct prefix {
	struct stamp_address address; /* octets behind the prefix are zero */
	unsigned int length;          /* bits, 0 to 128; an IPv4 prefix of n bits is 96 + n */
};

/*
 * Reads "any" (every IPv4 and IPv6 address), an address, or ADDRESS/LENGTH. 0, or -EINVAL with
 * `why` pointing to a constant text that says what is wrong ("bits behind the prefix are set").
 */
int prefix_parse(const char *text, struct prefix *out, const char **why);

/* Writes "any", an address or ADDRESS/LENGTH, IPv4 in its own form; returns `text`. */
const char *prefix_format(const struct prefix *prefix, char text[ADDRESS_TEXT_MAX]);

/* Writes the address, IPv4 in its own form; returns `text`. */
const char *address_format(const struct stamp_address *address, char text[ADDRESS_TEXT_MAX]);

/* The address of a sockaddr_in or sockaddr_in6; false for other families. */
bool address_from_sockaddr(const struct sockaddr *from, struct stamp_address *out);

/* The port of a sockaddr_in or sockaddr_in6, in host order; 0 for other families. */
uint16_t sockaddr_port(const struct sockaddr_storage *address);
void sockaddr_set_port(struct sockaddr_storage *address, uint16_t port);

/* Octets of a sockaddr_in or sockaddr_in6. */
socklen_t sockaddr_length(const struct sockaddr_storage *address);

/* Writes the address without its port, of IPv6 with the interface of its scope; returns `text`. */
const char *sockaddr_format(const struct sockaddr_storage *address, char text[SOCKADDR_TEXT_MAX]);

#endif
