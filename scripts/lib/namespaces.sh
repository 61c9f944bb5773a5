# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Network namespaces and veth pairs for demo.sh, lab.sh and path_length.sh; to be sourced, from the
# top folder.

# Everything made here is named after this process, so that runs do not meet, and what a killed run
# left behind can be told from what a living one uses.
readonly lab_prefix=xdp-stamp-lab-
readonly lab_directory=/run/$lab_prefix$$
readonly control=$lab_directory/control.sock # of a stampd, for stampctl
readonly lab_bpffs=$lab_directory/bpf # stays after the programs that pin something there
readonly sender_namespace=$lab_prefix$$-sender
readonly sender_interface=sender0 sender_ipv4=192.0.2.1 sender_ipv6=2001:db8::1
readonly reflector_namespace=$lab_prefix$$-reflector
readonly reflector_interface=reflector0 reflector_ipv4=192.0.2.2 reflector_ipv6=2001:db8::2

# Put before a command. Not `ip netns exec`: that mounts a /sys of its own, which hides a bpffs.
readonly in_sender=(nsenter "--net=/run/netns/$sender_namespace" --)
# shellcheck disable=SC2034 # demo.sh uses it
readonly in_reflector=(nsenter "--net=/run/netns/$reflector_namespace" --)

fail() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# Waits until a command succeeds, 10 seconds at most.
wait_until() {
	local deadline=$((SECONDS + 10))
	until "$@"; do
		[[ $SECONDS -lt $deadline ]] || return 1
		sleep 0.05
	done
}

create_namespaces() {
	ip netns add "$sender_namespace"
	ip netns add "$reflector_namespace"
	ip -netns "$sender_namespace" link set lo up
	ip -netns "$reflector_namespace" link set lo up
}

# Addresses come after both ends are up: an IPv6 address given before that is deaf for a second.
create_link() {
	ip link add "$sender_interface" netns "$sender_namespace" type veth \
		peer name "$reflector_interface" netns "$reflector_namespace"
	ip -netns "$sender_namespace" link set "$sender_interface" up
	ip -netns "$reflector_namespace" link set "$reflector_interface" up
	add_addresses "$sender_namespace" "$sender_interface" "$sender_ipv4" "$sender_ipv6"
	add_addresses "$reflector_namespace" "$reflector_interface" "$reflector_ipv4" "$reflector_ipv6"
}

add_addresses() {
	local namespace=$1 interface=$2 ipv4=$3 ipv6=$4
	ip -netns "$namespace" address add "$ipv4/24" dev "$interface"
	ip -netns "$namespace" address add "$ipv6/64" dev "$interface" nodad
}

# On veth, native XDP_TX arrives only where an XDP program runs as well; this one passes everything.
attach_pass_program() {
	local object=${BUILD:-build}/tests/netns/xdp_pass.bpf.o
	[[ -f $object ]] || fail "$object is missing: make $object"
	bpftool prog load "$object" "$lab_bpffs/xdp_pass"
	"${in_sender[@]}" bpftool net attach xdpdrv pinned "$lab_bpffs/xdp_pass" dev "$sender_interface"
}

create_folder() {
	[[ $EUID -eq 0 ]] || fail "network namespaces and XDP need root"
	remove_dead_labs
	mkdir -m 0700 "$lab_directory" "$lab_bpffs"
	mount -t bpf bpf "$lab_bpffs"
}

create_lab() {
	create_folder
	create_namespaces
	create_link
	attach_pass_program
}

# start_stampd NAMESPACE OPTION...: returns when it answers on `control`.
start_stampd() {
	local namespace=$1
	shift
	nsenter "--net=/run/netns/$namespace" -- "${BUILD:-build}/stampd" "$@" \
		--pin-path "$lab_bpffs/stampd" --control "$control" &
	stampd_pid=$!
	wait_until stampd_is_ready || fail "stampd is not ready after 10 seconds"
}

stampd_runs() {
	kill -0 "$stampd_pid" 2>/dev/null
}

# The control socket may be there before the interface is attached; what it says counts.
stampd_is_ready() {
	stampd_runs || fail "stampd has ended"
	[[ -S $control ]] && ask_stampd '.interfaces[0].attached' >/dev/null
}

# Prints one value of `stampctl -j show`; fails when there is none, or it is false.
ask_stampd() {
	"${BUILD:-build}/stampctl" -s "$control" -j show 2>/dev/null | jq -e "$1"
}

stampd_has_ended() {
	! stampd_runs
}

stop_stampd() {
	[[ -n ${stampd_pid-} ]] && stampd_runs || return 0
	kill "$stampd_pid"
	wait_until stampd_has_ended || echo "stampd does not stop when asked to" >&2
}

remove_lab() {
	remove_lab_of $$
}

# The lab of one process: whatever still runs in its namespaces, the namespaces, the bpffs.
remove_lab_of() {
	local name=$lab_prefix$1 namespace
	for namespace in "/run/netns/$name"-*; do
		[[ -e $namespace ]] || continue
		namespace=${namespace##*/}
		ip netns pids "$namespace" | xargs -r kill -KILL
		ip netns delete "$namespace"
	done
	if mountpoint -q "/run/$name/bpf"; then
		umount "/run/$name/bpf"
	fi
	rm -rf "/run/$name"
}

remove_dead_labs() {
	local path pid
	for path in /run/"$lab_prefix"* /run/netns/"$lab_prefix"*; do
		pid=${path##*/"$lab_prefix"}
		pid=${pid%%-*}
		if [[ -e $path && (! -d /proc/$pid || $pid -eq $$) ]]; then
			remove_lab_of "$pid"
		fi
	done
}
