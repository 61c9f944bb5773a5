#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Installs the Debian packages of a tier (demo, check or all); does nothing when they are all there.
set -euo pipefail

# To build the three programs and run `make demo`.
demo=(gcc libc6-dev linux-libc-dev make clang bpftool
	libbpf-dev libxdp-dev libyaml-dev libjansson-dev libmicrohttpd-dev libmnl-dev libcap-ng-dev libcurl4-gnutls-dev
	nettle-dev
	iproute2 util-linux mount jq)
# To run `make check`, `make check-fuzz`, `make bench` and scripts/path_length.sh.
check=(libcmocka-dev python3 python3-pytest python3-scapy python3-jsonschema python3-yaml
	libcap2-bin procps tcpdump libclang-rt-dev irtt fping chromium-headless-shell poppler-utils)
# To run `make lint` and `make check-kernels`.
all=(clang-format clang-tidy cppcheck shellcheck git
	qemu-system-x86 busybox-static cpio kmod xz-utils zstd)

usage() {
	echo "usage: ${0##*/} demo|check|all" >&2
	exit 2
}

select_tier() {
	case ${1-} in
	demo) wanted=("${demo[@]}") ;;
	check) wanted=("${demo[@]}" "${check[@]}") ;;
	all) wanted=("${demo[@]}" "${check[@]}" "${all[@]}") ;;
	*) usage ;;
	esac
}

# Puts those of `wanted` that are not installed into `missing`.
find_missing() {
	local installed package
	# dpkg-query also fails for a package it has never heard of, which is an answer here.
	installed=$(dpkg-query -W -f ' ${db:Status-Status}:${Package} ' "${wanted[@]}" 2>/dev/null || true)
	missing=()
	for package in "${wanted[@]}"; do
		[[ $installed == *" installed:$package "* ]] || missing+=("$package")
	done
}

fail() {
	echo "install-deps: $*" >&2
	exit 1
}

install_missing() {
	echo "install-deps: installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	apt-get install -y -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=60 \
		--no-install-recommends "${missing[@]}" </dev/null >/dev/null
}

[[ $# -eq 1 ]] || usage
select_tier "$1"
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	fail "this is not a Debian system; the tier '$1' needs what Debian calls: ${wanted[*]}"
fi
find_missing
[[ ${#missing[@]} -gt 0 ]] || exit 0
[[ $EUID -eq 0 ]] || fail "run this as root to install: ${missing[*]}"
install_missing
