#!/bin/sh
# SPDX-License-Identifier: ISC
#
# A user who connects more often than he may: he is told so, and what to do;
# the log says whose connections were refused, and how many, in a line a second
# at most; and root is told how many they were. Nobody else notices.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/control.sh
. tests/lib/control.sh

make_user
one=$user one_uid=$user_uid
make_user
other=$user
elevated cat
# shellcheck source=tests/lib/speak.sh
. tests/lib/speak.sh
daemon_start "max-connections-per-second 2"

refused() {
	ctl root status --json >"$T/out"
	json 'v["refused_connections"]'
}
# told: what the log says, line by line
told() {
	sed -n "s/^.*: \([0-9]*\) connections\{0,1\} of uid $one_uid refused: more than max-connections-per-second\$/\1/p" \
	    "$daemon_folder/log"
}
sum() {
	told | awk '{ n += $1 } END { print n + 0 }'
}
same "nobody was refused" 0 "$(refused)"
refute "of which nothing is said" grep -q 'connections refused' "$T/out"
began=$(cut -d . -f 1 /proc/uptime)
flood "$one"
asks() {
	by_daemon "$one" "$program" "$secret" >"$T/told" 2>&1
	status=$?
	grep -q 'too many\|more than' "$T/told"
}
check "a session is refused" until_true 30 asks
same "as others are" 125 "$status"
same "with what he can do" \
    "${program##*/}: more than 2 connections of this user within a second (max-connections-per-second in privd.conf(5)): try again in a second" \
    "$(sed "s,^.*/\([^/]*: more\),\1," "$T/told")"
is_answered() {
	ctl "$one" status >"$T/told" 2>&1
	grep -q 'more than' "$T/told"
}
check "a question as well" until_true 30 is_answered
same "it is not answered" \
    "privctl: more than 2 connections of this user within a second (max-connections-per-second in privd.conf(5)): try again in a second" \
    "$(cat "$T/told")"
same "somebody else has a session" secret \
    "$(by_daemon "$other" "$program" "$secret" 2>&1)"
has_lines() {
	[ "$(told | wc -l)" -ge 2 ]
}
check "the log tells of it" until_true 30 has_lines
kill $many
wait $many 2>/dev/null
forget $many
lasted=$(($(cut -d . -f 1 /proc/uptime) - began))
# Root, too, asks no more than twice in a second, each time that he asks.
is_told() {
	sleep 0.7
	seen=$(refused 2>/dev/null)
	[ "$seen" = "$(sum)" ]
}
check "of each that was refused, as root is told" until_true 10 is_told
check "which are some" test "$seen" -gt 2
check "in no more lines than there were seconds" test "$(told | wc -l)" \
    -le $((lasted + 2))
is_said() {
	sleep 0.7
	ctl root status 2>&1 |
	    grep -q "^connections refused: $seen, of users who connect too often\$"
}
check "in words as well" until_true 10 is_said
ctl "$other" status --json >"$T/out"
refute "a user is not told of others" grep -q refused "$T/out"
daemon_stop
done_testing
