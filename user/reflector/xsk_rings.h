/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A bound AF_XDP socket with its memory and its four rings. */
#ifndef REFLECTOR_XSK_RINGS_H
#define REFLECTOR_XSK_RINGS_H

#include "reflector/config.h"
#include "reflector/umem.h"

#define XSK_PIECES_MAX 18 /* of a frame: the linear part and MAX_SKB_FRAGS */

struct xsk_settings {
	const char *ifname;
	unsigned int queue;
	struct af_xdp_config af_xdp;
	bool large_frames; /* frames may be larger than one frame of the memory */
};

struct xsk_rings {
	struct umem *umem; /* with the rings of memory to receive into and of what has been sent */
	struct xsk_socket *socket;
	struct xsk_ring_cons rx;
	struct xsk_ring_prod tx;
	bool is_zero_copy;
	bool takes_pieces; /* frames may come in several pieces */
};

/*
 * Binds a socket, which gets nothing before it is in a program's map, and gives the kernel the
 * memory to receive into. What was asked for of zero-copy is got, or it fails; without frames in
 * several pieces (before Linux 6.6) it does not. 0 or -errno, not logged; -EBUSY for some 20 ms
 * after another socket on the queue was closed. After an error there is nothing to close.
 */
int xsk_rings_open(struct xsk_rings *rings, const struct xsk_settings *settings);

/*
 * For who cannot do without the queue: whether to open it once more after this error, which is so
 * for -EBUSY until it was tried for a second; waits some milliseconds then. `tries` begins with 0.
 */
bool xsk_rings_try_again(int err, unsigned int *tries);

/* To be put into the map of sockets, and to wait on. */
int xsk_rings_fd(const struct xsk_rings *rings);

/* Frames that the kernel had to drop because the rings were full. Any thread may ask. */
__u64 xsk_rings_lost(const struct xsk_rings *rings);

/* Takes back what was sent, gives the kernel all that is free to receive into, and wakes it where
 * it asks for that. */
void xsk_rings_refill(struct xsk_rings *rings);

/* Nothing happens where nothing is open. */
void xsk_rings_close(struct xsk_rings *rings);

#endif
