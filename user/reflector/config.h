/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What stampd is asked to do: the YAML file or the quick options, checked and with defaults. */
#ifndef REFLECTOR_CONFIG_H
#define REFLECTOR_CONFIG_H

#include <limits.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

#include "common/address.h"
#include "common/paths.h"
#include "stamp/timestamp.h"
#include "stamp/tlv.h"

#define CONFIG_DEFAULT_FILE "/etc/xdp-stamp/stampd.yaml"
#define CONFIG_DEFAULT_PIN_PATH "/sys/fs/bpf/xdp-stamp"
#define CONFIG_MAX_SESSIONS 65536 /* entries of the session table, unless configured */
#define CONFIG_NAME_MAX 64

#define CONFIG_SESSIONS_MAX 8192 /* provisioned sessions */
#define CONFIG_SSIDS_MAX 8       /* of one session */
#define CONFIG_CPU_MAX 1023      /* what a set of processors can name */
#define CONFIG_CPUS_MAX 64       /* of one interface */
#define CONFIG_KEY_FILE_MAX 256  /* octets of a path */
#define CONFIG_REF_WAIT_SECONDS 900
#define CONFIG_REF_WAIT_NS (CONFIG_REF_WAIT_SECONDS * NSEC_PER_SEC)
#define CONFIG_PACKETS_PER_SECOND 10000 /* of one source */
#define CONFIG_BURST 1000               /* packets */

enum reflector_mode { MODE_NATIVE, MODE_GENERIC, MODE_SOCKET };

enum tai_source { TAI_FROM_KERNEL, TAI_FIXED };

/* Whether AF_XDP is used: where it can be had, always or never. Else the UDP socket answers. */
enum af_xdp_use { AF_XDP_AUTO, AF_XDP_TRUE, AF_XDP_FALSE };

enum zero_copy { ZERO_COPY_AUTO, ZERO_COPY_TRUE, ZERO_COPY_FALSE };

struct af_xdp_config {
	enum af_xdp_use enabled;
	enum zero_copy zero_copy;
	unsigned int ring_size; /* descriptors of each ring */
	__u64 umem;             /* octets of frames, for each queue */
	bool busy_poll;
	unsigned short cpus[CONFIG_CPUS_MAX]; /* of the queues' threads, one after the other */
	size_t cpu_count;                     /* 0: any */
};

struct interface_config {
	char name[IF_NAMESIZE];
	enum reflector_mode mode;
	struct af_xdp_config af_xdp;
	unsigned int micro_session_id; /* RFC 9534; 0: none */
};

/* A provisioned session: whom it answers, where, and how. Ports and SSIDs in host order. */
struct session_config {
	char name[CONFIG_NAME_MAX];
	struct prefix *senders; /* sender-ip; owned */
	size_t sender_count;
	struct prefix *reflectors; /* reflector-ip; owned; none: any */
	size_t reflector_count;
	unsigned short sender_port; /* 0: any */
	unsigned short reflector_port;
	unsigned short ssids[CONFIG_SSIDS_MAX];
	size_t ssid_count;                      /* 0: any, and none */
	unsigned int new_sessions;              /* a second; 0: the table's size / 60 */
	char key_file[CONFIG_KEY_FILE_MAX];     /* of authenticated mode; empty: unauthenticated */
	char tlv_key_file[CONFIG_KEY_FILE_MAX]; /* of the HMAC TLV; empty: that of `key_file` */
	unsigned int replay_window;             /* packets; 0: none */
	struct session_policy policy;           /* `session` is its place */
};

struct config {
	char pin_path[PATH_MAX];
	char control_socket[sizeof(((struct sockaddr_un *)0)->sun_path)];
	enum tai_source tai_source;
	int tai_offset;           /* seconds, with TAI_FIXED */
	unsigned int sync_source; /* of a clock that is synchronised, STAMP_SYNC_*; 0: auto */
	bool persist;
	bool strict_error_estimate;
	bool tlvs_in_kernel;
	unsigned int max_sessions;
	__u64 ref_wait_ns;                   /* idle sessions are forgotten */
	unsigned int packets_per_second;     /* of one source; 0: no limit */
	unsigned int burst;                  /* packets of one source at once */
	struct interface_config *interfaces; /* owned */
	size_t interface_count;
	struct session_config *sessions; /* owned */
	size_t session_count;
};

/* Everything at its default, no interface and no session. */
void config_init(struct config *config);

/*
 * Reads and checks a file. 0; -errno when it cannot be read; -EINVAL when it is not good, and then
 * the first fault has been logged as FILE:LINE:COLUMN: text. On error `config` is as after init.
 */
int config_load(struct config *config, const char *path);

#define CONFIG_FAULT_MAX (PATH_MAX + 512)

/*
 * Reads and checks a text; `name` is what messages call it. 0, -EINVAL with `fault`
 * (NAME:LINE:COLUMN: text), or -ENOMEM with `fault`. On error `config` is as after init.
 */
int config_read(struct config *config, const char *name, const char *text, size_t size,
		char fault[CONFIG_FAULT_MAX]);

/* For the quick options, the checks between the parts of a configuration that config_load does by
 * itself. 0, or -EINVAL or -ENOMEM with the fault logged after `origin` ("stampd"). */
int config_check(const struct config *config, const char *origin);

/* Appends one interface in native mode, or one session that answers nobody yet, on port 862, and
 * returns it, to be filled in; valid until the next one. NULL with errno: ENOMEM, or ENAMETOOLONG
 * for a name that doesn't fit. */
struct interface_config *config_add_interface(struct config *config, const char *name);
struct session_config *config_add_session(struct config *config, const char *name);

/* Appends a prefix of senders, or of addresses that requests are sent to; 0 or -ENOMEM. */
int session_config_allow(struct session_config *session, const struct prefix *sender);
int session_config_receive_at(struct session_config *session, const struct prefix *reflector);

/* Whether they ask for the same. */
bool af_xdp_config_is_same(const struct af_xdp_config *a, const struct af_xdp_config *b);

/* How many sessions may begin in a second, the default worked out. */
unsigned int config_new_sessions(const struct config *config, const struct session_config *session);

/* Frees what `config` owns. */
void config_free(struct config *config);

/* What a TLV's Synchronization Source is called in a file, RFC 8972 section 4.3; 0: "auto". */
const char *sync_source_name(unsigned int source);

/* "native", "generic", "socket". */
const char *reflector_mode_name(enum reflector_mode mode);
/* The mode of a name; -EINVAL if it is none. */
int reflector_mode_parse(const char *name, enum reflector_mode *mode);

#endif
