/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where the programs meet unless told otherwise. */
#ifndef COMMON_PATHS_H
#define COMMON_PATHS_H

#define CONTROL_SOCKET_PATH "/run/stampd/control.sock" /* stampd listens, stampctl asks */

#endif
