#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 42: a user's process connects, becomes privrun and is answered by
# another of his processes, which holds that connection and hands on what both
# say, with a filter of its own: the program would be elevated under it, and
# believe what it says. privrun hears nobody but root. Or that other process says
# for privrun what that never would, which is stuck at a full pipe; or it completes
# the half of a hello. Nothing is launched on such words.
# shellcheck disable=SC2317	# functions that others call
# shellcheck disable=SC2119
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/secret.sh
. tests/lib/secret.sh

attacker between
mkdir "$daemon_folder/false"
chown "$user" "$daemon_folder/false"
daemon_start
same "privrun that asks the daemon is heard" secret \
    "$(by_daemon "$user" "$program" "$secret")"
as_user "$user" timeout 60 "$attacker" "$daemon_socket" \
    "$daemon_folder/false/socket" "$daemon_run" "$program" \
    "$secret" >"$T/out" 2>&1
same "one who asks a user's socket does not run" 125 $?
refute "nothing is elevated under another filter" grep -q '^secret' "$T/out"
like "and why" "who listens there is not root" "$(cat "$T/out")"

# A process says hello and becomes privrun before the daemon looks, which is held
# till then; privrun complains of its arguments to a full pipe. A sibling holds the
# connection, and there is a listener in privrun, of another user's process.
attacker filtered
filtered=$attacker
attacker speak
good=$user
make_user
other=$user_uid
user=$good
is_halted() {
	[ "$(status_of "$daemon_pid" State | cut -c 1)" = T ]
}
# It writes to its standard error.
is_stuck() {
	[ "$(readlink "/proc/$stuck/exe")" = "$daemon_run" ] &&
	    grep -q '^1 0x2 ' "/proc/$stuck/syscall"
}
is_told() {
	grep -q '^its call' "$T/out" && grep -q '^then' "$T/out"
}
# sticks WHAT: what the call of the other's process is, and the daemon's answers
sticks() {
	kill -STOP "$daemon_pid"
	until_true 10 is_halted
	"$filtered" "$other" 30 "$(command -v setpriv)" --reuid "$user" \
	    --regid "$(id -g "$user")" --init-groups --inh-caps=-all -- \
	    "$(command -v env)" "$attacker" "$daemon_socket" "$1=30" \
	    "$program" "$daemon_run" -s "$daemon_socket" --nonsense \
	    >"$T/out" 2>&1 &
	stuck=$!
	remember $stuck
	until_true 10 is_stuck
	check "$1: privrun is stuck" is_stuck
	kill -CONT "$daemon_pid"
	until_true 30 is_told
	wait $stuck 2>/dev/null
	forget $stuck
	grep -e '^its call' -e '^outcome' -e '^then' "$T/out" | sort >"$T/told"
}
if [ "$(uname -m)" = x86_64 ]; then
	sticks stuck
	same "privrun stuck: no listener is taken that is in it" \
	    "its call: ENOSYS
outcome 0
then -1" "$(cat "$T/told")"
	like "which is written down" "no session: " \
	    "$(cat "$daemon_folder/log")"
	sticks stuck-half
	same "half of a hello is none, with another half behind" \
	    "its call: ENOSYS
outcome -1
then -1" "$(cat "$T/told")"
else
	skip 5 "x86_64 alone"
fi
same "and privrun is heard" secret \
    "$(by_daemon "$user" "$program" "$secret")"
daemon_stop
done_testing
