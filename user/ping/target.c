/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who is measured: TARGET[:PORT] as text, and the address that it means. */
#include "ping/target.h"

#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"

static int parse_port(const char *text, const char *port, uint16_t *out)
{
	unsigned long number = 0;
	size_t digits = strspn(port, "0123456789");

	if (digits > 0 && digits <= 5 && !port[digits])
		number = strtoul(port, NULL, 10);
	if (number < 1 || number > 65535) {
		log_error("%s: \"%s\" is no UDP port; expected 1 to 65535 behind the colon", text,
			  port);
		return -EINVAL;
	}
	*out = (uint16_t)number;
	return 0;
}

static int set_host(const char *text, const char *host, size_t length, struct target *out)
{
	if (length == 0 || length >= sizeof(out->host)) {
		log_error("\"%s\": expected HOST, HOST:PORT or [IPV6]:PORT", text);
		return -EINVAL;
	}
	memcpy(out->host, host, length);
	out->host[length] = '\0';
	return 0;
}

static int parse_bracketed(const char *text, struct target *out)
{
	const char *end = strchr(text, ']');
	int err;

	if (!end || (end[1] && end[1] != ':')) {
		log_error("\"%s\": expected [IPV6] or [IPV6]:PORT", text);
		return -EINVAL;
	}
	err = set_host(text, text + 1, (size_t)(end - text - 1), out);
	if (!err && end[1])
		err = parse_port(text, end + 2, &out->port);
	return err;
}

int target_parse(const char *text, struct target *out)
{
	const char *colon = strchr(text, ':');
	int err;

	*out = (struct target){ .port = 0 };
	if (*text == '[')
		return parse_bracketed(text, out);
	if (!colon || strchr(colon + 1, ':')) /* a name, or an IPv6 address without brackets */
		return set_host(text, text, strlen(text), out);
	err = set_host(text, text, (size_t)(colon - text), out);
	if (!err)
		err = parse_port(text, colon + 1, &out->port);
	return err;
}

static const char *family_name(int family)
{
	if (family == AF_INET)
		return "IPv4 address";
	return family == AF_INET6 ? "IPv6 address" : "address";
}

static bool is_multicast(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET)
		return IN_MULTICAST(ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr));
	return IN6_IS_ADDR_MULTICAST(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

int target_resolve(const struct target *target, int family, struct sockaddr_storage *out)
{
	struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found;
	char port[8];
	int failure;

	snprintf(port, sizeof(port), "%u", target->port);
	failure = getaddrinfo(target->host, port, &hints, &found);
	if (failure) {
		log_error("%s: no %s found: %s; check its spelling, or give an address",
			  target->host, family_name(family),
			  failure == EAI_SYSTEM ? strerror(errno) : gai_strerror(failure));
		return -EHOSTUNREACH;
	}
	memcpy(out, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	if (!is_multicast(out))
		return 0;
	log_error("%s: a multicast address; STAMP measures the path to one host", target->host);
	return -EINVAL;
}

int target_source(const char *text, int *family, struct sockaddr_storage *out)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST };
	struct addrinfo *found;

	*out = (struct sockaddr_storage){ .ss_family = AF_UNSPEC };
	if (getaddrinfo(text, NULL, &hints, &found)) {
		if (if_nametoindex(text))
			return 0;
		log_error("-I %s: neither an address nor an interface of this host", text);
		return -EINVAL;
	}
	memcpy(out, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	if (*family != AF_UNSPEC && *family != out->ss_family) {
		log_error("-I %s: not an %s, as -%c demands", text, family_name(*family),
			  *family == AF_INET ? '4' : '6');
		return -EINVAL;
	}
	*family = out->ss_family;
	return 0;
}
