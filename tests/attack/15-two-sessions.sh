#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 15: another guarded program of the same user, in a session of its
# own, tries everything on an elevated one; so does a child of the program.
# The guard alone would let them: both have it. Their Landlock domains are
# strangers, and the judge that opens files for one has no guard to lend.
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

install_tool thief
cp "$(command -v sleep)" "$OWN/victim"
cp -L "$(command -v sh)" "$OWN/shell"
setcap cap_block_suspend=i "$OWN/shell"
cat >"$OWN/victims" <<END
Policy: */victim, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then permit with net_raw
END
# Opens pass the filter, and opens are made by the judge.
cat >"$OWN/native" <<END
Policy: */thief, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then permit with net_raw
END
cat >"$OWN/judged" <<END
Policy: */thief, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit as root
	native-stat: filename eq "/nowhere" then deny
	native-access: filename eq "/nowhere" then deny
	native-readlink: filename eq "/nowhere" then deny
END

open_by_design='^(kill|sigqueueinfo|pidfd_send_signal|prlimit-get|prlimit-set'
open_by_design="$open_by_design|set-coredump_filter|set-oom_score_adj"
open_by_design="$open_by_design|set-clear_refs|proc/fd/list|task/fd/list"
# The scheduler asks only for capabilities, and both have the same: like
# signals, this is between two processes of one user.
open_by_design="$open_by_design|sched_setaffinity|sched_setscheduler"
open_by_design="$open_by_design|sched_setattr|setpriority|ioprio_set) in\$"

(RUN="exec"; session "$OWN/victims" "$OWN/victim" 1000) &
front=$!
started $front
find_victim() {
	children=$(cat "/proc/$front/task/$front/children")
	for victim in $children; do
		grep -q "^Name:	victim" "/proc/$victim/status" && return 0
	done
	return 1
}
wait_for 10 find_victim
is 0 $? "an elevated program runs"
started "$victim"

# robbed WHAT: of what the thief said
robbed() {
	grep ' in$' "$OWN/loot" | grep -Ev "$open_by_design" >"$OWN/in"
	is "" "$(cat "$OWN/in")" \
	    "$1: $(grep -c refused "$OWN/loot") attempts are refused"
	[ "$(grep -c refused "$OWN/loot")" -gt 40 ]
	is 0 $? "$1: it did try"
}
for how in native judged; do
	session "$OWN/$how" "$OWN/thief" "$victim" >"$OWN/loot" 2>&1
	robbed "another session, $how"
done

# A child of a marked program has no guard. (14-thief.sh shows that the
# attempts are good ones.)
cat >"$OWN/self" <<END
Policy: */shell, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-open: filename eq "$SECRET" then permit as root
END
session "$OWN/self" "$OWN/shell" -c "$TOOLS/thief \$\$; :" \
    >"$OWN/loot" 2>&1
robbed "a child of a marked program"
finish
