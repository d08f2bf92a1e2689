#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 15 where users themselves execute privrun: a guarded program in a session
# of its own, whose rules are weaker, tries everything on an elevated one of the
# same user, and so does a child of a marked program. The guard alone would let
# them, for both have it; their Landlock domains are strangers, and the judge that
# opens files for one has no guard to lend. Another user's gets nothing whatever.
# (Root's embedded sessions: 15-two-sessions.sh.)
# shellcheck disable=SC2119,SC2154,SC2317	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/secret.sh
. tests/lib/secret.sh
# shellcheck source=tests/lib/thief.sh
. tests/lib/thief.sh

# The scheduler asks for capabilities alone, and both have the same.
open_by_design="$open_by_design|^(sched_setaffinity|sched_setscheduler"
open_by_design="$open_by_design|sched_setattr|setpriority|ioprio_set) in\$"

chmod 755 "$T"
policy_of() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n' "$program"
	cat
}
marked sleep
policy_of >"$daemon_policies/sleep" <<'END'
	native-socket: sockdom eq "AF_PACKET" then permit with net_raw
END
victim_program=$program
marked "$BUILD/tests/attack/thief"
thief=$program
shell=$daemon_folder/shell
cp -L "$(command -v sh)" "$shell"
setcap cap_block_suspend=i "$shell"
program=$shell
policy_of >"$daemon_policies/shell" <<END
	native-execve: permit[inherit]
	native-open: filename eq "$secret" then permit as root
END
program=$thief
# Opens pass the filter, and opens are made by the judge.
weaker_native() {
	policy_of <<'END'
	native-socket: sockdom eq "AF_PACKET" then permit with net_raw
END
}
weaker_judged() {
	policy_of <<END
	native-open: filename eq "$secret" then permit as root
	native-stat: filename eq "/nowhere" then deny
	native-access: filename eq "/nowhere" then deny
	native-readlink: filename eq "/nowhere" then deny
END
}
weaker_native >"$daemon_policies/thief"
daemon_start

in_background "$user" "$T/victim" "$victim_program" 1000
victim=$started
is_elevated() {
	[ "$(readlink "/proc/$victim/exe")" = "$victim_program" ] &&
	    [ "$(status_of "$victim" Seccomp)" = 2 ]
}
check "an elevated program runs" until_true 10 is_elevated
same "which holds the guard" 0000001000000000 "$(status_of "$victim" CapPrm)"

# robbed WHO: of what the thief said
robbed() {
	same "$1: $(shut_out "$T/loot") attempts are refused" "" \
	    "$(stolen "$T/loot")"
	check "$1: it did try" test "$(shut_out "$T/loot")" -gt 40
	check "$1: it was there" grep -q '^kill in$' "$T/loot"
}
for how in native judged; do
	weaker_$how >"$daemon_policies/thief"
	daemon_reload
	by_daemon "$user" "$thief" "$victim" >"$T/loot" 2>&1
	robbed "another session of his, $how"
	refute "another session of his, $how: it is elevated" \
	    grep -q 'without elevation' "$T/loot"
done

# (14-thief-daemon.sh shows that the attempts are good ones.)
by_daemon "$user" "$shell" -c "$BUILD/tests/attack/thief \$\$; :" \
    >"$T/loot" 2>&1
robbed "a child of a marked program"

make_user
by_daemon "$user" "$thief" "$victim" >"$T/loot" 2>&1
same "another user's session: nothing, of $(shut_out "$T/loot") attempts" "" \
    "$(grep ' in$' "$T/loot")"
check "another user's session: it did try" \
    test "$(shut_out "$T/loot")" -gt 40
check "the program lives" is_elevated
kill "$victim"
wait "$victim" 2>/dev/null
forget "$victim"
daemon_stop
done_testing
