/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The whole slow path over an array of requests, judged by the kernel's stamp_judge: any octets
 * from each kind of session, in batches, handed over or not. That every request is counted once and
 * a reply is as long as its request (slow_scene_answer() sees to both); that nothing is answered in
 * authenticated mode but what a key of the session signed, and that key signs the reply; that a
 * reply has what it must have of its request, each session its own unbroken numbers; and that TLVs
 * come back in the request's shape, with a right HMAC TLV where they had one.
 */
#include <errno.h>

#include "fuzz/fuzz.h"
#include "lib/slow_scene.h"
#include "proto/request_tlvs.h"

#define REQUESTS_MAX 96 /* of an input: what one needs to be slow shows no more with others */
#define MICRO_SESSION_ID 0x21
#define BASE_SIZE 44
#define AUTH_SIZE 112
#define TTL 61 /* of slow_scene_add() */

enum choice {
	SECOND_INTERFACE = 0x01,
	IS_HANDED_OVER = 0x02, /* and by the rules in force */
	IS_STALE = 0x04,       /* handed over by earlier ones */
	SIGNED_WORKED = 0x10,  /* the request, if it is long enough */
	SIGNED_OTHER = 0x20,
	HAS_RIGHT_TLVS = 0x40, /* the HMAC TLV is made a right one */
	ENDS_BATCH = 0x80,
};

enum trait {
	BY_REALTIME = 0x01,
	CANNOT_BE_SENT = 0x02,
	HAS_MAC = 0x04,
	FROM_OTHER_PORT = 0x08,
};

/* In front of each request of the input; seeds.py writes it. */
struct record {
	uint8_t peer;
	uint8_t choices;
	uint8_t traits;
	uint8_t traffic_class;
	uint16_t length; /* of the payload, as far as the input has it */
};

_Static_assert(sizeof(struct record) == 6, "seeds.py writes it");
_Static_assert(OPEN_STATELESS == 7 && OPEN_TLV_KEY == 11 && SLOW_STRANGER == 12, "seeds.py, too");

/* Where the fields are, by the figures of RFC 8762 section 4.2 and 4.3. */
struct layout {
	size_t size;
	size_t timestamp, error_estimate, ssid; /* of a request */
	size_t sender_sequence, sender_timestamp, sender_error_estimate, ttl;
};

static const struct layout open_layout = { BASE_SIZE, 4, 12, 14, 24, 28, 36, 40 };
static const struct layout auth_layout = { AUTH_SIZE, 16, 24, 26, 48, 64, 72, 80 };

/* A session that has had a reply. */
struct session {
	size_t interface;
	enum slow_peer peer;
	uint16_t port;
	uint16_t ssid;
	uint32_t replies;            /* also those that could not be sent */
	bool was_sent[REQUESTS_MAX]; /* by number */
	uint32_t numbers;            /* one more than the highest */
};

static struct record records[PACKET_BATCH]; /* of the batch */
static struct session sessions[REQUESTS_MAX];
static size_t session_count;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_abort_on_failure();
	assert_int_equal(slow_scene_open(NULL), 0);
	return 0;
}

static bool is_authenticated(enum slow_peer peer)
{
	return peer < OPEN_STATELESS;
}

/* Whether the key is one of the peer's session. */
static bool is_key_of(enum slow_peer peer, enum slow_key key)
{
	if (!is_authenticated(peer) || peer == AUTH_TWO_KEYS)
		return is_authenticated(peer);
	return key == (peer == AUTH_OTHER_KEY ? OTHER_KEY : WORKED_KEY);
}

/* Which key of the session has signed the request; -1: none. */
static int signing_key(const struct fake_packet *packet, enum slow_peer peer)
{
	if (packet->request.length < AUTH_SIZE)
		return -1;
	for (enum slow_key key = WORKED_KEY; key <= OTHER_KEY; key++)
		if (is_key_of(peer, key) && slow_scene_is_signed(key, packet->payload))
			return (int)key;
	return -1;
}

static const struct layout *layout_of(enum slow_peer peer)
{
	return is_authenticated(peer) ? &auth_layout : &open_layout;
}

/* TWAMP Light the XDP program answers itself. */
static bool is_handed_over(const struct record *record)
{
	return record->choices & IS_HANDED_OVER && record->peer != OPEN_TWAMP_LIGHT &&
	       record->peer != SLOW_STRANGER;
}

/* Its TLVs are used when an HMAC TLV verifies them, only then. */
static bool has_tlv_key(enum slow_peer peer)
{
	return is_authenticated(peer) || peer == OPEN_TLV_KEY;
}

/* What is behind the base packet of a request or reply with this Sequence Number. */
static void examine(const struct fake_packet *packet, const struct record *record, void *octets,
		    __be32 sequence, struct request_tlvs *tlvs)
{
	const size_t base = layout_of(record->peer)->size;
	const size_t length = packet->request.length;
	const struct tlvs_verification verification = {
		.is_required = has_tlv_key(record->peer),
		.keys = session_keys_find_tlv(slow_scene.path.keys, record->peer),
		.sequence = sequence,
	};

	request_tlvs_examine(tlvs, (uint8_t *)octets + base, length > base ? length - base : 0,
			     packet->request.interface->micro_session_id, &verification);
}

static __be32 sequence_at(const uint8_t *octets)
{
	__be32 sequence;

	memcpy(&sequence, octets, sizeof(sequence));
	return sequence;
}

/* What a fuzzer would never guess, first the HMAC TLV, which the base packet's does not cover. */
static void make_right(struct fake_packet *packet, const struct record *record)
{
	const struct auth_keys *keys = session_keys_find_tlv(slow_scene.path.keys, record->peer);
	const __be32 sequence = sequence_at(packet->payload);
	struct request_tlvs tlvs;

	examine(packet, record, packet->payload, sequence, &tlvs);
	if (record->choices & HAS_RIGHT_TLVS && keys && tlvs.survey.flags & TLV_SURVEY_HMAC)
		hmac_sign_two(auth_keys_get(keys, 0), &sequence, sizeof(sequence), tlvs.area.start,
			      tlvs.survey.hmac_at,
			      (uint8_t *)tlvs.area.start + tlvs.survey.hmac_at +
				      STAMP_TLV_HEADER_SIZE);
	if (packet->request.length < AUTH_SIZE)
		return;
	if (record->choices & SIGNED_WORKED)
		slow_scene_sign(WORKED_KEY, packet->payload);
	else if (record->choices & SIGNED_OTHER)
		slow_scene_sign(OTHER_KEY, packet->payload);
}

/* As the XDP program has it from the rules, which name the session by the peer's number. */
static struct handover handover_of(const struct record *record)
{
	struct handover handover = {
		.received_ns = slow_scene.received_ns,
		.magic = HANDOVER_MAGIC,
		.generation = slow_scene.path.generation - !!(record->choices & IS_STALE),
		.policy.session = record->peer,
	};

	if (!is_handed_over(record))
		return (struct handover){ 0 };
	if (is_authenticated(record->peer))
		handover.policy.flags |= SESSION_AUTHENTICATED;
	if (has_tlv_key(record->peer))
		handover.policy.flags |= SESSION_TLV_KEY;
	return handover;
}

static void dress(struct fake_packet *packet, const struct record *record)
{
	struct slow_request *request = &packet->request;

	request->interface = &slow_scene.interfaces[record->choices & SECOND_INTERFACE];
	request->handover = handover_of(record);
	request->traffic_class = record->traffic_class;
	request->has_source_mac = record->traits & HAS_MAC;
	if (record->traits & BY_REALTIME) {
		request->clock = CLOCK_REALTIME;
		request->received_ns = SLOW_T2;
	}
	if (record->traits & FROM_OTHER_PORT)
		request->key.sender_port = bpf_htons(862); /* where the loop guard looks twice */
	if (record->traits & CANNOT_BE_SENT)
		packet->send_err = -ENOBUFS;
	make_right(packet, record);
}

/* Takes one request from the input; whether the batch ends with it. */
static bool add_request(struct fuzz_input *input)
{
	struct record *record = &records[slow_scene.io.count];
	uint8_t payload[FAKE_IO_OCTETS];
	size_t length;

	fuzz_take(input, record, sizeof(*record));
	record->peer %= SLOW_STRANGER + 1;
	length = record->length % (FAKE_IO_OCTETS + 1);
	if (length > input->size)
		length = input->size;
	fuzz_take(input, payload, length);
	dress(slow_scene_add(record->peer, payload, length), record);
	return record->choices & ENDS_BATCH;
}

static uint16_t ssid_of(const struct fake_packet *packet, const struct record *record)
{
	const struct layout *layout = layout_of(record->peer);

	if (packet->request.length < layout->size || record->peer == OPEN_TWAMP_LIGHT)
		return 0;
	return packet_get16(packet->payload + layout->ssid);
}

static struct session *find_session(const struct fake_packet *packet, const struct record *record)
{
	const struct session wanted = {
		.interface = record->choices & SECOND_INTERFACE,
		.peer = record->peer,
		.port = packet->request.key.sender_port,
		.ssid = ssid_of(packet, record),
	};

	for (size_t i = 0; i < session_count; i++)
		if (sessions[i].interface == wanted.interface && sessions[i].peer == wanted.peer &&
		    sessions[i].port == wanted.port && sessions[i].ssid == wanted.ssid)
			return &sessions[i];
	sessions[session_count] = wanted;
	return &sessions[session_count++];
}

static bool is_stateful(enum slow_peer peer)
{
	return peer == AUTH_STATEFUL || peer == AUTH_OTHER_KEY || peer == AUTH_STRICT ||
	       peer == OPEN_STATEFUL || peer == OPEN_TLV_KEY;
}

/* Within a batch what has TLVs, or is to be verified, is numbered behind what has none. */
static void check_number(struct session *session, const struct fake_packet *packet)
{
	uint32_t number = packet_get32(packet->sent);

	if (!is_stateful(session->peer)) {
		assert_int_equal(number, packet_get32(packet->payload));
		return;
	}
	assert_in_range(number, 0, REQUESTS_MAX - 1);
	assert_false(session->was_sent[number]);
	session->was_sent[number] = true;
	if (session->numbers <= number)
		session->numbers = number + 1;
}

static void check_base(const struct fake_packet *packet, const struct record *record)
{
	const struct layout *layout = layout_of(record->peer);
	const uint8_t *request = packet->payload, *reply = packet->sent;

	assert_int_equal(packet_get16(reply + layout->ssid), ssid_of(packet, record));
	assert_memory_equal(reply + layout->sender_sequence, request, 4);
	assert_memory_equal(reply + layout->sender_timestamp, request + layout->timestamp, 8);
	assert_memory_equal(reply + layout->sender_error_estimate, request + layout->error_estimate,
			    2);
	assert_int_equal(reply[layout->ttl], TTL);
}

static void check_tlvs(struct fake_packet *packet, const struct record *record)
{
	const size_t base = layout_of(record->peer)->size;
	struct request_tlvs asked, answered;

	if (packet->request.length <= base)
		return;
	if (record->peer == OPEN_TWAMP_LIGHT) {
		assert_memory_equal(packet->sent + base, packet->payload + base,
				    packet->request.length - base);
		return;
	}
	examine(packet, record, packet->payload, sequence_at(packet->payload), &asked);
	examine(packet, record, packet->sent,
		sequence_at(asked.use == TLVS_SIGN ? packet->sent : packet->payload), &answered);
	assert_false(request_tlvs_name_other_link(&asked));
	assert_memory_equal(&answered.survey, &asked.survey, sizeof(asked.survey));
	assert_int_equal(answered.use, asked.use);
}

static void check_packet(size_t i)
{
	struct fake_packet *packet = &slow_scene.io.packets[i];
	const struct record *record = &records[i];
	const struct slow_reply *reply = &slow_scene.batch.packets[i].reply;
	const int key = signing_key(packet, record->peer);
	struct session *session;

	assert_int_equal(reply->outcome == OUTCOME_SEND_FAILED && !packet->send_err, 0);
	if (!packet->is_sent && reply->outcome != OUTCOME_SEND_FAILED)
		return;
	assert_int_not_equal(record->peer, SLOW_STRANGER);
	assert_true(key >= 0 || !is_authenticated(record->peer));
	session = find_session(packet, record);
	session->replies++;
	if (!packet->is_sent)
		return;
	if (is_authenticated(record->peer))
		assert_true(slow_scene_is_signed((enum slow_key)key, packet->sent));
	check_number(session, packet);
	check_base(packet, record);
	check_tlvs(packet, record);
}

static void run_batch(void)
{
	int err;

	slow_scene.io.sent_ns = slow_scene.received_ns;
	err = slow_scene_answer();
	assert_true(!err || err == -ENOBUFS);
	for (size_t i = 0; i < slow_scene.io.count; i++)
		check_packet(i);
	for (size_t i = 0; i < session_count; i++)
		assert_in_range(sessions[i].numbers, 0, sessions[i].replies);
	/* What was refused leaves nothing behind. */
	assert_int_equal(slow_scene_sessions(0) + slow_scene_sessions(1), session_count);
	slow_scene_next_batch();
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
	struct fuzz_input input = { octets, size };

	slow_scene_reset();
	slow_scene.interfaces[1].micro_session_id = MICRO_SESSION_ID;
	session_count = 0;
	for (size_t i = 0; input.size && i < REQUESTS_MAX; i++)
		if (add_request(&input) || slow_scene.io.count == PACKET_BATCH)
			run_batch();
	if (slow_scene.io.count)
		run_batch();
	return 0;
}
