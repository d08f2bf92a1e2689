#!/bin/sh
# SPDX-License-Identifier: ISC
# The table of calls in man/privd.calls.5, from what privctl prints.
#	calls-table.sh		prints the page with its table made anew
#	calls-table.sh -w	writes that to its file, see `make man-table`
# tests/e2e/calls.sh compares the two.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
page=$top/man/privd.calls.5
privctl=${BUILD:-$top/build}/privctl

# group DECISION HEADING: its calls, those of one reason together
group() {
	printf '.Ss %s\n' "$2"
	"$privctl" calls | awk -F '\t' -v decision="$1" '
	NR > 1 && $8 == decision {
		if (!($9 in calls))
			order[++n] = $9
		calls[$9] = calls[$9] (calls[$9] == "" ? "" : ", ") $1 \
		    ($7 == "elevates" ? "*" : "")
	}
	END {
		print "-" in calls ? calls["-"] "." : "Each for its reason."
		for (i = 1; i <= n; i++)
			if (order[i] != "-")
				print ".Pp\n" calls[order[i]] ":\n" order[i] "."
	}' | fold -s -w 76 | sed 's/ *$//'
}

new=$(mktemp)
trap 'rm -f "$new"' EXIT
{
	sed '/^\.\\" table: begin/q' "$page"
	group performed "Performed"
	group kernel-judged "Judged by the filter, made by the kernel"
	group continued "Continued"
	group refused "Refused"
	sed -n '/^\.\\" table: end/,$p' "$page"
} >"$new"
if [ "${1-}" = -w ]; then
	cat "$new" >"$page"
else
	cat "$new"
fi
