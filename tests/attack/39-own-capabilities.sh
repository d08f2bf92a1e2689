#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 39: the user holds capabilities of his own. CAP_WAKE_ALARM, which
# logins give, takes nobody into a guarded program. Who holds the guard himself,
# or comes through a privrun that holds more, by a mistake of root's, is not
# elevated and reads why; and privctl doctor says so.
# shellcheck disable=SC2119,SC2317	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

own_spaces "$0" "$@"
need_daemon
make_user
chmod 755 "$T"
privctl=$BUILD/instance/bin/privctl
cp "$BUILD/tests/attack/thief" "$daemon_folder/thief"
cp "$daemon_run" "$daemon_folder/privrun"
elevated "$helpers/steps"
cp "$daemon_policies/steps" "$T/policy"
mkfifo "$T/in"
chmod 666 "$T/in"
daemon_start

# holding CAPABILITIES COMMAND ...: as the user, to whom some login gave these,
# as setpriv names them: "+wake_alarm"
holding() {
	held=$1
	shift
	exec setpriv --reuid "$user" --regid "$user_gid" --init-groups \
	    --inh-caps="-all,$held" --ambient-caps="-all,$held" -- "$@"
}

# begin CAPABILITIES COMMAND ...: with steps, which reads from descriptor 9
begin() {
	: >"$T/out"
	(holding "$@") >"$T/out" 2>"$T/err" <"$T/in" &
	front=$!
	remember $front
	exec 9>"$T/in"
	wait_for "$T/out" ready || show "$T/err"
}

end() {
	exec 9>&-
	wait $front
	forget $front
}

# opens DESCRIPTION EXPECTED
opens() {
	echo "read $secret" >&9
	until_true 10 sh -c "[ \$(grep -c . '$T/out') -ge 2 ]"
	same "$1" "$2" "$(sed -n 2p "$T/out")"
}

capabilities() {
	for set in CapInh CapPrm CapEff CapAmb; do
		printf '%s ' "$(status_of "$1" $set | sed 's/^0*\(.\)/\1/')"
	done
}

# What is open on a program whoever guards it: see 14-thief.sh.
by_design='kill|sigqueueinfo|pidfd_send_signal|prlimit-get|prlimit-set'
by_design="$by_design|set-coredump_filter|set-oom_score_adj|set-clear_refs"
by_design="^($by_design|proc/fd/list|task/fd/list) in\$"

# What many a login gives.
begin +wake_alarm "$daemon_run" -s "$daemon_socket" "$program"
opens "with CAP_WAKE_ALARM the program is elevated" ok
same "and holds the guard, and nothing else" \
    "1000000000 1000000000 0 0 " "$(capabilities $front)"
(holding +wake_alarm "$daemon_folder/thief" "$front") >"$T/loot" 2>&1
same "nobody who holds CAP_WAKE_ALARM gets in" "" \
    "$(grep ' in$' "$T/loot" | grep -Ev "$by_design")"
check "in many ways" test "$(lines "$T/loot" refused)" -ge 40
end

# The guard itself.
begin +block_suspend "$daemon_run" -s "$daemon_socket" -U -f "$T/policy" \
    "$program"
opens "with the guard from a login nothing is elevated" EACCES
like "which says why" \
    'runs without elevation: the user holds the guard .*himself' \
    "$(cat "$T/err")"
"$privctl" doctor -f "$daemon_folder/privd.conf" "$program" >"$T/doctor" 2>&1
refute "the session's processes are not what doctor means" \
    grep -q "process .* of uid $user_uid" "$T/doctor"
end
(exec setpriv --reuid "$user" --regid "$user_gid" --init-groups \
    --inh-caps=-all,+block_suspend -- "$daemon_run" -s "$daemon_socket" \
    "$program") >"$T/out" 2>"$T/err" </dev/null
like "nor by one that can only be inherited" \
    'runs without elevation: the user holds the guard .*himself' \
    "$(cat "$T/err")"
(holding +block_suspend sleep 1000) &
holder=$!
remember $holder
until_true 10 sh -c "grep -q '^Name:.*sleep' /proc/$holder/status"
"$privctl" doctor -f "$daemon_folder/privd.conf" "$program" >"$T/doctor" 2>&1
like "doctor says who holds it" \
    "^wrong: guard: process $holder of uid $user_uid: it holds the guard" \
    "$(cat "$T/doctor")"
kill -KILL $holder
wait $holder 2>/dev/null
forget $holder

# privrun that gives more than the guard.
setcap cap_block_suspend,cap_dac_read_search=p "$daemon_folder/privrun"
mount --bind "$daemon_folder/privrun" "$daemon_run"
by_daemon "$user" "$program" >"$T/out" 2>"$T/err" </dev/null
like "a privrun that holds more: nothing is elevated" \
    'runs without elevation: the user holds capabilities of his own' \
    "$(cat "$T/err")"
"$privctl" doctor -f "$daemon_folder/privd.conf" "$program" >"$T/doctor" 2>&1
like "doctor says that" "^wrong: guard: $daemon_run: it holds more" \
    "$(cat "$T/doctor")"
# And nobody has of it what it holds.
as_user "$user" "$daemon_run" -U -f "$T/policy" \
    "$(command -v cat)" "$secret" >"$T/out" 2>"$T/err"
refute "nor does it read for the user" grep -q '^secret' "$T/out"
umount "$daemon_run"

# A session of the user's own: privrun's guard is for no program of it.
begin +wake_alarm "$daemon_run" -U -f "$T/policy" "$program"
opens "without a daemon nothing is elevated" EACCES
like "and says so" 'Privilege elevation not allowed' "$(cat "$T/err")"
# of_session: what the program, keeper and judge hold, each once
of_session() {
	for child in $(children_of $front); do
		capabilities "$child"
		for part in $(children_of "$child"); do
			capabilities "$part"
		done
	done | tr ' ' '\n' | grep . | sort -u
}
same "and the session's processes hold nothing" 0 "$(of_session)"
end
begin +wake_alarm "$privrun" -U -f "$T/policy" "$program"
opens "by an unguarded privrun nothing is elevated" EACCES
same "and its session's processes hold nothing" 0 "$(of_session)"
end
done_testing
