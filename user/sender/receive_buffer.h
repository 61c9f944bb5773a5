/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The room in the kernel for datagrams that wait to be read, and what did not fit. */
#ifndef SENDER_RECEIVE_BUFFER_H
#define SENDER_RECEIVE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/* The octets that as many datagrams of this size take up. */
size_t receive_buffer_for(uint64_t datagrams, size_t size);

/* Asks for this room, as far as net.core.rmem_max lets; never for less than there is. */
void receive_buffer_enlarge(int fd, size_t octets);

/*
 * How many datagrams the kernel has dropped at the socket since it was opened: no room, or, much
 * rarer, a wrong checksum. 0, or -errno where it does not tell.
 */
int receive_buffer_dropped(int fd, uint64_t *out);

#endif
