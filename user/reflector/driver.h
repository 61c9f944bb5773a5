/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the driver of an interface says of itself, by ethtool's ioctl. */
#ifndef REFLECTOR_DRIVER_H
#define REFLECTOR_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

#define DRIVER_NAME_MAX 32

/* The driver's name; empty when it has none. */
void driver_name(const char *ifname, char out[DRIVER_NAME_MAX]);

/* The queues that frames come and leave by. */
struct driver_queues {
	unsigned int receive;
	unsigned int send;
};

/* 1 each when the driver does not say. */
struct driver_queues driver_queues_read(const char *ifname);

/*
 * Frames that the driver was given by XDP_TX and could not send, since the interface was made.
 * False when the driver does not count them.
 */
bool driver_transmit_errors(const char *ifname, uint64_t *out);

#endif
