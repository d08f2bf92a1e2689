#!/bin/sh
# SPDX-License-Identifier: ISC
# ALONE: it measures how fast others are.
# Attack 31: 8,000 threads of one session wait in its calls, and come again and
# again (ATTACK_THREADS: how many). What that session has to do besides is done,
# another user's session is as fast as before, others start, and of the crowd
# nothing is left when it ends.
# shellcheck disable=SC2119,SC2317	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

threads=${ATTACK_THREADS:-8000}
rounds=400
need_daemon
make_user
crowd_id=$user_uid crowd_group=$user_gid
make_user
chmod 755 "$T"
marked "$BUILD/tests/attack/waiters"
mkfifo -m 666 "$T/pipe" "$T/crowd.in" "$T/other.in"
echo text >"$T/file"
cat >"$daemon_policies/waiters" <<END
Policy: $program, Emulation: native
	Default: permit
	native-fsread: filename eq "$T/none" then deny[enoent]
	native-acct: permit as root
END
daemon_start

# begin NAME UID GID ARGUMENT ...: $started is the program, which reads NAME.in
begin() {
	name=$1 uid=$2 gid=$3
	shift 3
	setpriv --reuid "$uid" --regid "$gid" --clear-groups --inh-caps=-all \
	    -- "$daemon_run" -s "$daemon_socket" "$program" "$@" \
	    >"$T/$name" 2>"$T/$name.err" <"$T/$name.in" &
	started=$!
	remember $started
}

has_lines() {
	[ "$(grep -c . "$1")" -ge "$2" ]
}

# ask NAME DESCRIPTOR SECONDS: its answer to one line more
ask() {
	before=$(grep -c . "$T/$1")
	echo >&"$2"
	until_true "$3" has_lines "$T/$1" $((before + 1)) &&
	    sed -n "$((before + 1))p" "$T/$1"
}

begin other "$user_uid" "$user_gid" - $rounds "$T/file"
other=$started
exec 8>"$T/other.in"
check "a session" wait_for "$T/other" ready
ask other 8 30 >"$T/first"

# The machine has more to do while the crowd comes and goes: a slow moment is
# measured again, what the crowd costs others would be there each time.
best=
for pair in 1 2 3 4; do
	alone=$(ask other 8 30)
	begin crowd "$crowd_id" "$crowd_group" "$T/pipe" "$threads" "$T/file"
	crowd=$started
	exec 9>"$T/crowd.in"
	until_true 60 grep -q ready "$T/crowd" || show "$T/crowd.err"
	beside=$(ask other 8 60)
	ratio=$(((${beside:-1000000000} * 100) / ${alone:-1}))
	echo "# $(sed -n 's/ready //p' "$T/crowd") threads: median" \
	    "$((alone / 1000)) us alone, $((${beside:-0} / 1000)) beside them"
	[ -n "$best" ] && [ "$best" -le $ratio ] || best=$ratio
	if [ $pair = 1 ]; then
		same "they wait" "$threads" \
		    "$(sed -n 's/ready //p' "$T/crowd")"
		same "what their own session does besides is done" \
		    "opened opened opened" \
		    "$(for n in 1 2 3; do ask crowd 9 60; done | tr '\n' ' ' |
		    sed 's/ $//')"
		same "another session starts" ready \
		    "$(timeout 20 setpriv --reuid "$user_uid" --regid \
		    "$user_gid" --clear-groups --inh-caps=-all -- \
		    "$daemon_run" -s "$daemon_socket" "$program" - 1 \
		    "$T/file" </dev/null 2>&1 | cut -d ' ' -f 1)"
	fi
	kill -KILL $crowd
	exec 9>&-
	wait $crowd 2>/dev/null
	forget $crowd
	one_is_left() {
		[ "$(daemon_children | wc -l)" -le 1 ]
	}
	check "of the crowd nothing is left ($pair)" until_true 60 one_is_left
	[ "$best" -gt 150 ] || break
done
check "somebody else's session was as fast as before ($best %)" \
    test "$best" -le 150

# That it is as fast stands on what no line spoils: each session has a listener and
# a judge of its own. What others share with it is the machine, of which it takes
# little while its calls wait (a judge that looks at them without a pause takes all
# that it gets).
begin crowd "$crowd_id" "$crowd_group" "$T/pipe" 30 "$T/file"
crowd=$started
exec 9>"$T/crowd.in"
check "thirty wait" wait_for "$T/crowd" "ready 30" 60
find_judge() {
	for keeper in $(daemon_children); do
		for judge in $(children_of "$keeper"); do
			awk -v id="$crowd_id" '$1 == "Name:" { name = $2 }
			    $1 == "Uid:" { of = $5 }
			    END { exit name != "privd-judge" || of != id }' \
			    "/proc/$judge/status" && return
		done
	done
	return 1
}
spent() {
	awk '{ print $14 + $15 }' "/proc/$judge/stat"
}
check "by a judge of their own" find_judge
before=$(spent)
sleep 3	# what is measured
took=$(($(spent) - before))
check "which takes little of the machine ($took ticks in three seconds)" \
    test $took -le $(($(getconf CLK_TCK) * 3 / 5))
kill -KILL $crowd
exec 9>&-
wait $crowd 2>/dev/null
forget $crowd
same "somebody else's session is still there" opened "$(ask other 8 30 | sed 's/^[0-9]*$/opened/')"
exec 8>&-
wait $other
same "to its end" 0 $?
forget $other
daemon_stop
done_testing
