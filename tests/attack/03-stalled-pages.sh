#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 3: arguments on pages that are not served: each of these calls waits,
# threads and processes beside them go on, and when the pages come, each ends
# well.
# shellcheck disable=SC2030,SC2031,SC2093,SC2317
[ "${ATTACK_MOUNTS-}" = 1 ] ||
    ATTACK_MOUNTS=1 exec unshare -m --propagation private sh "$0"
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

stalls=${ATTACK_STALLS:-15}
[ -c /dev/fuse ] || skip_all "no FUSE"
install_tool stall
echo word >"$USERS/file"
"$TOOLS/stall" make "$OWN/content" "$USERS/file" "$stalls" || exit 1
cat >"$OWN/policy" <<END
Policy: */stall, Emulation: native
	Default: permit
	native-userfaultfd: permit
	native-fsread: filename eq "/nothing" then deny
	native-connect: sockaddr eq "@nothing" then deny
	native-sendto: sockaddr eq "@nothing" then deny
	native-sendmsg: sockaddr eq "@nothing" then deny
END
chmod 0644 "$OWN/policy"
got() {
	sed -n "s/^$1 //p" "$OWN/out" | sort -u
}
is_stopped() {
	grep -q '^State:	T' "/proc/$server/status"
}

# begin COMMAND...: with a file system of its own, which is stopped when the
# program has mapped what is in it
mounts=0
begin() {
	mounts=$((mounts + 1))
	mkdir "$OWN/mount$mounts"
	"$TOOLS/fuse" "$OWN/mount$mounts" 0 0 "$OWN/content" >"$OWN/said" 2>&1 &
	server=$!
	started $server
	wait_for 5 grep -q ready "$OWN/said" || skip_all "no FUSE mounts here"
	rm -f "$OWN/in" "$USERS/file.socket"
	mkfifo "$OWN/in"
	: >"$OWN/out"
	(RUN="exec"; "$@") <>"$OWN/in" >"$OWN/out" 2>&1 &
	front=$!
	started $front
	wait_for 10 grep -q '^mapped' "$OWN/out"
	kill -STOP $server
	wait_for 5 is_stopped
	echo go >"$OWN/in"
}

# proceed WHO
proceed() {
	wait_for 20 grep -q '^ended' "$OWN/out"
	for who in thread process; do
		is 200 "$(got $who)" \
		    "$1: beside $stalls stalled calls a $who goes on"
		most=$(got $who-most)
		[ "${most:-5000}" -lt 5000 ]
		is 0 $? "$1: it waits $most ms at most for one call"
	done
	is 0 "$(got ended)" "$1: the stalled calls wait"
}

# attempt WHO COMMAND...
attempt() {
	name=$1
	shift
	begin "$@" run "$OWN/mount$((mounts + 1))/content" "$USERS/file" \
	    "$stalls"
	proceed "$name"
	kill -CONT $server
	echo go >"$OWN/in"
	wait $front
	is 0 $? "$name: the session ends well"
	for kind in path connect sendto header name; do
		is "good" "$(got $kind)" "$name: served, it ends well: $kind"
	done
}
rootly() {
	$RUN "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" "$OWN/stall" "$@"
}
guarded() {
	session "$OWN/policy" "$OWN/stall" "$@"
}
chown "$ID" "$USERS/file"
attempt "root's own session" rootly
attempt "root's session for a user" guarded

# A page that its server does not give is waited for as long as without privd: no
# time is too long. But who is killed meanwhile has ended, and so has its session.
has_gone() {
	! kill -0 "$1" 2>/dev/null || grep -q '^State:	Z' "/proc/$1/status"
}
begin guarded run "$OWN/mount$((mounts + 1))/content" "$USERS/file" "$stalls"
wait_for 20 grep -q '^ended' "$OWN/out"
find_parts
kill -KILL "$program"
wait_for 20 has_gone "$program"
is 0 $? "killed in stalled calls a program ends"
wait_for 20 has_gone "$keeper"
is 0 $? "killed in stalled calls, and its session ends as well"
wait_for 20 has_gone "$judge"
is 0 $? "killed in stalled calls, and nothing of it waits"
wait $front
is T "$(sed -n 's/^State:	\(.\).*/\1/p' "/proc/$server/status")" \
    "(the page was not served)"
kill -CONT $server

# The kernel does not let us wait for a userfaultfd in another's memory.
rootly fault "$USERS/file" >"$OWN/out" 2>&1
has '^(fault EFAULT|userfaultfd E)' "$OWN/out" \
    "a page of a userfaultfd holds up nobody"

# One thread that reads is one call that holds up all.
alone() {
	$RUN "$TOOLS/standin" /nothing "$OWN/stall" "$@"
}
begin alone run "$OWN/mount$((mounts + 1))/content" "$USERS/file" 1
wait_for 3 grep -q '^thread' "$OWN/out"
is 1 $? "behind a broker with one thread nobody goes on"
kill -CONT $server
wait_for 10 grep -q '^ended' "$OWN/out"
is 0 $? "before the page is served"
stop $front

# They are in the way of the folder's removal.
for folder in "$OWN"/mount*; do
	umount -l "$folder"
done
finish
