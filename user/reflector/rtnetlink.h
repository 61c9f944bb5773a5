/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One question to the kernel about its network, and the answer. */
#ifndef REFLECTOR_RTNETLINK_H
#define REFLECTOR_RTNETLINK_H

#include <libmnl/libmnl.h>

#define RTNETLINK_BUFFER 32768 /* octets: the largest link message, with all statistics */

/* Begins a request (RTM_*, NLM_F_* besides NLM_F_REQUEST) in `buffer`. */
struct nlmsghdr *rtnetlink_request(void *buffer, __u16 type, __u16 flags);

/* Sends the request and hands each message of its answer to `parse`, with `out`. 0 or -errno. */
int rtnetlink_query(struct nlmsghdr *request, mnl_cb_t parse, void *out);

#endif
