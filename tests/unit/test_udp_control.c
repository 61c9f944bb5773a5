/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Control messages made by hand: the timestamps of the kernel and of a network card. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <linux/errqueue.h>
#include <netinet/in.h>

#include "lib/cases.h"
#include "sender/udp_control.h"

/* 2025-01-15 12:00 UTC, and the same moment by a card that counts TAI. */
#define SOFTWARE_S 1736942400LL
#define HARDWARE_S (SOFTWARE_S + 37)

static union {
	struct cmsghdr align;
	uint8_t octets[512];
} space;
static struct msghdr message;

static void begin(void)
{
	memset(&space, 0, sizeof(space));
	message = (struct msghdr){ .msg_control = &space };
}

static void add(int level, int type, const void *data, size_t size)
{
	struct cmsghdr *control = (struct cmsghdr *)(space.octets + message.msg_controllen);

	control->cmsg_level = level;
	control->cmsg_type = type;
	control->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(control), data, size);
	message.msg_controllen += CMSG_SPACE(size);
}

static void add_times(time_t software, time_t hardware)
{
	const struct scm_timestamping times = { .ts = { { software, software ? 500 : 0 },
							{ 77, 77 }, /* of old: not to be read */
							{ hardware, hardware ? 300 : 0 } } };

	begin();
	add(SOL_SOCKET, SCM_TIMESTAMPING, &times, sizeof(times));
}

static void a_reply_has_the_times_of_both(void **state)
{
	struct udp_control control;

	(void)state;
	add_times(SOFTWARE_S, HARDWARE_S);
	control = udp_control_read(&message);
	assert_int_equal(control.time_ns, SOFTWARE_S * 1000000000ULL + 500);
	assert_int_equal(control.hardware_ns, HARDWARE_S * 1000000000ULL + 300);
	assert_int_equal(control.event, UDP_NO_EVENT);
}

static void a_reply_without_the_cards_time_has_the_kernels(void **state)
{
	struct udp_control control;

	(void)state;
	add_times(SOFTWARE_S, 0);
	control = udp_control_read(&message);
	assert_int_equal(control.time_ns, SOFTWARE_S * 1000000000ULL + 500);
	assert_int_equal(control.hardware_ns, 0);
}

static void a_packet_that_left_has_the_cards_time_alone(void **state)
{
	const struct sock_extended_err error = { .ee_errno = ENOMSG,
						 .ee_origin = SO_EE_ORIGIN_TIMESTAMPING,
						 .ee_data = 9 };
	struct udp_control control;

	(void)state;
	add_times(0, HARDWARE_S);
	add(IPPROTO_IP, IP_RECVERR, &error, sizeof(error));
	control = udp_control_read(&message);
	assert_int_equal(control.event, UDP_TRANSMITTED);
	assert_int_equal(control.key, 9);
	assert_int_equal(control.time_ns, 0);
	assert_int_equal(control.hardware_ns, HARDWARE_S * 1000000000ULL + 300);
}

static void a_message_cut_short_is_not_read(void **state)
{
	const struct timespec times[2] = { { SOFTWARE_S, 500 }, { 0 } };
	struct udp_control control;

	(void)state;
	begin();
	add(SOL_SOCKET, SCM_TIMESTAMPING, times, sizeof(times));
	control = udp_control_read(&message);
	assert_int_equal(control.time_ns, 0);
	assert_int_equal(control.hardware_ns, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_has_the_times_of_both),
		cmocka_unit_test(a_reply_without_the_cards_time_has_the_kernels),
		cmocka_unit_test(a_packet_that_left_has_the_cards_time_alone),
		cmocka_unit_test(a_message_cut_short_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
