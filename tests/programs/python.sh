#!/bin/sh
# SPDX-License-Identifier: ISC
# python.sh MODULE ...: python's own regression tests; the result of each.
[ "$(id -u)" -ne 0 ] || exit 1 # never as root: see what it tries
HOME=$PWD TMPDIR=$PWD
export HOME TMPDIR
for module; do
	timeout "${PROGRAM_TIMEOUT:-300}" /usr/bin/python3 -m unittest -v \
	    "test.$module" >log 2>&1 </dev/null
	echo "$module: exit $?"
	# "name (class) ... ok"; what tests print may come between
	awk -v module="$module" '
	/^test[a-zA-Z_0-9]* \(.*\)/ { name = $1 " " $2 }
	/ok$|FAIL$|ERROR$|skipped .*$|expected failure$/ {
		if (name == "" || !match($0, /(ok|FAIL|ERROR|skipped .*|expected failure)$/))
			next
		result = substr($0, RSTART)
		gsub(/[0-9]+/, "N", result) # names that hold the pid
		print module ": " name ": " result
		name = ""
	}' log | sort
	[ -z "${PROGRAM_LOGS-}" ] || cp log "$PROGRAM_LOGS/$module.log"
	rm -f log
done
