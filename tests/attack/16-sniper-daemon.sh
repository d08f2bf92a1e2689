#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 16 where the user himself executes privrun: another process of his lies
# in wait and seizes whatever of his appears, or opens its memory, while he starts
# it again and again: nothing of it, of the program it becomes, nor of who reads
# its log. (Whoever had privrun would speak with privd as the one who holds the
# guard.) Nor does it help to be traced before, or to have said who may trace:
# what was said ends with the execve of privrun, and a tracer takes the guard
# from it. (Root's embedded sessions: 16-sniper.sh.)
# shellcheck disable=SC2317,SC2119,SC2154	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/secret.sh
. tests/lib/secret.sh

rounds=${ATTACK_ROUNDS:-40}
chmod 755 "$T"
attacker sniper
sniper=$attacker
attacker traced
traced=$attacker
attacker start
start=$attacker
daemon_start "max-connections-per-second 200"

# hunt COMMAND ...: while the sniper lies in wait
hunt() {
	setpriv --reuid "$user" --regid "$user_gid" --init-groups \
	    --inh-caps=-all -- "$sniper" >"$T/shots" 2>&1 &
	hunter=$!
	remember $hunter
	wait_for "$T/shots" ready
	"$@" >"$T/out" 2>"$T/err"
	kill $hunter
	wait $hunter
	forget $hunter
}
got() {
	sed -n "s/^$1 //p" "$T/shots"
}

# guarded: what it had that holds the guard; had FILE: that one, in any case
guarded() {
	sed -n 's/^had guarded //p' "$T/shots" | sort -u
}
had() {
	grep -q "^had $1\$" "$T/shots"
}

# Executed by who was root until then: what appears is privrun at once.
at_once() {
	round=0
	while [ $((round += 1)) -le "$rounds" ]; do
		setpriv --reuid "$user" --regid "$user_gid" --init-groups \
		    --inh-caps=-all -- "$daemon_run" -s "$daemon_socket" \
		    -E /dev/null "$program" "$secret"
	done
}
hunt at_once
same "$rounds sessions run all the same" "$rounds" \
    "$(lines "$T/out" '^secret')"
same "nothing is seized, in $(got tries) tries" "0 0" \
    "$(got memories) $(got seized)"

# By a shell of his, whose children can be had before they are privrun. If one
# is seized in its execve, it has not gained the guard, and nothing is elevated.
cat >"$daemon_folder/again" <<'END'
n=0
while [ $((n += 1)) -le "$1" ]; do
	"$2" as "$3" "$4" -s "$5" -E /dev/null "$6" "$7"
done
END
by_user() {
	as_user "$user" sh "$daemon_folder/again" "$rounds" "$start" "$1" \
	    "$daemon_run" "$daemon_socket" "$program" "$secret"
}
for says in blocked dumpable,ptracer; do
	hunt by_user $says
	same "$says: nothing that is guarded is had" "" "$(guarded)"
	refute "$says: nor the program" had "$program"
	check "$says: what comes before is ($(got seized) times)" had "$start"
	elevated=$(lines "$T/out" '^secret')
	check "$says: $elevated of $rounds are elevated" \
	    test "$elevated" -gt 0
	same "$says: the others say why not" $((rounds - elevated)) \
	    "$(lines "$T/err" 'without elevation: .*does not hold the guard')"
done

# Traced from before, by PTRACE_TRACEME: no guard, and no session.
as_user "$user" timeout 20 "$traced" "$daemon_run" -s "$daemon_socket" \
    "$program" "$secret" >"$T/out" 2>"$T/err"
refute "traced before: nothing is elevated" grep -q '^secret' "$T/out"
like "traced before: it is said why" \
    'runs without elevation: .*does not hold the guard' "$(cat "$T/err")"

plainly() {
	as_user "$user" sh "$daemon_folder/plainly" "$rounds" "$program"
}
cat >"$daemon_folder/plainly" <<'END'
n=0
while [ $((n += 1)) -le "$1" ]; do
	"$2" "$0"
done
END
hunt plainly
check "without a session the program is had" had "$program"
done_testing
