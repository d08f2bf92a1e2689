#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attacks 37 and 47: privd was started from root's terminal, as `privd -d`, and
# somebody has taken over a process of a session. He types into the terminal, for
# root's shell to read, and writes to what privd writes to: he has neither, nor
# do signals of that terminal reach his session.
# shellcheck disable=SC2119,SC2154,SC2317	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
[ "$(uname -m)" = x86_64 ] || skip_all "x86_64 alone"
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh

daemon_configure
mkfifo "$T/typed"
"$helpers/pty" "$daemon" -d -f "$daemon_folder/privd.conf" \
    <"$T/typed" >"$daemon_folder/log" 2>&1 &
terminal=$!
remember $terminal
exec 8>"$T/typed"
until_true 10 test -S "$daemon_socket"
daemon_pid=$(children_of $terminal)
daemon_pid=${daemon_pid% }
begin_all_by_daemon
same "privd has a terminal" 1 "$(readlink "/proc/$daemon_pid/fd/0" |
    grep -c '^/dev/pts/')"

# field PID NUMBER: of /proc/PID/stat, behind the name: 3 group, 4 session, 5
# terminal
field() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f "$2"
}
# gets PID CALL ARGUMENT ...
gets() {
	"$BUILD/tests/attack/inject" "$@" 2>&1
}

for role in keeper judge hand fetcher double scribe; do
	[ $role = keeper ] || keeper_part=$(part $role)
	[ $role != keeper ] || keeper_part=$keeper
	same "$role: nothing of the terminal" "/dev/null /dev/null /dev/null" \
	    "$(for n in 0 1 2; do readlink "/proc/$keeper_part/fd/$n"; done |
	    tr '\n' ' ' | sed 's/ $//')"
	same "$role: has no terminal" 0 "$(field "$keeper_part" 5)"
	refute "$role: not of its processes" test \
	    "$(field "$keeper_part" 4)" = "$(field "$daemon_pid" 4)"
	[ $role != keeper ] || continue
	# TIOCSTI, a newline; a line of the log's
	like "$role: types nothing" '^\(ENOTTY\|EPERM\)$' \
	    "$(gets "$keeper_part" 16 0 0x5412 x)"
	like "$role: opens no terminal" '^E' \
	    "$(gets "$keeper_part" 257 -100 /dev/tty 1)"
	gets "$keeper_part" 1 1 "forged by $role" 16 >"$T/wrote"
	gets "$keeper_part" 1 2 "forged by $role" 16 >"$T/wrote"
	gets "$keeper_part" 44 1 "forged by $role" 16 0 0 0 >"$T/wrote"
done
step "the session goes on" ok read "$T/two"
refute "nothing was written" grep -q forged "$daemon_folder/log"

# What the terminal does to its processes.
kill -HUP -- "-$(field "$daemon_pid" 3)"
step "its signals are privd's alone" ok read "$T/two"
end 0 "it ends"
kill -TERM "$daemon_pid"
wait $terminal
forget $terminal
daemon_pid=
done_testing
