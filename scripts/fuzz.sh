#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What `make check-fuzz` runs: each fuzz target for FUZZ_SECONDS, from its seeds and from what earlier
# runs have learnt. An input that shows a fault stays in $BUILD/found.
set -euo pipefail

readonly build=${BUILD:-build/fuzz}
readonly seconds=${FUZZ_SECONDS:-60}
readonly input_limit=30 # seconds for one input, on a machine that has other work
readonly memory=2048    # MiB
failed=()
export LC_ALL=C # logs hold octets of the inputs

fuzz() {
	local target=$1 name=${1##*/}
	local corpus=$build/corpus/$name log=$build/found/$name.log
	mkdir -p "$corpus" "$build/found"
	echo "== $target, $seconds s"
	if ! "$target" -max_total_time="$seconds" -timeout="$input_limit" -rss_limit_mb="$memory" \
		-print_final_stats=1 -artifact_prefix="$build/found/$name-" \
		"$corpus" "$build/seeds/$name" >"$log" 2>&1 </dev/null; then
		show_fault "$target" "$log"
		failed+=("$name")
	elif ! show_result "$log" "$(find "$build/seeds/$name" -type f | wc -l)"; then
		failed+=("$name")
	fi
}

show_fault() {
	tail -n 80 "$2"
	sed -nE 's/.*Test unit written to (.*)$/found: \1/p' "$2"
	sed -nE "s|.*Test unit written to (.*)$|replay it: $1 \1|p" "$2"
}

# A target that has run nothing but its seeds has shown nothing.
show_result() {
	local runs
	runs=$(sed -nE 's/^stat::number_of_executed_units: *([0-9]+)$/\1/p' "$1")
	echo "${runs:-0} inputs, nothing found"
	[[ ${runs:-0} -gt $2 && $2 -gt 0 ]] || { echo "fuzz: no more than the $2 seeds" >&2; return 1; }
}

cd "$(dirname "$0")/.."
[[ $# -gt 0 ]] || { echo "fuzz: no target was given" >&2; exit 1; }
rm -rf "$build/seeds"
PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-/usr/bin/python3}" tests/fuzz/seeds.py "$build/seeds"
for target in "$@"; do
	fuzz "$target"
done
[[ ${#failed[@]} -eq 0 ]] || { echo "fuzz: failed: ${failed[*]}" >&2; exit 1; }
