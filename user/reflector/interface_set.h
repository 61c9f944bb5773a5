/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All interfaces that are reflected on, and how one set of them is changed for another. */
#ifndef REFLECTOR_INTERFACE_SET_H
#define REFLECTOR_INTERFACE_SET_H

#include "reflector/listeners.h"
#include "reflector/reflected_interface.h"

struct interface_set;

/* An empty set. `maps` and `pin_path` must outlive it. 0 or -ENOMEM. */
int interface_set_open(struct interface_set **out, const struct shared_maps *maps,
		       const char *pin_path);

/*
 * Gets the interfaces of a configuration ready beside the present ones: reads them, and loads the
 * programs of those that are new or change their mode. Nothing else changes. 0 or -errno, logged.
 */
int interface_set_prepare(struct interface_set *set, const struct config *config);

/*
 * Attaches what was prepared, beside what is present. All or nothing: on an error the present ones
 * stay, or are attached again, and what was prepared is dropped. 0 or -errno, logged.
 */
int interface_set_attach(struct interface_set *set);

/*
 * Opens or closes the AF_XDP sockets of what was prepared, by that configuration, or of all to
 * come: only if some session needs them. 0 or -errno, logged.
 */
int interface_set_use_settings(struct interface_set *set, const struct config *config,
			       struct slow_inputs *inputs);

/* Takes that back: the present ones' are again by the present configuration. */
void interface_set_keep_settings(struct interface_set *set, const struct config *config);

/* To be called now and then: follows the queues of the present ones. Whether a program was loaded
 * anew, so that interface_set_serve() is to be called. */
bool interface_set_follow_queues(struct interface_set *set);

/* Detaches what is no longer configured: what was prepared and attached takes its place. */
void interface_set_commit(struct interface_set *set);

/* Takes back interface_set_prepare(), and interface_set_attach() if it succeeded. */
void interface_set_undo(struct interface_set *set);

/* Tells the socket tier of the present ones; to be called again after each change. */
void interface_set_serve(struct interface_set *set, struct listeners *listeners);

/* A link changed in some way, or has gone. */
void interface_set_follow(struct interface_set *set, const struct interface_info *info,
			  bool present);

struct reflected_interface *const *interface_set_list(const struct interface_set *set);
size_t interface_set_count(const struct interface_set *set);

/* Whether one of the present ones has its pins in this folder of the pin path. */
bool interface_set_has_folder(const struct interface_set *set, const char *folder);

/* Detaches all. */
void interface_set_detach(struct interface_set *set);

/* Frees all; what is attached stays. Takes NULL. */
void interface_set_close(struct interface_set *set);

#endif
