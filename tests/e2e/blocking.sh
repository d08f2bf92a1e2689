#!/bin/sh
# SPDX-License-Identifier: ISC
# Judged calls that wait (fifos, a socket with a full queue) hold up nobody
# else of the session, are answered when their time comes, and are given up
# with the program.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

need_root
need_programs setpriv
make_user
mkdir "$user_home/work"
mkfifo "$user_home/work/one" "$user_home/work/two" "$user_home/work/never"
echo text >"$user_home/work/file"
chown -R "$user:$user" "$user_home"
cat >"$T/policy" <<EOF
Policy: */blocking, Emulation: native
	Default: permit
	native-fsread: filename match "/nothing/*" then deny
	native-fswrite: filename match "/nothing/*" then deny
	native-connect: sockaddr match "/nothing/*" then deny
EOF

try_all() {
	rm -f "$user_home/work/server"
	: >"$T/out"
	"$@" "$helpers/blocking" "$user_home/work" >"$T/out" 2>"$T/err" \
	    </dev/null &
	pid=$!
	remember $pid
	check "$who: others go on" wait_for "$T/out" 'went on' 30
	show "$T/err"
	program=$(program_of $pid) || return
	keeper=$(keeper_of $pid)
	# opened without waiting for a reader that may never come
	(exec 3<>"$user_home/work/one" && printf theirs >&3 &&
	    wait_for "$T/out" '^one:')
	same "$who: a fifo that somebody writes" 'one: theirs' \
	    "$(grep '^one:' "$T/out")"
	check "$who: both ends in the session" wait_for "$T/out" '^two: mine'
	check "$who: others wait still" wait_for "$T/out" '^stays'
	same "$who: and have got nothing" 0 \
	    "$(lines "$T/out" '^never\|^server')"
	kill -TERM "$program"
	check "$who: ends when it is told" until_true 10 has_ended $pid
	wait $pid
	same "$who: of that" 143 $?
	forget $pid
	check "$who: with all of its session" until_true 10 is_gone "$keeper"
}

who=root
try_all "$privrun" -f "$T/policy" -a -E "$T/log" -c "$user"
who=user
try_all setpriv --reuid "$user" --regid "$user_gid" --clear-groups \
    "$privrun" -f "$T/policy" -a -E "$user_home/log"

# A signal ends the wait, or not, as its handler wants.
cat >"$T/interrupted" <<END
Policy: */interrupted, Emulation: native
	Default: permit
	native-fsread: filename match "/nothing/*" then deny
END
"$privrun" -f "$T/interrupted" -a -E "$T/log" -c "$user" \
    "$helpers/interrupted" "$user_home/work/never" >"$T/out" 2>&1
same "a signal interrupts" "caught
Interrupted system call after 1" "$(cat "$T/out")"
: >"$T/out"
"$privrun" -f "$T/interrupted" -a -E "$T/log" -c "$user" \
    "$helpers/interrupted" "$user_home/work/never" restart >"$T/out" 2>&1 &
pid=$!
remember $pid
check "with SA_RESTART" wait_for "$T/out" '^caught' 30
(exec 3<>"$user_home/work/never" && wait_for "$T/out" '^opened' 30)
same "the wait goes on" "opened after 1" "$(tail -n 1 "$T/out")"
wait $pid
forget $pid

# Who was killed waits no more, and takes nothing away from others.
cat >"$T/ghosts" <<END
Policy: */ghosts, Emulation: native
	Default: permit
	native-fsread: filename match "/nothing/*" then deny
	native-fswrite: filename match "/nothing/*" then deny
END
"$privrun" -f "$T/ghosts" -a -E "$T/log" -c "$user" \
    "$helpers/ghosts" "$user_home/work/never" 200 >"$T/out" 2>&1
same "nobody is at the other end" "readers: 0" "$(cat "$T/out")"
# A name that a plain file had when it was read last: who waits at the other
# end of the fifo that has it now sees no reader come and go.
cat >"$T/becomes" <<END
Policy: */dash, Emulation: native
	Default: permit
	native-fsread: filename match "/nothing/*" then deny
END
cat >"$T/reads" <<'END'
read -r text <"$1"
echo "a file: $text"
until [ -e "$1.now" ]; do :; done
read -r text <"$1"
echo "a fifo: $text"
END
# shellcheck disable=SC2317 # called by until_true
is_asleep() {
	grep -q '^[0-9]* ([^)]*) S' "/proc/$1/stat"
}
become_fifo() {
	echo text >"$1"
	: >"$T/out"
	"$privrun" -f "$T/becomes" -a -E "$T/log" -c "$user" \
	    "$(command -v dash)" "$T/reads" "$1" >"$T/out" 2>&1 &
	pid=$!
	remember "$pid"
	check "a file is read" wait_for "$T/out" '^a file: text' 30
	rm "$1"
	mkfifo "$1"
	# shellcheck disable=SC2016
	dash -c 'echo late >"$1"' dash "$1" &
	writer=$!
	remember "$writer"
	check "its name is a fifo's that somebody waits at" until_true 10 \
	    is_asleep "$writer"
	: >"$1.now"
	check "it is read" wait_for "$T/out" '^a fifo: late' 10
	wait "$writer"
	same "and was written" 0 $?
	forget "$writer"
	kill "$pid" 2>/dev/null
	wait "$pid"
	forget "$pid"
}
# Who is faster, the writer or the long way, is not the same each time.
for n in 1 2 3 4; do
	become_fifo "$user_home/work/becomes$n"
done
done_testing
