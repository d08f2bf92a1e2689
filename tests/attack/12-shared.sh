#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 12: a process shares memory and descriptors with the one that becomes
# privrun, or with the elevated program. The one outside has nothing of what a
# rule gives; the one inside is the program itself, until it executes: then it
# has nothing, either.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool shared
install_marked shared marked
cat >"$OWN/policy" <<END
Policy: */marked, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-open: filename eq "$SECRET" then permit as root
END
# It may outlive the other one: all that it says is waited for.
out=$("$OWN/shared" outside "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" \
    -c "$ID:$ID" "$OWN/marked" open "$SECRET" </dev/null 2>&1)
is "outside 0" "$out" "who shared with what became privrun sees none"
out=$("$OWN/shared" outside open "$SECRET" </dev/null 2>&1)
is "outside 1" "$out" "(of what shares still it does)"

session "$OWN/policy" "$OWN/marked" inside "$SECRET" 2>"$OWN/out"
is "sharing 1" "$(sed -n 1p "$OWN/out")" "one that the program made shares"
is "executed 0" "$(sed -n 2p "$OWN/out")" "what it executes sees none"
as_user "$OWN/shared" inside /dev/null 2>"$OWN/out"
is "executed 1" "$(sed -n 2p "$OWN/out")" "(without a session it does)"
finish
