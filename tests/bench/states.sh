# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154,SC2317
# What goes on beside a subject: enter_STATE begins it and leave_STATE ends it.
#	none
#	busy	8 sessions of the daemon's that open files
#	crowd	many that wait: how they started is in $dir/crowd.out, what each
#		of them holds in $dir/crowd.memory
beside=none	# the state that there is
running=	# its processes

# until_true SECONDS COMMAND ...
until_true() {
	latest=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt $latest ] || return 1
		sleep 0.1	# between two looks, not instead of one
	done
}

enter_none() {
	:
}

leave_none() {
	:
}

# in_background COMMAND ...: as the caller; $! is the command itself
in_background() {
	exec setpriv --reuid "$caller" --regid "$caller" --clear-groups "$@"
}

enter_busy() {
	beside=busy
	for _ in 1 2 3 4 5 6 7 8; do
		in_background "$instance/bin/privrun" -s "$dir/privd.sock" \
		    "$dir/marked/loop" open 1000000000 "$dir/files/open" \
		    >"$dir/busy" </dev/null &
		running="$running $!"
	done
	for pid in $running; do
		until_true 10 is "$dir/marked/loop" "$pid" || return 1
	done
}

# is PROGRAM PID: has it become that?
is() {
	[ "$(readlink "/proc/$2/exe")" = "$1" ]
}

leave_busy() {
	leave
}

enter_crowd() {
	rm -f "$dir/in"
	mkfifo "$dir/in"
	: >"$dir/crowd.out"
	in_background "$dir/crowd" "$sessions" "$instance/bin/privrun" \
	    -s "$dir/privd.sock" "$dir/marked/steps" \
	    <"$dir/in" >"$dir/crowd.out" &
	running=$!
	beside=crowd
	exec 9>"$dir/in"
	until_true 120 has_started $running && is_there $running &&
	    each_memory >"$dir/crowd.memory"
}

has_started() {
	grep -q '^started' "$dir/crowd.out" || ! is_there "$1"
}

is_there() {
	kill -0 "$1" 2>/dev/null
}

leave_crowd() {
	exec 9>&-
	leave
}

# Whom the daemon has started, with the children of each: sessions have some. One
# that has just ended has no file any more.
keepers() {
	cat "/proc/$daemon_pid/task/$daemon_pid/children" 2>/dev/null |
	    tr ' ' '\n' | sed -n '/./s,.*,/proc/&/task/&/children,p' |
	    xargs grep -H . 2>/dev/null
}

# Private memory of all processes of sessions, in KiB, by the number of these.
each_memory() {
	keepers | sed 's,^/proc/\([0-9]*\)/[^:]*:,\1 ,' | tr ' ' '\n' |
	    sed -n '/./s,.*,/proc/&/smaps_rollup,p' | xargs cat |
	    awk -v n="$sessions" '/^Private/ { sum += $2 }
	    END { printf "%.1f\n", sum / n }'
}

no_sessions() {
	! keepers | grep -q .
}

# Ends what a state has begun, and waits until nothing is left of it.
leave() {
	for pid in $running; do
		kill "$pid"
		wait "$pid"
	done 2>/dev/null
	running=
	beside=none
	[ -z "$daemon_pid" ] || until_true 60 no_sessions
}
