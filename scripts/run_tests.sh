#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Runs cmocka programs and adds up their results; POSIX sh, so that busybox can run it in a VM.
set -eu

limit=${TEST_LIMIT:-300} # seconds for one program
passed=0 failed=0 skipped=0

# The sum of the numbers after one of cmocka's words in the closing lines of a log.
count() {
	awk -v word="$1" '$1 == "[" && $2 == word && $3 == "]" && $5 ~ /^test\(s\)/ { n += $4 }
		END { print n + 0 }' "$log"
}

run_test() {
	status=0
	echo "== $1"
	timeout "$limit" "$1" >"$log" 2>&1 </dev/null || status=$?
	cat "$log"
	ok=$(count PASSED) bad=$(count FAILED) skip=$(count SKIPPED)
	if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
		echo "$1: ended with status $status and names no failed test" >&2
		bad=1
	elif [ $((ok + bad + skip)) -eq 0 ]; then
		echo "$1: ran no test" >&2
		bad=1
	fi
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
}

print_result() {
	if [ "$skipped" -gt 0 ]; then
		echo "$passed passed, $failed failed, $skipped skipped"
	else
		echo "$passed passed, $failed failed"
	fi
}

if [ $# -eq 0 ]; then
	echo "run_tests: no test was given" >&2
	exit 1
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 130' INT TERM
for test in "$@"; do
	run_test "$test"
done
print_result
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
