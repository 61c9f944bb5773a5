/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The network cards whose timestamps a thread's sessions use: each is asked and read once for all.
 */
#include "sender/nic_clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "sender/hardware_times.h"
#include "sender/phc_device.h"
#include "stamp/timestamp.h"

/* The rate is learned from readings that come sooner at first. */
#define FIRST_READINGS_NS (10 * NSEC_PER_MSEC)
#define READINGS_NS (250 * NSEC_PER_MSEC)

#define PLAUSIBLE_NS (100 * (int64_t)NSEC_PER_MSEC)

struct nic_clock {
	struct nic_clock *next;
	char interface[IF_NAMESIZE];
	enum times_wanted wanted;
	struct hardware_choice choice;
	struct hardware_switch switched;
	int fd; /* of /dev/ptpN; negative: cannot be used */
	struct phc_clock clock;
	uint64_t read_ns;     /* CLOCK_MONOTONIC */
	uint64_t interval_ns; /* until it is read again */
};

struct nic_clocks {
	struct nic_clock *first;
};

int nic_clocks_open(struct nic_clocks **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

static int read_clock(struct nic_clock *nic, uint64_t now_ns)
{
	struct phc_sample sample;
	int err = phc_device_sample(nic->fd, &sample);

	nic->read_ns = now_ns;
	if (!err)
		phc_clock_add(&nic->clock, &sample);
	return err;
}

static void say_why_not(const struct nic_clock *nic, const char *why, const char *detail)
{
	static const char text[] = "%s: no timestamps of the network card, the kernel's are used: "
				   "%s%s%s";
	const char *gap = *detail ? ": " : "";

	if (nic->wanted == TIMES_HARDWARE || !nic->choice.why_not)
		log_warning(text, nic->interface, why, gap, detail);
	else
		log_debug(text, nic->interface, why, gap, detail);
}

/* 0, or -errno after a message. */
static int open_device(struct nic_clock *nic, int index)
{
	char path[32];
	int err = 0;

	nic->fd = phc_device_open(index);
	if (nic->fd < 0)
		err = nic->fd;
	else
		err = read_clock(nic, clock_monotonic_ns());
	if (!err)
		return 0;
	snprintf(path, sizeof(path), "cannot read /dev/ptp%d", index);
	say_why_not(nic, path, strerror(-err));
	return err;
}

/* The clock first: timestamps that cannot be converted are not switched on. */
static int set_up(struct nic_clock *nic)
{
	struct hardware_offer offer;
	int err;

	hardware_times_read(nic->interface, &offer);
	nic->choice = hardware_times_choose(&offer, nic->wanted);
	if (nic->choice.why_not) {
		say_why_not(nic, nic->choice.why_not, "");
		return -EOPNOTSUPP;
	}
	err = open_device(nic, offer.phc_index);
	if (err || !nic->choice.switch_on)
		return err;
	err = hardware_times_switch_on(nic->interface, &offer, &nic->choice, &nic->switched);
	if (err)
		say_why_not(nic, "cannot switch them on", strerror(-err));
	else if (nic->choice.why_not)
		say_why_not(nic, nic->choice.why_not, "");
	return nic->choice.why_not ? -EOPNOTSUPP : err;
}

static void close_device(struct nic_clock *nic)
{
	if (nic->fd >= 0)
		close(nic->fd);
	nic->fd = -1;
}

static struct nic_clock *add(struct nic_clocks *clocks, const char *interface,
			     enum times_wanted wanted)
{
	struct nic_clock *nic = calloc(1, sizeof(*nic));

	if (!nic)
		return NULL;
	nic->fd = -1;
	nic->wanted = wanted;
	nic->interval_ns = FIRST_READINGS_NS;
	snprintf(nic->interface, sizeof(nic->interface), "%s", interface);
	if (set_up(nic))
		close_device(nic);
	nic->next = clocks->first;
	clocks->first = nic;
	return nic;
}

static struct nic_clock *known(const struct nic_clocks *clocks, const char *interface,
			       enum times_wanted wanted)
{
	for (struct nic_clock *nic = clocks->first; nic; nic = nic->next) {
		if (nic->wanted == wanted && !strcmp(nic->interface, interface))
			return nic;
	}
	return NULL;
}

struct nic_clock *nic_clocks_find(struct nic_clocks *clocks, const char *interface,
				  enum times_wanted wanted)
{
	struct nic_clock *nic = known(clocks, interface, wanted);

	if (!nic)
		nic = add(clocks, interface, wanted);
	return nic && nic->fd >= 0 ? nic : NULL;
}

static uint64_t shorter(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What cannot be read now is converted by the readings before, and not at all after a minute. */
void nic_clocks_refresh(struct nic_clocks *clocks, uint64_t now_ns)
{
	for (struct nic_clock *nic = clocks->first; nic; nic = nic->next) {
		if (nic->fd < 0 || now_ns - nic->read_ns < nic->interval_ns)
			continue;
		read_clock(nic, now_ns);
		nic->interval_ns = shorter(2 * nic->interval_ns, READINGS_NS);
	}
}

void nic_clocks_close(struct nic_clocks *clocks)
{
	struct nic_clock *next;

	if (!clocks)
		return;
	for (struct nic_clock *nic = clocks->first; nic; nic = next) {
		next = nic->next;
		hardware_times_restore(&nic->switched);
		close_device(nic);
		free(nic);
	}
	free(clocks);
}

/* Without OPT_TX_SWHW a driver that takes a timestamp keeps the kernel from taking one. */
int nic_clock_flags(const struct nic_clock *nic)
{
	int flags = SOF_TIMESTAMPING_RAW_HARDWARE;

	if (nic->choice.transmit)
		flags |= SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_OPT_TX_SWHW;
	if (nic->choice.receive)
		flags |= SOF_TIMESTAMPING_RX_HARDWARE;
	return flags;
}

bool nic_clock_transmits(const struct nic_clock *nic)
{
	return nic->choice.transmit;
}

bool nic_clock_utc(const struct nic_clock *nic, uint64_t hardware_ns, uint64_t kernel_ns,
		   uint64_t *utc_ns, uint64_t *error_ns)
{
	int64_t apart_ns;

	if (!phc_clock_utc(&nic->clock, hardware_ns, utc_ns, error_ns))
		return false;
	apart_ns = (int64_t)(kernel_ns - *utc_ns);
	return !kernel_ns || (apart_ns < PLAUSIBLE_NS && apart_ns > -PLAUSIBLE_NS);
}
