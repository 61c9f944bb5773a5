/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Keeps the program's clock entry true: UTC and TAI offsets, Error Estimate, source, heartbeat. */
#ifndef REFLECTOR_CLOCK_SYNC_H
#define REFLECTOR_CLOCK_SYNC_H

#include "reflector/config.h"
#include "stamp/clock_offset.h"

struct clock_sync;
struct event_loop;

/*
 * Writes the entry before it returns, then each second and as soon as CLOCK_REALTIME is set.
 * `entry` is memory shared with the program and must outlive the result; of `config` it takes
 * tai-offset and sync-source. 0 or -errno, logged.
 */
int clock_sync_open(struct clock_sync **out, struct event_loop *loop, struct clock_offset *entry,
		    const struct config *config);

/* Takes tai-offset and sync-source of another configuration, at once. */
void clock_sync_configure(struct clock_sync *sync, const struct config *config);

/* The reading that holds now. */
struct clock_reading clock_sync_reading(const struct clock_sync *sync);

/* Calls `follower` once a second, after the entry was renewed: no second timer is needed. */
void clock_sync_set_follower(struct clock_sync *sync, void (*follower)(void *context),
			     void *context);

/* Takes NULL. */
void clock_sync_close(struct clock_sync *sync);

/*
 * Publishes a reading to the program's readers, who take copy `sequence & 1`. Only the owner of
 * the entry may call it.
 */
void clock_offset_publish(struct clock_offset *entry, const struct clock_reading *reading);

#endif
