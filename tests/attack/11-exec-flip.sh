#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 11: the path of an execve flips between a program that the policy
# permits and one that it does not. The kernel reads it again, so the other
# one may be loaded: it is killed before it does anything. Whoever executes
# has nothing of what the program had.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${ATTACK_ROUNDS:-500}
install_tool exec-flip

# Two programs that tell which they are: echo says its argv[0] no more than
# the other, so it is the file that speaks.
install_tool say-good a
install_tool say-evil b

cat >"$OWN/policy" <<END
Policy: */exec-flip, Emulation: native
	Default: permit
	native-execve: filename eq "$OWN/a" then permit[inherit]
	native-execve: true then deny[eacces]
END
got() {
	sed -n "s/^$1 //p" "$OWN/out"
}

session "$OWN/policy" "$OWN/exec-flip" "$OWN/a" b "$rounds" \
    >"$OWN/out" 2>&1
is 0 "$(grep -c '^evil' "$OWN/out")" \
    "the forbidden program never runs ($rounds rounds)"
good=$(grep -c '^good' "$OWN/out")
[ "$good" -gt 0 ] && [ "$(got refused)" -gt 0 ]
is 0 $? "the path did flip: $good ran, $(got refused) refused, \
$(got killed) killed"
[ "$(got killed)" -gt 0 ]
is 0 $? "the forbidden one was loaded, and killed"

as_user "$TOOLS/exec-flip" "$OWN/a" b "$rounds" >"$OWN/out" 2>&1
[ "$(grep -c '^evil' "$OWN/out")" -gt 0 ]
is 0 $? "without a session it runs"
finish
