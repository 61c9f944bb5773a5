/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sends STAMP requests with forged IPv4 sources as fast as it can, for a while, and prints how many
 * the interface took. The sources are in disorder, the same in each run, and none comes twice
 * before all addresses and ports of the prefix were used. What has 112 octets has no HMAC that any
 * key would make.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "stamp/wire.h"

#define BATCH 64
#define FIRST_PORT 1024
#define PORT_BITS 16

enum argument { INTERFACE = 1, MAC, PREFIX, LENGTH, TARGET, PORT, SIZE, COUNT, SECONDS, ARGUMENTS };

struct frame {
	struct ether_header ethernet;
	struct iphdr ip;
	struct udphdr udp;
	union {
		struct stamp_sender_packet request;
		struct stamp_sender_auth_packet auth_request;
	};
} __attribute__((packed, aligned(2)));

struct flood {
	int fd;
	struct frame frames[BATCH];
	struct iovec iovs[BATCH];
	struct mmsghdr messages[BATCH];
	uint32_t prefix; /* host order */
	unsigned int host_bits;
	size_t size;     /* octets of a request */
	uint64_t number; /* of the next source */
};

static void fail(const char *what)
{
	fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* A permutation of all numbers of so many bits: each step can be undone. */
static uint64_t disorder(uint64_t number, unsigned int bits)
{
	const uint64_t mask = (1ULL << bits) - 1;

	number = number * 0x9e3779b97f4a7c15 & mask;
	number ^= number >> bits / 2;
	number = number * 0xd1342543de82ef95 & mask;
	return number ^ number >> bits / 2;
}

static void next_source(struct flood *flood, uint32_t *address, uint16_t *port)
{
	uint64_t source;

	do {
		source = disorder(flood->number++, flood->host_bits + PORT_BITS);
		*port = (uint16_t)source;
	} while (*port < FIRST_PORT);
	*address = flood->prefix | (uint32_t)(source >> PORT_BITS);
}

static uint32_t add_words(uint32_t sum, const void *octets, size_t size)
{
	uint16_t word;

	for (size_t i = 0; i < size; i += sizeof(word)) {
		memcpy(&word, (const char *)octets + i, sizeof(word));
		sum += word;
	}
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void forge(struct flood *flood, struct frame *frame)
{
	uint32_t sum = htons(IPPROTO_UDP);
	uint32_t address;
	uint16_t port;

	next_source(flood, &address, &port);
	frame->ip.saddr = htonl(address);
	frame->ip.check = 0;
	frame->ip.check = fold(add_words(0, &frame->ip, sizeof(frame->ip)));
	frame->udp.source = htons(port);
	frame->udp.check = 0;
	sum = add_words(sum + frame->udp.len, &frame->ip.saddr, 2 * sizeof(frame->ip.saddr));
	sum = add_words(sum, &frame->udp, sizeof(frame->udp) + flood->size);
	frame->udp.check = fold(sum);
	if (!frame->udp.check)
		frame->udp.check = 0xffff;
}

static void make_frames(struct flood *flood, char **argv, const struct ether_addr *own)
{
	const struct ether_addr *mac = ether_aton(argv[MAC]);
	struct frame frame = {
		.ethernet.ether_type = htons(ETHERTYPE_IP),
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP },
		.request.error_estimate = htons(0x8f84),
	};
	const size_t length = sizeof(frame.ip) + sizeof(frame.udp) + flood->size;

	if (!mac || inet_pton(AF_INET, argv[TARGET], &frame.ip.daddr) != 1) {
		errno = EINVAL;
		fail("MAC or TARGET");
	}
	memcpy(frame.ethernet.ether_dhost, mac, sizeof(*mac));
	memcpy(frame.ethernet.ether_shost, own, sizeof(*own));
	frame.ip.tot_len = htons((uint16_t)length);
	frame.udp.dest = htons((uint16_t)atoi(argv[PORT]));
	frame.udp.len = htons((uint16_t)(length - sizeof(frame.ip)));
	for (int i = 0; i < BATCH; i++) {
		flood->frames[i] = frame;
		flood->iovs[i] =
			(struct iovec){ &flood->frames[i], sizeof(frame.ethernet) + length };
		flood->messages[i].msg_hdr.msg_iov = &flood->iovs[i];
		flood->messages[i].msg_hdr.msg_iovlen = 1;
	}
}

/* Without a queue in between, so that what the interface has no room for is not counted as sent. */
static void open_socket(struct flood *flood, const char *interface, struct ether_addr *own)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET };
	struct ifreq request = { 0 };
	const int on = 1;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	address.sll_ifindex = (int)if_nametoindex(interface);
	flood->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (flood->fd < 0 || !address.sll_ifindex || ioctl(flood->fd, SIOCGIFHWADDR, &request) ||
	    setsockopt(flood->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) ||
	    bind(flood->fd, (struct sockaddr *)&address, sizeof(address)))
		fail(interface);
	memcpy(own, request.ifr_hwaddr.sa_data, sizeof(*own));
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* How many of one batch were sent. */
static unsigned int send_batch(struct flood *flood, unsigned int count)
{
	int sent;

	for (unsigned int i = 0; i < count; i++)
		forge(flood, &flood->frames[i]);
	sent = sendmmsg(flood->fd, flood->messages, count, 0);
	if (sent < 0 && errno != ENOBUFS)
		fail("cannot send");
	return sent < 0 ? 0 : (unsigned int)sent;
}

int main(int argc, char **argv)
{
	static struct flood flood;
	struct ether_addr own;
	struct in_addr prefix;
	unsigned long wanted, sent = 0;
	double end;

	if (argc == ARGUMENTS)
		flood.size = strtoul(argv[SIZE], NULL, 10);
	if ((flood.size != STAMP_BASE_SIZE && flood.size != STAMP_AUTH_SIZE) ||
	    inet_pton(AF_INET, argv[PREFIX], &prefix) != 1) {
		fprintf(stderr, "usage: flood INTERFACE MAC PREFIX LENGTH TARGET PORT 44|112 COUNT "
				"SECONDS\n");
		return 1;
	}
	flood.prefix = ntohl(prefix.s_addr);
	flood.host_bits = 32 - (unsigned int)atoi(argv[LENGTH]);
	wanted = strtoul(argv[COUNT], NULL, 10);
	open_socket(&flood, argv[INTERFACE], &own);
	make_frames(&flood, argv, &own);
	end = now() + atof(argv[SECONDS]);
	while (sent < wanted && now() < end)
		sent += send_batch(&flood,
				   wanted - sent < BATCH ? (unsigned int)(wanted - sent) : BATCH);
	printf("%lu\n", sent);
	return 0;
}
