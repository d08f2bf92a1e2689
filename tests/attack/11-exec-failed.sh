#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 11: an execve that fails leaves the caller its policy. It names
# another script of the same interpreter and has no arguments: the image that
# runs is the one that was expected. Once that passed for a success, and the
# caller went on under the other script's policy.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool interpreter
echo "#!$OWN/interpreter fail" >"$OWN/a"
echo "#!$OWN/interpreter tell" >"$OWN/b"
chmod 0755 "$OWN/a" "$OWN/b"
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
session "$OWN/policy" "$OWN/a" "$OWN/file" "$OWN/b" >"$OWN/out" 2>&1
is "a EACCES" "$(sed -n 1p "$OWN/out")" "the first script's policy holds"
is "execve EFAULT" "$(sed -n 2p "$OWN/out")" "the execve of the other fails"
is "a EACCES" "$(sed -n 3p "$OWN/out")" "it still holds"
is "b opened" "$(sed -n 4p "$OWN/out")" \
    "an execve that succeeds brings the other's"
finish
