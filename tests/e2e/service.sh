#!/bin/sh
# SPDX-License-Identifier: ISC
#
# privd and service managers: a socket that is handed over is served if it is
# the right one, and stays; and the manager is told what goes on.
# shellcheck disable=SC2317	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

need_daemon
make_user
dir=$trusted
notes=$T/notes
echo 'a secret' >"$dir/secret"
chmod 600 "$dir/secret"
marked cat
cat >"$daemon_policies/cat" <<END
Policy: $program, Emulation: native
	Default: permit
	native-open: filename eq "$dir/secret" then permit as root
END
daemon_configure
mkdir "$dir/run"

# start KIND: with a socket of that kind, in the background
start() {
	: >"$notes"
	"$helpers/activate" "$1" "$daemon_socket" "$T/notify" "$daemon" -F \
	    -f "$daemon_folder/privd.conf" >"$notes" 2>"$T/err" </dev/null &
	daemon_pid=$!
	remember $daemon_pid
}
secret() {
	by_daemon "$user" "$program" "$dir/secret" 2>&1
}
# refused KIND WHY
refused() {
	start "$1"
	wait $daemon_pid
	same "a socket that is not right ($1): privd does not start" 1 $?
	forget $daemon_pid
	like "and says why" "handed over: .*$2" "$(cat "$T/err")"
	rm -f "$daemon_socket" "${daemon_socket}x"
}

start good
check "it is ready, and says so" wait_for "$notes" '^READY=1 STATUS='
same "a session by that socket" "a secret" "$(secret)"
timeout 20 "$daemon" -F -f "$daemon_folder/privd.conf" >"$T/err" 2>&1 </dev/null
same "nobody else listens there" 1 $?
like "who would is told so" "another privd listens there" "$(cat "$T/err")"
inode=$(stat -c %i "$daemon_socket")
kill -HUP $daemon_pid
check "a reload is told" wait_for "$notes" \
    '^RELOADING=1 MONOTONIC_USEC=[1-9][0-9]*$'
check "and its end" wait_for "$notes" '^READY=1 STATUS=Ready, reloaded'
echo nonsense >"$daemon_policies/broken"
kill -HUP $daemon_pid
check "one that fails as well" wait_for "$notes" '^READY=1 STATUS=.*failed'
rm "$daemon_policies/broken"
same "what was in force is" "a secret" "$(secret)"
kill -TERM $daemon_pid
wait $daemon_pid
same "it ends" 0 $?
forget $daemon_pid
check "and says so" wait_for "$notes" '^STOPPING=1'
same "the socket stays" "$inode" "$(stat -c %i "$daemon_socket")"
rm "$daemon_socket"

start none
check "without a socket it makes its own" wait_for "$notes" '^READY=1'
same "and serves it" "a secret" "$(secret)"
kill -TERM $daemon_pid
wait $daemon_pid
forget $daemon_pid
refute "and takes it away" test -e "$daemon_socket"
start another
check "what was handed to another process is none" wait_for "$notes" '^READY=1'
same "it is served all the same" "a secret" "$(secret)"
kill -TERM $daemon_pid
wait $daemon_pid
forget $daemon_pid

refused stream "sequential-packet"
refused inet "AF_UNIX"
refused file "AF_UNIX"
refused deaf "does not listen"
refused elsewhere "another path"
refused two "one socket"
refused user "not root"

if command -v systemd-socket-activate >/dev/null; then
	systemd-socket-activate --seqpacket -l "$daemon_socket" \
	    "$daemon" -F -f "$daemon_folder/privd.conf" >"$T/err" 2>&1 \
	    </dev/null &
	daemon_pid=$!
	remember $daemon_pid
	check "systemd listens" until_true 10 test -S "$daemon_socket"
	chmod 666 "$daemon_socket"
	same "who connects finds it started" "a secret" "$(secret)"
	daemon_stop
else
	skip 2 "no systemd-socket-activate"
fi
done_testing
