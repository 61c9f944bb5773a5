/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The frame memory of one AF_XDP socket, and who owns which frame of it: the kernel those in the
 * fill ring (to receive into) and those it was given to send, we those received and the free ones.
 */
#ifndef REFLECTOR_UMEM_H
#define REFLECTOR_UMEM_H

#include <stddef.h>
#include <xdp/xsk.h>

#define UMEM_FRAME_SIZE 2048 /* octets, a power of two: one packet of an MTU of 1500 */
/* Octets: so IP headers are aligned, and what comes ahead of a frame is in its first cache line. */
#define UMEM_HEADROOM 26
#define UMEM_FRAME_MAX (UMEM_FRAME_SIZE - 256 - UMEM_HEADROOM) /* 256: XDP_PACKET_HEADROOM */

struct umem;

/* `octets` of frames, at least 16, all free; each ring holds `ring_size`, a power of two. They are
 * locked memory. 0 or -errno. */
int umem_open(struct umem **out, size_t octets, unsigned int ring_size);

/* What the socket that uses them is made with. */
struct xsk_umem *umem_of_socket(struct umem *umem);

/* A received or sent frame's octets, at an address as descriptors have it. */
void *umem_octets(const struct umem *umem, __u64 address);

/* Gives the kernel a frame to send, or takes back one that was received; `address` may be anywhere
 * in it. */
void umem_lend(struct umem *umem);
void umem_free_frame(struct umem *umem, __u64 address);

/* Takes back the frames that have been sent. */
void umem_reap(struct umem *umem);

/* Hands all free frames to the kernel to receive into; whether it must be woken to see them. */
int umem_refill(struct umem *umem);

/* Whether so many frames are being sent that few may be left to receive into. */
int umem_is_scarce(const struct umem *umem);

/* Unless a socket still uses it. Takes NULL. */
void umem_close(struct umem *umem);

#endif
