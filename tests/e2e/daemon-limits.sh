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

need_daemon
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
cp "$BUILD/tests/attack/speak" "$daemon_folder/speak"

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
same "who came too often is served a second later" \
    "$(printf 'secret\n%.0s' 1 2 3 4 5 6)" "$(comes 6)"

# --- who takes all that there are in all
# has USER: what the system gives him
has() {
	[ "$(by_daemon "$1" "$cat" "$secret" 2>"$T/err")" = secret ]
}
daemon_configure "max-connections-per-second-in-all 8"
check "eight in all" daemon_reload
setpriv --reuid "$one" --regid "$(id -g "$one")" --init-groups -- \
    timeout 120 "$daemon_folder/speak" "$daemon_socket" many=100000000 \
    "$program" >"$T/many" 2>&1 &
many=$!
remember $many
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
daemon_stop
done_testing
