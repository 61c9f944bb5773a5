/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/attach.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "common/rights.h"
#include "reflector/pins.h"

struct attachment {
	char ifname[IF_NAMESIZE];
	unsigned int ifindex;
	enum reflector_mode mode;
	char pin_dir[PATH_MAX];
	int link_fd;
	bool adopted;
};

static unsigned int mode_flags(enum reflector_mode mode)
{
	return mode == MODE_GENERIC ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
}

static int attached_as(enum reflector_mode mode)
{
	return mode == MODE_GENERIC ? XDP_ATTACHED_SKB : XDP_ATTACHED_DRV;
}

/* The interface that a link belongs to; 0 when it has gone. */
static unsigned int link_ifindex(int link_fd)
{
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(link_fd, &info, &size) || info.type != BPF_LINK_TYPE_XDP)
		return 0;
	return info.xdp.ifindex;
}

/* Takes over the link that an earlier stampd pinned; -ENOENT when there is none to use. */
static int adopt_link(struct attachment *at, int program_fd)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	char path[PATH_MAX];
	int err = pins_path(path, at->pin_dir, PIN_LINK);

	if (err)
		return err;
	at->link_fd = bpf_obj_get(path);
	if (at->link_fd < 0)
		return -errno;
	at->adopted = link_ifindex(at->link_fd) == at->ifindex;
	if (!at->adopted) {
		log_info("%s: the pinned link belongs to an interface that has gone", at->ifname);
		goto replace;
	}
	err = bpf_xdp_query((int)at->ifindex, 0, &query);
	if (err)
		return err;
	if (query.attach_mode == attached_as(at->mode))
		return bpf_link_update(at->link_fd, program_fd, NULL) ? -errno : 0;
	log_warning("%s: the mode changes to %s, so the link is replaced: packets that come before "
		    "the new one is attached are not reflected in the kernel",
		    at->ifname, reflector_mode_name(at->mode));
replace:
	at->adopted = false;
	attach_detach(at);
	return -ENOENT;
}

static int make_link(struct attachment *at, int program_fd)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = mode_flags(at->mode));
	char path[PATH_MAX];
	int err = pins_path(path, at->pin_dir, PIN_LINK);

	if (err)
		return err;
	at->link_fd = bpf_link_create(program_fd, (int)at->ifindex, BPF_XDP, &options);
	if (at->link_fd < 0)
		return -errno;
	return bpf_obj_pin(at->link_fd, path) ? -errno : 0;
}

/* What the kernel says now must be what was asked for. */
static int read_back(const struct attachment *at, int program_fd)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, query);
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	int err = bpf_obj_get_info_by_fd(program_fd, &info, &size) ? -errno : 0;

	if (!err)
		err = bpf_xdp_query((int)at->ifindex, (int)mode_flags(at->mode), &query);
	if (!err && (query.prog_id != info.id || query.attach_mode != attached_as(at->mode)))
		err = -ESTALE;
	return err;
}

static void explain(const struct attachment *at, int err)
{
	static const unsigned int needed[] = { CAP_BPF, CAP_NET_ADMIN };
	char missing[RIGHTS_TEXT_MAX];
	const char *mode = reflector_mode_name(at->mode);

	switch (err) {
	case -EBUSY:
	case -EEXIST:
		log_error(
			"%s: another XDP program is attached; it is left alone. See `ip link show "
			"%s`, and detach it first",
			at->ifname, at->ifname);
		break;
	case -EPERM:
	case -EACCES:
		log_error("%s: attaching is not permitted; missing: %s", at->ifname,
			  rights_missing(needed, 2, missing));
		break;
	case -EOPNOTSUPP:
		log_error("%s: the driver has no %s XDP%s", at->ifname, mode,
			  at->mode == MODE_NATIVE ? "; ask for mode generic" : "");
		break;
	case -ERANGE:
	case -EINVAL:
		log_error("%s: the driver refuses %s mode as the interface is set up (MTU, queues "
			  "or offloads): %s",
			  at->ifname, mode, strerror(-err));
		break;
	default:
		log_error("%s: cannot attach in %s mode: %s", at->ifname, mode, strerror(-err));
	}
}

int attach_open(struct attachment **out, const char *ifname, unsigned int ifindex,
		enum reflector_mode mode, int program_fd, const char *pin_dir)
{
	struct attachment *at = calloc(1, sizeof(*at));
	int err;

	if (!at)
		return -ENOMEM;
	at->link_fd = -1;
	at->ifindex = ifindex;
	at->mode = mode;
	strncpy(at->ifname, ifname, sizeof(at->ifname) - 1);
	strncpy(at->pin_dir, pin_dir, sizeof(at->pin_dir) - 1);
	err = adopt_link(at, program_fd);
	if (err == -ENOENT)
		err = make_link(at, program_fd);
	if (!err)
		err = read_back(at, program_fd);
	if (!err) {
		*out = at;
		return 0;
	}
	explain(at, err);
	if (!at->adopted)
		attach_detach(at);
	attach_close(at);
	return err;
}

int attach_update(struct attachment *attachment, int program_fd)
{
	return bpf_link_update(attachment->link_fd, program_fd, NULL) ? -errno : 0;
}

bool attach_is_alive(const struct attachment *attachment)
{
	return link_ifindex(attachment->link_fd) == attachment->ifindex;
}

bool attach_was_adopted(const struct attachment *attachment)
{
	return attachment->adopted;
}

void attach_remove_pinned(const char *ifname, const char *pin_dir)
{
	char path[PATH_MAX];
	int link_fd;

	if (pins_path(path, pin_dir, PIN_LINK))
		return;
	link_fd = bpf_obj_get(path);
	if (link_fd < 0)
		return;
	log_info("%s: the program of an earlier stampd is detached", ifname);
	unlink(path);
	bpf_link_detach(link_fd);
	close(link_fd);
}

void attach_detach(struct attachment *attachment)
{
	if (attachment->link_fd < 0)
		return;
	pins_remove(attachment->pin_dir, PIN_LINK);
	bpf_link_detach(attachment->link_fd);
	close(attachment->link_fd);
	attachment->link_fd = -1;
}

void attach_close(struct attachment *attachment)
{
	if (!attachment)
		return;
	if (attachment->link_fd >= 0)
		close(attachment->link_fd);
	free(attachment);
}
