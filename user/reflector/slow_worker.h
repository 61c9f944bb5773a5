/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A thread that answers what comes over one AF_XDP socket. */
#ifndef REFLECTOR_SLOW_WORKER_H
#define REFLECTOR_SLOW_WORKER_H

#include "reflector/slow_inputs.h"
#include "reflector/xsk_io.h"

struct slow_worker;

#define WORKER_ANY_CPU (-1)

/* Binds the socket and starts the thread, on this processor if it is one. `inputs` must outlive it.
 * 0 or -errno, not logged: see xsk_io_open(); -ENXIO for a processor that is not there. */
int slow_worker_open(struct slow_worker **out, const struct xsk_settings *settings,
		     const struct slow_interface *interface, struct slow_inputs *inputs, int cpu);

/* Its socket, of which only what any thread may ask. */
const struct xsk_io *slow_worker_socket(const struct slow_worker *worker);

/* The first error of judging or sending; 0: none so far. */
int slow_worker_error(const struct slow_worker *worker);

/* Ends the thread; what is in the rings by then is lost. Returns all that the socket has lost.
 * Takes NULL. */
__u64 slow_worker_close(struct slow_worker *worker);

#endif
