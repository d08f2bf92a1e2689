#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 11: the path of an execve flips between two scripts of the same
# interpreter. The image is right whichever the kernel reads; once the other
# script ran under the judged one's policy, and opened what it liked.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${ATTACK_ROUNDS:-500}
install_tool interpreter
echo "#!$OWN/interpreter flip" >"$OWN/a"
echo "#!$OWN/interpreter tell" >"$OWN/b"
echo "#!$OWN/interpreter tell" >"$OWN/c"
chmod 0755 "$OWN/a" "$OWN/b" "$OWN/c"
echo file >"$OWN/file"
cat >"$OWN/policy" <<END
Policy: $OWN/a, Emulation: native
	Default: permit
	native-execve: filename eq "$OWN/b" then permit
	native-execve: true then deny[eacces]
	native-fsread: filename eq "$OWN/file" then deny[eacces]

Policy: $OWN/b, Emulation: native
	Default: permit
	native-fsread: filename eq "/nowhere" then deny
END
got() {
	sed -n "s/^$1 //p" "$OWN/out"
}

session "$OWN/policy" "$OWN/a" "$OWN/file" "$OWN/b" c "$rounds" \
    >"$OWN/out" 2>&1
is 0 "$(grep -c '^c' "$OWN/out")" \
    "the other script never runs ($rounds rounds)"
opened=$(grep -c '^b opened' "$OWN/out")
[ "$opened" -gt 0 ] && [ "$opened" -eq "$(grep -c '^b' "$OWN/out")" ]
is 0 $? "the judged one runs under its own policy"
[ "$(got refused)" -gt 0 ] && [ "$(got killed)" -gt 0 ]
is 0 $? "the path did flip: $opened ran, $(got refused) refused, \
$(got killed) killed"

as_user "$OWN/a" "$OWN/file" "$OWN/b" c "$rounds" >"$OWN/out" 2>&1
[ "$(grep -c '^c opened' "$OWN/out")" -gt 0 ]
is 0 $? "without a session it runs"
finish
