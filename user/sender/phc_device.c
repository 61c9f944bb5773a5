/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clock of a network card as the kernel shows it, /dev/ptpN. */
#include "sender/phc_device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "stamp/timestamp.h"

/* The card latched both clocks at once; what the conversion of the processor's counter is off. */
#define PRECISE_ERROR_NS 100

static uint64_t ns_of(const struct ptp_clock_time *time)
{
	return (uint64_t)time->sec * NSEC_PER_SEC + time->nsec;
}

/* Takes a reading if it is in order and quicker than the best so far. */
static void consider(const struct ptp_clock_time *before, const struct ptp_clock_time *phc,
		     const struct ptp_clock_time *after, struct phc_sample *best, bool *found)
{
	uint64_t before_ns = ns_of(before), after_ns = ns_of(after);
	uint64_t error_ns = (after_ns - before_ns + 1) / 2;

	if (after_ns < before_ns || (*found && error_ns >= best->error_ns))
		return;
	*best = (struct phc_sample){ ns_of(phc), before_ns + (after_ns - before_ns) / 2, error_ns };
	*found = true;
}

bool phc_device_precise(const struct ptp_sys_offset_precise *answer, struct phc_sample *out)
{
	*out = (struct phc_sample){ ns_of(&answer->device), ns_of(&answer->sys_realtime),
				    PRECISE_ERROR_NS };
	return true;
}

bool phc_device_extended(const struct ptp_sys_offset_extended *answer, struct phc_sample *out)
{
	bool found = false;

	for (size_t i = 0; i < answer->n_samples && i < PTP_MAX_SAMPLES; i++)
		consider(&answer->ts[i][0], &answer->ts[i][1], &answer->ts[i][2], out, &found);
	return found;
}

bool phc_device_plain(const struct ptp_sys_offset *answer, struct phc_sample *out)
{
	bool found = false;

	for (size_t i = 0; i < answer->n_samples && i < PTP_MAX_SAMPLES; i++)
		consider(&answer->ts[2 * i], &answer->ts[2 * i + 1], &answer->ts[2 * i + 2], out,
			 &found);
	return found;
}

int phc_device_open(int index)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/dev/ptp%d", index);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int phc_device_sample(int fd, struct phc_sample *out)
{
	struct ptp_sys_offset_precise precise = { 0 };
	struct ptp_sys_offset_extended extended = { .n_samples = PHC_DEVICE_READINGS };
	struct ptp_sys_offset plain = { .n_samples = PHC_DEVICE_READINGS };
	bool found;

	if (!ioctl(fd, PTP_SYS_OFFSET_PRECISE, &precise))
		found = phc_device_precise(&precise, out);
	else if (!ioctl(fd, PTP_SYS_OFFSET_EXTENDED, &extended))
		found = phc_device_extended(&extended, out);
	else if (!ioctl(fd, PTP_SYS_OFFSET, &plain))
		found = phc_device_plain(&plain, out);
	else
		return -errno;
	return found ? 0 : -EAGAIN;
}
