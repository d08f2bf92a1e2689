#!/bin/sh
# SPDX-License-Identifier: ISC
# Attacks 4 and 11: an argument of an execve, or its environment, flips between
# one that the policy permits and one that it does not. The kernel reads them
# again: a program that got the other one is killed before it does anything.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${ATTACK_ROUNDS:-500}
install_tool exec-flip

# A program that tells what it was given, and a script of it.
install_tool say-words say
echo "#!$OWN/say of a script" >"$OWN/script"
chmod 0755 "$OWN/script"
got() {
	sed -n "s/^$1 //p" "$OWN/out"
}

# attempt KIND POLICY-TEST TEXT PERMITTED FORBIDDEN PROGRAM
attempt() {
	cat >"$OWN/policy" <<END
Policy: */exec-flip, Emulation: native
	Default: permit
	native-execve: filename eq "$OWN/$6" and $2 then permit[inherit]
	native-execve: true then deny[eacces]
END
	session "$OWN/policy" "$OWN/exec-flip" "$OWN/$6" b "$rounds" "$1" "$3" \
	    >"$OWN/out" 2>&1
	is 0 "$(grep -c "^$5" "$OWN/out")" \
	    "$1 of a $6: the forbidden one is never seen ($rounds rounds)"
	good=$(grep -c "^$4" "$OWN/out")
	[ "$good" -gt 0 ] && [ "$(got refused)" -gt 0 ] &&
	    [ "$(got killed)" -gt 0 ]
	is 0 $? "$1 of a $6: it did flip: $good ran, $(got refused) refused, \
$(got killed) killed"
	as_user "$TOOLS/exec-flip" "$OWN/$6" b "$rounds" "$1" "$3" \
	    >"$OWN/out" 2>&1
	[ "$(grep -c "^$5" "$OWN/out")" -gt 0 ]
	is 0 $? "$1 of a $6: without a session it is"
}
attempt argument "argv eq \"$OWN/say worda\"" worda worda wordb say
attempt argument "argv eq \"$OWN/script worda\"" worda worda wordb script
attempt environment 'envp eq "WORD=a"' WORD=a "- a" "- b" say
finish
