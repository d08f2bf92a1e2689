#!/bin/sh
# SPDX-License-Identifier: ISC
# How many sessions a user may have: what takes a place among them, and what
# does not: a connection that turns out to have a question, and a session whose
# end its user has seen, though its keeper has not.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/halt.sh
. tests/lib/halt.sh

need_daemon
make_user
two=$user
make_user
one=$user
cp "$BUILD/tests/attack/speak" "$daemon_folder/speak"
speak=$daemon_folder/speak
marked sleep
sleep=$program
cat >"$daemon_policies/sleep" <<EOF
Policy: $sleep, Emulation: native
	Default: permit
	native-acct: permit as root
EOF
mkfifo "$T/stop"

# connections COUNT: so many processes of connections
connections() {
	[ "$(daemon_children | grep -c .)" -eq "$1" ]
}
# asks_late USER: connects, and has its question when 9 is written to
asks_late() {
	as_user "$1" timeout 60 "$speak" "$daemon_socket" ask-late 1 \
	    <"$T/stop" >"$T/asked" 2>&1 &
	holder=$!
	remember $holder
	exec 9>"$T/stop"
	wait_for "$T/asked" held
}
question_is_answered() {
	echo >&9
	exec 9>&-
	wait "$holder"
	forget "$holder"
	grep -q '^end 0' "$T/asked"
}
begins() {
	in_background "$1" "$T/sleep" "$sleep" 300 9>&-
}
# it has come to be a session
runs() {
	[ "$(readlink "/proc/$started/exe")" = "$sleep" ]
}
ends() {
	kill -KILL "$started"
	wait "$started" 2>/dev/null
	forget "$started"
}
# refused USER WHY
refused() {
	by_daemon "$1" "$sleep" 0 >"$T/out" 2>&1
	[ $? -eq 125 ] && grep -q "$2" "$T/out"
}

daemon_start "max-sessions-per-user 1"
asks_late "$one"
check "a connection that has said nothing" until_true 10 connections 1
begins "$one"
check "a session is asked for meanwhile" until_true 10 connections 2
check "the question comes" question_is_answered
check "it was no session: there is one now" until_true 10 runs
refute "nothing was refused" grep -q . "$T/sleep.err"
check "and no other" refused "$one" 'too many sessions of this user'

# Who keeps it does nothing: it looks as if its end were not known yet.
keeper=$(daemon_children)
check "its keeper is held" halt "$keeper"
ends
begins "$one"
check "after its end another is asked for" until_true 10 connections 2
resume
check "and had" until_true 10 runs
refute "though the first had not gone" grep -q . "$T/sleep.err"
check "which it has then" until_true 10 connections 1
check "one it is again" refused "$one" 'too many sessions of this user'

# The same where all places are few.
daemon_configure "max-sessions 2" "max-sessions-per-user 2"
check "two in all" daemon_reload
asks_late "$one"
check "another says nothing" until_true 10 connections 2
first=$started
begins "$two"
check "somebody else comes" until_true 10 connections 3
check "that was a question" question_is_answered
check "the place is his" until_true 10 runs
check "there was one" refused "$one" 'too many sessions$'
kill -KILL "$first"
wait "$first" 2>/dev/null
forget "$first"
ends
check "none is left" until_true 10 connections 0

# Of two who ask for the last one has it, whoever comes second.
daemon_configure "max-sessions-per-user 1"
check "one for each" daemon_reload
begins "$one"
a=$started
begins "$one"
b=$started
settled() {
	n=0
	for started in $a $b; do
		runs && n=$((n + 1))
	done
	[ "$n" -eq 1 ] && { has_ended "$a" || has_ended "$b"; }
}
check "of two at once one is a session" until_true 15 settled
done_testing
