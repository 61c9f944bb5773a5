/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The TLVs of a request of the Session-Sender, as our reflector answers them, and then damaged, cut
 * or made up: what the sender makes of them. That no octet is read that is not there; that what is
 * told stands in the reply, in a TLV that was sent, understood and, with a key, verified; that
 * nothing is told when I is set or the HMAC is wrong; and that an undamaged reply is used as a
 * whole. RFC 8972 section 4.
 */
#include "fuzz/fuzz.h"
#include "lib/packet.h"
#include "proto/request_tlvs.h"
#include "sender/tlv_reply.h"

#define ITEMS_MAX 8
#define EXTRA_MAX 64
#define MICRO_SESSION_ID 0x21

enum choice {
	HAS_HMAC = 0x01,
	IS_KEPT_FROM_REFLECTOR = 0x02, /* the key */
	CARRIES_REPORT = 0x04,
	IS_AUTHENTICATED = 0x08, /* 112 octets in front */
	IS_MADE_UP = 0x10,       /* the octets are the input's */
	HAS_MICRO_SESSION = 0x20,
	HAS_MAC = 0x40,
	IS_IP6 = 0x80,
};

/* In front of the input, then an item for each TLV asked for, then damages or octets; seeds.py
 * writes it. */
struct setup {
	uint8_t choices;
	uint8_t items;
	uint8_t cut;
	uint8_t extra; /* octets behind the TLVs */
	uint32_t sequence;
};

struct item {
	uint8_t type;
	uint8_t value;
	uint8_t other;
};

struct damage {
	uint16_t at;
	uint8_t turned; /* bits */
};

_Static_assert(sizeof(struct setup) == 8 && sizeof(struct damage) == 4, "seeds.py writes them");

/* A reply and what was asked for. */
struct exchange {
	struct setup setup;
	struct tlv_request request;
	size_t base;
	size_t size; /* of the reply */
	uint8_t *octets;
	bool is_damaged;
	struct tlv_reply reply;
};

static struct auth_keys *keys;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_abort_on_failure();
	keys = fuzz_open_keys();
	return 0;
}

static bool has(const struct exchange *exchange, enum choice choice)
{
	return exchange->setup.choices & choice;
}

static struct stamp_address node_of(const struct item *item)
{
	struct stamp_address address = { { { 0x20, 1, 0xd, 0xb8, [15] = item->value } } };

	return item->other & 1 ? address : stamp_address_ip4(bpf_htonl(0xc0000200 | item->value));
}

static struct tlv_item location_of(const struct item *item)
{
	static const uint8_t types[] = { STAMP_SUB_TLV_SOURCE_MAC, STAMP_SUB_TLV_DESTINATION_IP,
					 STAMP_SUB_TLV_SOURCE_IP };
	struct tlv_item location = {
		.type = STAMP_TLV_LOCATION,
		.octets = STAMP_TLV_FIXED_SIZE,
		.location.count = item->value % (ARRAY_SIZE(types) + 1),
	};

	for (size_t i = 0; i < ARRAY_SIZE(types) && i < location.location.count; i++) {
		location.location.types[i] = types[i];
		location.octets += STAMP_TLV_HEADER_SIZE + tlv_sub_tlv_octets(types[i]);
	}
	return location;
}

/* One that the options can ask for. */
static struct tlv_item item_of(const struct item *item)
{
	switch (item->type) {
	case STAMP_TLV_LOCATION:
		return location_of(item);
	case STAMP_TLV_TIMESTAMP_INFORMATION:
		return (struct tlv_item){ .type = item->type, .octets = STAMP_TLV_FIXED_SIZE };
	case STAMP_TLV_CLASS_OF_SERVICE:
		return (struct tlv_item){ .type = item->type,
					  .octets = STAMP_CLASS_OF_SERVICE_SIZE,
					  .class_of_service.dscp = item->value & 63 };
	case STAMP_TLV_DIRECT_MEASUREMENT:
		return (struct tlv_item){ .type = item->type,
					  .octets = STAMP_DIRECT_MEASUREMENT_SIZE };
	case STAMP_TLV_ACCESS_REPORT:
		return (struct tlv_item){ .type = item->type,
					  .octets = STAMP_ACCESS_REPORT_SIZE,
					  .access = { 1 + (item->value & 1), item->other } };
	case STAMP_TLV_FOLLOW_UP_TELEMETRY:
		return (struct tlv_item){ .type = item->type,
					  .octets = STAMP_FOLLOW_UP_TELEMETRY_SIZE };
	case STAMP_TLV_DESTINATION_NODE_ADDRESS:
		return (struct tlv_item){ .type = item->type,
					  .octets = item->other & 1 ? 16 : 4,
					  .node.address = node_of(item) };
	case STAMP_TLV_MICRO_SESSION_ID:
		return (struct tlv_item){ .type = item->type,
					  .octets = STAMP_MICRO_SESSION_ID_SIZE,
					  .micro_session.sender = item->value };
	default:
		return (struct tlv_item){ .type = STAMP_TLV_EXTRA_PADDING, .octets = item->value };
	}
}

static void take_request(struct exchange *exchange, struct fuzz_input *input)
{
	struct tlv_request *request = &exchange->request;
	struct item item;

	for (int i = exchange->setup.items % ITEMS_MAX; i >= 0; i--) {
		fuzz_take(input, &item, sizeof(item));
		request->items[request->count++] = item_of(&item);
	}
	if (has(exchange, HAS_HMAC))
		request->items[request->count++] = (struct tlv_item){
			.type = STAMP_TLV_HMAC,
			.octets = STAMP_HMAC_SIZE,
		};
}

static void write_request(struct exchange *exchange)
{
	uint64_t random = 0;
	const struct tlv_values values = {
		.sequence = exchange->setup.sequence,
		.sent = 7,
		.access_report = has(exchange, CARRIES_REPORT),
		.random = &random,
		.keys = has(exchange, HAS_HMAC) ? keys : NULL,
	};

	packet_put32(exchange->octets, exchange->setup.sequence);
	tlv_request_write(&exchange->request, &values, exchange->octets + exchange->base);
}

static int is_own(void *context, const struct stamp_address *address)
{
	(void)context;
	return address->octets[15] < 0x80;
}

/* The reply takes the request's place. */
static void reflect(struct exchange *exchange)
{
	const uint16_t link = has(exchange, HAS_MICRO_SESSION) ? MICRO_SESSION_ID : 0;
	const struct stamp_address ip6 = node_of(&(struct item){ .other = 1 });
	const struct tlvs_verification verification = {
		.is_required = has(exchange, HAS_HMAC),
		.keys = has(exchange, IS_KEPT_FROM_REFLECTOR) ? NULL : keys,
		.sequence = bpf_htonl(exchange->setup.sequence),
	};
	struct tlv_exchange answer = {
		.source_mac = { bpf_htons(0x0200), 0, bpf_htons(1) },
		.has_source_mac = has(exchange, HAS_MAC),
		.micro_session_id = link,
		.synchronization_source = STAMP_SYNC_NTP,
		.sequence = 3,
		.received = 4,
		.previous_sent_ns = NSEC_PER_SEC,
		.policy.flags = SESSION_STATEFUL,
	};
	struct request_tlvs tlvs;

	answer.key.sender = has(exchange, IS_IP6) ? ip6 : stamp_address_ip4(bpf_htonl(0xc0000201));
	answer.key.reflector = answer.key.sender;
	request_tlvs_examine(&tlvs, exchange->octets + exchange->base,
			     tlv_request_size(&exchange->request), link, &verification);
	assert_int_equal(tlvs.survey.flags & (TLV_SURVEY_MALFORMED | TLV_SURVEY_MISPLACED), 0);
	request_tlvs_answer(&tlvs, &answer, is_own, NULL);
	packet_put32(exchange->octets, answer.sequence);
	request_tlvs_sign(&tlvs, keys, bpf_htonl(answer.sequence));
}

static void do_damage(struct exchange *exchange, struct fuzz_input *input)
{
	struct damage damage;

	while (input->size && exchange->size) {
		fuzz_take(input, &damage, sizeof(damage));
		exchange->octets[damage.at % exchange->size] ^= damage.turned;
		exchange->is_damaged |= damage.turned;
	}
}

/* The reply in memory of exactly its size. */
static void make_reply(struct exchange *exchange, struct fuzz_input *input)
{
	const size_t size = exchange->base + tlv_request_size(&exchange->request);
	const size_t extra = exchange->setup.extra % (EXTRA_MAX + 1);

	exchange->octets = calloc(1, size);
	assert_non_null(exchange->octets);
	write_request(exchange);
	reflect(exchange);
	exchange->size = size + extra;
	exchange->size -= exchange->setup.cut < size ? exchange->setup.cut : 0;
	exchange->is_damaged = exchange->size != size;
	exchange->octets = realloc(exchange->octets, exchange->size);
	assert_non_null(exchange->octets);
	if (exchange->size > size)
		memset(exchange->octets + size, 0, exchange->size - size);
	if (!has(exchange, IS_MADE_UP)) {
		do_damage(exchange, input);
		return;
	}
	exchange->is_damaged = true;
	fuzz_take(input, exchange->octets, exchange->size);
}

/* The Value of the last TLV of this type that may be used, among those read; NULL if none. */
static const uint8_t *value_of(const struct exchange *exchange, uint8_t type)
{
	const uint8_t *tlv = exchange->octets + exchange->base, *value = NULL;

	for (unsigned int i = 0; i < exchange->reply.read; i++) {
		assert_true(tlv + STAMP_TLV_HEADER_SIZE <= exchange->octets + exchange->size);
		assert_int_equal(packet_get16(tlv + 2), exchange->request.items[i].octets);
		if (tlv[1] == type && !(tlv[0] & STAMP_TLV_UNRECOGNIZED))
			value = tlv + STAMP_TLV_HEADER_SIZE;
		tlv += STAMP_TLV_HEADER_SIZE + exchange->request.items[i].octets;
	}
	assert_true(tlv <= exchange->octets + exchange->size);
	return value;
}

static bool tells_anything(const struct tlv_reply *reply)
{
	return reply->location.known || reply->timestamp_info.known ||
	       reply->class_of_service.known || reply->direct_measurement.known ||
	       reply->follow_up.known || reply->micro_session.known ||
	       reply->access_report != TLV_ANSWER_NONE || reply->node != TLV_ANSWER_NONE;
}

/* A Location TLV whose sub-TLVs do not fill it makes a reply malformed. */
static void check_location(const uint8_t *value)
{
	const size_t size = packet_get16(value - 2);
	size_t at = STAMP_TLV_FIXED_SIZE;

	while (at + STAMP_TLV_HEADER_SIZE <= size)
		at += STAMP_TLV_HEADER_SIZE + packet_get16(value + at + 2);
	assert_int_equal(at, size);
}

static void check_numbers(const struct exchange *exchange)
{
	const struct tlv_reply *reply = &exchange->reply;
	const uint8_t *value = value_of(exchange, STAMP_TLV_DIRECT_MEASUREMENT);

	assert_int_equal(reply->direct_measurement.known, value != NULL);
	if (value)
		assert_int_equal(reply->direct_measurement.reflector_received,
				 packet_get32(value + 4));
	value = value_of(exchange, STAMP_TLV_TIMESTAMP_INFORMATION);
	assert_int_equal(reply->timestamp_info.known, value != NULL);
	if (value)
		assert_int_equal(reply->timestamp_info.send_method, value[3]);
	value = value_of(exchange, STAMP_TLV_LOCATION);
	assert_int_equal(reply->location.known, value != NULL);
	if (value)
		assert_int_equal(reply->location.source_port, packet_get16(value + 2));
	if (value && !reply->malformed)
		check_location(value);
	value = value_of(exchange, STAMP_TLV_MICRO_SESSION_ID);
	assert_int_equal(reply->micro_session.known, value != NULL);
	if (value)
		assert_int_equal(reply->micro_session.reflector, packet_get16(value + 2));
	value = value_of(exchange, STAMP_TLV_FOLLOW_UP_TELEMETRY);
	assert_true(value || !reply->follow_up.known);
	if (value)
		assert_int_equal(reply->follow_up.sequence, packet_get32(value));
}

/* Right, by the reply's octets alone. */
static void check_hmac(const struct exchange *exchange)
{
	const uint8_t *value = value_of(exchange, STAMP_TLV_HMAC);
	const uint8_t *tlvs = exchange->octets + exchange->base;
	bool is_right = false;

	assert_non_null(value);
	for (size_t i = 0; i < auth_keys_count(keys); i++)
		is_right |= hmac_verify_two(auth_keys_get(keys, i), exchange->octets, 4, tlvs,
					    (size_t)(value - STAMP_TLV_HEADER_SIZE - tlvs), value);
	assert_true(is_right);
}

static void check_undamaged(const struct exchange *exchange)
{
	const struct tlv_reply *reply = &exchange->reply;

	if (has(exchange, HAS_HMAC) && has(exchange, IS_KEPT_FROM_REFLECTOR)) {
		assert_int_equal(reply->state, TLV_REPLY_INTEGRITY);
		return;
	}
	assert_false(reply->malformed || reply->mismatched);
	assert_int_equal(reply->read, exchange->request.count);
	assert_true(reply->state == TLV_REPLY_USED ||
		    (reply->state == TLV_REPLY_UNTOUCHED && reply->unrecognized == reply->read));
}

static void check_reading(const struct exchange *exchange)
{
	const struct tlv_reply *reply = &exchange->reply;

	assert_in_range(reply->state, TLV_REPLY_NONE, TLV_REPLY_STATE_MAX - 1);
	assert_int_equal(reply->state == TLV_REPLY_NONE, exchange->size <= exchange->base);
	assert_in_range(reply->read, 0, exchange->request.count);
	assert_in_range(reply->unrecognized, 0, reply->read);
	if (reply->read < exchange->request.count && reply->state != TLV_REPLY_NONE)
		assert_true(reply->malformed || reply->mismatched ||
			    reply->state == TLV_REPLY_INTEGRITY);
	if (reply->state == TLV_REPLY_USED && has(exchange, HAS_HMAC))
		check_hmac(exchange);
	if (reply->state == TLV_REPLY_USED)
		check_numbers(exchange);
	else if (reply->state != TLV_REPLY_UNTOUCHED)
		assert_false(tells_anything(reply));
	if (!exchange->is_damaged)
		check_undamaged(exchange);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	struct fuzz_input input = { octets, size };
	struct exchange exchange = { .is_damaged = false };

	fuzz_take(&input, &exchange.setup, sizeof(exchange.setup));
	exchange.base = has(&exchange, IS_AUTHENTICATED) ? 112 : 44;
	take_request(&exchange, &input);
	make_reply(&exchange, &input);
	tlv_reply_read(&exchange.request, has(&exchange, HAS_HMAC) ? keys : NULL, exchange.base,
		       exchange.octets, exchange.size, &exchange.reply);
	check_reading(&exchange);
	free(exchange.octets);
	return 0;
}
