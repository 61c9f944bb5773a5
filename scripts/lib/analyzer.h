/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Read by clang-tidy ahead of every file: what its analyzer cannot know of libbpf. */

/* It frees what it is given; without a word the analyzer sees a leak in every skeleton. */
struct bpf_object_skeleton;
void bpf_object__destroy_skeleton(struct bpf_object_skeleton *skeleton)
	__attribute__((ownership_takes(malloc, 1)));
