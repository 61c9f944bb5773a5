/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "lib/cases.h"
#include "lib/fake_io.h"

#define SHIFT 2 /* payloads begin at even addresses that are no multiple of four */

/* What the slow path must fill in by itself is filled with something else before. */
static int receive(struct packet_io *base, struct packet_batch *batch)
{
	struct fake_io *io = (struct fake_io *)base;

	if (io->receive_err)
		return io->receive_err;
	assert_int_equal(batch->count, 0);
	batch->count = io->count;
	for (size_t i = 0; i < io->count; i++) {
		const struct fake_packet *packet = &io->packets[i];
		size_t length = packet->request.length;
		size_t room = length < STAMP_BASE_SIZE ? STAMP_BASE_SIZE : length;

		io->memory[i] = malloc(SHIFT + room);
		assert_non_null(io->memory[i]);
		batch->packets[i].request = packet->request;
		batch->packets[i].payload = (uint8_t *)io->memory[i] + SHIFT;
		memset(batch->packets[i].payload, 0xa5, room);
		memcpy(batch->packets[i].payload, packet->payload, length);
		memset(&batch->packets[i].reply, 0xa5, sizeof(batch->packets[i].reply));
	}
	io->unfinished++;
	return 0;
}

static int send_reply(struct packet_io *base, struct packet_batch *batch, size_t index)
{
	struct fake_io *io = (struct fake_io *)base;
	struct fake_packet *packet = &io->packets[index];
	const struct slow_packet *answered = &batch->packets[index];

	assert_in_range(index, io->tried, batch->count - 1);
	io->tried = index + 1;
	assert_int_equal(stamp_outcome_action(answered->reply.outcome), XDP_TX);
	assert_in_range(answered->reply.length, STAMP_BASE_SIZE, FAKE_IO_OCTETS);
	if (packet->send_err)
		return packet->send_err;
	packet->is_sent = true;
	packet->sent_length = answered->reply.length;
	memcpy(packet->sent, answered->payload, answered->reply.length);
	return 0;
}

static void finish(struct packet_io *base, struct packet_batch *batch)
{
	struct fake_io *io = (struct fake_io *)base;

	for (size_t i = 0; i < batch->count; i++) {
		if (io->packets[i].is_sent)
			batch->packets[i].reply.sent_ns = io->sent_ns;
		free(io->memory[i]);
	}
	io->unfinished--;
}

void fake_io_reset(struct fake_io *io)
{
	memset(io, 0, sizeof(*io));
	io->io = (struct packet_io){ receive, send_reply, finish };
}

struct fake_packet *fake_io_add(struct fake_io *io, const struct slow_request *request,
				const void *payload)
{
	struct fake_packet *packet = &io->packets[io->count];

	assert_in_range(io->count, 0, PACKET_BATCH - 1);
	assert_in_range(request->length, 0, FAKE_IO_OCTETS);
	io->count++;
	packet->request = *request;
	memcpy(packet->payload, payload, request->length);
	return packet;
}
