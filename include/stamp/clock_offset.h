/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What turns CLOCK_MONOTONIC into UTC and TAI, and what may be claimed of it. */
#ifndef STAMP_CLOCK_OFFSET_H
#define STAMP_CLOCK_OFFSET_H

#include "stamp/error_estimate.h"
#include "stamp/tlv.h"

struct clock_reading {
	__u64 utc_offset_ns;  /* CLOCK_REALTIME - CLOCK_MONOTONIC, modulo 2^64 */
	__u64 known_second;   /* a recent whole second of UTC, not after now */
	__u64 valid_until_ns; /* CLOCK_MONOTONIC; after it nobody watches the clock: S is cleared */
	__s32 tai_offset;     /* TAI - UTC, seconds */
	__u16 error_estimate; /* host order, Z clear */
	__u8 synchronization_source; /* STAMP_SYNC_* */
	__u8 reserved;
};

/*
 * Two copies under a sequence counter: readers take copy `sequence & 1` while stampd, the only
 * writer, fills the other one and then counts on. So a reader never waits for a writer, and a copy
 * stays as it is for a whole update period after it was last current. 0: never written.
 */
struct clock_offset {
	__u32 sequence;
	__u32 reserved;
	struct clock_reading copies[2];
};

_Static_assert(sizeof(struct clock_reading) == 32, "no hidden padding");
_Static_assert(sizeof(struct clock_offset) == 72, "no hidden padding");

#define CLOCK_READ_TRIES 3 /* it is written once a second: the second try always succeeds */

STAMP_INLINE __u32 clock_offset_sequence(const struct clock_offset *offset)
{
#ifdef __bpf__
	return *(const volatile __u32 *)&offset->sequence;
#else
	return __atomic_load_n(&offset->sequence, __ATOMIC_ACQUIRE);
#endif
}

/* The entry as it is at one moment; 0, and nothing that can be used, if it was never written. */
STAMP_INLINE int clock_offset_read(const struct clock_offset *offset, struct clock_reading *reading)
{
	__u32 sequence;

	for (int i = 0; i < CLOCK_READ_TRIES; i++) {
		sequence = clock_offset_sequence(offset);
		*reading = offset->copies[sequence & 1];
		if (sequence == clock_offset_sequence(offset))
			break;
	}
	return sequence != 0;
}

/* The Error Estimate to send at `monotonic_ns`, in host order: S only while somebody watches. */
STAMP_INLINE __u16 clock_error_estimate(const struct clock_reading *clock, __u64 monotonic_ns)
{
	__u16 estimate = clock->error_estimate;

	if (monotonic_ns > clock->valid_until_ns)
		estimate &= (__u16)~STAMP_ERROR_SYNCHRONIZED;
	return estimate;
}

/* The Synchronization Source to tell at `monotonic_ns`, RFC 8972 section 4.3: by the rule of S. */
STAMP_INLINE __u8 clock_synchronization_source(const struct clock_reading *clock,
					       __u64 monotonic_ns)
{
	if (clock_error_estimate(clock, monotonic_ns) & STAMP_ERROR_SYNCHRONIZED)
		return clock->synchronization_source;
	return STAMP_SYNC_LOCAL;
}

#endif
