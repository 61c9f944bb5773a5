/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/xsk_io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "proto/frame.h"
#include "reflector/umem.h"
#include "stamp/parse.h"

#define USE_SG (1U << 4)           /* XDP_USE_SG, Linux 6.6: missing in older headers */
#define PACKET_CONTINUES (1U << 0) /* XDP_PKT_CONTD of a descriptor, likewise */
#define PREFER_BUSY_POLL 69        /* SO_PREFER_BUSY_POLL, Linux 5.11 */
#define BUSY_POLL_BUDGET 70        /* SO_BUSY_POLL_BUDGET */
#define BUSY_POLL_USEC 20
#define PIECES_MAX 18 /* of a frame: the linear part and MAX_SKB_FRAGS */
#define CACHE_LINE 64
#define PREFETCH_AHEAD 4
#define PREFETCH_LINES 3 /* of headers and 112 octets */
#define SEND_TRIES 4     /* the kernel sends 32 frames at a time */

/* A frame of the batch: a descriptor as it was received, or several that make one frame. */
struct frame_in_hand {
	size_t piece_count;
	struct xdp_desc pieces[PIECES_MAX];
	unsigned char *octets; /* the whole frame */
	struct parsed_packet packet;
	bool is_sent;
};

struct xsk_io {
	struct packet_io io;
	struct slow_interface interface;
	struct umem *umem;
	struct xsk_socket *socket;
	struct xsk_ring_cons rx;
	struct xsk_ring_prod tx;
	bool is_zero_copy;
	bool takes_pieces;
	bool takes_times;
	struct frame_in_hand hand[PACKET_BATCH];
	unsigned int taken;  /* descriptors that the kernel was not given back */
	unsigned int unsent; /* in the ring, but the kernel was not told of it */
	/* Where a frame in pieces is put together: there is one at most in a batch. */
	unsigned char whole[PIECES_MAX * UMEM_FRAME_SIZE] __attribute__((aligned(4)));
};

/* Another processor has written the frame: what will be read of it soon is asked for before. */
static void prefetch(struct xsk_io *io, __u32 at)
{
	const unsigned char *frame;

	if (io->rx.cached_prod - at <= PREFETCH_AHEAD)
		return;
	frame = umem_octets(io->umem, xsk_ring_cons__rx_desc(&io->rx, at + PREFETCH_AHEAD)->addr);
	for (size_t i = 0; i < PREFETCH_LINES; i++)
		__builtin_prefetch(frame + i * CACHE_LINE, 1);
}

/* The next descriptor; false when there is none. The frame is ours from then on, the descriptor the
 * kernel's again at the end of receive(): to tell it costs, since it is on another processor. */
static bool take_descriptor(struct xsk_io *io, struct xdp_desc *descriptor)
{
	__u32 at;

	if (!xsk_ring_cons__peek(&io->rx, 1, &at))
		return false;
	prefetch(io, at);
	*descriptor = *xsk_ring_cons__rx_desc(&io->rx, at);
	io->taken++;
	return true;
}

/* All pieces of the next frame; 0 when there is none. More pieces than can be are not kept. */
static size_t take_pieces(struct xsk_io *io, struct frame_in_hand *hand)
{
	struct xdp_desc piece = { .options = PACKET_CONTINUES };

	hand->piece_count = 0;
	while (piece.options & PACKET_CONTINUES && take_descriptor(io, &piece)) {
		if (hand->piece_count < PIECES_MAX)
			hand->pieces[hand->piece_count++] = piece;
		else
			umem_free_frame(io->umem, piece.addr);
	}
	return hand->piece_count;
}

/* Returns the length of the frame, which lies in one piece now. */
static size_t put_together(struct xsk_io *io, struct frame_in_hand *hand)
{
	size_t length = 0;

	hand->octets = umem_octets(io->umem, hand->pieces[0].addr);
	if (hand->piece_count == 1)
		return hand->pieces[0].len;
	hand->octets = io->whole + UMEM_HEADROOM;
	for (size_t i = 0; i < hand->piece_count; i++) {
		const struct xdp_desc *piece = &hand->pieces[i];

		memcpy(hand->octets + length, umem_octets(io->umem, piece->addr), piece->len);
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
		memcpy(umem_octets(io->umem, piece->addr), hand->octets + done, piece->len);
		done += piece->len;
		piece->options = done < length ? PACKET_CONTINUES : 0;
	}
	for (size_t i = count; i < hand->piece_count; i++)
		umem_free_frame(io->umem, hand->pieces[i].addr);
	hand->piece_count = count;
}

/* What the program wrote in front of the frame; it is believed once. */
static struct handover take_handover(struct xsk_io *io, const struct frame_in_hand *hand)
{
	unsigned char *frame = umem_octets(io->umem, hand->pieces[0].addr);
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
		.handover = take_handover(io, hand),
	};
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
		umem_free_frame(io->umem, hand->pieces[i].addr);
}

/* The program has looked at each frame, so this happens to none; but it is not for granted. */
static void refuse(struct xsk_io *io, const struct frame_in_hand *hand, enum stamp_outcome outcome)
{
	__atomic_fetch_add(&io->interface.counts->received, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&io->interface.counts->by_outcome[outcome], 1, __ATOMIC_RELAXED);
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
	xsk_ring_cons__release(&io->rx, io->taken);
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
	if (xsk_ring_prod__reserve(&io->tx, count, first) == count)
		return true;
	wake(io);
	return xsk_ring_prod__reserve(&io->tx, count, first) == count;
}

static int send_reply(struct packet_io *base, struct packet_batch *batch, size_t index)
{
	struct xsk_io *io = (struct xsk_io *)base;
	struct frame_in_hand *hand = &io->hand[index];
	size_t length =
		frame_turn_around(hand->octets, &hand->packet, batch->packets[index].reply.policy);
	__u32 first;

	if (hand->piece_count == 1)
		hand->pieces[0].len = (__u32)length;
	else
		take_apart(io, hand, length);
	if (!reserve(io, (__u32)hand->piece_count, &first))
		return -ENOBUFS;
	for (size_t i = 0; i < hand->piece_count; i++) {
		*xsk_ring_prod__tx_desc(&io->tx, first + (__u32)i) = hand->pieces[i];
		umem_lend(io->umem);
	}
	xsk_ring_prod__submit(&io->tx, (__u32)hand->piece_count);
	io->unsent += (unsigned int)hand->piece_count;
	hand->is_sent = true;
	return 0;
}

/* Gives the kernel frames to receive into, and wakes it where it asks for that. */
static void refill(struct xsk_io *io)
{
	umem_reap(io->umem);
	if (umem_refill(io->umem))
		recvfrom(xsk_io_fd(io), NULL, 0, MSG_DONTWAIT, NULL, NULL);
}

static void finish(struct packet_io *base, struct packet_batch *batch)
{
	struct xsk_io *io = (struct xsk_io *)base;

	if (xsk_ring_prod__needs_wakeup(&io->tx))
		wake(io);
	else
		io->unsent = 0;
	for (size_t i = 0; i < batch->count; i++)
		if (!io->hand[i].is_sent)
			free_pieces(io, &io->hand[i]);
	refill(io);
}

static __u16 bind_flags(const struct xsk_settings *settings, bool pieces)
{
	static const __u16 by_choice[] = {
		[ZERO_COPY_AUTO] = 0,
		[ZERO_COPY_FALSE] = XDP_COPY,
		[ZERO_COPY_TRUE] = XDP_ZEROCOPY,
	};

	return (__u16)(XDP_USE_NEED_WAKEUP | by_choice[settings->af_xdp.zero_copy] |
		       (pieces ? USE_SG : 0));
}

/* Memory and socket, from which nothing is left after an error. */
static int bind_socket(struct xsk_io *io, const struct xsk_settings *settings, bool pieces)
{
	const struct xsk_socket_config config = {
		.rx_size = settings->af_xdp.ring_size,
		.tx_size = settings->af_xdp.ring_size,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = bind_flags(settings, pieces),
	};
	int err = umem_open(&io->umem, settings->af_xdp.umem, settings->af_xdp.ring_size);

	if (err)
		return err;
	err = xsk_socket__create(&io->socket, settings->ifname, settings->queue,
				 umem_of_socket(io->umem), &io->rx, &io->tx, &config);
	if (!err)
		return 0;
	io->socket = NULL;
	umem_close(io->umem);
	io->umem = NULL;
	return err;
}

static int set_busy_poll(int fd)
{
	const int on = 1, usec = BUSY_POLL_USEC, budget = PACKET_BATCH;

	if (setsockopt(fd, SOL_SOCKET, PREFER_BUSY_POLL, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_BUSY_POLL, &usec, sizeof(usec)) ||
	    setsockopt(fd, SOL_SOCKET, BUSY_POLL_BUDGET, &budget, sizeof(budget)))
		return -errno;
	return 0;
}

static int read_options(struct xsk_io *io)
{
	struct xdp_options options = { 0 };
	socklen_t size = sizeof(options);

	if (getsockopt(xsk_io_fd(io), SOL_XDP, XDP_OPTIONS, &options, &size))
		return -errno;
	io->is_zero_copy = options.flags & XDP_OPTIONS_ZEROCOPY;
	return 0;
}

int xsk_io_open(struct xsk_io **out, const struct xsk_settings *settings,
		const struct slow_interface *interface)
{
	struct xsk_io *io = calloc(1, sizeof(*io));
	int err = -EINVAL;

	if (!io)
		return -ENOMEM;
	io->io = (struct packet_io){ receive, send_reply, finish };
	io->interface = *interface;
	io->takes_pieces = settings->large_frames;
	if (io->takes_pieces)
		err = bind_socket(io, settings, true);
	if (err == -EINVAL || err == -EOPNOTSUPP) {
		io->takes_pieces = false;
		err = bind_socket(io, settings, false);
	}
	if (!err)
		err = read_options(io);
	if (!err && settings->af_xdp.busy_poll)
		err = set_busy_poll(xsk_io_fd(io));
	if (err) {
		xsk_io_close(io);
		return err;
	}
	refill(io);
	*out = io;
	return 0;
}

struct packet_io *xsk_io_packets(struct xsk_io *io)
{
	return &io->io;
}

int xsk_io_fd(const struct xsk_io *io)
{
	return xsk_socket__fd(io->socket);
}

bool xsk_io_is_zero_copy(const struct xsk_io *io)
{
	return io->is_zero_copy;
}

unsigned int xsk_io_frame_max(const struct xsk_io *io)
{
	return io->takes_pieces ? PIECES_MAX * UMEM_FRAME_MAX : UMEM_FRAME_MAX;
}

bool xsk_io_takes_times(const struct xsk_io *io)
{
	return __atomic_load_n(&io->takes_times, __ATOMIC_RELAXED);
}

__u64 xsk_io_lost(const struct xsk_io *io)
{
	struct xdp_statistics statistics = { 0 };
	socklen_t size = sizeof(statistics);

	if (getsockopt(xsk_io_fd(io), SOL_XDP, XDP_STATISTICS, &statistics, &size))
		return 0;
	return statistics.rx_dropped + statistics.rx_ring_full;
}

bool xsk_io_rest(struct xsk_io *io)
{
	refill(io);
	return umem_is_scarce(io->umem);
}

void xsk_io_close(struct xsk_io *io)
{
	if (!io)
		return;
	if (io->socket)
		xsk_socket__delete(io->socket);
	umem_close(io->umem);
	free(io);
}
