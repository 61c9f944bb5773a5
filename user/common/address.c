/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "common/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#define ADDRESS_BITS 128
#define IP4_BITS 96 /* of ::ffff:0:0, ahead of an IPv4 address */

static const struct stamp_address ip4_any = { .octets = { [10] = 0xff, [11] = 0xff } };

/* The address with everything behind `length` bits cleared. */
static struct stamp_address masked(struct stamp_address address, unsigned int length)
{
	for (unsigned int i = 0; i < sizeof(address.octets); i++) {
		unsigned int kept = length > 8 * i ? length - 8 * i : 0;

		if (kept < 8)
			address.octets[i] &= (__u8)(0xff00 >> kept);
	}
	return address;
}

static bool read_address(const char *text, size_t size, struct prefix *out)
{
	char address[ADDRESS_TEXT_MAX];
	__be32 ip4;

	if (size >= sizeof(address))
		return false;
	memcpy(address, text, size);
	address[size] = '\0';
	out->length = ADDRESS_BITS;
	if (inet_pton(AF_INET, address, &ip4) != 1)
		return inet_pton(AF_INET6, address, &out->address) == 1;
	out->address = stamp_address_ip4(ip4);
	return true;
}

/* Reads one to three digits; false when there is anything else, or more than `max`. */
static bool read_length(const char *text, unsigned int max, unsigned int *length)
{
	size_t size = strspn(text, "0123456789");

	if (size == 0 || size > 3 || text[size])
		return false;
	*length = 0;
	for (; *text; text++)
		*length = *length * 10 + (unsigned int)(*text - '0');
	return *length <= max;
}

/* What is wrong with the text, or NULL. */
static const char *read_prefix(const char *text, struct prefix *out)
{
	size_t size = strcspn(text, "/");
	bool dotted = !memchr(text, ':', size);

	if (memchr(text, '%', size))
		return "a zone (%interface) has no place here: write the address alone";
	if (!read_address(text, size, out))
		return "not an IPv4 or IPv6 address, ADDRESS/LENGTH or any";
	if (!text[size])
		return NULL;
	if (!read_length(text + size + 1, dotted ? 32 : 128, &out->length))
		return dotted ? "the prefix length is not a number from 0 to 32"
			      : "the prefix length is not a number from 0 to 128";
	if (dotted)
		out->length += IP4_BITS;
	return NULL;
}

/* What is wrong with a prefix that could be read, or NULL. */
static const char *judge_prefix(const struct prefix *prefix)
{
	struct stamp_address first = masked(prefix->address, prefix->length);
	struct stamp_address mapped = masked(ip4_any, prefix->length);

	if (memcmp(&first, &prefix->address, sizeof(first)))
		return "bits behind the prefix are set: clear them, or lengthen the prefix";
	/* Nobody who writes ::/0 means the IPv4 addresses, which are mapped into it. */
	if (prefix->length < IP4_BITS && !memcmp(&first, &mapped, sizeof(first)))
		return "the prefix holds every IPv4 address as well: write any, or lengthen it";
	return NULL;
}

int prefix_parse(const char *text, struct prefix *out, const char **why)
{
	struct prefix prefix = { 0 };

	*why = NULL;
	if (strcmp(text, "any") != 0) {
		*why = read_prefix(text, &prefix);
		if (!*why)
			*why = judge_prefix(&prefix);
	}
	if (*why)
		return -EINVAL;
	*out = prefix;
	return 0;
}

const char *address_format(const struct stamp_address *address, char text[ADDRESS_TEXT_MAX])
{
	if (stamp_address_is_ip4(address))
		inet_ntop(AF_INET, &address->words[3], text, ADDRESS_TEXT_MAX);
	else
		inet_ntop(AF_INET6, address, text, ADDRESS_TEXT_MAX);
	return text;
}

const char *prefix_format(const struct prefix *prefix, char text[ADDRESS_TEXT_MAX])
{
	unsigned int length = prefix->length;
	size_t used;

	if (length == 0) {
		snprintf(text, ADDRESS_TEXT_MAX, "any");
		return text;
	}
	address_format(&prefix->address, text);
	if (length == ADDRESS_BITS)
		return text;
	used = strlen(text);
	if (stamp_address_is_ip4(&prefix->address) && length >= IP4_BITS)
		length -= IP4_BITS;
	snprintf(text + used, ADDRESS_TEXT_MAX - used, "/%u", length);
	return text;
}

bool address_from_sockaddr(const struct sockaddr *from, struct stamp_address *out)
{
	if (from->sa_family == AF_INET) {
		struct sockaddr_in ip4;

		memcpy(&ip4, from, sizeof(ip4));
		*out = stamp_address_ip4(ip4.sin_addr.s_addr);
		return true;
	}
	if (from->sa_family == AF_INET6) {
		struct sockaddr_in6 ip6;

		memcpy(&ip6, from, sizeof(ip6));
		memcpy(out, &ip6.sin6_addr, sizeof(*out));
		return true;
	}
	return false;
}

/* Where the port stands, in network order; NULL for other families. */
static in_port_t *port_of(struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET)
		return &((struct sockaddr_in *)address)->sin_port;
	return address->ss_family == AF_INET6 ? &((struct sockaddr_in6 *)address)->sin6_port : NULL;
}

uint16_t sockaddr_port(const struct sockaddr_storage *address)
{
	const in_port_t *port = port_of((struct sockaddr_storage *)address);

	return port ? ntohs(*port) : 0;
}

void sockaddr_set_port(struct sockaddr_storage *address, uint16_t port)
{
	in_port_t *place = port_of(address);

	if (place)
		*place = htons(port);
}

socklen_t sockaddr_length(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET ? sizeof(struct sockaddr_in)
					     : sizeof(struct sockaddr_in6);
}

const char *sockaddr_format(const struct sockaddr_storage *address, char text[SOCKADDR_TEXT_MAX])
{
	if (getnameinfo((const struct sockaddr *)address, sizeof(*address), text, SOCKADDR_TEXT_MAX,
			NULL, 0, NI_NUMERICHOST))
		snprintf(text, SOCKADDR_TEXT_MAX, "unknown");
	return text;
}
