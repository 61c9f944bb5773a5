/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What changes of a request as restore.bpf.c writes it: in pieces that lie in the packet as its
 * fields do. */
#ifndef BENCH_FRAME_WORDS_H
#define BENCH_FRAME_WORDS_H

#include <linux/types.h>

#define ETHERNET_HALVES 7   /* 14 octets */
#define IP4_PACKET_WORDS 18 /* 20 + 8 + 44 octets */
#define IP6_PACKET_WORDS 23 /* 40 + 8 + 44 octets */
#define TLV_PACKET_WORDS 33 /* 20 + 8 + 44 octets, and 60 of TLVs */

/* Places of fields in an IPv4 frame, in halves of words. */
#define HALF_IDENTIFICATION 9
#define HALF_SENDER_ADDRESS 14 /* its lower half */
#define HALF_SENDER_PORT 17
#define HALF_SEQUENCE 21
#define SESSION_HALVES 23

#define FIRST_SENDER_PORT 0x40 /* of the sessions that are chosen, in network order */

struct frame_words {
	__u16 ethernet[ETHERNET_HALVES];
	__u16 reserved;
	__u32 packet[TLV_PACKET_WORDS];
};

#endif
