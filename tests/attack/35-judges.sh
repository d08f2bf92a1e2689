#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 35, by what a user has written: judges read it, who are not his, so
# that their memory and time are not counted as his. It is bounded in all, they
# have a limit, are locked in before they read a byte, and end when nobody waits
# for them; and who keeps the others is the last to be ended for memory.
# shellcheck disable=SC2119,SC2154,SC2317	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
need_daemon
make_user
daemon_start
elevated cat
daemon_reload
mkdir "$T/own"
chown "$user" "$T/own"
chmod 755 "$T" "$T/own"

# as_many N LINE: a policy of the user's of so many lines
as_many() {
	echo "Policy: $program, Emulation: native"
	echo "	Default: permit"
	yes "	$2" | head -n "$1"
}
# judges: those that there are of the daemon's keepers
judges() {
	for keeper in $(daemon_children); do
		for child in $(children_of "$keeper"); do
			grep -qx privd-judge "/proc/$child/comm" 2>"$T/gone" &&
			    echo "$child"
		done
	done
}
no_judge() {
	[ -z "$(judges)" ]
}
a_judge() {
	judge=$(judges)
	[ -n "$judge" ]
}
own_runs() {
	by_daemon "$user" -f "$T/own/policy" "$program" "$secret" 2>&1
}

# --- what is written

as_many 1500 'native-fsread: filename re "(xy){1,250}" then permit' \
    >"$T/own/policy"
like "expressions are bounded in all" \
    'own/policy:4[0-9]:[0-9]*: found [0-9]* steps of .* expected 250000' \
    "$(own_runs)"
as_many 1 'native-fsread: filename re "a{0,9000}" then permit' \
    >"$T/own/policy"
like "and each" 'own/policy:3:[0-9]*: regular expression: ' "$(own_runs)"
as_many 20001 'native-dup: ask' >"$T/own/policy"
like "rules are bounded in all" \
    'own/policy:20003:2: found 20001 rules .* expected 20000' "$(own_runs)"
until_true 10 no_judge

# As much as there may be of each kind, and of what costs most.
{
	as_many 39 'native-fsread: filename re "(xy){1,250}" then permit'
	yes '	native-stat: filename eq "/a" and filename neq "/b" then deny' |
	    head -n 15800
} >"$T/own/policy"
same "what is within all bounds is read" secret "$(own_runs)"
until_true 10 no_judge

# --- while it is read

mkfifo "$T/own/fifo"
chown "$user" "$T/own/fifo"
in_background "$user" "$T/out" -f "$T/own/fifo" "$program" "$secret"
check "a judge reads" until_true 10 a_judge
is_locked_in() {
	[ "$(status_of "$judge" Seccomp)" = 2 ]
}
check "and is locked in" until_true 5 is_locked_in
memory=$(sed -n 's/^Max data size  *\([0-9]*\) .*/\1/p' "/proc/$judge/limits")
check "and in memory" test "${memory:-0}" -gt 0
check "to much less than there is" test "${memory:-0}" -lt 1000000000
kill -KILL "$started"
began=$(date +%s)
check "it ends with who waited for it" until_true 20 no_judge
check "at once" test $(($(date +%s) - began)) -lt 8

in_background "$user" "$T/out" -f "$T/own/fifo" "$program" "$secret"
until_true 10 a_judge
kill -STOP "$started"
check "it waits no longer than that would" until_true 20 no_judge
kill -KILL "$started"

# --- in a session

as_many 1 'native-fsread: filename eq "/nowhere" then deny' >"$T/own/policy"
mkfifo "$T/own/in"
chown "$user" "$T/own/in"
in_background "$user" "$T/out" -f "$T/own/policy" "$program" "$secret" \
    "$T/own/in"
check "a session" until_true 10 grep -q secret "$T/out"
a_judge
keeper=$(status_of "$judge" PPid)
same "its judge has both filters" 2 "$(status_of "$judge" Seccomp_filters)"
memory=$(sed -n 's/^Max data size  *\([^ ]*\)  *\([^ ]*\) .*/\1 \2/p' \
    "/proc/$judge/limits")
same "and no more memory later" "${memory% *}" "${memory#* }"
score() {
	cat "/proc/$1/oom_score_adj"
}
if [ "$(score self)" -ge 0 ] && (echo -1 >/proc/self/oom_score_adj) \
    2>"$T/err"; then
	same "the monitor is spared" -500 "$(score "$daemon_pid")"
	same "so is the keeper" -500 "$(score "$keeper")"
	for child in $(children_of "$keeper"); do
		same "$(cat "/proc/$child/comm") is not" "$(score self)" \
		    "$(score "$child")"
	done
	same "nor is the program" "$(score self)" "$(score "$started")"
else
	skip 1 "the kernel lets nobody be spared here"
fi
: >"$T/own/in"
wait "$started"
forget "$started"
daemon_stop
done_testing
