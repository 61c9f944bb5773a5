/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What --tlv leaves open: the HMAC TLV, the padding, the size of the packet. */
#include "ping/tlv_settle.h"

#include <errno.h>
#include <string.h>

#include "common/log.h"
#include "ping/options_settle.h"

bool tlv_settle_needed(const struct sender_options *options)
{
	return options->tlvs.count || options->tlv_key_file;
}

static void insert(struct tlv_request *request, size_t place, struct tlv_item item)
{
	struct tlv_item *at = &request->items[place];

	memmove(at + 1, at, (request->count - place) * sizeof(*at));
	*at = item;
	request->count++;
}

/* R8972-4.8-2: what may stand behind it need not, but is then neither covered nor in its way. */
static void add_hmac(struct tlv_request *request)
{
	const struct tlv_item hmac = { .type = STAMP_TLV_HMAC, .octets = STAMP_HMAC_SIZE };
	size_t place = request->count;

	while (place && request->items[place - 1].type == STAMP_TLV_EXTRA_PADDING)
		place--;
	insert(request, place, hmac);
}

static struct tlv_item *find_filler(struct tlv_request *request)
{
	for (size_t i = 0; i < request->count; i++) {
		struct tlv_item *item = &request->items[i];

		if (item->type == STAMP_TLV_EXTRA_PADDING && item->padding.fills)
			return item;
	}
	return NULL;
}

static int refuse_rest(const struct sender_options *options, uint64_t needed)
{
	log_error("-s %u: the TLVs end at %u, and what is left is too small for the Extra Padding "
		  "that fills it (4 octets at least); give -s %u, or %u or more",
		  (unsigned int)options->size, (unsigned int)needed, (unsigned int)needed,
		  (unsigned int)needed + STAMP_TLV_HEADER_SIZE);
	return -EINVAL;
}

/* `needed`: octets of the packet without padding that fills it. */
static int fill(struct sender_options *options, struct tlv_item *filler, uint64_t needed)
{
	uint64_t left = options->size - needed;
	const struct tlv_item padding = {
		.type = STAMP_TLV_EXTRA_PADDING,
		.octets = (uint16_t)(left - STAMP_TLV_HEADER_SIZE),
	};

	if (filler)
		filler->octets += (uint16_t)left;
	else if (left && left < STAMP_TLV_HEADER_SIZE)
		return refuse_rest(options, needed);
	else if (left)
		insert(&options->tlvs, options->tlvs.count, padding);
	return 0;
}

static int settle_size(struct sender_options *options, uint64_t base)
{
	struct tlv_item *filler = find_filler(&options->tlvs);
	uint64_t needed;

	if (filler && options->size != OPTIONS_SIZE_UNSET)
		filler->octets = 0;
	needed = base + tlv_request_size(&options->tlvs);
	if (options->size == OPTIONS_SIZE_UNSET)
		options->size = needed;
	if (options->size > OPTIONS_SIZE_MAX) {
		log_error(
			"--tlv: the packet would have %u octets, of which UDP carries %u; ask for "
			"less padding",
			(unsigned int)options->size, OPTIONS_SIZE_MAX);
		return -EINVAL;
	}
	if (options->size < needed) {
		log_error("-s %u: the packet has %u octets with its TLVs; give that or more, or "
			  "leave out -s",
			  (unsigned int)options->size, (unsigned int)needed);
		return -EINVAL;
	}
	return fill(options, filler, needed);
}

/* R8972-4.8-1 */
static int require_hmac(const struct sender_options *options)
{
	const struct tlv_request *request = &options->tlvs;

	if (!options->key_file || options->tlv_key_file ||
	    (request->count == 1 && request->items[0].type == STAMP_TLV_EXTRA_PADDING))
		return 0;
	log_error("--tlv with --auth: TLVs other than a single padding need an HMAC of their own; "
		  "give its key by --tlv-key (it may be the file of --auth)");
	return -EINVAL;
}

int tlv_settle(struct sender_options *options, uint64_t base)
{
	int err;

	if (options->tlv_key_file)
		add_hmac(&options->tlvs);
	err = settle_size(options, base);
	return err ? err : require_hmac(options);
}

int tlv_settle_access(struct sender_options *options)
{
	bool asked = options->access_timeout_ns || options->access_tries != TLV_ACCESS_TRIES_UNSET;

	if (asked && !tlv_request_find(&options->tlvs, STAMP_TLV_ACCESS_REPORT)) {
		log_error("--access-timeout and --access-tries are about a report: give --tlv "
			  "access-report, too, or leave them out");
		return -EINVAL;
	}
	if (!options->access_timeout_ns)
		options->access_timeout_ns = TLV_ACCESS_TIMEOUT_NS;
	if (options->access_tries == TLV_ACCESS_TRIES_UNSET)
		options->access_tries = TLV_ACCESS_TRIES;
	return 0;
}
