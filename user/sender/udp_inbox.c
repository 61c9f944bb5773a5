/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Memory for as many messages as one system call receives; one serves all sockets of a thread. */
#include "sender/udp_inbox.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#define CONTROL_MAX 512 /* octets */
/* A page and two lines, so that messages begin neither in the same lines of the processor's cache
 * nor in pages of the same set of its TLB. */
#define STAGGER (4096 + 128)

struct udp_inbox {
	uint8_t *memory;
	size_t used; /* messages that the last call has changed */
	struct mmsghdr messages[UDP_INBOX_MAX];
	struct iovec spaces[UDP_INBOX_MAX];
	struct sockaddr_storage from[UDP_INBOX_MAX];
	union {
		struct cmsghdr align;
		uint8_t octets[CONTROL_MAX];
	} control[UDP_INBOX_MAX];
};

/* What the kernel changes of a message when it receives one. */
static void clear(struct udp_inbox *inbox, size_t index)
{
	inbox->messages[index].msg_hdr = (struct msghdr){
		.msg_name = &inbox->from[index],
		.msg_namelen = sizeof(inbox->from[index]),
		.msg_iov = &inbox->spaces[index],
		.msg_iovlen = 1,
		.msg_control = &inbox->control[index],
		.msg_controllen = sizeof(inbox->control[index]),
	};
}

int udp_inbox_open(struct udp_inbox **out, size_t octets)
{
	struct udp_inbox *inbox = calloc(1, sizeof(*inbox));
	size_t stride = octets + STAGGER;

	if (!inbox)
		return -ENOMEM;
	inbox->memory = malloc(UDP_INBOX_MAX * stride);
	if (!inbox->memory) {
		udp_inbox_close(inbox);
		return -ENOMEM;
	}
	for (size_t i = 0; i < UDP_INBOX_MAX; i++) {
		inbox->spaces[i] = (struct iovec){ inbox->memory + i * stride, octets };
		clear(inbox, i);
	}
	*out = inbox;
	return 0;
}

int udp_inbox_receive(struct udp_inbox *inbox, int fd, int flags)
{
	int count;

	while (inbox->used)
		clear(inbox, --inbox->used);
	count = recvmmsg(fd, inbox->messages, UDP_INBOX_MAX, flags, NULL);
	if (count < 0)
		return errno == EAGAIN ? 0 : -errno;
	inbox->used = (size_t)count;
	return count;
}

struct msghdr *udp_inbox_message(struct udp_inbox *inbox, size_t index, size_t *size)
{
	*size = inbox->messages[index].msg_len;
	return &inbox->messages[index].msg_hdr;
}

void udp_inbox_close(struct udp_inbox *inbox)
{
	if (!inbox)
		return;
	free(inbox->memory);
	free(inbox);
}
