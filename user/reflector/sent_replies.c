/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/sent_replies.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PLACES 4096 /* sessions; a power of two */

struct sent_reply {
	struct session_key session;
	__u64 sent_ns; /* 0: the place is free */
	__u32 sequence;
};

struct sent_replies {
	pthread_mutex_t lock;
	struct sent_reply places[PLACES];
};

static struct sent_reply *place_of(struct sent_replies *replies, const struct session_key *session)
{
	const unsigned char *octets = (const unsigned char *)session;
	__u32 hash = 2166136261; /* FNV-1a */

	for (size_t i = 0; i < sizeof(*session); i++)
		hash = (hash ^ octets[i]) * 16777619;
	return &replies->places[(hash ^ hash >> 16) % PLACES];
}

int sent_replies_open(struct sent_replies **out)
{
	struct sent_replies *replies = calloc(1, sizeof(*replies));

	if (!replies)
		return -ENOMEM;
	pthread_mutex_init(&replies->lock, NULL);
	*out = replies;
	return 0;
}

void sent_replies_note(struct sent_replies *replies, const struct session_key *session,
		       __u32 sequence, __u64 sent_ns)
{
	struct sent_reply *place = place_of(replies, session);

	pthread_mutex_lock(&replies->lock);
	*place = (struct sent_reply){ *session, sent_ns, sequence };
	pthread_mutex_unlock(&replies->lock);
}

__u64 sent_replies_previous(struct sent_replies *replies, const struct session_key *session,
			    __u32 sequence)
{
	const struct sent_reply *place = place_of(replies, session);
	__u64 sent_ns = 0;

	pthread_mutex_lock(&replies->lock);
	if (sequence && place->sequence == sequence - 1 &&
	    !memcmp(&place->session, session, sizeof(*session)))
		sent_ns = place->sent_ns;
	pthread_mutex_unlock(&replies->lock);
	return sent_ns;
}

void sent_replies_close(struct sent_replies *replies)
{
	if (!replies)
		return;
	pthread_mutex_destroy(&replies->lock);
	free(replies);
}
