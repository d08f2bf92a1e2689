#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 10: the result of a call lands in the image that made it, or nowhere:
# while one thread asks a file system that takes its time, another executes a
# program. In root's session for a user the fetcher writes, else the judge.
# shellcheck disable=SC2093
[ "${ATTACK_MOUNTS-}" = 1 ] ||
    ATTACK_MOUNTS=1 exec unshare -m --propagation private sh "$0"
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${ATTACK_ROUNDS:-15}
[ -c /dev/fuse ] || skip_all "no FUSE"
install_tool results
mkdir "$OWN/slow"
echo file >"$OWN/file"
"$TOOLS/fuse" "$OWN/slow" 0 150 "$OWN/file" >"$OWN/said" 2>&1 &
started $!
wait_for 5 grep -q ready "$OWN/said" || skip_all "no FUSE mounts here"
cat >"$OWN/policy" <<END
Policy: */results, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-fsread: filename eq "/nowhere" then deny[eacces]
END
got() {
	sed -n "s/^$1 //p" "$OWN/out"
}
# result WHOSE: what came of it
result() {
	is 0 "$(got landed)" "$1: nothing lands in the new image"
	is "$rounds" "$(got clean)" "(it looked, $rounds times)"
}
session "$OWN/policy" "$OWN/results" "$OWN/slow/file" "$rounds" >"$OWN/out" 2>&1
result "root's session for a user"
"$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" "$OWN/results" \
    "$OWN/slow/file" "$rounds" >"$OWN/out" 2>&1
result "root's own"
as_user "$PRIVRUN" -a -f "$OWN/policy" "$OWN/results" "$OWN/slow/file" \
    "$rounds" >"$OWN/out" 2>&1
result "the user's own"
umount -l "$OWN/slow"
finish
