#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 28: the judge opens files for the program, and what lies below /proc
# it opens as well: once that was its own folder too, with its maps and
# descriptors, by number, as the /proc/self of an openat2 that the kernel walked
# for it, or by descriptors that somebody outside had of it.
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

install_tool judge-proc
mkfifo "$OWN/in"
cat >"$OWN/policy" <<END
Policy: */judge-proc, Emulation: native
	Default: permit
	native-fsread: filename eq "/nowhere" then deny
END

is_ready() {
	grep -q '^ready' "$OWN/out" && find_parts
}
answers() {
	grep "^$1 $2 " "$OWN/out" | sort -u
}

(RUN="exec"; session "$OWN/policy" "$OWN/judge-proc" "$USERS/socket") \
    <>"$OWN/in" >"$OWN/out" 2>&1 &
front=$!
started $front
wait_for 10 is_ready
is 0 $? "the judge is found"
echo "$judge" >"$OWN/in"
mkdir "$USERS/bound"
as_user "$OWN/judge-proc" give "$USERS/socket" "$judge" "$USERS/bound"
wait_for 10 grep -q '^over' "$OWN/out"
is 0 $? "the program tries what it has"
stop $front

for name in maps fd mem environ; do
	answers judge $name >"$OWN/got"
	is 2 "$(grep -Ec ' (open|openat2) (ENOENT|EACCES)$' "$OWN/got")" \
	    "the judge's $name is not there"
	# Whoever says how to walk is told that /proc is not walked so.
	is 4 "$(grep -Ec ' (no_[a-z]*|cached) E[A-Z]*$' "$OWN/got")" \
	    "and openat2's ways do not lead there"
done
grep '^given' "$OWN/out" >"$OWN/got"
is 30 "$(grep -Ec ' E[A-Z]*$' "$OWN/got")" \
    "what somebody outside has of it is no way in"
lacks 'opened$' "$OWN/got" "none at all"
has '^mine maps open opened$' "$OWN/out" "its own maps open"
has '^mine fd open opened$' "$OWN/out" "and its descriptors"
grep '^self' "$OWN/out" >"$OWN/got"
lacks "another's\$" "$OWN/got" "/proc/self is nobody else's"
has '^self openat2 own$' "$OWN/got" "it is its own"
finish
