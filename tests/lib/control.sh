# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2154
# What the daemon answers. After tests/lib/daemon.sh:
#	ctl USER WORD ...	privctl, as that user's
#	json EXPRESSION		of what stands in $T/out, which must be valid: v
need_programs python3
need_daemon
control=$BUILD/instance/bin/privctl

ctl() {
	whose=$1
	shift
	as_user "$whose" "$control" -s "$daemon_socket" "$@"
}

json() {
	python3 -c 'import json, sys
v = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$T/out" "$1" 2>&1
}
