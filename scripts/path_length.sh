#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Two hosts compare how far a third is, by the TTL that reached it and the TTL that came back.
set -euo pipefail

readonly build=${BUILD:-build}

#   near ------------- edge ---- server
#   far ---- middle --/
readonly server_address=192.0.2.1

namespace_of() {
	echo "$lab_prefix$$-$1"
}

inside() {
	local namespace=$1
	shift
	nsenter "--net=/run/netns/$(namespace_of "$namespace")" -- "$@"
}

create_host() {
	ip netns add "$(namespace_of "$1")"
	inside "$1" ip link set lo up
	inside "$1" sysctl -qw net.ipv4.ip_forward=1
}

# join ONE ONE_ADDRESS OTHER OTHER_ADDRESS: a /30 between two hosts, the interfaces named after them.
join() {
	ip link add "to-$3" netns "$(namespace_of "$1")" type veth \
		peer name "to-$1" netns "$(namespace_of "$3")"
	inside "$1" ip link set "to-$3" up
	inside "$3" ip link set "to-$1" up
	inside "$1" ip address add "$2/30" dev "to-$3"
	inside "$3" ip address add "$4/30" dev "to-$1"
}

create_network() {
	local host
	for host in server edge middle near far; do
		create_host "$host"
	done
	join server "$server_address" edge 192.0.2.2
	join edge 192.0.2.5 near 192.0.2.6
	join edge 192.0.2.9 middle 192.0.2.10
	join middle 192.0.2.13 far 192.0.2.14
	inside server ip route add default via 192.0.2.2
	inside near ip route add default via 192.0.2.5
	inside middle ip route add default via 192.0.2.9
	inside far ip route add default via 192.0.2.13
	inside edge ip route add 192.0.2.12/30 via 192.0.2.10
}

measure() {
	printf '\n%s$ stamp-ping -q -c 5 -i 100ms %s\n' "$1" "$server_address"
	inside "$1" "$build/stamp-ping" -q -c 5 -i 100ms "$server_address"
}

clean_up() {
	stop_stampd
	remove_lab
}

cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/namespaces.sh
source scripts/lib/namespaces.sh
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
create_folder
create_network
start_stampd "$(namespace_of server)" --interface to-edge --mode generic --allow 192.0.2.0/24
measure near
measure far
