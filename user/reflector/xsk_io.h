/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* packet_io over AF_XDP: one socket on one queue of an interface. */
#ifndef REFLECTOR_XSK_IO_H
#define REFLECTOR_XSK_IO_H

#include <stdbool.h>

#include "reflector/packet_io.h"
#include "reflector/xsk_rings.h"

struct xsk_io;

/* As xsk_rings_open(); what comes is counted for the interface. 0 or -errno, not logged. */
int xsk_io_open(struct xsk_io **out, const struct xsk_settings *settings,
		const struct slow_interface *interface);

/* What the slow path is written against. */
struct packet_io *xsk_io_packets(struct xsk_io *io);

/* To be put into the map of sockets, and to wait on. */
int xsk_io_fd(const struct xsk_io *io);

bool xsk_io_is_zero_copy(const struct xsk_io *io);

/* Octets of the largest frame that it takes. */
unsigned int xsk_io_frame_max(const struct xsk_io *io);

/* Whether T2 was taken here so far, since nothing came ahead of the frames. Any thread may ask. */
bool xsk_io_takes_times(const struct xsk_io *io);

/* Frames that the kernel had to drop because the socket's rings were full. Any thread may ask. */
__u64 xsk_io_lost(const struct xsk_io *io);

/* To be called before waiting: takes back what was sent. Whether that must be done again soon,
 * since memory is scarce. */
bool xsk_io_rest(struct xsk_io *io);

/* Takes NULL. */
void xsk_io_close(struct xsk_io *io);

#endif
