#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs test programs on one of Debian's cloud kernels, in QEMU; ends as the tests inside ended.
set -euo pipefail

# Modules to load first, with what they depend on, for example MODULES="veth 8021q".
read -ra modules <<<"${MODULES-}"
limit=${VM_LIMIT:-600} # seconds, from power on to power off, with another machine beside it
readonly ended="run_in_vm: the tests ended with status"

fail() {
	echo "run_in_vm: $*" >&2
	exit 1
}

# The newest package with this kernel: the metapackages depend on the real one.
find_package() {
	apt-cache depends "linux-image-$kernel-cloud-amd64" linux-image-cloud-amd64 2>/dev/null |
		awk -v real="^linux-image-${kernel//./[.]}[.]" '$1 == "Depends:" && $2 ~ real { print $2; exit }'
}

download() {
	local package
	package=$(find_package)
	[[ -n $package ]] || return 1
	echo "run_in_vm: downloading $package"
	(cd "$cache" && apt-get download -qq "$package") 2>"$work/apt.log"
}

# Leaves the kernel unpacked in $cache/root; from then on nothing is downloaded. One at a time, for
# apt has locks of its own and does not wait for them.
fetch_kernel() {
	[[ ! -d $cache/root ]] || return 0
	mkdir -p "$cache"
	exec {lock}>"$cache/../lock"
	flock "$lock"
	rm -rf "$cache"/*.deb "$cache/unpacking"
	# Package lists that are missing or out of date are the one cause that can be mended here.
	if ! download; then
		apt-get update -qq
		download || fail "apt offers no cloud kernel $kernel: $(cat "$work/apt.log" 2>/dev/null)"
	fi
	dpkg-deb -x "$cache"/*.deb "$cache/unpacking"
	mv "$cache/unpacking" "$cache/root"
	rm -f "$cache"/*.deb
}

# Copies a file into the image under its own name, below a folder of the image.
copy_below() {
	local folder=$image/$1
	shift
	mkdir -p "$folder"
	cp -L --parents "$@" "$folder"
}

# The shared libraries and the loader of a program.
libraries_of() {
	ldd "$1" 2>/dev/null | grep -oE '/[^ ]+' || true # a static program has none
}

add_tests() {
	copy_below checkout scripts/run_tests.sh "$@"
	[[ ! -d tests/golden ]] || cp -r --parents tests/golden "$image/checkout"
	for test in "$@"; do
		libraries_of "$test"
	done | sort -u | xargs -r cp -L --parents -t "$image"
}

add_busybox() {
	local busybox
	busybox=$(type -P busybox) || fail "busybox is missing: scripts/install-deps.sh all"
	mkdir -p "$image/bin"
	cp -L "$busybox" "$image/bin/busybox"
	ln -s busybox "$image/bin/sh"
	libraries_of "$busybox" | xargs -r cp -L --parents -t "$image"
}

# One file per module, unpacked and numbered in the order of loading.
add_modules() {
	[[ ${#modules[@]} -gt 0 ]] || return 0
	local root=$cache/root release number=100
	release=$(ls "$root/lib/modules")
	mkdir -p "$image/modules"
	/sbin/depmod -b "$root" "$release"
	for module in "${modules[@]}"; do
		/sbin/modprobe -d "$root" -S "$release" --show-depends "$module" >"$work/modules"
		while read -r verb file _; do
			[[ $verb == insmod ]] || continue # "builtin"
			number=$((number + 1))
			unpack "$file" >"$image/modules/$number.ko"
		done <"$work/modules"
	done
}

unpack() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -qdc "$1" ;;
	*) cat "$1" ;;
	esac
}

# What runs inside as process 1. stty waits until the console has taken everything.
add_init() {
	cat >"$image/init" <<-END
		#!/bin/sh
		export PATH=/bin
		/bin/busybox --install -s /bin
		mkdir -p /proc /sys /dev /tmp /run
		mount -t proc proc /proc
		mount -t sysfs sys /sys
		mount -t devtmpfs dev /dev
		mount -t bpf bpf /sys/fs/bpf
		mount -t tmpfs run /run
		for module in /modules/*.ko; do
			[ ! -e "\$module" ] || insmod "\$module" || echo "cannot load \$module"
		done
		ip link set lo up
		ulimit -l unlimited
		cd /checkout
		echo "run_in_vm: Linux \$(uname -r)"
		export STAMP_MAY_SET_CLOCK=1 # nobody else lives here
		export TEST_LIMIT=$((limit / 2))
		scripts/run_tests.sh ${*@Q}
		echo "$ended \$?"
		stty -F /dev/console sane
		poweroff -f
	END
	chmod +x "$image/init"
}

build_image() {
	image=$work/image
	mkdir "$image"
	add_busybox
	add_tests "$@"
	add_modules
	add_init "${@/#\//}"
	(cd "$image" && find . | cpio --quiet -o -H newc) >"$work/initrd"
}

# Emulated, not virtualised: it works wherever QEMU does. Both processors in one thread, or a kernel
# that patches itself now and then meets its own breakpoint on the other one ("Oops: int3").
boot() {
	timeout "$limit" qemu-system-x86_64 -accel tcg,thread=single -cpu max -smp 2 -m 1024 \
		-nodefaults -no-user-config -no-reboot -display none -serial stdio \
		-kernel "$cache"/root/boot/vmlinuz-* -initrd "$work/initrd" \
		-append "console=ttyS0 quiet loglevel=1 panic=-1" </dev/null 2>&1 |
		tr -d '\r' | tee "$work/console"
}

# The status the tests inside ended with; none when the machine never said.
status_inside() {
	sed -n "s/^$ended \([0-9]*\)$/\1/p" "$work/console"
}

[[ $# -ge 2 ]] || fail "usage: ${0##*/} KERNEL TEST..., for example 6.1 build/tests/bpf/test_verdicts"
kernel=$1
shift
for test in "$@"; do
	[[ -x $test ]] || fail "$test: no such program"
done
cache=${BUILD:-build}/vm/$kernel
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
fetch_kernel
build_image "$@"
boot || fail "Linux $kernel: QEMU ended with status $? (124: not done after $limit s)"
status=$(status_inside)
[[ -n $status ]] || fail "Linux $kernel: the machine stopped before the tests had ended"
exit "$status"
