/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loads the XDP program, nothing pinned and no network, and runs one frame after the other. */
#ifndef TESTS_PROG_RUN_H
#define TESTS_PROG_RUN_H

#include <stdbool.h>

#include "lib/packet.h"
#include "reflector/config.h"
#include "stamp/clock_offset.h"
#include "stamp/config.h"
#include "stamp/handover.h"
#include "stamp/judgement.h"
#include "stamp/outcome.h"
#include "stamp/rule.h"

#define PROG_RUN_IFINDEX 7
#define PROG_RUN_OTHER_PORT 49152 /* that rules answer beside 862 */

struct prog_run;

/* Settings of an interface in native mode, with the MAC address that frames go to by default. */
struct reflector_config prog_run_config(void);

/* Loads it; `sessions_max` 0 is the object's own. 0 or -errno. Reset, nothing is answered yet. */
int prog_run_open(struct prog_run **out, const struct reflector_config *config,
		  uint32_t sessions_max);

/* Takes NULL. */
void prog_run_close(struct prog_run *run);

/* From here on a call of libbpf that fails, fails the running test. */

/* Takes back all rules, local addresses and sessions; the counters, ports and clock stay. */
void prog_run_reset(struct prog_run *run);

/* Sessions only: the kernel takes its time to swap rules. */
void prog_run_forget_sessions(struct prog_run *run);

void prog_run_add_port(struct prog_run *run, uint16_t port);

/* Publishes the sessions of a configuration in place of all rules, without a new generation. */
void prog_run_set_sessions(struct prog_run *run, const struct config *config);

/* Sets the limits per source and ref-wait of a configuration, all buckets full. At first there are
 * none per source. */
void prog_run_set_limits(struct prog_run *run, const struct config *config);

/* Adds or replaces the rule for a prefix ("any", "192.0.2.0/24") on both ports, or removes it. */
void prog_run_set_rule(struct prog_run *run, const char *prefix, uint32_t flags);
void prog_run_remove_rule(struct prog_run *run, const char *prefix);

/* Adds an address as local, on every interface (0) or one, or removes it. */
void prog_run_add_address(struct prog_run *run, const char *address, uint32_t ifindex);
void prog_run_remove_address(struct prog_run *run, const char *address, uint32_t ifindex);

/* Publishes rules and addresses; the number of what was published last. */
void prog_run_next_generation(struct prog_run *run);
uint32_t prog_run_generation(const struct prog_run *run);

/* What stampd would write of this machine's clock: 1 us off, watched for a minute, TAI 37 s. */
struct clock_reading prog_run_clock_now(void);

/* Publishes a clock entry, as stampd does: fills the copy that is not read, then counts on. */
void prog_run_set_clock(struct prog_run *run, const struct clock_reading *clock);

/* Back to a clock entry that was never written. */
void prog_run_forget_clock(struct prog_run *run);

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t prog_run_monotonic(void);

/* Runs a frame; `out` is the frame that left, with the offsets of `in`. */
enum xdp_action prog_run_frame(struct prog_run *run, const struct packet *in, struct packet *out);

/* The same, and what the program has written in front of the frame; zeros: nothing. */
enum xdp_action prog_run_hand_over(struct prog_run *run, const struct packet *in,
				   struct packet *out, struct handover *handover);

/* Says that so many queues have an AF_XDP socket, for frames of so many octets; frames are run as
 * if received by queue 0. Puts in the socket of a queue, or with -1 takes it out. */
void prog_run_set_queues(struct prog_run *run, uint32_t queues, uint32_t frame_max);
void prog_run_set_socket(struct prog_run *run, uint32_t queue, int fd);

/* Asks stamp_judge; the program itself. */
struct judgement_result prog_run_judge(struct prog_run *run, const struct judgement *judgement);
int prog_run_judge_fd(const struct prog_run *run);

/* The map of local addresses. */
int prog_run_addresses_fd(const struct prog_run *run);

/* The counters, summed over CPUs, and the frames run so far. */
struct outcome_counts prog_run_counts(struct prog_run *run);
uint64_t prog_run_frames(const struct prog_run *run);

/* The name of an outcome. */
const char *prog_run_outcome_name(uint32_t outcome);

/* How many sessions there are; one of them by its key. */
uint32_t prog_run_count_sessions(struct prog_run *run);
bool prog_run_find_session(struct prog_run *run, const struct session_key *key,
			   struct session_state *state);
void prog_run_set_session(struct prog_run *run, const struct session_key *key,
			  const struct session_state *state);
void prog_run_remove_session(struct prog_run *run, const struct session_key *key);

/* How many entries the program has put into the session table. */
uint64_t prog_run_sessions_created(struct prog_run *run);

/* The key of the session that a request belongs to. */
struct session_key prog_run_key(const struct packet *request);

#endif
