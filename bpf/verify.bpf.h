/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Step 3: the IPv4 header and UDP checksums. XDP runs before anybody verified them, and a reply
 * with a fresh sum would hide damage done on the way. Local senders leave theirs unfinished.
 */
#ifndef VERIFY_BPF_H
#define VERIFY_BPF_H

#include "frame.bpf.h"
#include "maps.bpf.h"
#include "stamp/frame_checksum.h"

#define NONE_IS_UNFINISHED 0xffff /* of an absent checksum, which is 0 */
#define CHUNKS_MAX 128            /* of 512 octets: the largest UDP payload */

#define LINEAR_MAX 0x3fff /* octets of a frame that lie in one piece, all ones */
#define LINEAR_CHUNKS (LINEAR_MAX / CHECKSUM_CHUNK)
#define NOT_LINEAR (~0ULL) /* no sum of so few octets */

/* What is left to be summed of octets that lie in one piece. */
struct summing {
	struct cursor cur;
	__u32 left; /* octets */
	__u64 sum;
};

/* Sums pieces of this size, known when compiling, as long as there are some. */
static __always_inline void sum_pieces(struct summing *summing, __u32 size, int count)
{
	for (int i = 0; i < count && summing->left >= size; i++) {
		void *piece = cursor_take(&summing->cur, size);

		if (!piece)
			return;
		if (size > 8)
			summing->sum += (__u32)bpf_csum_diff(NULL, 0, piece, size, 0);
		else
			summing->sum = stamp_sum_words(summing->sum, piece, size);
		summing->left -= size;
	}
}

/* The last octets, fewer than four. */
static __always_inline void sum_last(struct summing *summing)
{
	__u16 *half = summing->left & 2 ? cursor_take(&summing->cur, 2) : NULL;
	__u8 *octet;

	if (half)
		summing->sum += *half;
	else if (summing->left & 2)
		return;
	summing->left &= 1;
	octet = summing->left ? cursor_take(&summing->cur, 1) : NULL;
	if (!octet)
		return;
	summing->sum += bpf_htons((__u16)(*octet << 8));
	summing->left = 0;
}

/*
 * Sums fewer octets than CHECKSUM_CHUNK in place, or returns NOT_LINEAR. As sum_frame() it is a
 * function of its own so that the verifier walks its loops once and not once for each way that
 * leads here.
 */
__attribute__((noinline)) __u64 sum_rest(struct xdp_md *ctx, __u32 offset, __u32 length)
{
	struct summing summing = { .cur = cursor_at_frame(ctx), .left = length };

	summing.cur.pos += offset & LINEAR_MAX;
	sum_pieces(&summing, 256, 1);
	sum_pieces(&summing, 128, 1);
	sum_pieces(&summing, 8, 15);
	sum_pieces(&summing, 4, 1);
	if (summing.left < 4)
		sum_last(&summing);
	return summing.left ? NOT_LINEAR : summing.sum;
}

/* Sums a chunk in place, or returns NOT_LINEAR. */
static __always_inline __u64 sum_linear_chunk(struct xdp_md *ctx, __u32 offset)
{
	struct cursor cur = cursor_at_frame(ctx);
	void *octets;

	cur.pos += offset & LINEAR_MAX;
	octets = cursor_take(&cur, CHECKSUM_CHUNK);
	return octets ? (__u32)bpf_csum_diff(NULL, 0, octets, CHECKSUM_CHUNK, 0) : NOT_LINEAR;
}

/* Sums a chunk or less wherever it lies. */
static __always_inline __u64 sum_chunk(struct xdp_md *ctx, __u32 offset, __u8 *octets, __u32 size)
{
	if (bpf_xdp_load_bytes(ctx, offset, octets, size))
		return 0;
	__builtin_memset(octets + size, 0, 3); /* what rounding up adds */
	return (__u32)bpf_csum_diff(NULL, 0, (void *)octets, (size + 3) & ~3U, 0);
}

/* Sums `length` octets, one at least, wherever they lie. The last chunk's size is masked because
 * Linux 6.1 forgets a bound that was compared. */
__attribute__((noinline)) __u64 sum_pieced(struct xdp_md *ctx, __u32 offset, __u32 length)
{
	__u32 key = 0;
	__u8 *octets = bpf_map_lookup_elem(&chunk, &key);
	__u64 sum = 0;

	if (!octets)
		return 0;
	for (int i = 0; i < CHUNKS_MAX && length > CHECKSUM_CHUNK; i++) {
		sum += sum_chunk(ctx, offset, octets, CHECKSUM_CHUNK);
		offset += CHECKSUM_CHUNK;
		length -= CHECKSUM_CHUNK;
	}
	return sum + sum_chunk(ctx, offset, octets, (length - 1) % CHECKSUM_CHUNK + 1);
}

/* Sums `length` octets, one at least, of the frame from `offset` on, through fragments too: in
 * place as far as they lie in one piece. */
__attribute__((noinline)) __u64 sum_frame(struct xdp_md *ctx, __u32 offset, __u32 length)
{
	__u64 sum = 0, part = 0;

	for (int i = 0; i < LINEAR_CHUNKS && length >= CHECKSUM_CHUNK; i++) {
		part = sum_linear_chunk(ctx, offset);
		if (part == NOT_LINEAR)
			break;
		sum += part;
		offset += CHECKSUM_CHUNK;
		length -= CHECKSUM_CHUNK;
	}
	if (!length)
		return sum;
	part = length < CHECKSUM_CHUNK && offset < LINEAR_MAX ? sum_rest(ctx, offset, length)
							      : NOT_LINEAR;
	return sum + (part == NOT_LINEAR ? sum_pieced(ctx, offset, length) : part);
}

/* Sums the payload from `start` to its end. */
static __always_inline __u64 sum_payload_from(struct xdp_md *ctx, const struct parsed_packet *pkt,
					      __u32 start)
{
	__u32 offset = (void *)(pkt->udp + 1) - (void *)(long)ctx->data;

	return sum_frame(ctx, offset + start, pkt->payload_length - start);
}

/* The payload's sum, and of it `tail_sum`. Shorter requests than 44 octets have no tail. */
static __always_inline __u64 sum_payload(struct xdp_md *ctx, struct parsed_packet *pkt)
{
	pkt->tail_sum = 0;
	if (!pkt->base)
		return pkt->payload_length ? sum_payload_from(ctx, pkt, 0) : 0;
	if (pkt->payload_length > STAMP_BASE_SIZE)
		pkt->tail_sum = sum_payload_from(ctx, pkt, STAMP_BASE_SIZE);
	return stamp_sum_words(pkt->tail_sum, pkt->base, STAMP_BASE_SIZE);
}

/*
 * `unfinished` is a sum that the packet's checksum is held against again when the reply's is made,
 * and not what was found: a state for each finding doubles what the verifier walks from here on,
 * and Linux 6.1 gives up.
 */
static __always_inline enum stamp_outcome verify_udp(struct xdp_md *ctx, struct parsed_packet *pkt)
{
	__u64 pseudo, payload = sum_payload(ctx, pkt);
	__be16 check = pkt->udp->check;
	int finished, unfinished;

	pkt->unfinished = NONE_IS_UNFINISHED;
	if (!check)
		return pkt->is_ip6 ? OUTCOME_NO_CHECKSUM : OUTCOME_CONTINUE;
	pseudo = sum_pseudo_header(pkt, pkt->udp->len);
	finished = stamp_sum_fold(stamp_sum_words(pseudo + payload, pkt->udp, 8)) == 0xffff;
	unfinished = (!finished || config.generic) && check == stamp_sum_fold(pseudo);
	if (config.generic && finished && unfinished)
		return OUTCOME_UNCLEAR_CHECKSUM;
	if (config.generic)
		pkt->unfinished = stamp_sum_fold(pseudo);
	return finished || unfinished ? OUTCOME_CONTINUE : OUTCOME_CORRUPT_UDP;
}

static __always_inline enum stamp_outcome verify_sums(struct xdp_md *ctx, struct parsed_packet *pkt)
{
	pkt->address_sum = sum_addresses(pkt);
	if (!pkt->is_ip6 &&
	    stamp_sum_fold(stamp_sum_words(pkt->address_sum, pkt->ip4,
					   offsetof(struct iphdr, saddr))) != 0xffff)
		return OUTCOME_CORRUPT_IP;
	return verify_udp(ctx, pkt);
}

#endif
