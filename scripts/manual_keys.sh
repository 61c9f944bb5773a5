#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Fills in a manual page: reads `stampd --print-schema` and prints PAGE with the list of keys, in
# roff, in place of its line @KEYS@.
set -euo pipefail

[[ $# -eq 1 ]] || { echo "usage: stampd --print-schema | ${0##*/} PAGE" >&2; exit 2; }

# shellcheck disable=SC2016 # jq's variables, not the shell's
readonly keys_in_roff='
def roff: tostring | gsub("\\\\"; "\\e") | gsub("-"; "\\-") | gsub("\u0027"; "\\(aq");
def bold: "\\fB\(roff)\\fR";

def type_of:
	if has("$comment") then ."$comment" | roff
	elif has("items") then "a list, each element with these keys"
	else "these keys"
	end;

def list:
	.required as $required | .properties | to_entries[] | .key as $key | .value |
	".TP",
	"\($key | bold): \(type_of)",
	(.description | roff),
	(if $required | index($key) then "Required." else empty end),
	(if has("default") then "Default: \(.default | bold)." else empty end),
	((.items // .) | if has("properties") then ".RS", list, ".RE" else empty end);

list'

KEYS=$(jq -r "$keys_in_roff")
[[ -n $KEYS ]] || { echo "${0##*/}: there is no schema to read" >&2; exit 1; }
export KEYS # awk would read escapes in a variable of its own
awk '$0 == "@KEYS@" { print ENVIRON["KEYS"]; next } { print }' "$1"
