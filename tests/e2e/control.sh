#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Asking the daemon: what it does, whose sessions there are, what one may do.
# Root is told all, an ordinary user what is his own; root alone has policies
# read anew, and reads at once what is wrong with them. Words that are no
# question are not answered, and nobody's questions are in the way of others.
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
two=$user two_uid=$user_uid
make_user
guest=$user
marked sleep
sleep=$program

# policy NAME TEXT
policy() {
	printf '%s\n' "$2" >"$daemon_policies/$1"
}

policy sleep "Policy: $sleep, Emulation: native
	Default: permit
	native-fsread: filename eq \"$daemon_folder/a\" then permit as root, if user = $one
	native-fsread: filename eq \"$daemon_folder/b\" then permit as root, if user = $two
	native-fswrite: filename eq \"$daemon_folder/c\" then permit as root, if group = $one"
policy true "Policy: /usr/bin/true, Emulation: native
	Default: permit
	native-fsread: filename eq \"$daemon_folder/b\" then permit as root, if user = $two"

ctl root status >"$T/out" 2>&1
same "without a daemon: an error" 1 $?
like "that says so" 'privd is not running' "$(cat "$T/out")"

daemon_start "deny-user $guest" "max-sessions-per-user 4"

# --- status
ctl root status --json >"$T/out"
same "root is told of the daemon" "$daemon_pid 0 4096 2 4" \
    "$(json '" ".join(str(v[k]) for k in ("pid", "sessions", "most_sessions", "policies", "rules"))')"
like "in words as well" "^privd .* process $daemon_pid, since 20" \
    "$(ctl root status)"
ctl "$one" status --json >"$T/out"
same "a user is told what is his" \
    "began,calls,loaded,most_calls,most_connections,most_sessions,sessions,version" \
    "$(json '",".join(sorted(v))')"
same "and how much he may have" 4 "$(json 'v["most_sessions"]')"

# --- sessions
# begins USER: a session of his, $started
begins() {
	in_background "$1" "$T/sleep.$1" "$sleep" 300
}
# has USER COUNT: so many are told to him
has() {
	ctl "$1" sessions --json >"$T/out" && [ "$(json 'len(v)')" = "$2" ]
}
begins "$one"
first=$started
begins "$two"
second=$started
check "root sees both sessions" until_true 10 has root 2
same "who and what they are" "[($first, $one_uid, '$sleep'), ($second, $two_uid, '$sleep')]" \
    "$(json 'sorted((s["pid"], s["uid"], s["program"]) for s in v)')"
check "one sees one" has "$one" 1
same "which is his" "$first" "$(json 'v[0]["pid"]')"
check "the other sees one" has "$two" 1
same "which is that of the other" "$second" "$(json 'v[0]["pid"]')"
like "in words" "^ *$first $one  *20.* $sleep\$" "$(ctl "$one" sessions)"
ctl "$one" status --json >"$T/out"
same "one is counted for him" 1 "$(json 'v["sessions"]')"
kill -KILL $second
wait $second 2>/dev/null
check "who has ended is not shown" until_true 10 has root 1
ctl "$two" sessions --json >"$T/out"
same "nobody is an empty list" "[]" "$(cat "$T/out")"

# --- list
lists() {
	ctl "$1" list --json >"$T/out"
	json 'sorted((r["program"], r.get("line", 0)) for r in v)'
}
same "one may what names him or his group" \
    "[('/usr/bin/true', 0), ('$sleep', 3), ('$sleep', 5)]" "$(lists "$one")"
same "with its place" "['$daemon_policies/sleep']" \
    "$(json 'sorted(set(r["file"] for r in v if r["rule"]))')"
same "the other may something else" \
    "[('/usr/bin/true', 3), ('$sleep', 4)]" "$(lists "$two")"
same "root sees what there is" \
    "[('/usr/bin/true', 3), ('$sleep', 3), ('$sleep', 4), ('$sleep', 5)]" \
    "$(lists root)"
ctl "$one" list >"$T/out"
like "in words: the rule" \
    "^	native-fsread: filename eq \"$daemon_folder/a\" then permit as root, if user = $one\$" \
    "$(cat "$T/out")"
like "and what only confines" '^	nothing is elevated$' "$(cat "$T/out")"
refute "nothing of the other's" grep -q "$two" "$T/out"

# --- who may ask
ctl "$guest" list >"$T/out" 2>&1
same "who is not admitted is told nothing" 1 $?
same "but that" "privctl: privd is not for this user: see privd.conf(5)" \
    "$(cat "$T/out")"
before=$(grep -c 'in force' "$daemon_folder/log")
ctl "$one" reload >"$T/out" 2>&1
same "a user may not have it reloaded" 1 $?
same "and is told so" "privctl: root alone may have it reloaded" \
    "$(cat "$T/out")"
same "nothing was read" "$before" "$(grep -c 'in force' "$daemon_folder/log")"

# --- reload
policy new "Policy: /usr/bin/false, Emulation: native
	Default: permit"
ctl root reload >"$T/out" 2>&1
same "root may" 0 $?
same "with nothing to say" "" "$(cat "$T/out")"
ctl root status --json >"$T/out"
same "it is in force when that returns" 3 "$(json 'v["policies"]')"
policy new "Policy: /usr/bin/false, Emulation: native
	native-nonsense: permit
	native-read: allow"
ctl root reload >"$T/out" 2>&1
same "a broken policy: an error" 1 $?
same "each with its place" "$daemon_policies/new:2:9: 
$daemon_policies/new:3:15: " \
    "$(sed -n 's/^\([^ ]*:[0-9]*:[0-9]*: \).*/\1/p' "$T/out")"
like "and what comes of it" '2 errors: what is in force stays' \
    "$(cat "$T/out")"
ctl root reload --json >"$T/out" 2>"$T/err"
same "the same for programs" "[(2, 9), (3, 15)]" \
    "$(json '[(e["line"], e["column"]) for e in v]')"
ctl root status --json >"$T/out"
same "the old one is in force" 3 "$(json 'v["policies"]')"
same "with its rules" 4 "$(json 'v["rules"]')"
printf 'max-sessions none\n' >>"$daemon_folder/privd.conf"
ctl root reload >"$T/out" 2>&1
like "a broken configuration is told of with its place" \
    "privd.conf:[0-9]*:14: " "$(cat "$T/out")"
rm "$daemon_policies/new"
daemon_configure "deny-user $guest" "max-sessions-per-user 2"
check "what is mended is taken" ctl root reload
# Each of many has the outcome of a reading that began after it asked.
n=0
while [ $n -lt 8 ]; do
	n=$((n + 1))
	if [ $((n % 2)) -eq 0 ]; then
		policy new "Policy: /usr/bin/false, Emulation: native
	Default: permit"
		ctl root reload >/dev/null 2>&1 || break
	else
		policy new nonsense
		kill -HUP "$daemon_pid"
		ctl root reload >/dev/null 2>&1 && break
	fi
done
same "the outcome is never that of an earlier one" 8 $n
rm "$daemon_policies/new"
check "at last" ctl root reload

# --- slots
asks() {
	ctl "$1" status >"$T/out"
}
begins "$one"
until_true 10 has "$one" 2 || show "$T/sleep.$one.err"
check "all sessions that he may have" has "$one" 2
by_daemon "$one" "$sleep" 0 >"$T/out" 2>&1
like "there is no other" 'too many sessions of this user' "$(cat "$T/out")"
check "he can still ask" asks "$one"
kill -KILL $started
wait $started 2>/dev/null
check "one has ended" until_true 10 has "$one" 1

daemon_configure "max-sessions 1"
check "no more sessions at all than there is" ctl root reload
by_daemon "$two" "$sleep" 0 >"$T/out" 2>&1
like "somebody else gets none" 'too many sessions' "$(cat "$T/out")"
check "he can ask as well" asks "$two"
daemon_configure "deny-user $guest" "max-sessions-per-user 2"
check "as it was" ctl root reload

# Questions that nobody finishes: a user's own are bounded, and in nobody's way.
# shellcheck source=tests/lib/speak.sh
. tests/lib/speak.sh
mkfifo "$T/stop"
in_hold "$two" "$T/stop" hold 40
exec 9>"$T/stop"
check "connections are held" until_true 10 grep -q held "$T/held"
check "others ask meanwhile" asks "$one"
check "so does root" asks root
exec 9>&-
wait $holder

# --- with what rights: those of nobody. An answer that is not read waits.
{
	echo "Policy: /usr/bin/false, Emulation: native"
	echo "	Default: permit"
	n=0
	while [ $n -lt 3000 ]; do
		n=$((n + 1))
		echo "	native-fsread: filename eq \"$daemon_folder/a$n\" then permit as root"
	done
} >"$daemon_policies/many"
check "a long policy" ctl root reload
in_hold "$one" "$T/stop" ask-hold "$sleep"
exec 9>"$T/stop"
check "an answer is not read" until_true 10 grep -q held "$T/held"
# rights USER: of the process that answers, which has no Uid of users
answering() {
	for child in $(children_of "$daemon_pid"); do
		[ "$(status_of "$child" Uid)" != \
		    "1946157055 1946157055 1946157055 1946157055" ] || return 0
	done
	return 1
}
check "it is nobody who answers" until_true 10 answering
for name in CapPrm CapEff CapBnd CapInh CapAmb Groups NoNewPrivs Seccomp; do
	printf '%s %s\n' $name "$(status_of "$child" $name)"
done >"$T/rights"
same "who may nothing" "CapPrm 0000000000000000
CapEff 0000000000000000
CapBnd 0000000000000000
CapInh 0000000000000000
CapAmb 0000000000000000
Groups 
NoNewPrivs 1
Seccomp 2" "$(cat "$T/rights")"
same "and holds nothing but the connection and his sessions' cards" 3 \
    "$(for fd in /proc/"$child"/fd/*; do readlink "$fd"; done |
	grep -c -e socket: -e memfd:)"
exec 9>&-
wait $holder
rm "$daemon_policies/many"
check "the short ones" ctl root reload

# --- what is no question
speaks() {
	as_user "$one" timeout 60 "$speak" "$daemon_socket" "$@"
}
for what in ask-short ask-long ask-descriptor ask-strings ask-huge; do
	same "$what: not answered" closed "$(speaks $what "$sleep")"
done
same "an unknown topic is answered" "end 4" "$(speaks ask 99)"
same "root's from a user: denied" "end 1" "$(speaks ask 4)"
same "after a question nothing is heard" closed "$(speaks ask-twice "$sleep")"
refute "the daemon lives" has_ended "$daemon_pid"
check "and has not lost the session" has "$one" 1
done_testing
