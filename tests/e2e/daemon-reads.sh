#!/bin/sh
# SPDX-License-Identifier: ISC
#
# privrun -e and -E by the daemon: the user reads along what his own session
# logs, with his own rights, and holds nothing up by not reading.
# shellcheck disable=SC2317,SC2119,SC2016	# functions that others call; a shell's
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/daemon-log.sh
. tests/lib/daemon-log.sh

daemon_start "max-lines-per-second 1000000"

# reads N NAME ...: what a shell does
reads='n=0
while [ $n -lt "$1" ]; do
	n=$((n + 1))
	true <"$2"
done 2>/dev/null
echo done
[ -z "${3-}" ] || read -r line <"$3"'

in_background "$one" "$T/out" -e "$program" -c "$reads" sh 2 "$names/one, x"
check "-e: lines on standard error" wait_for "$T/out.err" names/one
check "all of them" until_true 10 sh -c \
    "[ \$(grep -c '^privrun: deny user: $one, prog: $program, .*names/one\\\\054 x' \
    '$T/out.err') -eq 2 ]"
wait_for "$T/out" 'done'
wait "$started"
same "and nothing else" 2 "$(lines "$T/out.err" .)"
check "the daemon's log has them as well" wait_for "$daemon_folder/log" names/one

# readers_of FILE: processes of this user's that have it open
readers_of() {
	for folder in /proc/[0-9]*; do
		case $(readlink "$folder/fd/2" "$folder"/fd/[3-9] 2>/dev/null) in
		*"$1"*)	echo "${folder#/proc/}" ;;
		esac
	done
}
nobody_reads() {
	[ -z "$(readers_of "$1")" ]
}
check "the reader ends with the session" until_true 10 nobody_reads \
    "$T/out.err"

log=$one_home/log
mkfifo -m 644 "$T/hold"
in_background "$one" "$T/out" -E "$log" "$program" -c "$reads" sh 1 \
    "$names/mine" "$T/hold"
check "-E: in a file" wait_for "$log" "^privrun: deny .*names/mine"
same "of the user's alone" "600 $one" "$(stat -c '%a %U' "$log")"
same "standard error is the program's" 0 "$(lines "$T/out.err" .)"
same "whose child the reader is not" "" \
    "$(children_of "$started" 2>/dev/null | tr -d '\n')"
by_daemon "$two" "$program" -c "$reads" sh 1 "$names/theirs" >"$T/two" 2>&1
check "what others do" wait_for "$daemon_folder/log" names/theirs
same "is not shown" 0 "$(lines "$log" names/theirs)"
echo >"$T/hold"
wait "$started"
same "its end is the program's" 0 $?

as_user "$one" "$daemon_run" -s "$daemon_socket" -E /proc/none "$program" \
    -c : >"$T/out" 2>&1
same "a file that cannot be made: refused" 125 $?

# Who does not read.
in_background "$one" "$T/out" -E "$log" "$program" -c "$reads"'
n=0
while [ $n -lt 3000 ]; do
	n=$((n + 1))
	true <"$2"
done 2>/dev/null
echo "all"
read -r line <"$3"' sh 1 "$names/first" "$T/hold"
check "again" wait_for "$log" names/first
reader=$(readers_of "$log")
kill -STOP "$reader"
echo >"$T/hold"
check "a session does not wait for its reader" wait_for "$T/out" all 60
kill -CONT "$reader"
all_there() {
	awk '/names\/first/ { n++ }
	    / messages* dropped$/ { n += $(NF - 2) }
	    END { exit n != 3001 }' "$log"
}
check "what it did not take is counted" until_true 20 all_there
refute "there was something" test "$(lines "$log" names/first)" -eq 3001
echo >"$T/hold"
wait "$started"
same "and it ends as it would" 0 $?
daemon_stop
done_testing
