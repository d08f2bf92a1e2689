#!/bin/sh
# SPDX-License-Identifier: ISC
# Who may not use the daemon, or has all that he may have of it, confines his own
# programs as without it: they cost it nothing. What is elevated he does not get.
# shellcheck disable=SC2317,SC2119,SC2154	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/control.sh
. tests/lib/control.sh

make_user
two=$user
make_user
one=$user
elevated sleep
sleep=$program
elevated cat
cat=$program
chmod 755 "$T"
wc=$(realpath "$(command -v wc)")
printf 'Policy: %s, Emulation: native\n\tDefault: permit\n\tnative-fsread: filename eq "/etc/hostname" then deny[exdev]\n' \
    "$wc" >"$T/wc.policy"
printf 'Policy: %s, Emulation: native\n\tDefault: permit\n' "$cat" \
    >"$T/cat.policy"
# shellcheck source=tests/lib/speak.sh
. tests/lib/speak.sh

# confines USER: a program that no policy of the system's names
confines() {
	by_daemon "$1" -f "$T/wc.policy" "$wc" /etc/hostname >"$T/out" 2>&1
	same "his own program runs" 1 $?
	like "confined" 'Invalid cross-device' "$(cat "$T/out")"
	refute "and nothing is said of privd" grep -q privd "$T/out"
}

# --- who is not admitted
daemon_start "deny-user $one"
confines "$one"
by_daemon "$one" -f "$T/cat.policy" "$cat" "$secret" >"$T/out" 2>&1
same "what the system elevates runs as well" 1 $?
like "without, and says why" \
    'runs without elevation: privd is not for this user: see privd.conf(5)' \
    "$(cat "$T/out")"
refute "it has nothing of it" grep -q '^secret' "$T/out"
same "others have it" secret "$(by_daemon "$two" "$cat" "$secret" 2>&1)"

# --- who has all sessions that he may have
daemon_configure "max-sessions-per-user 1"
check "one for each" daemon_reload
in_background "$one" "$T/sleep" "$sleep" 300
runs() {
	[ "$(readlink "/proc/$started/exe")" = "$sleep" ]
}
check "he has one" until_true 10 runs
confines "$one"
by_daemon "$one" -f "$T/cat.policy" "$cat" "$secret" >"$T/out" 2>&1
same "what the system elevates is refused" 125 $?
like "and it is said why" 'too many sessions of this user' "$(cat "$T/out")"
# Of the system's, and elevates nothing.
printf 'Policy: %s, Emulation: native\n\tDefault: permit\n' "$wc" \
    >"$daemon_policies/wc"
check "a policy that confines" daemon_reload
confines "$one"
rm "$daemon_policies/wc"
kill -KILL "$started"
wait "$started" 2>/dev/null
forget "$started"

# --- who has come often
daemon_configure "max-connections-per-second 4"
check "four connections a second" daemon_reload
# comes COUNT: so many programs of his at once, all of which must run
comes() {
	rm -f "$T"/come.*
	n=0 started=
	while [ $((n += 1)) -le "$1" ]; do
		by_daemon "$one" "$cat" "$secret" >"$T/come.$n" 2>&1 &
		started="$started $!"
	done
	# shellcheck disable=SC2086 # a list of numbers
	wait $started
	cat "$T"/come.*
}
# Those before are of another second: with them it could take two.
sleep 1
same "who came too often is served a second later" \
    "$(printf 'secret\n%.0s' 1 2 3 4 5 6)" "$(comes 6)"

# --- who takes all that there are in all
# has USER: what the system gives him
has() {
	[ "$(by_daemon "$1" "$cat" "$secret" 2>"$T/err")" = secret ]
}
daemon_configure "max-connections-per-second-in-all 8"
check "eight in all" daemon_reload
flood "$one"
is_told() {
	by_daemon "$one" "$cat" "$secret" >"$T/told" 2>&1
	grep -q 'more than 8 connections of all users within a second (max-connections-per-second-in-all in' \
	    "$T/told"
}
check "who comes all the time is told so" until_true 30 is_told
n=0
while [ $n -lt 5 ] && has "$two"; do
	n=$((n + 1))
done
same "who does not is served" 5 $n
kill $many
wait $many 2>/dev/null
forget $many
check "the log tells of it" until_true 10 grep -q \
    'refused: more than max-connections-per-second-in-all$' \
    "$daemon_folder/log"

# --- calls in flight: a session has its share of what there is
# holds USER: a session that stays; $started
holds() {
	in_background "$1" "$T/sleep" "$sleep" 300
	until_true 10 runs
}
# room USER: for so many calls his sessions have room, of so many
room() {
	ctl "$1" status --json >"$T/out"
	json 'str(v["calls"]) + " of " + str(v["most_calls"])'
}
ends() {
	kill -KILL "$started"
	wait "$started" 2>/dev/null
	forget "$started"
}
is_room() {
	[ "$(room "$1" 2>/dev/null)" = "$2" ]
}
refused() {
	by_daemon "$1" "$cat" "$secret" >"$T/told" 2>&1
	[ $? -eq 125 ] && grep -q "$2" "$T/told"
}
daemon_configure "max-calls-per-user 100" "max-calls-in-all 130"
check "few calls" daemon_reload
check "a session" holds "$one"
first=$started
same "has room for all that it wants" "64 of 100" "$(room "$one")"
check "another one" holds "$one"
same "for what is left" "100 of 100" "$(room "$one")"
second=$started
check "a third is refused" refused "$one" \
    'too few calls are left for a session of this user (max-calls-per-user in'
confines "$one"
check "somebody else has one" holds "$two"
same "with what is left in all" "30 of 100" "$(room "$two")"
check "and no other" refused "$two" \
    'too few calls are left for a session (max-calls-in-all in'
same "root is told of all" "130 of 130" "$(room root)"
same "and what a user may have" "100 50 1000 256" \
    "$(json '" ".join(str(v[k]) for k in ("most_calls_per_user",
	"most_connections_per_user", "most_connections",
	"most_sessions_per_user"))')"
like "in words" '^calls: room for 130 of at most 130$' "$(ctl root status)"

# Another daemon finds them as they are.
kill -KILL "$daemon_pid"
wait "$daemon_pid" 2>/dev/null
forget "$daemon_pid"
daemon_start "max-calls-per-user 100" "max-calls-in-all 130"
check "a successor has them" until_true 10 grep -q '3 sessions go on' \
    "$daemon_folder/log"
same "and their calls" "130 of 130" "$(room root)"
check "which count" refused "$one" 'calls are left for a session'
ends
check "what ends gives back" has "$two"
started=$second
ends
check "to its user as well" has "$one"
started=$first
ends
check "in the end there is none" until_true 10 is_room root "0 of 130"
daemon_stop
done_testing
