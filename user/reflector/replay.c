/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/replay.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define WAYS 4 /* windows that a session may choose of */
#define WORD_BITS 64
#define WINDOW_WORDS (REPLAY_WINDOW_MAX / WORD_BITS)

struct window {
	struct replay_key key;
	__u64 used_ns; /* 0: free */
	__u32 highest;
	__u32 reserved;
	__u64 seen[WINDOW_WORDS]; /* bit `sequence % REPLAY_WINDOW_MAX` of those below the highest
				   */
};

struct replay_windows {
	pthread_mutex_t lock;
	size_t set_count; /* a power of two */
	struct window (*sets)[WAYS];
};

_Static_assert(sizeof(struct replay_key) == sizeof(struct session_key) + sizeof(__u64),
	       "no hidden padding");

int replay_open(struct replay_windows **out, size_t capacity)
{
	struct replay_windows *windows = calloc(1, sizeof(*windows));

	if (!windows)
		return -ENOMEM;
	windows->set_count = 1;
	while (windows->set_count * WAYS < capacity)
		windows->set_count *= 2;
	windows->sets = calloc(windows->set_count, sizeof(*windows->sets));
	if (!windows->sets) {
		free(windows);
		return -ENOMEM;
	}
	pthread_mutex_init(&windows->lock, NULL);
	*out = windows;
	return 0;
}

/* Only who has a key gets a window, so nobody can aim at a set. A multiplication carries upwards
 * only, so what it brought there is brought down again. */
static size_t set_of(const struct replay_windows *windows, const struct replay_key *key)
{
	__u64 words[sizeof(*key) / sizeof(__u64)];
	__u64 hash = 0;

	memcpy(words, key, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15ULL;
		hash ^= hash >> 32;
	}
	return hash & (windows->set_count - 1);
}

/* The session's window; else the one of its set that was not used for the longest. */
static struct window *find(struct replay_windows *windows, const struct replay_key *key)
{
	struct window *set = windows->sets[set_of(windows, key)];
	struct window *oldest = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].used_ns && !memcmp(&set[i].key, key, sizeof(*key)))
			return &set[i];
		if (set[i].used_ns < oldest->used_ns)
			oldest = &set[i];
	}
	oldest->used_ns = 0;
	return oldest;
}

static void mark(struct window *window, __u32 sequence)
{
	window->seen[sequence % REPLAY_WINDOW_MAX / WORD_BITS] |= 1ULL << sequence % WORD_BITS;
}

/* What was marked for the numbers of one round earlier does not hold for these. */
static void advance(struct window *window, __u32 sequence)
{
	if (sequence - window->highest >= REPLAY_WINDOW_MAX)
		memset(window->seen, 0, sizeof(window->seen));
	else
		for (__u32 next = window->highest + 1; next != sequence; next++)
			window->seen[next % REPLAY_WINDOW_MAX / WORD_BITS] &=
				~(1ULL << next % WORD_BITS);
	window->highest = sequence;
	mark(window, sequence);
}

static bool is_marked(const struct window *window, __u32 sequence)
{
	return window->seen[sequence % REPLAY_WINDOW_MAX / WORD_BITS] >> sequence % WORD_BITS & 1;
}

static bool enter(struct window *window, __u32 sequence, unsigned int size)
{
	if ((__s32)(sequence - window->highest) > 0) {
		advance(window, sequence);
		return true;
	}
	if (window->highest - sequence >= size || is_marked(window, sequence))
		return false;
	mark(window, sequence);
	return true;
}

static void begin(struct window *window, const struct replay_key *key, __u32 sequence)
{
	*window = (struct window){ .key = *key, .highest = sequence };
	mark(window, sequence);
}

bool replay_is_new(struct replay_windows *windows, const struct replay_key *key, __u32 sequence,
		   unsigned int size, __u64 now_ns, __u64 idle_ns)
{
	struct window *window;
	bool is_new = true;

	pthread_mutex_lock(&windows->lock);
	window = find(windows, key);
	if (!window->used_ns || (__s64)(now_ns - window->used_ns) > (__s64)idle_ns)
		begin(window, key, sequence);
	else
		is_new = enter(window, sequence, size);
	if (is_new)
		window->used_ns = now_ns;
	pthread_mutex_unlock(&windows->lock);
	return is_new;
}

void replay_close(struct replay_windows *windows)
{
	if (!windows)
		return;
	pthread_mutex_destroy(&windows->lock);
	free(windows->sets);
	free(windows);
}
