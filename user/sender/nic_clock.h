/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The network cards whose timestamps a thread's sessions use: each is asked and read once for all.
 */
#ifndef SENDER_NIC_CLOCK_H
#define SENDER_NIC_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "sender/phc_clock.h"
#include "sender/time_source.h"

struct nic_clocks;
struct nic_clock;

/* 0 or -errno. */
int nic_clocks_open(struct nic_clocks **out);

/*
 * The card behind an interface, valid as long as `clocks`; NULL if it gives no timestamps that can
 * be used. The first time that says why: as a warning if they were wanted or are on, else at debug
 * level. TIMES_HARDWARE switches them on until nic_clocks_close(); if the process is killed before,
 * they stay on.
 */
struct nic_clock *nic_clocks_find(struct nic_clocks *clocks, const char *interface,
				  enum times_wanted wanted);

/* Reads those clocks again that were not for a while, a quarter of a second; `now_ns` is
 * CLOCK_MONOTONIC. */
void nic_clocks_refresh(struct nic_clocks *clocks, uint64_t now_ns);

/* Takes NULL. */
void nic_clocks_close(struct nic_clocks *clocks);

/* The flags for SO_TIMESTAMPING beside those for the kernel's times. */
int nic_clock_flags(const struct nic_clock *nic);

/* Whether it stamps packets that we send. */
bool nic_clock_transmits(const struct nic_clock *nic);

/*
 * A timestamp of the card as UTC, as phc_clock_utc() has it. False if it cannot be told, or is not
 * within a tenth of a second of the kernel's time of the same packet (0: there is none): then the
 * card's clock was just set, or it was another card.
 */
bool nic_clock_utc(const struct nic_clock *nic, uint64_t hardware_ns, uint64_t kernel_ns,
		   uint64_t *utc_ns, uint64_t *error_ns);

#endif
