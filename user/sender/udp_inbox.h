/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Memory for as many messages as one system call receives; one serves all sockets of a thread. */
#ifndef SENDER_UDP_INBOX_H
#define SENDER_UDP_INBOX_H

#include <stddef.h>
#include <sys/socket.h>

#define UDP_INBOX_MAX 64 /* messages */

struct udp_inbox;

/* For messages of up to `octets` each; what is longer is cut off. 0 or -errno. */
int udp_inbox_open(struct udp_inbox **out, size_t octets);

/*
 * Receives what waits at the socket, which never blocks. How many messages, 0 to UDP_INBOX_MAX, or
 * -errno. `flags` are those of recvmsg().
 */
int udp_inbox_receive(struct udp_inbox *inbox, int fd, int flags);

/* One of the messages received last, with its control messages, sender and octets; valid until the
 * next call. `*size` gets its octets. */
struct msghdr *udp_inbox_message(struct udp_inbox *inbox, size_t index, size_t *size);

/* Takes NULL. */
void udp_inbox_close(struct udp_inbox *inbox);

#endif
