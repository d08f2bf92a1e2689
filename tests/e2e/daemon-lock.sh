#!/bin/sh
# SPDX-License-Identifier: ISC
#
# One daemon listens at a path: who comes second is told so, and changes
# nothing. The lock goes with the monitor, whatever it dies of and whoever it
# has forked, and stays with it when it executes itself anew.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

need_programs python3
need_daemon
make_user
chmod 755 "$T"
lock=$daemon_socket.lock
# shellcheck source=tests/lib/speak.sh
. tests/lib/speak.sh
marked "$helpers/steps"
echo secret >"$daemon_folder/secret"
chmod 600 "$daemon_folder/secret"
cat >"$daemon_policies/steps" <<EOF
Policy: $program, Emulation: native
	Default: permit
	native-open: filename eq "$daemon_folder/secret" then permit as root
EOF
daemon_start

# start FILE: one more, of the same configuration: $other
start() {
	"$daemon" -F -f "$daemon_folder/privd.conf" >"$1" 2>&1 </dev/null &
	other=$!
	remember $other
}
# ends STATUS DESCRIPTION: soon, or it is ended
ends() {
	until_true 10 has_ended $other || kill -KILL $other
	wait $other 2>/dev/null
	same "$2" "$1" $?
	forget $other
}
# is_refused DESCRIPTION: and it says what is to be done
is_refused() {
	start "$T/other"
	ends 1 "$1: no start"
	like "$1: it says where" \
	    "^privd: $daemon_socket: another privd listens there: end it first" \
	    "$(cat "$T/other")"
}
serves() {
	by_daemon "$user" "$program" </dev/null 2>&1 | grep -q '^ready'
}
# session NAME: by the daemon; $started listens to $T/NAME.in
session() {
	mkfifo "$T/$1.in"
	chmod 666 "$T/$1.in"
	setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups \
	    --inh-caps=-all -- "$daemon_run" -s "$daemon_socket" \
	    "$program" >"$T/$1" 2>"$T/$1.err" <"$T/$1.in" &
	started=$!
	remember $started
}
elevated() {
	before=$(grep -c . "$T/session")
	echo "read $daemon_folder/secret" >&7
	until_true 20 has_more "$before"
	[ "$(tail -n 1 "$T/session")" = ok ]
}
has_more() {
	[ "$(grep -c . "$T/session")" -gt "$1" ]
}
# holders PROCESS: it and those that came of it, which have the lock open
holders() {
	for fd in "/proc/$1"/fd/*; do
		[ "$(readlink "$fd")" != "$lock" ] || echo "$1"
	done
	for child in $(children_of "$1" 2>/dev/null); do
		holders "$child"
	done
}
# dies: by SIGKILL, its socket and the lock's file stay
dies() {
	kill -KILL "$daemon_pid"
	wait "$daemon_pid" 2>/dev/null
	forget "$daemon_pid"
}

same "the lock is a file of root's alone" "0 600 regular empty file" \
    "$(stat -c '%u %a %F' "$lock")"
inode=$(stat -c %i "$daemon_socket")
is_refused "a second one"
same "the socket is that of the first" "$inode" "$(stat -c %i "$daemon_socket")"
check "which serves" serves
"$daemon" -n -f "$daemon_folder/privd.conf" >"$T/out" 2>&1
same "-n needs no lock" 0 $?

# --- the monitor dies while there are sessions, and some that ask for one

session session
exec 7>"$T/session.in"
check "a session" wait_for "$T/session" ready
check "elevated" elevated
mkfifo "$T/speaks"
in_hold "$user" "$T/speaks" hold 3
exec 8>"$T/speaks"
check "others have connected" until_true 10 grep -q held "$T/held"
check "each in a process" until_true 10 sh -c \
    "[ \$(cat /proc/$daemon_pid/task/*/children | wc -w) -ge 5 ]"
is_alone() {
	[ "$(holders "$daemon_pid" | sort -u)" = "$daemon_pid" ]
}
check "the monitor alone has the lock" until_true 10 is_alone
dies
check "it was killed: its socket is there still" test -S "$daemon_socket"
start "$T/next"
daemon_pid=$other
check "its successor starts" until_true 10 serves
check "the session goes on" elevated
exec 8>&-
wait $holder
forget $holder
is_refused "a third one"

# --- who ends is waited for

waits() {
	[ "$(readlink "/proc/$other/fd"/* 2>/dev/null | grep -cxF "$lock")" -gt 0 ]
}
follows() {
	start "$T/next"
	until_true 2 waits || return 1
	kill -TERM "$daemon_pid"
	wait "$daemon_pid" 2>/dev/null
	forget "$daemon_pid"
	daemon_pid=$other
	until_true 10 serves
}
follows || {
	start "$T/next"
	daemon_pid=$other
	until_true 10 serves
	follows
}
ok $? "who ends meanwhile is waited for"

# --- an upgrade

upgraded() {
	[ "$(grep -c 'ready at' "$daemon_folder/log")" -gt "$1" ]
}
kill -TERM "$daemon_pid"
wait "$daemon_pid" 2>/dev/null
forget "$daemon_pid"
daemon_start
# The next in the kernel's queue, if ever it is let go.
python3 -c 'import fcntl, struct, sys
f = open(sys.argv[1], "r+")
print("waits", flush=True)
fcntl.fcntl(f, fcntl.F_OFD_SETLKW,
    struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))
print("has it", flush=True)' "$lock" >"$T/queue" 2>&1 &
queue=$!
remember $queue
is_queued() {
	grep -q -- "-> OFDLCK .*:$(stat -c %i "$lock") " /proc/locks
}
check "somebody waits for the lock" until_true 10 is_queued
before=$(grep -c 'ready at' "$daemon_folder/log")
kill -USR2 "$daemon_pid"
check "an upgrade" until_true 10 upgraded "$before"
check "he waits still" is_queued
same "and what is executed has no more than before" "$daemon_pid" \
    "$(holders "$daemon_pid" | sort -u)"
for fd in "/proc/$daemon_pid"/fd/*; do
	[ "$(readlink "$fd")" != "$lock" ] ||
	    sed -n 's/^flags:.*\(.\)......$/\1/p' \
		"/proc/$daemon_pid/fdinfo/${fd##*/}"
done >"$T/flags"
same "nor hands it on" 2 "$(cat "$T/flags")"
is_refused "after that, one more"
check "the session goes on" elevated

# --- its end

rm "$daemon_socket"
echo another >"$daemon_socket"
daemon_stop
same "what is not its socket stays" another "$(cat "$daemon_socket")"
check "the lock is free" wait_for "$T/queue" 'has it'
kill $queue
wait $queue 2>/dev/null
forget $queue
exec 7>&-
wait $started
forget $started

# --- in the background

"$daemon" -f "$daemon_folder/privd.conf" >"$T/out" 2>&1
same "in the background" 0 $?
daemon_pid=$("$BUILD/instance/bin/privctl" -s "$daemon_socket" status --json |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["pid"])')
remember "$daemon_pid"
is_refused "beside one in the background"
kill -TERM "$daemon_pid"
check "and it ends" until_true 10 has_ended "$daemon_pid"
forget "$daemon_pid"
refute "with its socket" test -e "$daemon_socket"

# --- a file that is not as it must be

# refuses DESCRIPTION: and says why
refuses() {
	start "$T/other"
	ends 1 "$1: no start"
	like "$1: it says of which file" "^privd: $lock: $2" \
	    "$(cat "$T/other")"
	rm -f "$lock"
}
chmod 644 "$lock"
refuses "a lock that others can take" "it must be a file of root's alone"
: >"$lock"
chmod 600 "$lock"
chown "$user" "$lock"
refuses "another's" "it must be a file of root's alone"
mkfifo -m 600 "$lock"
refuses "no file" "it must be a file of root's alone"
ln -s "$daemon_folder/nowhere" "$lock"
refuses "a link" ""
refute "which is not followed" test -e "$daemon_folder/nowhere"
daemon_start
check "without any it starts" serves
rm "$lock"
: >"$lock"
chmod 600 "$lock"
is_upgraded() {
	kill -USR2 "$daemon_pid"
	until_true 10 upgraded 1
}
check "an upgrade, with another file in its place" is_upgraded
is_refused "which it has locked"
daemon_stop
done_testing
