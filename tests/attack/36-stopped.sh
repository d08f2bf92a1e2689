#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 36: processes of a session are stopped in each stage of a call, and
# while several calls are on their way; or stopped and then killed: each call
# ends, and what is denied is. Running sessions do not need the monitor; while
# it is stopped nobody waits for a new one for ever, even where more wait than
# its socket takes.
# shellcheck disable=SC2119,SC2154,SC2317	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
need_programs ss
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh
# shellcheck source=tests/lib/stages.sh
. tests/lib/stages.sh
# shellcheck source=tests/lib/making.sh
. tests/lib/making.sh

# --- in each stage

# stopped WHAT ROLE
stopped() {
	walk "$1" "$2" halt
	same "$1, $2 stopped: each call is made" "made, made" \
	    "$(sort -u "$T/outcomes")"
}
stopped file judge
stopped file hand
stopped socket fetcher

# --- between calls

thing=file how=halt
begin_again file
is_denied() {
	answers=$((answers + 1))
	echo "folder $trusted/new" >&9
	until_true 20 has_answered "$answers"
	same "$1: what is denied is" EACCES "$(sed -n "${answers}p" "$T/out")"
}
# halted NAME PID: the next calls; where one is not answered, none will be
halted() {
	kill -STOP "$2"
	for thing in file socket folder; do
		ask
		same "$1 stopped: a call is made ($thing)" made "$answer"
		[ -n "$answer" ] || return 0
	done
	is_denied "$1 stopped"
}
is_made() {
	ask
	[ "$answer" = made ]
}
for role in judge hand fetcher scribe; do
	until_true 10 part $role >"$T/victim"
	halted $role "$(cat "$T/victim")"
	until_true 10 part $role >"$T/victim"
	kill -STOP "$(cat "$T/victim")"
	kill -KILL "$(cat "$T/victim")"
	# What was begun then nobody knows; what comes later is made.
	for thing in file socket folder; do
		until_true 10 is_made
		same "$role stopped and killed: calls are made ($thing)" made \
		    "$answer"
		[ -n "$answer" ] || break
	done
	if [ -z "$answer" ]; then
		finish_making
		begin_again file
		continue
	fi
	is_denied "$role stopped and killed"
done
finish_making
same "it ends by itself" "0 0" "$status $gone"

begin_again file
halted keeper "$keeper"
slay judge
ask
same "keeper stopped: and then the judge killed" made "$answer"
halted logger "$(daemon_logger)"
finish_making
same "it ends by itself" "0 0" "$status $gone"

# --- several at once, as they come

# Each of three processes makes files that must not be there before.
makes=$program
marked "$BUILD/tests/attack/effects"
effects=$program
printf 'Policy: %s, Emulation: native\n\tDefault: permit\n%s\n' "$program" \
    "	native-open: filename match \"$T/roots/*\" then permit as root" \
    >"$daemon_policies/effects"
daemon_reload
for one in 1 2 3; do
	mkdir -m 700 "$T/roots/$one"
done
for one in 1 2 3; do
	in_background "$user" "$T/effects.$one" "$program" "$T/roots/$one" \
	    2000 create
	eval "effects$one=\$started"
done
stops=0
is_over() {
	for one in 1 2 3; do
		grep -q '^wrong' "$T/effects.$one" || return 1
	done
}
halt_all() {
	for keeper in $(daemon_children); do
		for victim in $(children_of "$keeper" 2>/dev/null) "$keeper"; do
			kill -STOP "$victim" 2>/dev/null &&
			    stops=$((stops + 1))
		done
	done
	is_over
}
until_true 60 halt_all
check "three programs end, their sessions stopped again and again" is_over
same "each of their files was made once" "wrong 0 wrong 0 wrong 0" \
    "$(grep -h '^wrong' "$T"/effects.[123] | tr '\n' ' ' | sed 's/ $//')"
same "and is there" 6000 "$(find "$T/roots" -type f | wc -l)"
echo "# $stops stops"

# --- the monitor

program=$makes
begin_again file
kill -STOP "$daemon_pid"
ask
same "the monitor is stopped: a running session goes on" made "$answer"
# launch WHAT: no longer than privrun's own patience, and a margin
launch() {
	timeout 40 setpriv --reuid "$user" --regid "$user_gid" --init-groups \
	    --inh-caps=-all -- "$daemon_run" -s "$daemon_socket" -e \
	    "$effects" "$T/made" 1 create >"$T/late" 2>&1 </dev/null
	[ $? -ne 124 ]
	ok $? "$1: privrun does not wait for ever"
	like "$1: it says why" "timed out" "$(cat "$T/late")"
}
launch "the monitor is stopped"
mkfifo "$T/speaks"
as_user "$user" "$BUILD/tests/attack/speak" "$daemon_socket" hold 1000 \
    >"$T/held" 2>&1 <"$T/speaks" &
speaker=$!
remember $speaker
exec 8>"$T/speaks"
is_full() {
	[ "$(ss -xlH src "$daemon_socket" | awk '{ print $3 }')" -gt 128 ]
}
until_true 10 is_full
check "more wait than its socket takes" is_full
launch "more wait than its socket takes"
kill -CONT "$daemon_pid"
wait_for "$T/held" held 60
exec 8>&-
wait $speaker
forget $speaker
is_served() {
	timeout 20 setpriv --reuid "$user" --regid "$user_gid" --init-groups \
	    --inh-caps=-all -- "$daemon_run" -s "$daemon_socket" "$effects" \
	    "$T/made" 0 create >"$T/late" 2>&1 </dev/null &&
	    grep -q '^wrong 0' "$T/late"
}
until_true 30 is_served
check "it goes on: there are sessions again" is_served
kill -STOP "$daemon_pid"
kill -KILL "$daemon_pid"
wait "$daemon_pid" 2>/dev/null
ask
same "it is killed: the session goes on" made "$answer"
finish_making
same "and ends" "0 0" "$status $gone"
done_testing
