/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where things are pinned: names with versions, folders on a bpffs. */
#ifndef REFLECTOR_PINS_H
#define REFLECTOR_PINS_H

#include <limits.h>
#include <net/if.h>

/*
 * A pinned map's name carries the version of its layout: a program that understands another one
 * starts afresh beside it. The number grows when key, value or meaning change. (A bpffs allows no
 * dots in names.)
 */
#define PIN_SESSION_TABLE "session_table_v2"
#define PIN_SESSION_COUNTS "session_counts_v2"
#define PIN_OUTCOME_COUNTS "outcome_counts_v2"
#define PIN_SLOW_COUNTS "slow_counts_v1"
#define PIN_LINK "link"

/* Makes the folder and its parents; -EINVAL, logged, when it is not on a bpffs. 0 or -errno. */
int pins_make_dir(const char *dir);

/* Writes DIR/NAME; 0, or -ENAMETOOLONG, logged. */
int pins_path(char out[PATH_MAX], const char *dir, const char *name);

/* The folder of an interface's pins; a bpffs allows no dots, and interface names no colons. */
const char *pins_interface_folder(char out[IF_NAMESIZE], const char *ifname);

/* Calls `found` with the name of each folder in `pin_path` that holds a pinned link. */
void pins_each_link(const char *pin_path, void (*found)(void *context, const char *folder),
		    void *context);

/* Removes a pin; it need not be there. */
void pins_remove(const char *dir, const char *name);

#endif
