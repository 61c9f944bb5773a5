/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The version of the whole project. */
#ifndef STAMP_VERSION_H
#define STAMP_VERSION_H

#define XDP_STAMP_VERSION "0.1.0"

#endif
