#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 47 for the policy of tcpdump that is shipped: whoever has taken over
# its hand has packet sockets and nothing else, and whoever has its judge has
# nothing at all that the user has not.
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

[ "$(uname -m)" = x86_64 ] || skip_all "x86_64 alone"
tcpdump=$(command -v tcpdump) || skip_all "tcpdump is not installed"
tcpdump=$(readlink -f "$tcpdump")
sed "s,/usr/bin/tcpdump,$tcpdump," policies/usr_bin_tcpdump >"$OWN/policy"
(RUN="exec"; session "$OWN/policy" "$tcpdump" -n -i lo) \
    >"$OWN/out" 2>&1 &
front=$!
started $front

find_processes() {
	program="" judge="" hand=""
	children=$(cat "/proc/$front/task/$front/children") || return 1
	for child in $children; do
		if grep -q "^Name:	tcpdump" "/proc/$child/status"; then
			program=$child
			continue
		fi
		parts=$(cat "/proc/$child/task/$child/children") || :
		for part in $parts; do
			grep -q "^Seccomp:	2" "/proc/$part/status" || return 1
			role=$(sed -n 's/^Name:	privd-//p' "/proc/$part/status")
			[ -z "$role" ] || eval "$role=$part"
		done
	done
	[ -n "$program" ] && [ -n "$judge" ] && [ -n "$hand" ] &&
	    grep -q "listening on lo" "$OWN/out"
}
wait_for 20 find_processes
is 0 $? "tcpdump listens, by its hand"
started "$program"

# does WHO WANTED WHAT CALL ARGUMENT...; numbers of x86_64
does() {
	eval "pid=\$$1"
	who=$1 wanted=$2 what=$3
	shift 3
	got=$("$TOOLS/inject" "$pid" "$@" 2>&1)
	case $got in
	[0-9]*) got="done" ;;
	esac
	is "$wanted" "$got" "$who: $what"
}
does hand "done" "a packet socket" 41 17 3 0
does hand "done" "and the other kind" 41 17 2 0
does judge EPERM "no packet socket" 41 17 3 0
at=-100
for who in hand judge; do
	does "$who" EPERM "no raw socket" 41 2 3 1
	does "$who" EPERM "nor of the other family" 41 10 3 58
	does "$who" EPERM "no netlink" 41 16 3 0
	does "$who" EPERM "no key socket" 41 15 3 2
	does "$who" EPERM "executes nothing" 59 /bin/true 0 0
	does "$who" EPERM "starts nobody" 57
	does "$who" EPERM "nor by clone" 56 17
	does "$who" ENOSYS "nor by clone3" 435 /flags 88
	does "$who" EPERM "traces nobody" 101 16 "$program"
	does "$who" EPERM "kills nobody" 62 "$program" 0
	does "$who" EPERM "changes no modes" 90 "$OWN/policy" 511
	does "$who" EPERM "mounts nothing" 165 none /tmp tmpfs 0 0
	does "$who" EPERM "becomes nobody" 105 0
	does "$who" EPERM "loads no module" 175 0 0 0
	does "$who" EPERM "makes no namespace" 272 0x10000000
done
does hand EPERM "opens no file" 257 $at /etc/passwd 0 0
does hand EPERM "writes no file" 257 $at /tmp 1 0
does judge EACCES "opens nothing of root's" 257 $at /etc/shadow 0 0
does judge EACCES "nor memory of others" 257 $at /proc/1/mem 0 0
kill "$program"
wait $front
finish
