/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "lib/hand_reflector.h"

#define BASE_SIZE 44
#define NTP_TO_UNIX 2208988800ULL /* seconds from 1900 to 1970 */
#define NS_PER_SECOND 1000000000ULL
#define REMEMBERED 64

static uint32_t read_word(const uint8_t *octets)
{
	return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 |
	       octets[3];
}

static void write_word(uint8_t *octets, uint32_t word)
{
	for (int i = 0; i < 4; i++)
		octets[i] = (uint8_t)(word >> (24 - 8 * i));
}

static void write_ntp(uint8_t *octets, uint64_t utc_ns)
{
	write_word(octets, (uint32_t)(utc_ns / NS_PER_SECOND + NTP_TO_UNIX));
	write_word(octets + 4, (uint32_t)(((utc_ns % NS_PER_SECOND) << 32) / NS_PER_SECOND));
}

/* Rounded down, as the fraction was. */
static uint64_t read_ntp(const uint8_t *octets)
{
	return (read_word(octets) - NTP_TO_UNIX) * NS_PER_SECOND +
	       ((read_word(octets + 4) * NS_PER_SECOND) >> 32);
}

static void note(struct hand_reflector *reflector, const uint8_t *request)
{
	uint32_t number = read_word(request);
	uint16_t ssid = (uint16_t)(request[14] << 8 | request[15]);
	struct hand_session *session;

	if (ssid >= HAND_REFLECTOR_SESSIONS)
		return;
	session = &reflector->sessions[ssid];
	if (!session->received++)
		session->first_ns = clock_monotonic_ns();
	if (number >= REMEMBERED)
		return;
	session->sent_ns[number] = read_ntp(request + 4);
	session->arrived_ns[number] = clock_realtime_ns();
}

/* RFC 8762 figure 4: the request's first 14 octets come again from octet 24, its TTL at 40. */
static void answer(const struct hand_reflector *reflector, const uint8_t *request,
		   const struct sockaddr_in *to)
{
	uint8_t reply[BASE_SIZE] = { 0 };
	uint64_t now_ns = clock_realtime_ns();

	memcpy(reply, request, 4);
	write_ntp(reply + 4, now_ns);
	reply[12] = 0x80;
	reply[13] = 1;
	memcpy(reply + 14, request + 14, 2);
	write_ntp(reply + 16, now_ns);
	memcpy(reply + 24, request, 14);
	reply[40] = 255;
	sendto(reflector->fd, reply, sizeof(reply), 0, (const struct sockaddr *)to, sizeof(*to));
}

static void on_request(void *context, int fd)
{
	struct hand_reflector *reflector = context;
	struct sockaddr_in from;
	socklen_t length = sizeof(from);
	uint8_t request[BASE_SIZE];

	while (recvfrom(fd, request, sizeof(request), 0, (struct sockaddr *)&from, &length) ==
	       BASE_SIZE) {
		note(reflector, request);
		if (!reflector->mute)
			answer(reflector, request, &from);
	}
}

static int bind_loopback(struct sockaddr_storage *address)
{
	const struct sockaddr_in wanted = { .sin_family = AF_INET,
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(*address);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (const struct sockaddr *)&wanted, sizeof(wanted)), 0);
	memset(address, 0, sizeof(*address));
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, &length), 0);
	return fd;
}

void hand_reflector_open(struct hand_reflector *reflector, struct event_loop *loop)
{
	memset(reflector, 0, sizeof(*reflector));
	reflector->fd = bind_loopback(&reflector->address);
	reflector->loop = loop;
	assert_int_equal(event_loop_add(loop, reflector->fd, on_request, reflector), 0);
}

void hand_reflector_close(struct hand_reflector *reflector)
{
	event_loop_remove(reflector->loop, reflector->fd);
	close(reflector->fd);
}

struct sockaddr_storage closed_port(void)
{
	struct sockaddr_storage address;

	close(bind_loopback(&address));
	return address;
}
