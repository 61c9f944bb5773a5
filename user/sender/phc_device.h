/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clock of a network card as the kernel shows it, /dev/ptpN. */
#ifndef SENDER_PHC_DEVICE_H
#define SENDER_PHC_DEVICE_H

#include <stdbool.h>
#include <linux/ptp_clock.h>

#include "sender/phc_clock.h"

/* How often both clocks are read for one sample, of which the quickest reading counts. */
#define PHC_DEVICE_READINGS 5

/* For reading only, which changes nothing. A descriptor to close(), or -errno. */
int phc_device_open(int index);

/* Reads both clocks, in the best way that the card has. 0 or -errno. */
int phc_device_sample(int fd, struct phc_sample *out);

/*
 * What the three ways (PTP_SYS_OFFSET_PRECISE, _EXTENDED and PTP_SYS_OFFSET) answer, as a sample:
 * UTC is in the middle between the readings of it before and after that of the card, its error half
 * of what lies between. False if no reading is in order. Pure.
 */
bool phc_device_precise(const struct ptp_sys_offset_precise *answer, struct phc_sample *out);
bool phc_device_extended(const struct ptp_sys_offset_extended *answer, struct phc_sample *out);
bool phc_device_plain(const struct ptp_sys_offset *answer, struct phc_sample *out);

#endif
