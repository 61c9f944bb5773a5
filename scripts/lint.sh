#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Formatting, static analysis, licence lines and documents; every tool has its say before the
# script fails.
set -euo pipefail

readonly build=${BUILD:-build}
# Generated skeletons count as system headers: their faults are bpftool's.
readonly flags=(-std=gnu11 -Iinclude -Iuser -isystem "$build" -Itests -D_GNU_SOURCE
	-include scripts/lib/analyzer.h)
failed=()

# What git knows, and what it will know after the next add.
sources() {
	git ls-files --cached --others --exclude-standard -- "$@" | sort -u |
		while read -r file; do
			[[ ! -f $file ]] || echo "$file"
		done
}

check_format() {
	sources '*.c' '*.h' | xargs -r clang-format --dry-run -Werror
}

# Silent when it finds nothing: clang-tidy counts the warnings it does not show, too.
tidy() {
	local output
	output=$(clang-tidy --quiet "$1" -- "${flags[@]}" 2>&1) || { echo "$output"; return 1; }
}

check_tidy() {
	export -f tidy
	sources 'user/*.c' 'tests/fuzz/*.c' | xargs -r -P 2 -I '{}' bash -c "$(declare -p flags); tidy {}"
}

# ctuuninitvar takes the address of a result that is yet to be filled in for a use of it.
check_cppcheck() {
	cppcheck --quiet --std=c11 --error-exitcode=1 --enable=warning,performance,portability \
		--inline-suppr --suppress=ctuuninitvar --library=scripts/lib/cppcheck.cfg \
		-Iinclude -Iuser -Itests user include tests/fuzz
}

check_shell() {
	sources 'scripts/*.sh' .ci/run | xargs -r shellcheck -x
}

check_python() {
	sources '*.py' | PYTHONPYCACHEPREFIX=$build/pycache xargs -r "${PYTHON:-python3}" -m py_compile
}

check_spdx() {
	sources '*.c' '*.h' '*.cfg' '*.py' '*.sh' '*.yaml' '*.yml' '*.in' Makefile .clang-format .clang-tidy .ci/run |
		while read -r file; do
			head -n 3 "$file" | grep -q 'SPDX-License-Identifier: ' ||
				echo "$file: no SPDX line in its first three lines"
		done | fail_if_any
}

check_conformance() {
	PYTHONDONTWRITEBYTECODE=1 "${PYTHON:-python3}" scripts/check_conformance.py
}

# Shows what it reads, and fails if that is anything.
fail_if_any() {
	! grep .
}

run() {
	echo "-- $1"
	"$2" || failed+=("$1")
}

cd "$(dirname "$0")/.."
mkdir -p "$build"
[[ -n $(sources Makefile) ]] || { echo "lint: this is not a git checkout" >&2; exit 1; }
run clang-format check_format
run clang-tidy check_tidy
run cppcheck check_cppcheck
run shellcheck check_shell
run py_compile check_python
run SPDX check_spdx
run documents scripts/check_docs.sh
run conformance check_conformance
[[ ${#failed[@]} -eq 0 ]] || { echo "lint: failed: ${failed[*]}" >&2; exit 1; }
echo "lint: nothing to complain about"
