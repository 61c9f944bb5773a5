#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What `make demo` shows: stampd answers in one namespace, stamp-ping measures from another.
set -euo pipefail

readonly build=${BUILD:-build}

# Shows what stamp-ping prints and adds what it received to `received`.
measure() {
	local printed=$lab_directory/stamp-ping.log count
	printf '\n$ stamp-ping -c 10 -i 100ms %s\n' "$1"
	"${in_sender[@]}" "$build/stamp-ping" -c 10 -i 100ms "$1" | tee -i "$printed"
	count=$(grep -oE '[0-9]+ received' "$printed") || fail "stamp-ping printed no summary"
	received=$((received + ${count% received}))
}

show_reflector() {
	printf '\n$ stampctl show\n'
	"$build/stampctl" -s "$control" show
}

compare() {
	local reflected
	reflected=$(ask_stampd '.interfaces[0].totals.reflected') || fail "stampctl names no total"
	printf '\nstamp-ping received %s replies; the XDP program reflected %s packets: ' \
		"$received" "$reflected"
	[[ $received == "$reflected" ]] || { echo "they differ."; exit 1; }
	echo "they agree."
}

clean_up() {
	stop_stampd
	remove_lab
}

cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/namespaces.sh
source scripts/lib/namespaces.sh
received=0
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
create_lab
start_stampd "$reflector_namespace" --interface "$reflector_interface" --allow any
measure "$reflector_ipv4"
measure "$reflector_ipv6"
show_reflector
compare
