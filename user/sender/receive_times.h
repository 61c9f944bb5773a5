/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Waits until the kernel stamps what it receives. */
#ifndef SENDER_RECEIVE_TIMES_H
#define SENDER_RECEIVE_TIMES_H

/*
 * The kernel switches receive timestamps on in the background when the first socket of the host
 * asks for them, which takes up to some milliseconds; a reply that comes before would have the
 * time when it was read. Returns once a datagram to ourselves on loopback has a timestamp, after
 * 50 ms at the latest. The caller's socket must have asked for them. 0, -ETIMEDOUT, or -errno where
 * loopback cannot be used; then the first replies may go without.
 */
int receive_times_wait(void);

#endif
