#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 16: a process of the same uid lies in wait and seizes whatever of its
# uid appears, at every moment of a session's start: it gets nothing of an
# elevated program, and without a session it gets what it wants. (A program
# that lets itself be traced: 21-doors.sh.)
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

rounds=${ATTACK_ROUNDS:-40}
install_tool try-open
cat >"$OWN/policy" <<END
Policy: */try-open, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit as root
END

# hunt COMMAND...: rounds of it while the sniper lies in wait
hunt() {
	(RUN="exec"; as_user "$TOOLS/sniper") >"$OWN/shots" 2>&1 &
	sniper=$!
	started $sniper
	wait_for 10 grep -q ready "$OWN/shots"
	good=0
	round=0
	while [ $((round += 1)) -le "$rounds" ]; do
		"$@" >"$OWN/out" 2>&1 && good=$((good + 1))
	done
	kill $sniper
	wait $sniper
}
got() {
	sed -n "s/^$1 //p" "$OWN/shots"
}

hunt session "$OWN/policy" "$OWN/try-open" "$SECRET"
is "$rounds" "$good" "$rounds sessions run all the same"
has "^secret" "$OWN/out" "elevated"
is "0 0" "$(got memories) $(got seized)" \
    "nothing is seized in $(got tries) tries"

hunt as_user "$TOOLS/try-open" "$OWN/policy"
[ "$(got memories)" -gt 0 ] && [ "$(got seized)" -gt 0 ]
is 0 $? "without a session $(got memories) memories, $(got seized) seized"
finish
