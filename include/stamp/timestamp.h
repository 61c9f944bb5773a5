/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Nanoseconds since 1970 <-> the NTP 64-bit and PTPv2 truncated formats of RFC 8762 section 4.2.1.
 */
#ifndef STAMP_TIMESTAMP_H
#define STAMP_TIMESTAMP_H

#include <bpf/bpf_endian.h>

#include "stamp/wire.h"

#define STAMP_INLINE static inline __attribute__((always_inline))

#define NSEC_PER_SEC 1000000000ULL
#define NSEC_PER_MSEC 1000000ULL
#define NSEC_PER_USEC 1000ULL
#define NTP_UNIX_OFFSET 2208988800ULL /* seconds from 1900 to 1970 */

/* A time since 1970, in UTC or in TAI, whichever it was made from. */
struct stamp_time {
	__u64 seconds;
	__u32 nanoseconds;
};

/*
 * Splits nanoseconds since 1970. `known_second` is any whole second not after `ns`, in seconds:
 * when it is less than 4.29 s away no division is needed, and the result is the same without it.
 */
STAMP_INLINE struct stamp_time stamp_time_from_ns(__u64 ns, __u64 known_second)
{
	__u64 left = ns - known_second * NSEC_PER_SEC;
	__u64 seconds;

	if (left >> 32)
		seconds = left / NSEC_PER_SEC;
	else /* exact for 32 bits: 10^9 = 2^9 * 1953125, and 281475 = ceil(2^39 / 1953125) */
		seconds = ((left >> 9) * 281475) >> 39;
	return (struct stamp_time){
		.seconds = known_second + seconds,
		.nanoseconds = (__u32)(left - seconds * NSEC_PER_SEC),
	};
}

/*
 * floor(nanoseconds * 2^32 / 10^9) for less than a second, without a division: 2^63 / 10^9 is
 * 9223372036 + 0.854775808, whose fraction is at most 896298 / 2^20. The product is too high by
 * fewer than 586 steps of 2^-31. The floor stays the same below 1099, because the true result is a
 * multiple of 1 / 1953125.
 */
STAMP_INLINE __u32 stamp_ntp_fraction(__u32 nanoseconds)
{
	__u64 product = nanoseconds * 9223372036ULL + (nanoseconds * 896298ULL >> 20) + 1;

	return (__u32)(product >> 31);
}

/* UTC to the NTP format. Era 0 ends in 2036; the wrap is intended. */
STAMP_INLINE struct stamp_timestamp stamp_ntp_from_time(struct stamp_time utc)
{
	return (struct stamp_timestamp){
		.seconds = bpf_htonl((__u32)(utc.seconds + NTP_UNIX_OFFSET)),
		.fraction = bpf_htonl(stamp_ntp_fraction(utc.nanoseconds)),
	};
}

/* UTC to the PTPv2 truncated format, which counts in TAI. `tai_offset` is TAI - UTC in seconds. */
STAMP_INLINE struct stamp_timestamp stamp_ptp_from_time(struct stamp_time utc, __s32 tai_offset)
{
	return (struct stamp_timestamp){
		.seconds = bpf_htonl((__u32)(utc.seconds + (__s64)tai_offset)),
		.fraction = bpf_htonl(utc.nanoseconds),
	};
}

/*
 * The NTP format to nanoseconds since 1970 UTC. The era is the one that puts the time within
 * 68 years of `near_ns`, since 32 bits of seconds name none.
 */
STAMP_INLINE __u64 stamp_ntp_to_ns(struct stamp_timestamp ntp, __u64 near_ns)
{
	__u64 near_second = near_ns / NSEC_PER_SEC;
	__u32 apart = bpf_ntohl(ntp.seconds) - (__u32)(near_second + NTP_UNIX_OFFSET);
	__u64 second = near_second + (__u64)(__s64)(__s32)apart;
	__u64 fraction = bpf_ntohl(ntp.fraction);

	return second * NSEC_PER_SEC + ((fraction * NSEC_PER_SEC + (1ULL << 31)) >> 32);
}

/* The PTPv2 truncated format to nanoseconds since 1970 UTC; `near_ns` as above. */
STAMP_INLINE __u64 stamp_ptp_to_ns(struct stamp_timestamp ptp, __s32 tai_offset, __u64 near_ns)
{
	__u64 near_second = near_ns / NSEC_PER_SEC;
	__u32 apart = bpf_ntohl(ptp.seconds) - (__u32)(near_second + (__s64)tai_offset);
	__u64 second = near_second + (__u64)(__s64)(__s32)apart;

	return second * NSEC_PER_SEC + bpf_ntohl(ptp.fraction);
}

#endif
