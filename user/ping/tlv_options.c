/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --tlv NAME[=ARGS]: one table of the TLVs there are. */
#include "ping/tlv_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/address.h"
#include "common/log.h"
#include "ping/quantity.h"

#define ROWS (sizeof(rows) / sizeof(*rows))
#define ARGUMENTS_MAX TLV_SUB_TLVS_MAX
#define TEXT_MAX 128

#define DSCP_MAX 63
#define ID_MAX 65535

/* What stands behind "=", between commas. */
struct arguments {
	size_t count;
	const char *words[ARGUMENTS_MAX];
	char text[TEXT_MAX];
};

struct tlv_row {
	const char *name;
	uint8_t type;
	uint16_t octets; /* of the Value, unless the arguments say */
	/* 0, or -EINVAL; NULL: takes no arguments. */
	int (*read)(const struct arguments *arguments, struct tlv_item *item);
	const char *form;     /* NAME[=ARGS] */
	const char *expected; /* what is wrong otherwise */
};

struct word {
	const char *text;
	uint8_t value;
};

static int read_word(const char *text, const struct word *words, size_t count, uint8_t *out)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, words[i].text) != 0)
			continue;
		*out = words[i].value;
		return 0;
	}
	return -EINVAL;
}

static int read_number(const char *text, uint64_t min, uint64_t max, uint16_t *out)
{
	uint64_t number;

	if (quantity_number(text, &number) || number < min || number > max)
		return -EINVAL;
	*out = (uint16_t)number;
	return 0;
}

static int read_padding(const struct arguments *arguments, struct tlv_item *item)
{
	size_t i = 0;

	item->padding.fills = !arguments->count || !strcmp(arguments->words[0], "zeros");
	if (!item->padding.fills) {
		if (read_number(arguments->words[i++], 0, TLV_OCTETS_MAX, &item->octets))
			return -EINVAL;
	}
	item->padding.zeros = i < arguments->count;
	if (!item->padding.zeros)
		return 0;
	return i + 1 == arguments->count && !strcmp(arguments->words[i], "zeros") ? 0 : -EINVAL;
}

static void add_sub_tlv(struct tlv_item *item, uint8_t type)
{
	item->location.types[item->location.count++] = type;
	item->octets += STAMP_TLV_HEADER_SIZE + tlv_sub_tlv_octets(type);
}

static const struct word location_words[] = {
	{ "source-mac", STAMP_SUB_TLV_SOURCE_MAC },
	{ "destination-ip", STAMP_SUB_TLV_DESTINATION_IP },
	{ "source-ip", STAMP_SUB_TLV_SOURCE_IP },
};

static int read_location(const struct arguments *arguments, struct tlv_item *item)
{
	for (size_t i = 0; i < arguments->count; i++) {
		uint8_t type;

		if (read_word(arguments->words[i], location_words, 3, &type) ||
		    memchr(item->location.types, type, item->location.count))
			return -EINVAL;
		add_sub_tlv(item, type);
	}
	for (size_t i = 0; !arguments->count && i < TLV_SUB_TLVS_MAX; i++)
		add_sub_tlv(item, location_words[i].value);
	return 0;
}

static int read_class_of_service(const struct arguments *arguments, struct tlv_item *item)
{
	uint16_t dscp;

	if (arguments->count != 1 || read_number(arguments->words[0], 0, DSCP_MAX, &dscp))
		return -EINVAL;
	item->class_of_service.dscp = (uint8_t)dscp;
	return 0;
}

static int read_access_report(const struct arguments *arguments, struct tlv_item *item)
{
	static const struct word networks[] = { { "3gpp", STAMP_ACCESS_3GPP },
						{ "non-3gpp", STAMP_ACCESS_NON_3GPP } };
	static const struct word codes[] = { { "available", STAMP_ACCESS_AVAILABLE },
					     { "unavailable", STAMP_ACCESS_UNAVAILABLE } };

	if (arguments->count != 2 || read_word(arguments->words[0], networks, 2, &item->access.id))
		return -EINVAL;
	return read_word(arguments->words[1], codes, 2, &item->access.return_code);
}

static int read_node(const struct arguments *arguments, struct tlv_item *item)
{
	struct prefix prefix;
	const char *why;

	if (arguments->count != 1 || strchr(arguments->words[0], '/') ||
	    !strcmp(arguments->words[0], "any") || prefix_parse(arguments->words[0], &prefix, &why))
		return -EINVAL;
	item->node.address = prefix.address;
	item->octets = stamp_address_is_ip4(&prefix.address) ? sizeof(__be32)
							     : sizeof(struct stamp_address);
	return 0;
}

static int read_micro_session(const struct arguments *arguments, struct tlv_item *item)
{
	if (!arguments->count || arguments->count > 2 ||
	    read_number(arguments->words[0], 1, ID_MAX, &item->micro_session.sender))
		return -EINVAL;
	if (arguments->count == 1)
		return 0;
	return read_number(arguments->words[1], 1, ID_MAX, &item->micro_session.reflector);
}

/* clang-format off */
static const struct tlv_row rows[] = {
	{ "padding", STAMP_TLV_EXTRA_PADDING, TLV_PADDING_DEFAULT, read_padding,
	  "padding[=OCTETS[,zeros]|=zeros]",
	  "padding, padding=OCTETS (0 to 65535), padding=zeros or padding=OCTETS,zeros" },
	{ "location", STAMP_TLV_LOCATION, STAMP_TLV_FIXED_SIZE, read_location,
	  "location[=source-mac,destination-ip,source-ip]",
	  "location for all three, or location= and some of source-mac, destination-ip and source-ip, "
	  "each once, with commas between them" },
	{ "timestamp-info", STAMP_TLV_TIMESTAMP_INFORMATION, STAMP_TLV_FIXED_SIZE, NULL,
	  "timestamp-info", "timestamp-info, which takes no arguments" },
	{ "cos", STAMP_TLV_CLASS_OF_SERVICE, STAMP_CLASS_OF_SERVICE_SIZE, read_class_of_service,
	  "cos=DSCP", "cos=DSCP, with the DSCP wanted for the reply (0 to 63)" },
	{ "direct-measurement", STAMP_TLV_DIRECT_MEASUREMENT, STAMP_DIRECT_MEASUREMENT_SIZE, NULL,
	  "direct-measurement", "direct-measurement, which takes no arguments" },
	{ "access-report", STAMP_TLV_ACCESS_REPORT, STAMP_ACCESS_REPORT_SIZE, read_access_report,
	  "access-report=3gpp|non-3gpp,available|unavailable",
	  "access-report= with 3gpp or non-3gpp, a comma, and available or unavailable" },
	{ "follow-up", STAMP_TLV_FOLLOW_UP_TELEMETRY, STAMP_FOLLOW_UP_TELEMETRY_SIZE, NULL,
	  "follow-up", "follow-up, which takes no arguments" },
	{ "destination", STAMP_TLV_DESTINATION_NODE_ADDRESS, 0, read_node,
	  "destination=ADDRESS", "destination= with the IPv4 or IPv6 address of the node meant" },
	{ "micro-session", STAMP_TLV_MICRO_SESSION_ID, STAMP_MICRO_SESSION_ID_SIZE, read_micro_session,
	  "micro-session=SENDER[,REFLECTOR]",
	  "micro-session=SENDER or micro-session=SENDER,REFLECTOR, each 1 to 65535" },
};
/* clang-format on */

static const struct tlv_row *find_row(const char *text)
{
	size_t length = strcspn(text, "=");

	for (size_t i = 0; i < ROWS; i++) {
		if (strlen(rows[i].name) == length && !strncmp(rows[i].name, text, length))
			return &rows[i];
	}
	return NULL;
}

/* Nothing between two commas is an argument, too, and always a wrong one. */
static int split(const char *text, struct arguments *out)
{
	char *rest = out->text;

	out->count = 0;
	if (!text)
		return 0;
	if (strlen(text) >= sizeof(out->text))
		return -EINVAL;
	memcpy(out->text, text, strlen(text) + 1);
	while (rest) {
		if (out->count == ARGUMENTS_MAX)
			return -EINVAL;
		out->words[out->count++] = strsep(&rest, ",");
	}
	return 0;
}

static int read_item(const struct tlv_row *row, const char *text, struct tlv_item *out)
{
	const char *equals = strchr(text, '=');
	struct arguments arguments;

	*out = (struct tlv_item){ .type = row->type, .octets = row->octets };
	if (split(equals ? equals + 1 : NULL, &arguments))
		return -EINVAL;
	if (!row->read)
		return equals ? -EINVAL : 0;
	return row->read(&arguments, out);
}

static void refuse_name(const char *text)
{
	char *forms = NULL;
	size_t size;
	FILE *out = open_memstream(&forms, &size);

	if (!out)
		return;
	tlv_options_write_forms(out);
	if (!fclose(out))
		log_error("--tlv %s: no TLV is called so; there are: %s; --tlv-key adds the HMAC "
			  "TLV",
			  text, forms);
	free(forms);
}

static int refuse(const char *text, const char *why)
{
	log_error("--tlv %s: %s", text, why);
	return -EINVAL;
}

int tlv_options_add(struct tlv_request *request, const char *text)
{
	const struct tlv_row *row = find_row(text);
	struct tlv_item item;

	if (!row) {
		refuse_name(text);
		return -EINVAL;
	}
	if (read_item(row, text, &item)) {
		log_error("--tlv %s: expected %s", text, row->expected);
		return -EINVAL;
	}
	if (row->type != STAMP_TLV_EXTRA_PADDING && tlv_request_find(request, row->type))
		return refuse(text, "given twice; only padding may be");
	if (request->count == TLV_ASKED_MAX)
		return refuse(text, "one too many; a packet has at most 32");
	request->items[request->count++] = item;
	return 0;
}

const char *tlv_options_name(uint8_t type)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].type == type)
			return rows[i].name;
	}
	return "hmac";
}

void tlv_options_write_forms(FILE *out)
{
	for (size_t i = 0; i < ROWS; i++)
		fprintf(out, "%s%s", i ? "; " : "", rows[i].form);
}
