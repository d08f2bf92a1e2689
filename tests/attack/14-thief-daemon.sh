#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 14 where the user himself executes privrun: another process of his tries
# everything on it before it has become the program, while it waits for privd's
# answer, while it has one, and while it executes the program under the filter;
# on the program afterwards; on who reads its log along; on each process of the
# session; and on the daemon's own. All of it is refused, but what uids alone
# decide, on what is of his uid. (Root's embedded sessions: 14-thief.sh.)
# shellcheck disable=SC2317,SC2119,SC2154	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/halt.sh
. tests/lib/halt.sh
need_programs prlimit
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh
# shellcheck source=tests/lib/thief.sh
. tests/lib/thief.sh

cp "$BUILD/tests/attack/thief" "$BUILD/tests/attack/speak" "$daemon_folder"
speak=$daemon_folder/speak
cat >"$daemon_policies/steps" <<EOF
Policy: $program, Emulation: native
	Default: permit
	native-open: filename eq "$T/two" then permit as root
	native-open: filename eq "$T/three" then deny log
	native-bind: sockaddr eq "/nowhere" then deny
	native-connect: sockaddr eq "/nowhere" then deny
EOF
mkfifo -m 666 "$T/log"

steal() {
	as_user "$user" "$daemon_folder/thief" "$1" >"$T/loot" 2>&1
}

open_besides=
schedules="sched_setaffinity in
sched_setscheduler in
sched_setattr in
setpriority in
ioprio_set in"
# as_guarded PID DESCRIPTION: a process of the user's uid
as_guarded() {
	steal "$1"
	same "$2: $(shut_out "$T/loot") attempts are refused" "$open_besides" \
	    "$(stolen "$T/loot")"
	for way in $thief_ways; do
		same "$2: ${way%%=*} is refused" "" "$(by_way "$T/loot" "$way")"
	done
	check "$2: it was there, and is the user's" \
	    grep -q '^kill in$' "$T/loot"
}

# as_anothers PID DESCRIPTION: one that is not
as_anothers() {
	steal "$1"
	same "$2: nothing is open, of $(shut_out "$T/loot") attempts" "" \
	    "$(grep ' in$' "$T/loot")"
	refute "$2: it was there" grep -q 'No such process' "$T/loot"
}

state_is() {
	[ "$(status_of "$1" State 2>/dev/null | cut -c 1)" = "$2" ]
}

# must DESCRIPTION COMMAND ...: within ten seconds, or there is nothing to try
must() {
	what=$1
	shift
	until_true 10 "$@"
	reached=$?
	ok $reached "$what"
	[ $reached -eq 0 ] && return
	show "$T/err" "$daemon_folder/log"
	done_testing
}

# is_launcher SOCKETS: does it wait with so many?
is_launcher() {
	[ "$(readlink "/proc/$front/exe")" = "$daemon_run" ] &&
	    state_is "$front" S &&
	    [ "$(find "/proc/$front/fd" -lname 'socket:*' | grep -c .)" -eq "$1" ]
}

is_filtered() {
	[ "$(readlink "/proc/$front/exe")" = "$daemon_run" ] &&
	    [ "$(status_of "$front" Seccomp)" = 2 ]
}

connection() {
	connection=$(daemon_children)
	[ -n "$connection" ]
}

# --- one session

# begins COMMAND ...: privrun is executed by it, and waits for its answer
begins() {
	kill -STOP "$daemon_pid"
	until_true 10 state_is "$daemon_pid" T
	# No cores: it takes that itself later.
	prlimit --core=0 setpriv --reuid "$user" --regid "$user_gid" \
	    --init-groups --inh-caps=-all -- "$@" "$daemon_run" \
	    -s "$daemon_socket" -E "$T/log" "$program" \
	    >"$T/out" 2>"$T/err" <"$T/in" &
	front=$!
	remember $front
	exec 9>"$T/in"
	must "privrun waits for the daemon's answer" is_launcher 1
}

# before_exec HOW: until privrun executes the program; its $keeper is held
before_exec() {
	as_guarded "$front" "$1: privrun before its answer"
	# Then it opens its log, which nobody reads yet.
	kill -CONT "$daemon_pid"
	must "privrun has its answer" is_launcher 2
	as_guarded "$front" "$1: privrun before its filter"
	must "its connection's process is there" connection
	keeper=$connection
	must "which is held" halt "$keeper"
	cat "$T/log" >"$T/read" 9>&- &
	remember $!
	# Nobody answers its execve.
	must "privrun executes the program" is_filtered
	as_guarded "$front" "$1: privrun in its execve"
	as_anothers "$keeper" "$1: its connection's process"
	check "it is privrun still" is_filtered
}

# all_parts HOW: with each that a session can have
all_parts() {
	answers=1
	step "a hand is used" ok read "$T/two"
	step "a fetcher is used" ok bind "$T/made/socket"
	step "a double is used" ok connect "$T/made/socket"
	for role in judge hand fetcher double; do
		until_true 10 part $role >"$T/part"
		check "there is a $role" test -s "$T/part"
	done
	for one in $(children_of "$keeper"); do
		name=$(status_of "$one" Name)
		if [ "$name" = privd-double ]; then
			# It signals as its user, so it is as he is.
			as_guarded "$one" "$1: the $name"
		else
			as_anothers "$one" "$1: the $name"
		fi
	done
	as_anothers "$keeper" "$1: the keeper"
}

# Of the user's, without a right, and nobody's child.
find_reader() {
	for folder in /proc/[0-9]*; do
		reader=${folder#/proc/}
		[ "$reader" != "$front" ] &&
		    [ "$(readlink "$folder/exe" 2>/dev/null)" = "$daemon_run" ] &&
		    status_of "$reader" Uid | grep -q "^$user_uid\>" && return
	done
	return 1
}

# session HOW [COMMAND ...]: that executes privrun
session() {
	how=$1
	shift
	begins "$@"
	before_exec "$how"
	resume
	wait_for "$T/out" ready || show "$T/err" "$daemon_folder/log"
	as_guarded "$front" "$how: the program"
	all_parts "$how"
	as_guarded "$front" "$how: the program, elevated"
	check "there is who reads the log" find_reader
	# As any of the user's that is not dumpable.
	open_besides=$schedules
	as_guarded "$reader" "$how: who reads the log"
	open_besides=
	end 0 "the program ends by itself"
	until_true 10 is_gone "$keeper"
	rm -f "$T/made/socket"
}

daemon_start
session "a user's" env
# setpriv has capabilities until it executes it: so it is dumpable.
session "executed by who was root"

# --- the daemon

as_anothers "$daemon_pid" "the monitor"
as_anothers "$(daemon_logger)" "the logger"
# questioned COMMAND ...: the daemon's process for a user that asks
questioned() {
	setpriv --reuid "$user" --regid "$user_gid" --init-groups \
	    --inh-caps=-all -- "$@" <"$T/stop" >"$T/held" 2>&1 &
	holder=$!
	remember $holder
	exec 8>"$T/stop"
	must "${1##*/}: a connection's process is there" connection
}
unquestioned() {
	as_anothers "$connection" "$1"
	exec 8>&-
	kill "$holder" 2>/dev/null
	wait "$holder"
	forget "$holder"
	until_true 10 is_gone "$connection"
}
mkfifo "$T/stop"
questioned "$speak" "$daemon_socket" hold 1
unquestioned "a process that waits for a first word"
questioned "$BUILD/instance/bin/privctl" -s "$daemon_socket" log -f
is_limited() {
	[ "$(status_of "$connection" CapPrm)" != "$(status_of $$ CapPrm)" ]
}
until_true 10 is_limited
unquestioned "a process that shows the log"
refute "the daemon lives" has_ended "$daemon_pid"

# --- the attempts are good ones

setpriv --reuid "$user" --regid "$user_gid" --init-groups --inh-caps=-all -- \
    sleep 1000 &
plain=$!
remember "$plain"
is_sleeping() {
	[ "$(status_of "$plain" Name)" = sleep ]
}
until_true 10 is_sleeping
steal "$plain"
check "on a plain process of the user's many succeed" \
    test "$(stolen "$T/loot" | grep -c .)" -gt 40
daemon_stop
done_testing
