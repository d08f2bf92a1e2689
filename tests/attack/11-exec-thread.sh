#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 11: not the leader but another thread executes, in a fork whose
# leader was never seen: the thread takes the leader's number, and what it
# loaded is verified all the same. Once the watch went with the thread's own
# number: neither was the forbidden image killed, nor had the honest one its
# policy.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${ATTACK_ROUNDS:-500}
install_tool exec-thread
install_tool exec-thread a
install_tool exec-thread b
echo file >"$OWN/file"
cat >"$OWN/policy" <<END
Policy: $OWN/exec-thread, Emulation: native
	Default: permit
	native-execve: filename eq "$OWN/a" then permit
	native-execve: true then deny[eacces]

Policy: $OWN/a, Emulation: native
	Default: permit
	native-fsread: filename eq "$OWN/file" then deny[eacces]
END
cat >"$OWN/inherited" <<END
Policy: $OWN/exec-thread, Emulation: native
	Default: permit
	native-execve: filename eq "$OWN/a" then permit[inherit]
	native-execve: true then deny[eacces]
	native-fsread: filename eq "$OWN/file" then deny[eacces]
END
got() {
	sed -n "s/^$1 //p" "$OWN/out"
}

session "$OWN/policy" "$OWN/exec-thread" "$OWN/a" a 50 "$OWN/file" \
    >"$OWN/out" 2>&1
is 50 "$(got ended)" "an honest thread executes"
is 50 "$(grep -c '^a EACCES' "$OWN/out")" "its program has its own policy"

for kind in policy inherited; do
	session "$OWN/$kind" "$OWN/exec-thread" "$OWN/a" b "$rounds" \
	    "$OWN/file" >"$OWN/out" 2>&1
	is 0 "$(grep -c '^b' "$OWN/out")" \
	    "$kind: the forbidden program never runs ($rounds rounds)"
	is 0 "$(grep -c '^a opened' "$OWN/out")" \
	    "$kind: nor the other one without a policy"
	good=$(grep -c '^a EACCES' "$OWN/out")
	[ "$good" -gt 0 ] && [ "$(got refused)" -gt 0 ] &&
	    [ "$(got killed)" -gt 0 ]
	is 0 $? "$kind: the path did flip: $good ran, $(got refused) \
refused, $(got killed) killed"
done

as_user "$OWN/exec-thread" "$OWN/a" b "$rounds" "$OWN/file" >"$OWN/out" 2>&1
[ "$(grep -c '^b opened' "$OWN/out")" -gt 0 ]
is 0 $? "without a session it runs"
finish
