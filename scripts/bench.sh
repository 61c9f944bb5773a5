#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What `make bench` runs: each figure beside its target, both sides measured in one run.
set -euo pipefail

readonly build=${BUILD:-build}

# Nobody but the benches may speak here: a stray packet from the other core's timer would move the
# work of the whole interface to that core.
create_bench_network() {
	[[ $EUID -eq 0 ]] || fail "network namespaces and XDP need root"
	remove_dead_labs
	create_namespaces
	create_link
	silence "$sender_namespace" "$sender_interface"
	silence "$reflector_namespace" "$reflector_interface"
	introduce "$sender_namespace" "$sender_interface" \
		"$reflector_ipv4" "$(mac_of "$reflector_namespace" "$reflector_interface")"
	introduce "$reflector_namespace" "$reflector_interface" \
		"$sender_ipv4" "$(mac_of "$sender_namespace" "$sender_interface")"
}

# No router solicitations and multicast reports.
silence() {
	local namespace=$1 interface=$2
	nsenter "--net=/run/netns/$namespace" -- \
		sysctl -qw "net.ipv6.conf.$interface.disable_ipv6=1"
}

# No ARP: the neighbour is known for good.
introduce() {
	local namespace=$1 interface=$2 ipv4=$3 mac=$4
	ip -netns "$namespace" neighbour replace "$ipv4" lladdr "$mac" nud permanent dev "$interface"
}

mac_of() {
	ip -netns "$1" -json link show "$2" | jq -r '.[0].address'
}

run() {
	local name=$1
	shift
	timeout --kill-after=5 "$limit" "$build/tests/bench/$name" "$@" || fail "$name did not succeed"
}

# One that starts stamp-ping.
run_ping() {
	run "$1" "/run/netns/$sender_namespace" "/run/netns/$reflector_namespace" "$build/stamp-ping"
}

cd "$(dirname "$0")/.."
readonly limit=120 # seconds for one program
# shellcheck source=scripts/lib/namespaces.sh
source scripts/lib/namespaces.sh
trap remove_lab EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
create_bench_network
run bench_program
run bench_sessions
run bench_veth "/run/netns/$sender_namespace" "/run/netns/$reflector_namespace"
run bench_tlvs "/run/netns/$sender_namespace" "/run/netns/$reflector_namespace"
run bench_slow_path "/run/netns/$sender_namespace" "/run/netns/$reflector_namespace"
run bench_echo "/run/netns/$sender_namespace" "/run/netns/$reflector_namespace"
run_ping bench_pacing
run_ping bench_round_trip
run_ping bench_flood
run_ping bench_many
