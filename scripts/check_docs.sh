#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Does the table "Every outcome" of docs/deploying.md have each outcome of the program, with its
# action, and no other?
set -euo pipefail

readonly code=include/stamp/outcome.h
readonly document=docs/deploying.md

# One line for each outcome: its name and the operator's word for its XDP action.
outcomes_of_code() {
	sed -nE 's/^\tX\(([A-Z0-9_]+), *XDP_([A-Z]+),.*/\1 \2/p' "$code" | tr '[:upper:]' '[:lower:]' |
		sed -e 's/ tx$/ reflected/' -e 's/ pass$/ passed on/' -e 's/ drop$/ dropped/' | sort
}

# The same from the first two columns of the table.
# shellcheck disable=SC2016 # backticks of Markdown
outcomes_of_document() {
	sed -n '/^### Every outcome$/,/^##* /p' "$document" |
		sed -nE 's/^\| `([a-z0-9_]+)` \| ([a-z ]+) \|.*/\1 \2/p' | sort
}

cd "$(dirname "$0")/.."
in_code=$(outcomes_of_code)
in_document=$(outcomes_of_document)
[[ -n $in_code ]] || { echo "$code: no outcomes found" >&2; exit 1; }
missing=$(comm -23 <(echo "$in_code") <(echo "$in_document"))
stray=$(comm -13 <(echo "$in_code") <(echo "$in_document"))
[[ -z $missing ]] || echo "$document: missing in the table of outcomes: ${missing//$'\n'/, }" >&2
[[ -z $stray ]] || echo "$document: no outcome of $code: ${stray//$'\n'/, }" >&2
[[ -z $missing$stray ]]
