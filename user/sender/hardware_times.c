/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What timestamps a network card can take and takes, and switching them on for a while. */
#include "sender/hardware_times.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>

#define TRANSMIT (SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE)
#define RECEIVE (SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE)

static bool has(uint32_t bits, uint32_t wanted)
{
	return (bits & wanted) == wanted;
}

static bool can_transmit(const struct hardware_offer *offer)
{
	return has(offer->abilities, TRANSMIT) && has(offer->transmit_types, 1U << HWTSTAMP_TX_ON);
}

static bool can_receive(const struct hardware_offer *offer)
{
	return has(offer->abilities, RECEIVE) &&
	       has(offer->receive_filters, 1U << HWTSTAMP_FILTER_ALL);
}

static bool is_on(const struct hwtstamp_config *config)
{
	return config->tx_type != HWTSTAMP_TX_OFF || config->rx_filter != HWTSTAMP_FILTER_NONE;
}

/* What the card stamps of ours, set as `config` says. */
static void note_effect(struct hardware_choice *choice, const struct hwtstamp_config *config)
{
	choice->transmit = config->tx_type != HWTSTAMP_TX_OFF;
	choice->receive = config->rx_filter == HWTSTAMP_FILTER_ALL;
	if (!choice->transmit && !choice->receive)
		choice->why_not = "they are on for packets of PTP only";
}

static void switch_on(struct hardware_choice *choice, const struct hardware_offer *offer)
{
	choice->config = (struct hwtstamp_config){
		.tx_type = can_transmit(offer) ? HWTSTAMP_TX_ON : HWTSTAMP_TX_OFF,
		.rx_filter = can_receive(offer) ? HWTSTAMP_FILTER_ALL : HWTSTAMP_FILTER_NONE,
	};
	choice->switch_on = true;
	note_effect(choice, &choice->config);
}

struct hardware_choice hardware_times_choose(const struct hardware_offer *offer,
					     enum times_wanted wanted)
{
	struct hardware_choice choice = { .why_not = NULL };

	if (wanted != TIMES_AUTO && wanted != TIMES_HARDWARE)
		return choice;
	if (!can_transmit(offer) && !can_receive(offer))
		choice.why_not = "the interface cannot take them";
	else if (offer->phc_index < 0)
		choice.why_not = "the clock of the interface cannot be read";
	else if (!offer->config_known)
		choice.why_not = "the driver does not tell whether they are on";
	else if (is_on(&offer->config))
		note_effect(&choice, &offer->config);
	else if (wanted == TIMES_HARDWARE)
		switch_on(&choice, offer);
	else
		choice.why_not = "they are off";
	return choice;
}

/* 0 or -errno. */
static int ask(const char *interface, unsigned long request, void *data)
{
	struct ifreq ifr = { .ifr_data = data };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", interface);
	if (ioctl(fd, request, &ifr))
		err = -errno;
	close(fd);
	return err;
}

void hardware_times_read(const char *interface, struct hardware_offer *out)
{
	struct ethtool_ts_info info = { .cmd = ETHTOOL_GET_TS_INFO };

	*out = (struct hardware_offer){ .phc_index = -1 };
	if (!ask(interface, SIOCETHTOOL, &info)) {
		out->abilities = info.so_timestamping;
		out->transmit_types = info.tx_types;
		out->receive_filters = info.rx_filters;
		out->phc_index = info.phc_index;
	}
	out->config_known = !ask(interface, SIOCGHWTSTAMP, &out->config);
}

int hardware_times_switch_on(const char *interface, const struct hardware_offer *offer,
			     struct hardware_choice *choice, struct hardware_switch *out)
{
	struct hwtstamp_config config = choice->config;
	int err = ask(interface, SIOCSHWTSTAMP, &config);

	if (err)
		return err;
	out->former = offer->config;
	out->ours = config;
	snprintf(out->interface, sizeof(out->interface), "%s", interface);
	note_effect(choice, &config);
	return 0;
}

void hardware_times_restore(const struct hardware_switch *switched)
{
	struct hwtstamp_config now = { 0 }, former = switched->former;

	if (!switched->interface[0] || ask(switched->interface, SIOCGHWTSTAMP, &now) ||
	    now.tx_type != switched->ours.tx_type || now.rx_filter != switched->ours.rx_filter)
		return;
	ask(switched->interface, SIOCSHWTSTAMP, &former);
}
