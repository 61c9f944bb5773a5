/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/xsk_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "proto/frame.h"
#include "reflector/counters.h"
#include "stamp/turn_around.h"

#define PACKET_CONTINUES                                                                           \
	(1U << 0) /* XDP_PKT_CONTD of a descriptor, Linux 6.6: missing in older headers */
#define CACHE_LINE 64
#define PREFETCH_AHEAD 4
#define PREFETCH_LINES 3 /* of headers and 112 octets */
#define SEND_TRIES 4     /* the kernel sends 32 frames at a time */

/* A frame of the batch: a descriptor as it was received, or several that make one frame. */
struct frame_in_hand {
	size_t piece_count;
	struct xdp_desc pieces[XSK_PIECES_MAX];
	unsigned char *octets; /* the whole frame */
	struct parsed_packet packet;
	bool is_sent;
};

struct xsk_io {
	struct packet_io io;
	struct slow_interface interface;
	struct xsk_rings rings;
	bool takes_times;
	struct frame_in_hand hand[PACKET_BATCH];
	unsigned int taken;  /* descriptors that the kernel was not given back */
	unsigned int unsent; /* in the ring, but the kernel was not told of it */
	/* Where a frame in pieces is put together: there is one at most in a batch. */
	unsigned char whole[XSK_PIECES_MAX * UMEM_FRAME_SIZE] __attribute__((aligned(4)));
};

/* Another processor has written the frame: what will be read of it soon is asked for before. */
static void prefetch(struct xsk_io *io, __u32 at)
{
	const unsigned char *frame;

	if (io->rings.rx.cached_prod - at <= PREFETCH_AHEAD)
		return;
	frame = umem_octets(io->rings.umem,
			    xsk_ring_cons__rx_desc(&io->rings.rx, at + PREFETCH_AHEAD)->addr);
	for (size_t i = 0; i < PREFETCH_LINES; i++)
		__builtin_prefetch(frame + i * CACHE_LINE, 1);
}

/* The next descriptor; false when there is none. The frame is ours from then on, the descriptor the
 * kernel's again at the end of receive(): to tell it costs, since it is on another processor. */
static bool take_descriptor(struct xsk_io *io, struct xdp_desc *descriptor)
{
	__u32 at;

	if (!xsk_ring_cons__peek(&io->rings.rx, 1, &at))
		return false;
	prefetch(io, at);
	*descriptor = *xsk_ring_cons__rx_desc(&io->rings.rx, at);
	io->taken++;
	return true;
}

/* All pieces of the next frame; 0 when there is none. More pieces than can be are not kept. */
static size_t take_pieces(struct xsk_io *io, struct frame_in_hand *hand)
{
	struct xdp_desc piece = { .options = PACKET_CONTINUES };

	hand->piece_count = 0;
	while (piece.options & PACKET_CONTINUES && take_descriptor(io, &piece)) {
		if (hand->piece_count < XSK_PIECES_MAX)
			hand->pieces[hand->piece_count++] = piece;
		else
			umem_free_frame(io->rings.umem, piece.addr);
	}
	return hand->piece_count;
}

/* Returns the length of the frame, which lies in one piece now. */
static size_t put_together(struct xsk_io *io, struct frame_in_hand *hand)
{
	size_t length = 0;

	hand->octets = umem_octets(io->rings.umem, hand->pieces[0].addr);
	if (hand->piece_count == 1)
		return hand->pieces[0].len;
	hand->octets = io->whole + UMEM_HEADROOM;
	for (size_t i = 0; i < hand->piece_count; i++) {
		const struct xdp_desc *piece = &hand->pieces[i];

		memcpy(hand->octets + length, umem_octets(io->rings.umem, piece->addr), piece->len);
		length += piece->len;
	}
	return length;
}

/* Puts the frame of `length` octets, not longer than it was, back into its pieces. */
static void take_apart(struct xsk_io *io, struct frame_in_hand *hand, size_t length)
{
	size_t done = 0;
	size_t count = 0;

	while (done < length) {
		struct xdp_desc *piece = &hand->pieces[count++];

		if (piece->len > length - done)
			piece->len = (__u32)(length - done);
		memcpy(umem_octets(io->rings.umem, piece->addr), hand->octets + done, piece->len);
		done += piece->len;
		piece->options = done < length ? PACKET_CONTINUES : 0;
	}
	for (size_t i = count; i < hand->piece_count; i++)
		umem_free_frame(io->rings.umem, hand->pieces[i].addr);
	hand->piece_count = count;
}

/* What the program wrote in front of the frame; it is believed once. */
static struct handover take_handover(struct xsk_io *io, const struct frame_in_hand *hand)
{
	unsigned char *frame = umem_octets(io->rings.umem, hand->pieces[0].addr);
	unsigned char *front = frame - sizeof(struct handover);
	struct handover handover = { 0 };

	if (hand->pieces[0].addr % UMEM_FRAME_SIZE < sizeof(handover))
		return handover;
	memcpy(&handover, front, sizeof(handover));
	memset(front, 0, sizeof(handover));
	if (handover.magic != HANDOVER_MAGIC)
		handover = (struct handover){ 0 };
	return handover;
}

static void enter_request(struct xsk_io *io, struct frame_in_hand *hand, struct packet_batch *batch)
{
	struct slow_packet *entered = &batch->packets[batch->count++];
	const struct parsed_packet *packet = &hand->packet;
	struct slow_request *request = &entered->request;

	*request = (struct slow_request){
		.interface = &io->interface,
		.clock = CLOCK_MONOTONIC,
		.length = packet->payload_length,
		.ttl = packet->ttl,
		.traffic_class = received_traffic_class(packet),
		.has_source_mac = true,
		.handover = take_handover(io, hand),
	};
	memcpy(request->source_mac, packet->eth->source, sizeof(request->source_mac));
	fill_session_addresses(packet, &request->key);
	entered->payload = packet->udp + 1;
	request->received_ns = request->handover.received_ns;
	if (!request->received_ns) {
		request->received_ns = clock_monotonic_ns();
		__atomic_store_n(&io->takes_times, true, __ATOMIC_RELAXED);
	}
}

static void free_pieces(struct xsk_io *io, const struct frame_in_hand *hand)
{
	for (size_t i = 0; i < hand->piece_count; i++)
		umem_free_frame(io->rings.umem, hand->pieces[i].addr);
}

/* The program has looked at each frame, so this happens to none; but it is not for granted. */
static void refuse(struct xsk_io *io, const struct frame_in_hand *hand, enum stamp_outcome outcome)
{
	counters_add(io->interface.counts, outcome, 1);
	free_pieces(io, hand);
}

static int receive(struct packet_io *base, struct packet_batch *batch)
{
	struct xsk_io *io = (struct xsk_io *)base;
	bool is_whole = true;

	while (batch->count < PACKET_BATCH && is_whole) {
		struct frame_in_hand *hand = &io->hand[batch->count];
		enum stamp_outcome outcome;
		size_t length;

		if (!take_pieces(io, hand))
			break;
		is_whole = hand->piece_count == 1;
		hand->is_sent = false;
		length = put_together(io, hand);
		outcome = frame_parse(hand->octets, length, &hand->packet);
		if (outcome)
			refuse(io, hand, outcome);
		else
			enter_request(io, hand, batch);
	}
	xsk_ring_cons__release(&io->rings.rx, io->taken);
	io->taken = 0;
	return batch->count ? 0 : -EAGAIN;
}

/* What is left unsent after that, for the interface is down or busy, goes with the next batch. */
static void wake(struct xsk_io *io)
{
	for (int i = 0; i < SEND_TRIES && io->unsent; i++) {
		if (sendto(xsk_io_fd(io), NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0)
			io->unsent = 0;
		else if (errno != EAGAIN)
			break;
	}
}

/* Room for so many descriptors, if need be by sending what is there. */
static bool reserve(struct xsk_io *io, __u32 count, __u32 *first)
{
	if (xsk_ring_prod__reserve(&io->rings.tx, count, first) == count)
		return true;
	wake(io);
	return xsk_ring_prod__reserve(&io->rings.tx, count, first) == count;
}

static int send_reply(struct packet_io *base, struct packet_batch *batch, size_t index)
{
	struct xsk_io *io = (struct xsk_io *)base;
	struct frame_in_hand *hand = &io->hand[index];
	const struct slow_reply *reply = &batch->packets[index].reply;
	size_t length;
	__u32 first;

	if (reply->length != hand->packet.payload_length) /* no such request is handed over */
		return -EMSGSIZE;
	if (reply->has_source)
		leave_from(&hand->packet, &reply->source);
	length = frame_turn_around(hand->octets, &hand->packet, reply->policy);
	if (hand->piece_count == 1)
		hand->pieces[0].len = (__u32)length;
	else
		take_apart(io, hand, length);
	if (!reserve(io, (__u32)hand->piece_count, &first))
		return -ENOBUFS;
	for (size_t i = 0; i < hand->piece_count; i++) {
		*xsk_ring_prod__tx_desc(&io->rings.tx, first + (__u32)i) = hand->pieces[i];
		umem_lend(io->rings.umem);
	}
	xsk_ring_prod__submit(&io->rings.tx, (__u32)hand->piece_count);
	io->unsent += (unsigned int)hand->piece_count;
	hand->is_sent = true;
	return 0;
}

/* One time for all of them: the kernel sends a batch in some 10 us, and has sent it by now, unless
 * the driver does without being told. */
static void note_sent(const struct xsk_io *io, struct packet_batch *batch)
{
	__u64 now_ns = io->unsent ? 0 : clock_monotonic_ns();

	for (size_t i = 0; i < batch->count; i++)
		if (io->hand[i].is_sent)
			batch->packets[i].reply.sent_ns = now_ns;
}

static void finish(struct packet_io *base, struct packet_batch *batch)
{
	struct xsk_io *io = (struct xsk_io *)base;

	if (xsk_ring_prod__needs_wakeup(&io->rings.tx))
		wake(io);
	else
		io->unsent = 0;
	note_sent(io, batch);
	for (size_t i = 0; i < batch->count; i++)
		if (!io->hand[i].is_sent)
			free_pieces(io, &io->hand[i]);
	xsk_rings_refill(&io->rings);
}

int xsk_io_open(struct xsk_io **out, const struct xsk_settings *settings,
		const struct slow_interface *interface)
{
	struct xsk_io *io = calloc(1, sizeof(*io));
	int err;

	if (!io)
		return -ENOMEM;
	io->io = (struct packet_io){ receive, send_reply, finish };
	io->interface = *interface;
	err = xsk_rings_open(&io->rings, settings);
	if (err) {
		free(io);
		return err;
	}
	*out = io;
	return 0;
}

struct packet_io *xsk_io_packets(struct xsk_io *io)
{
	return &io->io;
}

int xsk_io_fd(const struct xsk_io *io)
{
	return xsk_rings_fd(&io->rings);
}

bool xsk_io_is_zero_copy(const struct xsk_io *io)
{
	return io->rings.is_zero_copy;
}

unsigned int xsk_io_frame_max(const struct xsk_io *io)
{
	return io->rings.takes_pieces ? XSK_PIECES_MAX * UMEM_FRAME_MAX : UMEM_FRAME_MAX;
}

bool xsk_io_takes_times(const struct xsk_io *io)
{
	return __atomic_load_n(&io->takes_times, __ATOMIC_RELAXED);
}

__u64 xsk_io_lost(const struct xsk_io *io)
{
	return xsk_rings_lost(&io->rings);
}

bool xsk_io_rest(struct xsk_io *io)
{
	xsk_rings_refill(&io->rings);
	return umem_is_scarce(io->rings.umem);
}

void xsk_io_close(struct xsk_io *io)
{
	if (!io)
		return;
	xsk_rings_close(&io->rings);
	free(io);
}
