/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/umem.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

struct umem {
	void *area;
	size_t octets;
	struct xsk_umem *umem;
	struct xsk_ring_prod fill;
	struct xsk_ring_cons completion;
	size_t frame_count;
	size_t lent;       /* being sent */
	size_t free_count; /* of `free_frames` */
	__u64 *free_frames;
};

static int map_area(struct umem *umem)
{
	umem->area = mmap(NULL, umem->octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	if (umem->area == MAP_FAILED) {
		umem->area = NULL;
		return -errno;
	}
	umem->free_frames = calloc(umem->frame_count, sizeof(*umem->free_frames));
	if (!umem->free_frames)
		return -ENOMEM;
	for (size_t i = 0; i < umem->frame_count; i++)
		umem->free_frames[umem->free_count++] = i * UMEM_FRAME_SIZE;
	return 0;
}

int umem_open(struct umem **out, size_t octets, unsigned int ring_size)
{
	const struct xsk_umem_config config = {
		.fill_size = ring_size,
		.comp_size = ring_size,
		.frame_size = UMEM_FRAME_SIZE,
		.frame_headroom = UMEM_HEADROOM,
	};
	struct umem *umem = calloc(1, sizeof(*umem));
	int err;

	if (!umem)
		return -ENOMEM;
	umem->octets = octets;
	umem->frame_count = octets / UMEM_FRAME_SIZE;
	err = map_area(umem);
	if (!err)
		err = xsk_umem__create(&umem->umem, umem->area, octets, &umem->fill,
				       &umem->completion, &config);
	if (err) {
		umem_close(umem);
		return err;
	}
	*out = umem;
	return 0;
}

struct xsk_umem *umem_of_socket(struct umem *umem)
{
	return umem->umem;
}

void *umem_octets(const struct umem *umem, __u64 address)
{
	return xsk_umem__get_data(umem->area, address);
}

void umem_lend(struct umem *umem)
{
	umem->lent++;
}

void umem_free_frame(struct umem *umem, __u64 address)
{
	umem->free_frames[umem->free_count++] = address & ~(__u64)(UMEM_FRAME_SIZE - 1);
}

void umem_reap(struct umem *umem)
{
	__u32 first;
	__u32 count = xsk_ring_cons__peek(&umem->completion, (__u32)umem->frame_count, &first);

	for (__u32 i = 0; i < count; i++)
		umem_free_frame(umem, *xsk_ring_cons__comp_addr(&umem->completion, first + i));
	xsk_ring_cons__release(&umem->completion, count);
	umem->lent -= count;
}

int umem_refill(struct umem *umem)
{
	__u32 count = xsk_prod_nb_free(&umem->fill, (__u32)umem->free_count);
	__u32 first;

	if (count > umem->free_count)
		count = (__u32)umem->free_count;
	if (!count || xsk_ring_prod__reserve(&umem->fill, count, &first) != count)
		return 0;
	for (__u32 i = 0; i < count; i++)
		*xsk_ring_prod__fill_addr(&umem->fill, first + i) =
			umem->free_frames[--umem->free_count];
	xsk_ring_prod__submit(&umem->fill, count);
	return xsk_ring_prod__needs_wakeup(&umem->fill);
}

int umem_is_scarce(const struct umem *umem)
{
	return umem->lent > umem->frame_count / 2;
}

void umem_close(struct umem *umem)
{
	if (!umem)
		return;
	if (umem->umem)
		xsk_umem__delete(umem->umem);
	if (umem->area)
		munmap(umem->area, umem->octets);
	free(umem->free_frames);
	free(umem);
}
