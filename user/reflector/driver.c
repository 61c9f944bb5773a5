/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "reflector/driver.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define SPARE_STATISTICS 1024 /* the kernel writes all there are, and more may appear meanwhile */

static bool ask(const char *ifname, void *command)
{
	struct ifreq request = { .ifr_data = command };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool answered;

	if (fd < 0)
		return false;
	strncpy(request.ifr_name, ifname, sizeof(request.ifr_name) - 1);
	answered = ioctl(fd, SIOCETHTOOL, &request) == 0;
	close(fd);
	return answered;
}

void driver_name(const char *ifname, char out[DRIVER_NAME_MAX])
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };

	if (!ask(ifname, &info))
		info.driver[0] = '\0';
	snprintf(out, DRIVER_NAME_MAX, "%s", info.driver);
}

struct driver_queues driver_queues_read(const char *ifname)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct driver_queues queues = { 1, 1 };

	if (!ask(ifname, &channels))
		return queues;
	if (channels.rx_count + channels.combined_count)
		queues.receive = channels.rx_count + channels.combined_count;
	if (channels.tx_count + channels.combined_count)
		queues.send = channels.tx_count + channels.combined_count;
	return queues;
}

/* Drivers have no common name for it: rx_queue_0_xdp_tx_errors (veth), rx_xdp_tx_err, ... */
static bool counts_transmit_errors(const char name[ETH_GSTRING_LEN])
{
	return memmem(name, ETH_GSTRING_LEN, "xdp_tx_err", strlen("xdp_tx_err")) != NULL;
}

static bool sum_transmit_errors(const char *ifname, __u32 count, uint64_t *out)
{
	size_t room = (size_t)count + SPARE_STATISTICS;
	struct ethtool_gstrings *names = calloc(1, sizeof(*names) + room * ETH_GSTRING_LEN);
	struct ethtool_stats *values = calloc(1, sizeof(*values) + room * sizeof(__u64));
	bool found = false;

	*out = 0;
	if (names && values) {
		*names = (struct ethtool_gstrings){ ETHTOOL_GSTRINGS, ETH_SS_STATS, count };
		*values = (struct ethtool_stats){ ETHTOOL_GSTATS, count };
		if (ask(ifname, names) && ask(ifname, values)) {
			for (__u32 i = 0; i < count && i < values->n_stats; i++) {
				if (!counts_transmit_errors((char *)names->data +
							    i * ETH_GSTRING_LEN))
					continue;
				found = true;
				*out += values->data[i];
			}
		}
	}
	free(names);
	free(values);
	return found;
}

bool driver_transmit_errors(const char *ifname, uint64_t *out)
{
	struct {
		struct ethtool_sset_info info;
		__u32 count;
	} sets = { .info = { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_STATS } };

	if (!ask(ifname, &sets) || !sets.info.sset_mask)
		return false;
	return sum_transmit_errors(ifname, sets.count, out);
}
