#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 12: a process shares descriptors, memory, or both with the one that
# becomes privrun, or with the elevated program. The one outside has nothing of
# what a rule gives; the one inside is the program itself, until it executes: then
# it has nothing, either.
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
# outside SHARED: who becomes privrun is shared with. It may outlive the other one:
# all that it says is waited for.
outside() {
	if [ "$BY" = daemon ]; then
		as_user --inh-caps=-all "$OWN/shared" outside "$1" \
		    "$INSTANCE/bin/privrun" -U -s "$RUNS/run/socket" -E "$LOG" \
		    "$OWN/marked" open "$SECRET"
	else
		"$OWN/shared" outside "$1" "$PRIVRUN" -U -a -E "$LOG" \
		    -f "$OWN/policy" -c "$ID:$ID" "$OWN/marked" open "$SECRET"
	fi </dev/null 2>&1
}
# shares SHARED WITHOUT SEES: what the other one sees of who opens without a session
shares() {
	is "outside 0" "$(outside "$1")" \
	    "$1: who shared with what became privrun sees none"
	is "$2" "$("$OWN/shared" outside "$1" open "$SECRET" </dev/null 2>&1)" \
	    "$1: (of what shares still it does)"

	session "$OWN/policy" "$OWN/marked" inside "$1" "$SECRET" 2>"$OWN/out"
	is "sharing 1" "$(sed -n 1p "$OWN/out")" \
	    "$1: one that the program made has it as the program has"
	is "executed 0" "$(sed -n 2p "$OWN/out")" "$1: what it executes sees none"
	as_user "$OWN/shared" inside "$1" /etc/passwd 2>"$OWN/out"
	is "executed 1" "$(sed -n 2p "$OWN/out")" "$1: (without a session it does)"
}
[ "$BY" = root ] || enforce "$OWN/policy"
shares files "outside 1"
shares memory "outside 0, read"
shares both "outside 1, read"
finish
