/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The Error Estimate of RFC 8762 section 4.2.1: S, Z, Scale and Multiplier in 16 bits. */
#ifndef STAMP_ERROR_ESTIMATE_H
#define STAMP_ERROR_ESTIMATE_H

#include "stamp/timestamp.h"

#define STAMP_ERROR_SYNCHRONIZED 0x8000 /* S: the clock is set to UTC by an external source */
#define STAMP_ERROR_PTP_FORMAT 0x4000   /* Z: this party's timestamps are PTPv2 truncated */
#define STAMP_ERROR_UNKNOWN 0x3fff /* Scale 63, Multiplier 255: nothing better can be claimed */

/*
 * Scale and Multiplier of an error, in host order; error = Multiplier * 2^(Scale - 32) seconds.
 * Rounded up, so that the claim is never better than the truth, and the Multiplier is never 0
 * (RFC 4656 section 4.1.2).
 */
static inline __u16 stamp_error_encode(__u64 error_ns)
{
	unsigned __int128 multiplier =
		(((unsigned __int128)error_ns << 32) + NSEC_PER_SEC - 1) / NSEC_PER_SEC;
	__u16 scale = 0;

	if (multiplier == 0)
		multiplier = 1;
	for (; multiplier > 255; scale++)
		multiplier = (multiplier + 1) >> 1;
	return (__u16)(scale << 8 | (__u16)multiplier);
}

/*
 * The error that an Error Estimate in host order claims, in nanoseconds, rounded up. What 64 bits
 * cannot hold, and a Multiplier of 0, which claims nothing, give their maximum.
 */
static inline __u64 stamp_error_decode(__u16 error_estimate)
{
	unsigned __int128 multiplier = error_estimate & 0xff;
	unsigned int scale = error_estimate >> 8 & 0x3f;
	unsigned __int128 error_ns = ((multiplier * NSEC_PER_SEC << scale) + 0xffffffffULL) >> 32;

	return multiplier == 0 || error_ns > ~0ULL ? ~0ULL : (__u64)error_ns;
}

#endif
