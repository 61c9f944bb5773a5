/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who took the time of a packet on this side, T1 or T4. */
#ifndef SENDER_TIME_SOURCE_H
#define SENDER_TIME_SOURCE_H

/* In the order of their exactness: a time of a later one replaces that of an earlier one. */
enum time_source {
	TIME_USER,     /* this process: before the call that sends, after the one that receives */
	TIME_KERNEL,   /* the kernel, next to the driver (software timestamps) */
	TIME_HARDWARE, /* the network card, converted from its own clock: phc_clock.h */
};

/* Which of them are asked for; the kernel's stand in where the card gives none. */
enum times_wanted {
	TIMES_AUTO,     /* the card's where somebody has switched them on */
	TIMES_HARDWARE, /* the card's, switched on where they are off and the rights are there */
	TIMES_KERNEL,
	TIMES_USER,
};

#endif
