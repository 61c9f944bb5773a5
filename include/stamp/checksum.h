/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The internet checksum (RFC 1071). A sum is a one's complement sum of 16-bit words in memory
 * order, kept in 64 bits so that carries cannot be lost before it is folded.
 */
#ifndef STAMP_CHECKSUM_H
#define STAMP_CHECKSUM_H

#include "stamp/timestamp.h"

/* Adds four octets, at an even address in a frame. */
STAMP_INLINE __u64 stamp_sum_word(__u64 sum, const void *octets)
{
#ifdef __bpf__
	return sum + *(const __u32 *)octets; /* see STAMP_WIRE: one load */
#else
	__u32 word;

	__builtin_memcpy(&word, octets, sizeof(word));
	return sum + word;
#endif
}

/* Adds `size` octets, a multiple of 4 known when compiling, fewer than 2^31. */
STAMP_INLINE __u64 stamp_sum_words(__u64 sum, const void *octets, __u32 size)
{
	for (__u32 i = 0; i < size; i += 4)
		sum = stamp_sum_word(sum, (const char *)octets + i);
	return sum;
}

/*
 * Folds a sum to 16 bits, in memory order; 0xffff when what was summed holds its own checksum.
 * Added to itself with its halves exchanged, a number has their sum in its upper half, and the
 * lower half has already put the carry there.
 */
STAMP_INLINE __u16 stamp_sum_fold(__u64 sum)
{
	__u32 word;

	sum += sum << 32 | sum >> 32;
	word = (__u32)(sum >> 32);
	word += word << 16 | word >> 16;
	return (__u16)(word >> 16);
}

/* Adds a reply, as stamp_sum_words() would: by fields, so that one just made need not be read. */
STAMP_INLINE __u64 stamp_sum_reply(__u64 sum, const struct stamp_reflector_packet *reply)
{
	sum += (__u64)reply->sequence + reply->timestamp.seconds + reply->timestamp.fraction;
	sum += reply->error_estimate + reply->ssid;
	sum += (__u64)reply->receive_timestamp.seconds + reply->receive_timestamp.fraction;
	sum += (__u64)reply->sender_sequence + reply->sender_timestamp.seconds;
	sum += (__u64)reply->sender_timestamp.fraction + reply->sender_error_estimate;
	return sum + bpf_htons((__u16)(reply->sender_ttl << 8));
}

/* The checksum to send for a sum: UDP writes 0 as 0xffff, since 0 means that there is none. */
STAMP_INLINE __u16 stamp_udp_checksum(__u64 sum)
{
	__u16 checksum = (__u16)~stamp_sum_fold(sum);

	return checksum ? checksum : 0xffff;
}

#endif
