/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Writes TLVs in place, word by word, and knows what that adds to the checksum. */
#ifndef STAMP_TLV_WRITER_H
#define STAMP_TLV_WRITER_H

#include "stamp/tlv_survey.h"

/* Octets of one TLV that are written word by word: `shift` is 8 when they begin at an odd place,
 * where they count for the other octet of each word of the checksum (RFC 1071 section 2.B). */
struct tlv_writer {
	void *octets;
	__u32 shift;
	__u64 *change;
};

/* Words at any address: every machine that this runs on can. */
STAMP_INLINE __be32 tlv_word(const void *octets)
{
#ifdef __bpf__
	return *(const __be32 *)octets;
#else
	__be32 word;

	__builtin_memcpy(&word, octets, sizeof(word));
	return word;
#endif
}

STAMP_INLINE void tlv_put(const struct tlv_writer *writer, __u32 word_index, __be32 word)
{
	void *octets = (char *)writer->octets + 4 * word_index;
	__u64 change = (__u64)word + (__u32)~tlv_word(octets);

	*writer->change += change << writer->shift;
#ifdef __bpf__
	*(__be32 *)octets = word;
#else
	__builtin_memcpy(octets, &word, sizeof(word));
#endif
}

/* Where a TLV or sub-TLV begins, and what to add the changes to: a variable of the caller's, for
 * one in memory would be waited for with each word. */
struct tlv_place {
	const struct tlv_area *area;
	__u32 at;
	__u64 *change;
};

/* For the first `size` octets there; 0 when they cannot be touched. */
STAMP_INLINE int tlv_open(struct tlv_writer *writer, const struct tlv_place *place, __u32 size)
{
	*writer = (struct tlv_writer){
		.octets = tlv_octets(place->area, place->at, size),
		.shift = place->at & 1 ? 8 : 0,
		.change = place->change,
	};
	return writer->octets != 0;
}

#define TLV_HEADER_WORD 0
#define TLV_VALUE_WORD 1

STAMP_INLINE __u32 tlv_value_word(const struct tlv_writer *writer)
{
	return bpf_ntohl(tlv_word((const char *)writer->octets + 4 * TLV_VALUE_WORD));
}

#endif
