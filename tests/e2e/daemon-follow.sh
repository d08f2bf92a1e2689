#!/bin/sh
# SPDX-License-Identifier: ISC
#
# privctl log: the last lines and those that come, of one's own sessions or,
# for root, of all; whoever reads slowly holds nobody up, and is told what he
# missed.
# shellcheck disable=SC2317,SC2119,SC2016	# functions that others call; a shell's
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/daemon-log.sh
. tests/lib/daemon-log.sh

privctl=$BUILD/instance/bin/privctl

# reads USER N NAME: that file, so often
reads() {
	by_daemon "$1" "$program" -c '
		n=0
		while [ $n -lt "$1" ]; do
			n=$((n + 1))
			true <"$2"
		done 2>/dev/null
		:' sh "$2" "$names/$3" >"$T/out" 2>&1
}

# follows USER FILE [OPTION]: in the background; $follower is its process
follows() {
	whose=$1 where=$2
	shift 2
	setpriv --reuid "$whose" --regid "$(id -g "$whose")" --init-groups \
	    --inh-caps=-all -- "$privctl" -s "$daemon_socket" log -f "$@" \
	    >"$where" 2>"$where.err" </dev/null &
	follower=$!
	remember $follower
}

last() {
	whose=$1
	shift
	as_user "$whose" "$privctl" -s "$daemon_socket" log "$@"
}

daemon_start "max-lines-per-second 1000000"
reads "$one" 2 first
reads "$two" 1 theirs
has_last() {
	last root | grep -q 'names/theirs'
}
check "root is shown all" until_true 10 has_last
last "$one" >"$T/one"
same "a user his own lines" "2 2" \
    "$(lines "$T/one" 'names/first') $(lines "$T/one" .)"
like "with time, session and user" \
    "^20..-..-..T..:..:..\.......Z session [0-9]*, uid $one_uid, pid [0-9]*: \
deny user: $one, prog: $program, .*names/first, oflags: ro, line: 3\$" \
    "$(cat "$T/one")"
last "$two" --json >"$T/two"
same "as JSON" "$two_uid	\"$names/theirs\"" \
    "$("$helpers/json" uid arguments.filename <"$T/two")"
last root --json >"$T/all"
same "root's are JSON, too" "$(wc -l <"$T/all")" \
    "$("$helpers/json" event <"$T/all" | grep -c .)"
like "with what the daemon says" 'privd.sock' "$(cat "$T/all")"

# --- those that come
follows "$one" "$T/f1"
f1=$follower
follows root "$T/f0" --json
f0=$follower
check "-f begins with the last" wait_for "$T/f1" names/first
check "for root as well" wait_for "$T/f0" names/theirs
reads "$two" 1 second
reads "$one" 1 third
check "and goes on" wait_for "$T/f1" names/third
check "for root with all" wait_for "$T/f0" names/second
same "not with what is others'" 0 \
    "$(lines "$T/f1" 'names/\(second\|theirs\)')"
kill -KILL "$(daemon_logger)"
until_true 10 grep -q 'the logger ended' "$daemon_folder/log"
reads "$one" 1 fourth
check "nor does another logger end it" wait_for "$T/f1" names/fourth 30

# --- slow ones
kill -STOP "$f1"
many() {
	reads "$one" 1000 many
	[ "$(lines "$T/f0" names/many)" -ge 4000 ]
}
check "sessions do not wait for who reads, nor do others" until_true 120 many
reads "$two" 1 last
check "till the end" wait_for "$T/f0" names/last 60
kill -CONT "$f1"
reads "$one" 1 end
check "who was slow goes on" wait_for "$T/f1" names/end 60
like "and knows that he missed something" 'Z [0-9]* messages dropped$' \
    "$(cat "$T/f1")"

# --- too many
n=0
while [ $n -lt 3 ]; do
	n=$((n + 1))
	follows "$one" "$T/more$n"
	more=$follower
	wait_for "$T/more$n" names/end
done
last "$one" >"$T/out" 2>&1
same "one user is not all readers: refused" 1 $?
like "and told so" 'too many read the log' "$(cat "$T/out")"
check "others read" last "$two" >"$T/out"
kill "$more"
wait "$more" 2>/dev/null
forget "$more"
read_again() {
	last "$one" >"$T/out" 2>&1
}
check "when one goes, another comes" until_true 10 read_again
daemon_stop
ended() {
	has_ended "$f0" && has_ended "$f1"
}
check "with the daemon they end" until_true 20 ended
done_testing
