#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Do the documents say what the programs do? The table "Every outcome" of docs/deploying.md has each
# outcome of the program, with its action, and no other; stamp-ping(1) has each option of --help, the
# TLVs and the metrics there are.
set -euo pipefail

readonly build=${BUILD:-build}
readonly code=include/stamp/outcome.h
readonly document=docs/deploying.md
readonly manual=docs/man/stamp-ping.1

# One line for each outcome: its name and the operator's word for its XDP action.
outcomes_of_code() {
	sed -nE 's/^\tX\(([A-Z0-9_]+), *XDP_([A-Z]+),.*/\1 \2/p' "$code" | tr '[:upper:]' '[:lower:]' |
		sed -e 's/ tx$/ reflected/' -e 's/ pass$/ passed on/' -e 's/ drop$/ dropped/' -e 's/ redirect$/ handed over/' |
		sort
}

# The same from the first two columns of the table.
# shellcheck disable=SC2016 # backticks of Markdown
outcomes_of_document() {
	sed -n '/^### Every outcome$/,/^##* /p' "$document" |
		sed -nE 's/^\| `([a-z0-9_]+)` \| ([a-z ]+) \|.*/\1 \2/p' | sort
}

# Options as "-c COUNT" or "-V, --version"; what explains them is farther to the right.
options_of_help() {
	sed -nE 's/^ {2}( {4})?(-[^ ]+( [^ ]+)*)( {2}.*)?$/\2/p' <<<"$help" | sort
}

options_of_manual() {
	grep -A 1 '^\.TP$' <<<"$plain_manual" | sed -nE 's/^\.B (-.*)$/\1/p' | sort
}

# The paragraph of conditions and metrics on one line.
conditions_of() {
	sed -n '/^A CONDITION is/,/before it\.$/p' | tr -s ' \n' ' '
}

tlvs_of() {
	sed -n '/^A TLV is one of/,/\.$/p' | tr -s ' \n' ' '
}

# compare WHAT EXPECTED FOUND: both are sorted lines.
compare() {
	local missing stray
	missing=$(comm -23 <(echo "$2") <(echo "$3"))
	stray=$(comm -13 <(echo "$2") <(echo "$3"))
	[[ -n $2 ]] || complain "$1: nothing found to compare with"
	[[ -z $missing ]] || complain "$1: missing: ${missing//$'\n'/, }"
	[[ -z $stray ]] || complain "$1: no longer true: ${stray//$'\n'/, }"
}

complain() {
	echo "$*" >&2
	failed=1
}

cd "$(dirname "$0")/.."
failed=0
MAKEFLAGS="" make --no-print-directory "BUILD=$build" "$build/stamp-ping" >/dev/null ||
	{ echo "$build/stamp-ping cannot be built, so $manual is not checked" >&2; exit 1; }
help=$(COLUMNS=80 "$build/stamp-ping" --help)
# Without roff's escapes.
plain_manual=$(sed -E -e 's/\\f.//g' -e 's/\\-/-/g' -e "s/\\\\\\(aq/'/g" "$manual")
compare "$document, table of outcomes" "$(outcomes_of_code)" "$(outcomes_of_document)"
compare "$manual, options" "$(options_of_help)" "$(options_of_manual)"
compare "$manual, TLVS" "$(tlvs_of <<<"$help")" "$(tlvs_of <<<"$plain_manual")"
compare "$manual, CONDITIONS" "$(conditions_of <<<"$help")" "$(conditions_of <<<"$plain_manual")"
exit "$failed"
