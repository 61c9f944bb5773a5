/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One interface that is reflected on, with the parts that serve it. */
#ifndef REFLECTOR_REFLECTED_INTERFACE_H
#define REFLECTOR_REFLECTED_INTERFACE_H

#include "reflector/attach.h"
#include "reflector/driver.h"
#include "reflector/interfaces.h"
#include "reflector/loader.h"
#include "reflector/slow_queues.h"

struct reflected_interface {
	char configured[IF_NAMESIZE]; /* the name in the configuration; it may be an alternative one
				       */
	enum reflector_mode mode;
	struct interface_info info;
	char pin_dir[PATH_MAX];
	struct loader *loader;
	struct attachment *attachment; /* NULL in socket mode, and while not attached */
	__u16 micro_session_id;        /* RFC 9534; 0: none */
	struct af_xdp_config af_xdp;
	bool needs_af_xdp;                  /* some session does */
	struct slow_queues *queues;         /* NULL without AF_XDP */
	struct driver_queues driver_queues; /* when the program was loaded */
	struct outcome_counts socket_counts;
};

/* Reads the interface and loads its program; nothing is attached yet. 0 or -errno, logged. */
int reflected_interface_open(struct reflected_interface **out,
			     const struct interface_config *config, const struct shared_maps *maps,
			     const char *pin_path);

/*
 * Attaches the program by the interface's mode, taking over from an earlier stampd; in socket mode
 * whatever an earlier one left attached goes. 0 or -errno, logged.
 */
int reflected_interface_attach(struct reflected_interface *interface);

/* Logs how it reflects, and what is not as it should be. */
void reflected_interface_announce(const struct reflected_interface *interface);

/* Whether packets reach the program, or in socket mode the socket: it is there as it was made. */
bool reflected_interface_is_alive(const struct reflected_interface *interface);

/* Loads the program anew for the interface's new MAC, which is fixed while it is loaded. */
int reflected_interface_follow_mac(struct reflected_interface *interface,
				   const struct shared_maps *maps,
				   const struct interface_info *info);

/* The same for another Micro-session ID of the link; 0: none. */
int reflected_interface_use_micro_session_id(struct reflected_interface *interface,
					     const struct shared_maps *maps, unsigned int id);

/* Closes AF_XDP sockets that were opened for frames of another kind; to be opened again soon. */
void reflected_interface_follow_mtu(struct reflected_interface *interface, unsigned int mtu);

/* To be called now and then: as the driver's queues come and go, the program is loaded anew; then
 * true. Also does slow_queues_follow(). */
bool reflected_interface_follow_queues(struct reflected_interface *interface,
				       const struct shared_maps *maps);

/* What an operator should know of the interface and mend, or NULL when all is well. A constant. */
const char *reflected_interface_warning(const struct reflected_interface *interface);

/*
 * Opens its AF_XDP sockets by this configuration, `needed` or not, or closes them. Where they
 * cannot be had the UDP socket answers, said so; that is an error where the configuration insists.
 * 0 or -errno, logged.
 */
int reflected_interface_use_af_xdp(struct reflected_interface *interface,
				   const struct af_xdp_config *config, struct slow_inputs *inputs,
				   bool needed);

/* Why it has no AF_XDP sockets, or fewer than queues; NULL when it has them all. */
const char *reflected_interface_af_xdp_reason(const struct reflected_interface *interface);

/* What the socket tier needs of it. */
struct slow_interface reflected_interface_socket(struct reflected_interface *interface);

/* Detaches the program; nothing happens where it is not attached. */
void reflected_interface_detach(struct reflected_interface *interface);

/* Frees it; what is attached and pinned stays. Takes NULL. */
void reflected_interface_close(struct reflected_interface *interface);

#endif
