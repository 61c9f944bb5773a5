/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A network card that takes timestamps, made of the system calls that ask for it: this program's
 * ioctl(), open() and recvmmsg() stand in for libc's. Its interface is lo, its clock counts TAI.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/errqueue.h>
#include <linux/ethtool.h>
#include <linux/net_tstamp.h>
#include <linux/ptp_clock.h>
#include <linux/sockios.h>
#include <net/if.h>

#include "common/clock.h"
#include "lib/cases.h"
#include "sender/nic_clock.h"
#include "sender/udp_socket.h"
#include "stamp/timestamp.h"

#define TAI_NS (37 * NSEC_PER_SEC)
#define WAIT_MS 2000
#define ON_FLAGS                                                                                   \
	(SOF_TIMESTAMPING_RAW_HARDWARE | SOF_TIMESTAMPING_TX_HARDWARE |                            \
	 SOF_TIMESTAMPING_OPT_TX_SWHW | SOF_TIMESTAMPING_RX_HARDWARE)

static const struct hwtstamp_config off = { .tx_type = HWTSTAMP_TX_OFF };
static const struct hwtstamp_config on = { .tx_type = HWTSTAMP_TX_ON,
					   .rx_filter = HWTSTAMP_FILTER_ALL };
static const struct hwtstamp_config for_ptp = { .tx_type = HWTSTAMP_TX_ON,
						.rx_filter = HWTSTAMP_FILTER_PTP_V2_EVENT };

static struct card {
	struct hwtstamp_config config;
	struct hwtstamp_config granted; /* whatever is asked for */
	uint64_t ahead_ns;              /* of CLOCK_REALTIME */
	int set_error, open_error;      /* positive; 0: none */
	int asked, set, read;           /* how often */
	bool stamps;                    /* what recvmmsg() gives */
} card;

static struct nic_clocks *nics;

static int refuse(int error)
{
	errno = error;
	return -1;
}

static struct ptp_clock_time time_of(uint64_t ns)
{
	return (struct ptp_clock_time){ .sec = (long long)(ns / NSEC_PER_SEC),
					.nsec = (unsigned int)(ns % NSEC_PER_SEC) };
}

static int read_clocks(struct ptp_sys_offset_extended *answer)
{
	card.read++;
	for (size_t i = 0; i < answer->n_samples; i++) {
		answer->ts[i][0] = time_of(clock_realtime_ns());
		answer->ts[i][1] = time_of(clock_realtime_ns() + card.ahead_ns);
		answer->ts[i][2] = time_of(clock_realtime_ns());
	}
	return 0;
}

static int tell_abilities(struct ethtool_ts_info *info)
{
	card.asked++;
	info->so_timestamping = SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RX_HARDWARE |
				SOF_TIMESTAMPING_RAW_HARDWARE;
	info->tx_types = 1U << HWTSTAMP_TX_OFF | 1U << HWTSTAMP_TX_ON;
	info->rx_filters = 1U << HWTSTAMP_FILTER_NONE | 1U << HWTSTAMP_FILTER_ALL;
	info->phc_index = 7;
	return 0;
}

static int configure(struct hwtstamp_config *config)
{
	if (card.set_error)
		return refuse(card.set_error);
	card.set++;
	card.config = config->tx_type == HWTSTAMP_TX_OFF ? *config : card.granted;
	*config = card.config;
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	struct ifreq *ifr;
	va_list arguments;
	void *data;

	(void)fd;
	va_start(arguments, request);
	data = va_arg(arguments, void *);
	va_end(arguments);
	ifr = data;
	switch (request) {
	case PTP_SYS_OFFSET_EXTENDED:
		return read_clocks(data);
	case SIOCETHTOOL:
		return tell_abilities((void *)ifr->ifr_data);
	case SIOCGHWTSTAMP:
		memcpy(ifr->ifr_data, &card.config, sizeof(card.config));
		return 0;
	case SIOCSHWTSTAMP:
		return configure((void *)ifr->ifr_data);
	default:
		return refuse(EOPNOTSUPP);
	}
}

int open(const char *path, int flags, ...)
{
	bool is_clock = !strcmp(path, "/dev/ptp7");

	if (is_clock && card.open_error)
		return refuse(card.open_error);
	return openat(AT_FDCWD, is_clock ? "/dev/null" : path, flags);
}

/* The card stamps when the kernel does: what was received then has both times, what was sent one.
 */
static void stamp(struct msghdr *message, bool sent)
{
	for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control;
	     control = CMSG_NXTHDR(message, control)) {
		struct scm_timestamping times;

		if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_TIMESTAMPING)
			continue;
		memcpy(&times, CMSG_DATA(control), sizeof(times));
		times.ts[2] = times.ts[0];
		times.ts[2].tv_sec += (time_t)(card.ahead_ns / NSEC_PER_SEC);
		if (sent)
			memset(&times.ts[0], 0, sizeof(times.ts[0]));
		memcpy(CMSG_DATA(control), &times, sizeof(times));
	}
}

int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags,
	     struct timespec *timeout)
{
	long received = syscall(SYS_recvmmsg, fd, messages, count, flags, timeout);

	for (long i = 0; card.stamps && i < received; i++)
		stamp(&messages[i].msg_hdr, flags & MSG_ERRQUEUE);
	return (int)received;
}

static int set_up(void **state)
{
	(void)state;
	card = (struct card){ .config = on, .granted = on, .ahead_ns = TAI_NS };
	return nic_clocks_open(&nics);
}

static int tear_down(void **state)
{
	(void)state;
	nic_clocks_close(nics);
	nics = NULL;
	return 0;
}

static bool is_set_to(const struct hwtstamp_config *config)
{
	return card.config.tx_type == config->tx_type && card.config.rx_filter == config->rx_filter;
}

static void close_clocks(void)
{
	tear_down(NULL);
}

static void a_card_that_stamps_is_used_as_it_is(void **state)
{
	struct nic_clock *nic = nic_clocks_find(nics, "lo", TIMES_AUTO);

	(void)state;
	assert_non_null(nic);
	assert_int_equal(nic_clock_flags(nic), ON_FLAGS);
	assert_true(nic_clock_transmits(nic));
	close_clocks();
	assert_int_equal(card.set, 0);
}

static void a_card_is_asked_once(void **state)
{
	struct nic_clock *nic = nic_clocks_find(nics, "lo", TIMES_AUTO);

	(void)state;
	assert_ptr_equal(nic_clocks_find(nics, "lo", TIMES_AUTO), nic);
	assert_int_equal(card.asked, 1);
	card.config = off;
	assert_null(nic_clocks_find(nics, "other", TIMES_AUTO));
	assert_null(nic_clocks_find(nics, "other", TIMES_AUTO));
	assert_int_equal(card.asked, 2);
}

static void a_card_that_is_off_is_left_off(void **state)
{
	(void)state;
	card.config = off;
	assert_null(nic_clocks_find(nics, "lo", TIMES_AUTO));
	close_clocks();
	assert_int_equal(card.set, 0);
}

static void a_card_is_switched_on_and_off_again(void **state)
{
	(void)state;
	card.config = off;
	assert_non_null(nic_clocks_find(nics, "lo", TIMES_HARDWARE));
	assert_true(is_set_to(&on));
	close_clocks();
	assert_true(is_set_to(&off));
}

static void what_others_set_meanwhile_stays(void **state)
{
	(void)state;
	card.config = off;
	assert_non_null(nic_clocks_find(nics, "lo", TIMES_HARDWARE));
	card.config = for_ptp;
	close_clocks();
	assert_true(is_set_to(&for_ptp));
}

static void a_card_that_grants_less_gives_less(void **state)
{
	struct nic_clock *nic;

	(void)state;
	card.config = off;
	card.granted = for_ptp;
	nic = nic_clocks_find(nics, "lo", TIMES_HARDWARE);
	assert_non_null(nic);
	assert_int_equal(nic_clock_flags(nic), ON_FLAGS & ~SOF_TIMESTAMPING_RX_HARDWARE);
	close_clocks();
	assert_true(is_set_to(&off));
}

static void without_rights_it_is_not_used(void **state)
{
	(void)state;
	card.config = off;
	card.set_error = EPERM;
	assert_null(nic_clocks_find(nics, "lo", TIMES_HARDWARE));
	card.set_error = 0;
	close_clocks();
	assert_int_equal(card.set, 0);
}

static void a_card_whose_clock_cannot_be_read_is_not_switched_on(void **state)
{
	(void)state;
	card.config = off;
	card.open_error = EACCES;
	assert_null(nic_clocks_find(nics, "lo", TIMES_HARDWARE));
	assert_int_equal(card.set, 0);
}

static void its_times_become_utc(void **state)
{
	struct nic_clock *nic = nic_clocks_find(nics, "lo", TIMES_AUTO);
	uint64_t now_ns = clock_realtime_ns(), utc_ns, error_ns;

	(void)state;
	assert_true(nic_clock_utc(nic, now_ns + TAI_NS, now_ns, &utc_ns, &error_ns));
	assert_in_range(utc_ns, now_ns - error_ns, now_ns + error_ns);
	assert_true(nic_clock_utc(nic, now_ns + TAI_NS, 0, &utc_ns, &error_ns));
}

static void times_far_from_the_kernels_are_refused(void **state)
{
	struct nic_clock *nic = nic_clocks_find(nics, "lo", TIMES_AUTO);
	uint64_t now_ns = clock_realtime_ns(), utc_ns, error_ns;

	(void)state;
	assert_false(
		nic_clock_utc(nic, now_ns + TAI_NS + NSEC_PER_SEC, now_ns, &utc_ns, &error_ns));
	assert_false(
		nic_clock_utc(nic, now_ns + TAI_NS - NSEC_PER_SEC, now_ns, &utc_ns, &error_ns));
	assert_false(nic_clock_utc(nic, now_ns, now_ns, &utc_ns, &error_ns));
}

static void its_clock_is_read_again_but_not_always(void **state)
{
	uint64_t now_ns = clock_monotonic_ns();

	(void)state;
	nic_clocks_find(nics, "lo", TIMES_AUTO);
	assert_int_equal(card.read, 1);
	for (int second = 0; second < 10; second++) {
		for (int i = 0; i < 1000; i++)
			nic_clocks_refresh(nics, now_ns + (uint64_t)i * NSEC_PER_MSEC);
		now_ns += NSEC_PER_SEC;
	}
	assert_in_range(card.read, 35, 50);
}

static void a_card_that_is_set_is_followed(void **state)
{
	struct nic_clock *nic = nic_clocks_find(nics, "lo", TIMES_AUTO);
	uint64_t now_ns, utc_ns, error_ns;

	(void)state;
	card.ahead_ns = 5 * NSEC_PER_SEC;
	nic_clocks_refresh(nics, clock_monotonic_ns() + NSEC_PER_SEC);
	now_ns = clock_realtime_ns();
	assert_true(nic_clock_utc(nic, now_ns + card.ahead_ns, now_ns, &utc_ns, &error_ns));
	assert_in_range(utc_ns, now_ns - error_ns, now_ns + error_ns);
}

/* A socket on lo that has come to itself. */
struct loop {
	struct udp_socket *udp;
	struct udp_inbox *inbox;
	uint64_t before_ns;
};

static void open_loop(struct loop *loop)
{
	struct udp_socket_settings settings = { .path = { .ttl = 255 }, .nics = nics };
	struct sockaddr_in *peer = (struct sockaddr_in *)&settings.path.peer;
	struct sockaddr_in *source = (struct sockaddr_in *)&settings.path.source;
	socklen_t length = sizeof(*peer);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	*peer = (struct sockaddr_in){ .sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(bind(fd, (struct sockaddr *)peer, sizeof(*peer)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)peer, &length), 0);
	close(fd);
	*source = *peer;
	assert_int_equal(udp_socket_open(&loop->udp, &settings), 0);
	assert_int_equal(udp_inbox_open(&loop->inbox, UDP_DATAGRAM_MAX), 0);
	loop->before_ns = clock_realtime_ns();
	assert_int_equal(udp_socket_send(loop->udp, "abc", 3), 0);
}

static void close_loop(struct loop *loop)
{
	udp_socket_close(loop->udp);
	udp_inbox_close(loop->inbox);
}

static void assert_is_now(const struct loop *loop, const struct udp_time *time)
{
	assert_in_range(time->ns, loop->before_ns - time->error_ns,
			clock_realtime_ns() + time->error_ns);
}

static void assert_sources(const struct loop *loop, enum time_source source)
{
	struct udp_event events[UDP_INBOX_MAX];
	struct udp_datagram datagrams[UDP_INBOX_MAX];
	struct pollfd wait = { .fd = udp_socket_fd(loop->udp), .events = POLLIN };
	bool more;

	assert_int_equal(poll(&wait, 1, WAIT_MS), 1);
	assert_int_equal(udp_socket_events(loop->udp, loop->inbox, events, &more), 1);
	assert_int_equal(events[0].kind, UDP_TRANSMITTED);
	assert_int_equal(events[0].left.source, source);
	assert_is_now(loop, &events[0].left);
	assert_int_equal(udp_socket_receive(loop->udp, loop->inbox, datagrams, &more), 1);
	assert_int_equal(datagrams[0].received.source, source);
	assert_is_now(loop, &datagrams[0].received);
}

static void a_socket_gives_the_cards_times(void **state)
{
	struct loop loop;

	(void)state;
	card.stamps = true;
	open_loop(&loop);
	assert_int_equal(udp_socket_transmit_source(loop.udp), TIME_HARDWARE);
	assert_sources(&loop, TIME_HARDWARE);
	close_loop(&loop);
}

/* The kernel's still come although the card's were asked for. */
static void a_card_that_does_not_stamp_leaves_the_kernels_times(void **state)
{
	struct loop loop;

	(void)state;
	open_loop(&loop);
	assert_sources(&loop, TIME_KERNEL);
	close_loop(&loop);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_card_that_stamps_is_used_as_it_is),
		TEST(a_card_is_asked_once),
		TEST(a_card_that_is_off_is_left_off),
		TEST(a_card_is_switched_on_and_off_again),
		TEST(what_others_set_meanwhile_stays),
		TEST(a_card_that_grants_less_gives_less),
		TEST(without_rights_it_is_not_used),
		TEST(a_card_whose_clock_cannot_be_read_is_not_switched_on),
		TEST(its_times_become_utc),
		TEST(times_far_from_the_kernels_are_refused),
		TEST(its_clock_is_read_again_but_not_always),
		TEST(a_card_that_is_set_is_followed),
		TEST(a_socket_gives_the_cards_times),
		TEST(a_card_that_does_not_stamp_leaves_the_kernels_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
