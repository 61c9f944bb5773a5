/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The walks over the TLVs of a request, with any octets and in any context. That both stay within
 * the TLVs (the memory ends where they do) and end; that the reply's TLVs have the request's shape;
 * that flags are those that the use allows; that what is behind a malformed TLV is verbatim; that
 * the change of the checksum told is the true one; that an HMAC TLV in a reply is right; and that
 * the limits of the kernel give a prefix of the same walk. RFC 8972 section 4.
 */
#include "fuzz/fuzz.h"
#include "lib/packet.h"
#include "lib/prefix_of.h"
#include "proto/request_tlvs.h"
#include "stamp/checksum.h"

#define SHIFT 2 /* TLVs begin at even addresses that are no multiple of four */
#define FOLLOW_UP_NUMBERS 12
#define KERNEL_TLVS 8 /* as in bpf/tlvs.bpf.h */
#define KERNEL_SUB_TLVS 4

enum choice {
	HAS_KEYS = 0x01,
	IS_REQUIRED = 0x02,
	IS_SIGNED = 0x04, /* the HMAC TLV is made a right one */
	IS_IP6 = 0x08,
	HAS_MAC = 0x10,
	SECOND_KEY = 0x20, /* which it is made with */
};

/* In front of the TLVs in the input, in the order of the machine; seeds.py writes it. */
struct context {
	uint64_t dscp_denied;
	uint64_t previous_sent_ns;
	uint32_t request_sequence;
	uint32_t sequence;
	uint32_t received;
	uint32_t policy_flags;
	uint16_t micro_session_id;
	uint8_t choices;
	uint8_t traffic_class;
	uint8_t synchronization_source;
	uint8_t dscp;
	uint8_t reserved[2];
};

_Static_assert(sizeof(struct context) == 40, "seeds.py writes it");

/* A request's TLVs on their way to the reply's. */
struct run {
	struct context context;
	size_t length;
	const uint8_t *before;
	uint8_t *after;
	struct tlvs_verification verification;
	struct request_tlvs tlvs;
	struct tlv_exchange exchange;
};

static const struct tlv_limits no_limits = { .tlvs = UINT32_MAX, .sub_tlvs = UINT32_MAX };
static const struct tlv_limits kernel_limits = { KERNEL_TLVS, KERNEL_SUB_TLVS };

static struct auth_keys *keys;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_abort_on_failure();
	keys = fuzz_open_keys();
	return 0;
}

static bool has(const struct run *run, enum choice choice)
{
	return run->context.choices & choice;
}

/* A second walk, which knows nothing but headers: where the TLV behind the one at `at` is. */
static size_t behind(const uint8_t *octets, size_t at)
{
	return at + STAMP_TLV_HEADER_SIZE + packet_get16(octets + at + 2);
}

static size_t place_of(const uint8_t *octets, uint32_t number)
{
	size_t at = 0;

	for (uint32_t i = 0; i < number; i++)
		at = behind(octets, at);
	return at;
}

static struct tlv_survey survey(const struct run *run, struct tlv_limits limits)
{
	return survey_tlvs(&run->tlvs.area, run->context.micro_session_id, limits);
}

static void check_survey(const struct run *run)
{
	const struct tlv_survey *full = &run->tlvs.survey;
	const struct tlv_survey again = survey(run, no_limits);
	const struct tlv_survey kernel = survey(run, kernel_limits);

	assert_memory_equal(run->after, run->before, run->length);
	assert_memory_equal(&again, full, sizeof(again));
	assert_false(full->flags & TLV_SURVEY_BEYOND);
	assert_int_equal(place_of(run->before, full->count), full->sound);
	assert_int_equal(full->sound != run->length, !!(full->flags & TLV_SURVEY_MALFORMED));
	assert_in_range(kernel.count, 0, KERNEL_TLVS);
	if (!(kernel.flags & TLV_SURVEY_BEYOND)) {
		assert_memory_equal(&kernel, full, sizeof(kernel));
		return;
	}
	assert_in_range(kernel.count, 0, full->count);
	assert_int_equal(place_of(run->before, kernel.count), kernel.sound);
	if (kernel.count < KERNEL_TLVS)
		assert_true(tlv_has_sub_tlvs(run->before[kernel.sound + 1]));
}

/* Of an understood Location sub-TLV the Type tells more in the reply: RFC 8972 section 4.2.1. */
static uint8_t answered_type(const struct run *run, uint8_t tlv_type, uint8_t type)
{
	if (tlv_type != STAMP_TLV_LOCATION)
		return type;
	if (type == STAMP_SUB_TLV_SOURCE_MAC)
		return has(run, HAS_MAC) ? STAMP_SUB_TLV_SOURCE_EUI48 : STAMP_SUB_TLV_SOURCE_EUI64;
	if (type == STAMP_SUB_TLV_DESTINATION_IP)
		return has(run, IS_IP6) ? STAMP_SUB_TLV_DESTINATION_IP6
					: STAMP_SUB_TLV_DESTINATION_IP4;
	if (type == STAMP_SUB_TLV_SOURCE_IP)
		return has(run, IS_IP6) ? STAMP_SUB_TLV_SOURCE_IP6 : STAMP_SUB_TLV_SOURCE_IP4;
	return type;
}

static void check_answered_flags(uint8_t flags)
{
	assert_int_equal(flags & ~STAMP_TLV_UNRECOGNIZED, 0);
}

static void check_sub_tlvs(const struct run *run, size_t at)
{
	const size_t end = behind(run->before, at);
	const uint8_t tlv_type = run->before[at + 1];

	for (at += STAMP_TLV_HEADER_SIZE + STAMP_TLV_FIXED_SIZE; at < end;
	     at = behind(run->before, at)) {
		uint8_t type = run->before[at + 1];
		uint8_t answered = answered_type(run, tlv_type, type);

		check_answered_flags(run->after[at]);
		assert_int_equal(run->after[at + 1], answered);
		assert_int_equal(run->after[at] == 0, answered != type);
		assert_memory_equal(run->after + at + 2, run->before + at + 2, 2);
		if (answered == type)
			assert_memory_equal(run->after + at + STAMP_TLV_HEADER_SIZE,
					    run->before + at + STAMP_TLV_HEADER_SIZE,
					    packet_get16(run->before + at + 2));
	}
	assert_int_equal(at, end);
}

/* A TLV that was understood, or not. */
static void check_answered(const struct run *run, size_t at)
{
	const uint8_t type = run->before[at + 1];
	const size_t value = at + STAMP_TLV_HEADER_SIZE;

	check_answered_flags(run->after[at]);
	if (tlv_has_sub_tlvs(type))
		check_sub_tlvs(run, at);
	if (!tlv_is_understood(type))
		assert_int_equal(run->after[at], STAMP_TLV_UNRECOGNIZED);
	if (run->after[at] || type == STAMP_TLV_EXTRA_PADDING ||
	    type == STAMP_TLV_DESTINATION_NODE_ADDRESS)
		assert_memory_equal(run->after + value, run->before + value,
				    behind(run->before, at) - value);
}

static void check_sound_tlv(const struct run *run, size_t at)
{
	const uint8_t *before = run->before + at, *after = run->after + at;
	const size_t size = behind(run->before, at) - at;

	assert_memory_equal(after + 1, before + 1, STAMP_TLV_HEADER_SIZE - 1);
	switch (run->tlvs.use) {
	case TLVS_ANSWER:
	case TLVS_SIGN:
		check_answered(run, at);
		break;
	case TLVS_DENY:
		assert_int_equal(*after, (*before & STAMP_TLV_UNRECOGNIZED) | STAMP_TLV_INTEGRITY);
		assert_memory_equal(after + 1, before + 1, size - 1);
		break;
	default:
		assert_memory_equal(after, before, size);
	}
}

/* Whether so many octets, at so many from `at` on, were all that changed up to `end`. */
static void check_changed_only(const struct run *run, size_t at, size_t size, size_t end)
{
	size_t rest = at + size < end ? at + size : end;

	assert_memory_equal(run->after + rest, run->before + rest, end - rest);
}

/* Of sub-TLVs the flags of one at most. */
static void check_malformed_value(const struct run *run, size_t at, size_t end)
{
	size_t changed = 0;

	for (; at < end; at++) {
		if (run->after[at] == run->before[at])
			continue;
		changed++;
		assert_true(run->after[at] & STAMP_TLV_MALFORMED);
	}
	assert_in_range(changed, 0, 1);
}

static void check_malformed(const struct run *run, size_t at)
{
	const size_t value = at + STAMP_TLV_HEADER_SIZE;
	const uint8_t type = run->before[at + 1];
	size_t end = run->length;

	assert_true(run->after[at] & STAMP_TLV_MALFORMED);
	assert_false(tlv_is_understood(type) && run->after[at] & STAMP_TLV_UNRECOGNIZED);
	assert_memory_equal(run->after + at + 1, run->before + at + 1, STAMP_TLV_HEADER_SIZE - 1);
	if (behind(run->before, at) < end)
		end = behind(run->before, at);
	if (tlv_has_sub_tlvs(type))
		check_malformed_value(run, value, end);
	else
		check_changed_only(run, value,
				   type == STAMP_TLV_FOLLOW_UP_TELEMETRY ? FOLLOW_UP_NUMBERS : 0,
				   end);
	check_changed_only(run, end, 0, run->length);
}

/* What is behind the sound TLVs. */
static void check_rest(const struct run *run)
{
	const size_t at = run->tlvs.survey.sound;

	if (run->tlvs.use == TLVS_DENY || at == run->length) {
		check_changed_only(run, at, 0, run->length);
	} else if (run->length - at < STAMP_TLV_HEADER_SIZE) {
		assert_int_equal(run->after[at], run->before[at] | STAMP_TLV_MALFORMED);
		check_changed_only(run, at, 1, run->length);
	} else {
		check_malformed(run, at);
	}
}

/* What user space alone changes is summed afresh there. */
static void check_change(const struct run *run)
{
	const uint32_t length = (uint32_t)run->length;
	uint64_t before = bpf_htons(packet_sum(run->before, length, 0));
	uint16_t after = bpf_htons(packet_sum(run->after, length, 0));

	if ((run->tlvs.use != TLVS_ANSWER && run->tlvs.use != TLVS_COPY) ||
	    run->tlvs.survey.flags & TLV_SURVEY_INTRICATE)
		return;
	/* Of the two zeros of one's complement either. */
	assert_int_equal(stamp_sum_fold(before + run->exchange.change) % 0xffff, after % 0xffff);
}

/* What Class of Service and Destination Node Address TLVs ask of the IP header. */
static void check_wishes(const struct run *run)
{
	const struct tlv_exchange *exchange = &run->exchange;
	const struct session_policy *policy = &exchange->policy;
	uint8_t received = run->context.traffic_class >> 2;

	assert_int_equal(policy->flags & ~(uint32_t)SESSION_SET_DSCP,
			 run->context.policy_flags & ~(uint32_t)SESSION_SET_DSCP);
	assert_int_equal(policy->dscp_denied, run->context.dscp_denied);
	assert_in_range(policy->dscp, 0, 63);
	if (exchange->has_class)
		assert_true(policy->dscp == received || !(policy->dscp_denied >> policy->dscp & 1));
	else
		assert_int_equal(policy->dscp, run->context.dscp & 63);
	if (exchange->has_source)
		assert_int_equal(stamp_address_is_ip4(&exchange->source), !has(run, IS_IP6));
	if (run->tlvs.use != TLVS_ANSWER && run->tlvs.use != TLVS_SIGN)
		assert_false(exchange->has_class || exchange->has_source);
}

static __be32 reply_sequence(const struct run *run)
{
	return bpf_htonl(run->context.sequence);
}

/* The reply looked at as if it were a request: the same TLVs, believed or not as before. */
static void check_second_look(const struct run *run)
{
	struct tlvs_verification verification = run->verification;
	struct request_tlvs reply;

	if (run->tlvs.use == TLVS_SIGN)
		verification.sequence = reply_sequence(run);
	request_tlvs_examine(&reply, run->after, run->length, run->context.micro_session_id,
			     &verification);
	assert_memory_equal(&reply.survey, &run->tlvs.survey, sizeof(reply.survey));
	assert_int_equal(reply.use, run->tlvs.use);
	if (reply.use == TLVS_SIGN)
		assert_int_equal(reply.key, run->tlvs.key);
}

static void check_reply(const struct run *run)
{
	size_t at = 0;

	for (uint32_t i = 0; i < run->tlvs.survey.count; i++) {
		check_sound_tlv(run, at);
		at = behind(run->before, at);
	}
	check_rest(run);
	check_change(run);
	check_wishes(run);
	check_second_look(run);
}

static int is_own(void *context, const struct stamp_address *address)
{
	(void)context;
	return address->octets[15] < 0x80;
}

static struct session_key key_of(const struct run *run)
{
	return (struct session_key){
		.sender = prefix_of(has(run, IS_IP6) ? "2001:db8::1" : "192.0.2.1").address,
		.reflector = prefix_of(has(run, IS_IP6) ? "2001:db8::2" : "192.0.2.2").address,
		.sender_port = bpf_htons(20000),
		.reflector_port = bpf_htons(862),
	};
}

static struct tlv_exchange exchange_of(const struct run *run)
{
	const struct context *context = &run->context;

	return (struct tlv_exchange){
		.key = key_of(run),
		.source_mac = { bpf_htons(0x0200), 0, bpf_htons(1) },
		.has_source_mac = has(run, HAS_MAC),
		.micro_session_id = context->micro_session_id,
		.traffic_class = context->traffic_class,
		.synchronization_source = context->synchronization_source,
		.sequence = context->sequence,
		.received = context->received,
		.previous_sent_ns = context->previous_sent_ns,
		.policy = {
			.flags = context->policy_flags,
			.dscp = context->dscp & 63,
			.dscp_denied = context->dscp_denied,
		},
	};
}

static void examine(struct run *run)
{
	request_tlvs_examine(&run->tlvs, run->after, run->length, run->context.micro_session_id,
			     &run->verification);
}

/* What a fuzzer would never guess. */
static void make_right(struct run *run, uint8_t *before)
{
	const uint32_t at = run->tlvs.survey.hmac_at;

	if (!has(run, IS_SIGNED) || !(run->tlvs.survey.flags & TLV_SURVEY_HMAC))
		return;
	hmac_sign_two(auth_keys_get(keys, has(run, SECOND_KEY)), &run->verification.sequence,
		      sizeof(run->verification.sequence), before, at,
		      before + at + STAMP_TLV_HEADER_SIZE);
	memcpy(run->after, before, run->length);
	examine(run);
	if (has(run, HAS_KEYS) && !(run->tlvs.survey.flags & TLV_SURVEY_MISPLACED))
		assert_int_equal(run->tlvs.use, TLVS_SIGN);
}

static void answer(struct run *run)
{
	if (request_tlvs_name_other_link(&run->tlvs))
		return;
	run->exchange = exchange_of(run);
	request_tlvs_answer(&run->tlvs, &run->exchange, is_own, NULL);
	request_tlvs_sign(&run->tlvs, keys, reply_sequence(run));
	check_reply(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	struct fuzz_input input = { octets, size };
	struct run run = { 0 };
	uint8_t *before, *memory;

	fuzz_take(&input, &run.context, sizeof(run.context));
	run.length = input.size;
	before = malloc(run.length + 1);
	memory = malloc(SHIFT + run.length);
	assert_true(before && memory);
	fuzz_take(&input, before, run.length);
	run.before = before;
	run.after = memory + SHIFT;
	memcpy(run.after, before, run.length);
	run.verification = (struct tlvs_verification){
		.is_required = has(&run, IS_REQUIRED),
		.keys = has(&run, HAS_KEYS) ? keys : NULL,
		.sequence = bpf_htonl(run.context.request_sequence),
	};
	examine(&run);
	make_right(&run, before);
	check_survey(&run);
	answer(&run);
	free(before);
	free(memory);
	return 0;
}
