#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A playground: two namespaces joined by a veth pair, and a shell (or a command) on the sender's side.
set -euo pipefail

usage() {
	cat <<-END
		usage: scripts/lab.sh [--capture FILE] [COMMAND [ARGUMENT...]]
		Runs COMMAND, or a shell, in the sender's namespace; removes everything when it ends.
		  --capture FILE  write the packets that the sender's interface sees to FILE
	END
}

parse_options() {
	capture_file=
	case ${1-} in
	--capture)
		[[ -n ${2-} ]] || { usage >&2; exit 2; }
		capture_file=$(realpath "$2")
		shift 2
		;;
	--help | -h) usage; exit 0 ;;
	esac
	[[ ${1-} != -* ]] || { usage >&2; exit 2; }
	command=("$@")
	[[ $# -gt 0 ]] || command=("${SHELL:-/bin/bash}")
}

start_capture() {
	local said=$lab_directory/tcpdump.log
	"${in_sender[@]}" tcpdump -Z root -U --immediate-mode -n -i "$sender_interface" \
		-w "$capture_file" 2>"$said" &
	capture_pid=$!
	wait_until grep -q 'listening on' "$said" || fail "tcpdump does not start: $(cat "$said")"
}

stop_capture() {
	[[ -n ${capture_pid-} ]] || return 0
	kill "$capture_pid" 2>/dev/null || true
	wait "$capture_pid" || true
}

show_lab() {
	cat >&2 <<-END
		sender:    $sender_interface     $sender_ipv4  $sender_ipv6  (you are here)
		reflector: $reflector_interface  $reflector_ipv4  $reflector_ipv6
		To run something at the reflector: nsenter --net=/run/netns/$reflector_namespace COMMAND
		A folder for what programs pin: $lab_bpffs
	END
}

clean_up() {
	stop_capture
	remove_lab
}

parse_options "$@"
cd "$(dirname "$0")/.."
# shellcheck source=scripts/lib/namespaces.sh
source scripts/lib/namespaces.sh
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
create_lab
[[ -z $capture_file ]] || start_capture
show_lab
"${in_sender[@]}" "${command[@]}"
