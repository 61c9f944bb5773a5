/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* TLVs as on the wire: RFC 8972 section 4, RFC 9503 section 3, RFC 9534 section 3. */
#ifndef STAMP_TLV_H
#define STAMP_TLV_H

#include "stamp/timestamp.h"

/* Flags: RFC 8972 section 4.2, RFC 10052. */
#define STAMP_TLV_UNRECOGNIZED                                                                     \
	0x80                      /* U: set by the sender, cleared by who understands the Type     \
				   */
#define STAMP_TLV_MALFORMED 0x40  /* M */
#define STAMP_TLV_INTEGRITY 0x20  /* I: the TLVs could not be verified, none was used */
#define STAMP_TLV_CONFORMANT 0x10 /* C */

enum stamp_tlv_type {
	STAMP_TLV_EXTRA_PADDING = 1,
	STAMP_TLV_LOCATION = 2,
	STAMP_TLV_TIMESTAMP_INFORMATION = 3,
	STAMP_TLV_CLASS_OF_SERVICE = 4,
	STAMP_TLV_DIRECT_MEASUREMENT = 5,
	STAMP_TLV_ACCESS_REPORT = 6,
	STAMP_TLV_FOLLOW_UP_TELEMETRY = 7,
	STAMP_TLV_HMAC = 8,
	STAMP_TLV_DESTINATION_NODE_ADDRESS = 9,
	STAMP_TLV_MICRO_SESSION_ID = 11,
};

/* Of the Location TLV: RFC 8972 section 4.2.1. A reply has the more specific one. */
enum stamp_sub_tlv_type {
	STAMP_SUB_TLV_SOURCE_MAC = 1,
	STAMP_SUB_TLV_SOURCE_EUI48 = 2,
	STAMP_SUB_TLV_SOURCE_EUI64 = 3,
	STAMP_SUB_TLV_DESTINATION_IP = 4,
	STAMP_SUB_TLV_DESTINATION_IP4 = 5,
	STAMP_SUB_TLV_DESTINATION_IP6 = 6,
	STAMP_SUB_TLV_SOURCE_IP = 7,
	STAMP_SUB_TLV_SOURCE_IP4 = 8,
	STAMP_SUB_TLV_SOURCE_IP6 = 9,
};

/* Synchronization Sources and Timestamping Methods: RFC 8972 section 4.3. */
enum stamp_synchronization_source {
	STAMP_SYNC_NTP = 1,
	STAMP_SYNC_PTP = 2,
	STAMP_SYNC_SSU_BITS = 3,
	STAMP_SYNC_GNSS = 4,
	STAMP_SYNC_LOCAL = 5, /* free-running */
};

enum stamp_timestamping_method {
	STAMP_METHOD_HARDWARE = 1,
	STAMP_METHOD_SOFTWARE = 2,
	STAMP_METHOD_CONTROL_PLANE = 3,
};

/* Access Report: RFC 8972 section 4.6. */
#define STAMP_ACCESS_3GPP 1
#define STAMP_ACCESS_NON_3GPP 2
#define STAMP_ACCESS_AVAILABLE 1
#define STAMP_ACCESS_UNAVAILABLE 2

/* A TLV or sub-TLV begins at any octet. */
struct stamp_tlv {
	__u8 flags;
	__u8 type;
	__be16 length; /* octets of the Value, which follows */
} __attribute__((packed));

#define STAMP_TLV_HEADER_SIZE 4 /* octets */

/* Octets of the Values that have one size. */
#define STAMP_CLASS_OF_SERVICE_SIZE 4
#define STAMP_DIRECT_MEASUREMENT_SIZE 12
#define STAMP_ACCESS_REPORT_SIZE 4
#define STAMP_FOLLOW_UP_TELEMETRY_SIZE 16
#define STAMP_MICRO_SESSION_ID_SIZE 4
#define STAMP_SUB_TLV_MAC_SIZE 8
#define STAMP_SUB_TLV_IP_SIZE 16

/* What Location and Timestamp Information have in front of their sub-TLVs. */
#define STAMP_TLV_FIXED_SIZE 4

_Static_assert(sizeof(struct stamp_tlv) == STAMP_TLV_HEADER_SIZE, "RFC 8972 section 4");

#endif
