/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/config_match.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* What requests have in common, but for the address that they are sent to. */
struct match_key {
	struct prefix sender;
	unsigned short sender_port;
	unsigned short reflector_port;
	unsigned short ssid;
	unsigned short reserved; /* no padding: keys are compared as octets */
};

struct match {
	struct match_key key;
	unsigned short session;
	struct match *next; /* of another session, with the same key */
};

struct match_set {
	const struct config *config;
	void *matches; /* tsearch() */
};

_Static_assert(sizeof(struct match_key) == 28, "no hidden padding");

struct match_set *match_set_open(const struct config *config)
{
	struct match_set *set = calloc(1, sizeof(*set));

	if (set)
		set->config = config;
	return set;
}

static void free_chain(void *chain)
{
	struct match *match = chain;

	while (match) {
		struct match *next = match->next;

		free(match);
		match = next;
	}
}

void match_set_close(struct match_set *set)
{
	if (!set)
		return;
	tdestroy(set->matches, free_chain);
	free(set);
}

static int compare(const void *a, const void *b)
{
	return memcmp(&((const struct match *)a)->key, &((const struct match *)b)->key,
		      sizeof(struct match_key));
}

/* The session's own addresses, or the one prefix that stands for any. */
static size_t reflectors_of(const struct session_config *session, const struct prefix **prefixes)
{
	static const struct prefix any = { .length = 0 };

	*prefixes = session->reflector_count ? session->reflectors : &any;
	return session->reflector_count ? session->reflector_count : 1;
}

/* The first address prefix that both sessions have; NULL: none. */
static const struct prefix *common_reflector(const struct session_config *a,
					     const struct session_config *b)
{
	const struct prefix *of_a;
	const struct prefix *of_b;
	size_t count_a = reflectors_of(a, &of_a);
	size_t count_b = reflectors_of(b, &of_b);

	for (size_t i = 0; i < count_a; i++)
		for (size_t j = 0; j < count_b; j++)
			if (!memcmp(&of_a[i], &of_b[j], sizeof(*of_a)))
				return &of_a[i];
	return NULL;
}

static bool conflicts(const struct match_set *set, const struct match *match,
		      const struct session_config *session, struct match_conflict *conflict)
{
	const struct session_config *earlier = &set->config->sessions[match->session];
	const struct prefix *common = common_reflector(earlier, session);

	if (common)
		*conflict = (struct match_conflict){
			.earlier = earlier,
			.sender = match->key.sender,
			.reflector = *common,
			.ssid = match->key.ssid,
		};
	return common;
}

static struct match *match_new(const struct match_key *key, unsigned short session)
{
	struct match *match = calloc(1, sizeof(*match));

	if (match)
		*match = (struct match){ .key = *key, .session = session };
	return match;
}

/* The match with this key that came first, which may be the session's; NULL when memory is out. */
static struct match *first_match(struct match_set *set, const struct match_key *key,
				 unsigned short session)
{
	struct match *match = match_new(key, session);
	struct match **found = match ? tsearch(match, &set->matches, compare) : NULL;

	if (!found || *found != match)
		free(match);
	return found ? *found : NULL;
}

static int add_match(struct match_set *set, const struct match_key *key,
		     const struct session_config *session, struct match_conflict *conflict)
{
	struct match *match = first_match(set, key, session->policy.session);

	if (!match)
		return -ENOMEM;
	if (match->session == session->policy.session)
		return 0;
	while (!conflicts(set, match, session, conflict)) {
		if (match->next) {
			match = match->next;
			continue;
		}
		match->next = match_new(key, session->policy.session);
		return match->next ? 0 : -ENOMEM;
	}
	return -EEXIST;
}

int match_set_add(struct match_set *set, const struct session_config *session,
		  struct match_conflict *conflict)
{
	size_t ssids = session->ssid_count ? session->ssid_count : 1;
	int err = 0;

	for (size_t i = 0; !err && i < session->sender_count * ssids; i++) {
		struct match_key key = {
			.sender = session->senders[i / ssids],
			.sender_port = session->sender_port,
			.reflector_port = session->reflector_port,
			.ssid = session->ssid_count ? session->ssids[i % ssids] : 0,
		};

		err = add_match(set, &key, session, conflict);
	}
	return err;
}
