/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* packet_io in memory: requests that the test has written, replies that it will read. */
#ifndef TESTS_FAKE_IO_H
#define TESTS_FAKE_IO_H

#include <stdbool.h>
#include <stdint.h>

#include "reflector/packet_io.h"

#define FAKE_IO_OCTETS 1500 /* of a payload */

struct fake_packet {
	struct slow_request request;
	uint8_t payload[FAKE_IO_OCTETS];
	int send_err; /* what it comes to when its reply is sent */
	bool is_sent;
	size_t sent_length;
	uint8_t sent[FAKE_IO_OCTETS];
};

struct fake_io {
	struct packet_io io; /* the first member */
	int receive_err;     /* what it comes to when a batch is received */
	size_t count;        /* of `packets`, which are the next batch */
	struct fake_packet packets[PACKET_BATCH];
	uint64_t sent_ns;           /* when what was sent had left, CLOCK_MONOTONIC; 0: not known */
	size_t tried;               /* replies given to send, in the order of the packets */
	size_t unfinished;          /* batches received and not finished */
	void *memory[PACKET_BATCH]; /* of the payloads in hand, each as large as it must be */
};

/* Nothing to receive. */
void fake_io_reset(struct fake_io *io);

/* Adds a request to the next batch, with `request->length` octets of payload. */
struct fake_packet *fake_io_add(struct fake_io *io, const struct slow_request *request,
				const void *payload);

#endif
