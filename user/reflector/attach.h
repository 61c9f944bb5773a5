/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One interface's pinned bpf_link: adopt, update or make it, read back, detach. */
#ifndef REFLECTOR_ATTACH_H
#define REFLECTOR_ATTACH_H

#include <stdbool.h>

#include "reflector/config.h"

struct attachment;

/*
 * Attaches the program in exactly this mode, by the link that is pinned in `pin_dir` if it still
 * belongs to the interface (then no packet is lost), by a new one otherwise. Other programs are
 * never replaced. 0 or -errno, logged with what to do about it.
 */
int attach_open(struct attachment **out, const char *ifname, unsigned int ifindex,
		enum reflector_mode mode, int program_fd, const char *pin_dir);

/* Puts another program behind the link: each packet meets the old or the new one. 0 or -errno. */
int attach_update(struct attachment *attachment, int program_fd);

/* Whether the link was pinned by an earlier stampd and still in place. */
bool attach_was_adopted(const struct attachment *attachment);

/* Whether the interface is still there and the program attached to it. */
bool attach_is_alive(const struct attachment *attachment);

/* Detaches what an earlier stampd left attached by a link that is pinned in `pin_dir`, and says so;
 * nothing happens when there is none. */
void attach_remove_pinned(const char *ifname, const char *pin_dir);

/* Detaches the program and removes the pin. */
void attach_detach(struct attachment *attachment);

/* Forgets the link, which stays attached while it is pinned. Takes NULL. */
void attach_close(struct attachment *attachment);

#endif
