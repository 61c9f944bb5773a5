/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reads the sessions that the program keeps (map session_table). */
#ifndef REFLECTOR_SESSION_TABLE_H
#define REFLECTOR_SESSION_TABLE_H

/* How many sessions there are now, or -errno. While sessions come and go it is about right. */
long session_table_count(int fd);

#endif
