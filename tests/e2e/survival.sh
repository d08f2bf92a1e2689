#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Nothing is lost when one of a session's processes dies: whichever is killed,
# its program goes on, no call is made twice, and what was spent, given up or
# chosen stays so. What dies again and again ends the session.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

need_daemon
make_user
chmod 755 "$T"
marked "$helpers/steps"
ptrace=$(printf '%016x' $((1 << 19)))
for name in one two three; do
	echo text >"$T/$name"
done
chmod 600 "$T/two" "$T/three"
mkfifo "$T/in"
mkdir -m 777 "$T/made"

# --- one session: $front, its $program_pid, its $keeper

# begin POLICY-LINES [OPTION ...]: root's embedded session for the user
begin() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n%s\n' \
	    "$program" "$1" >"$T/policy"
	shift
	"$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user" "$@" \
	    "$program" >"$T/out" 2>"$T/err" <"$T/in" &
	front=$!
	remember $front
	exec 9>"$T/in"
	wait_for "$T/out" ready || show "$T/err"
	program_pid=$(program_of $front)
	keeper=$(keeper_of $front)
	answers=1
}

# begin_by_daemon POLICY-LINES
begin_by_daemon() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n%s\n' \
	    "$program" "$1" >"$daemon_policies/steps"
	daemon_reload
	setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups \
	    --inh-caps=-all -- "$daemon_run" -s "$daemon_socket" \
	    "$program" >"$T/out" 2>"$T/err" <"$T/in" &
	front=$!
	remember $front
	exec 9>"$T/in"
	wait_for "$T/out" ready || show "$T/err" "$daemon_folder/log"
	program_pid=$front
	keeper=$(children_of "$daemon_pid")
	answers=1
}

# end STATUS DESCRIPTION
end() {
	exec 9>&-
	wait $front
	same "$2" "$1" $?
	forget $front
}

# Its standard output has that many lines.
has_answered() {
	[ "$(grep -c . "$T/out")" -ge "$1" ]
}

# step DESCRIPTION EXPECTED WHAT ...
step() {
	what=$1 expected=$2
	shift 2
	answers=$((answers + 1))
	echo "$*" >&9
	until_true 20 has_answered "$answers"
	same "$what" "$expected" "$(sed -n "${answers}p" "$T/out")"
}

# part ROLE: that process of the session; false if it is not there (yet)
part() {
	for child in $(children_of "$keeper"); do
		cat "/proc/$child/status" >"$T/status" 2>/dev/null || continue
		role=hand
		grep -q "^CapPrm:.$ptrace" "$T/status" && role=fetcher
		grep -q "^Uid:.*	$user_uid\$" "$T/status" && role=judge
		grep -q "^Uid:	$user_uid	" "$T/status" && role=double
		[ $role = "$1" ] && grep -q '^Seccomp:	2' "$T/status" &&
		    echo "$child" && return
	done
	return 1
}

is_other() {
	now=$(part "$1") && [ "$now" != "$2" ]
}

# slay ROLE: kills it; true when there is another
slay() {
	until_true 10 part "$1" >"$T/victim" || return 1
	victim=$(head -n 1 "$T/victim")
	kill -KILL "$victim"
	until_true 10 is_other "$1" "$victim"
}

# --- calls in flight

# made ROLE N: a program that makes N files while that role is killed
make_while_killing() {
	answers=$((answers + 1))
	echo "make $T/made $2" >&9
	deaths=0
	while ! has_answered "$answers" && [ $deaths -lt 5 ]; do
		before=$(made_so_far)
		until_true 10 has_more "$before"
		slay "$1" || break
		deaths=$((deaths + 1))
	done
	until_true 60 has_answered "$answers"
	sed -n "${answers}p" "$T/out" | tr -cd '0-9 \n' >"$T/numbers"
	read -r made unknown wrong <"$T/numbers"
	found=$(made_so_far)
	find "$T/made" -type f -delete
	check "$1: killed several times" test "$deaths" -ge 3
	same "$1: nothing was lost or made twice" 0 "$wrong"
	check "$1: of each killed at most one call is not known" test \
	    "$unknown" -le $deaths
	check "$1: what was made is there" test "$found" -ge "$made" -a \
	    "$found" -le $((made + unknown))
	same "$1: all were answered" "$2" $((made + unknown + wrong))
}

made_so_far() {
	find "$T/made" -type f | wc -l
}

has_more() {
	[ "$(made_so_far)" -gt "$1" ] || has_answered "$answers"
}

begin "	native-open: filename match \"$T/made/*\" then permit"
make_while_killing judge 20000
end 0 "the program ends by itself"
check "deaths are written down" grep -q \
    'a process of the session has died; others go on' "$T/log"

begin "	native-open: filename match \"$T/made/*\" then permit as root"
for role in judge hand fetcher; do
	make_while_killing $role 4000
done
end 0 "and so does one that is elevated"

# --- what a successor knows

elevates="	native-open: filename eq \"$T/two\" then permit as root"
begin "$elevates times 3
	native-open: filename eq \"$T/three\" then permit as root once"
step "a right three times: first" ok read "$T/two"
check "the judge is killed" slay judge
step "second" ok read "$T/two"
check "the hand is killed" slay hand
step "third" ok read "$T/two"
check "the judge is killed" slay judge
step "there is no fourth" EACCES read "$T/two"
check "the hand is killed" slay hand
step "nor a fifth" EACCES read "$T/two"
step "another right is there" ok fork "$T/three"
check "the judge is killed" slay judge
step "and gone" EACCES fork "$T/three"
end 0 "limits: it ends"

begin "	native-fsread: filename eq \"$T/one\" then permit times 2
	native-fsread: filename eq \"$T/one\" then deny[exdev]"
step "what is not elevated" ok read "$T/one"
check "the judge is killed" slay judge
step "is counted too" ok read "$T/one"
check "the judge is killed" slay judge
step "to its end" EXDEV read "$T/one"
end 0 "limits: it ends"

begin "	native-open: filename eq \"$T/two\" then permit as root exclusive \"a\"
	native-open: filename eq \"$T/three\" then permit as root exclusive \"a\""
step "one of two" ok read "$T/two"
check "the judge is killed" slay judge
step "the other is barred" EACCES orphan "$T/three"
step "the one is not" ok read "$T/two"
end 0 "choices: it ends"

begin "$elevates"
check "the judge is killed" slay judge
step "elevation is for forks" ok fork "$T/two"
check "the judge is killed" slay judge
step "whoever their parents are" ok orphan "$T/two"
printf '\177ELF' >"$T/broken"
chmod 755 "$T/broken"
step "a program executes what cannot be" ENOEXEC run "$T/broken"
step "and is not elevated any more" EACCES read "$T/two"
check "the judge is killed" slay judge
step "nor by another judge" EACCES read "$T/two"
step "nor are its forks" EACCES fork "$T/two"
end 0 "elevation: it ends"

# An execve that was let go on, and that no judge has seen the outcome of.
cp "$helpers/steps" "$trusted/other"
printf 'Policy: %s, Emulation: native\n\tDefault: permit\nPolicy: %s, Emulation: native\n\tDefault: permit\n\tnative-fsread: filename eq "%s" then deny[exdev]\n' \
    "$program" "$trusted/other" "$T/one" >"$T/policy"
"$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user" \
    "$program" >"$T/out" 2>"$T/err" <"$T/in" &
front=$!
remember $front
exec 9>"$T/in"
wait_for "$T/out" ready
keeper=$(keeper_of $front) answers=1
step "another policy for what it executes" ready run "$trusted/other"
check "the judge is killed" slay judge
step "holds still" EXDEV read "$T/one"
end 0 "it ends"

# --- again and again

begin "$elevates"
deaths=0
while ! has_ended "$program_pid" && [ $deaths -lt 100 ]; do
	kill -KILL "$(part judge)" 2>/dev/null && deaths=$((deaths + 1))
done
end 125 "a judge that dies again and again: privrun says so"
like "with the reason" 'die again and again' "$(cat "$T/err")"
like "which is written down" 'again and again: the program is ended' \
    "$(cat "$T/log")"
check "not before 32 deaths" test "$deaths" -ge 32
check "nobody is left" until_true 10 is_gone "$keeper"

# --- the daemon's

daemon_start
mkdir "$user_home/.privd"
printf 'Policy: %s, Emulation: native\n\tDefault: permit\n\tnative-fsread: filename eq "%s" then deny[exdev]\n' \
    "$program" "$T/one" >"$user_home/.privd/steps"
chown -R "$user" "$user_home/.privd"
begin_by_daemon "$elevates times 2"
for role in judge hand fetcher; do
	check "the daemon's: the $role is killed" slay $role
	step "his own policy holds still" EXDEV read "$T/one"
done
step "what is elevated" ok read "$T/two"
check "the judge is killed" slay judge
check "the hand is killed" slay hand
step "is counted" ok read "$T/two"
check "the judge is killed" slay judge
step "to its end" EACCES read "$T/two"
end 0 "it ends"

begin_by_daemon "$elevates"
echo "	native-fsread: filename eq \"$T/three\" then deny" \
    >>"$user_home/.privd/steps"
kill -KILL "$(part judge)"
check "policies of his that have changed: the session ends" \
    until_true 10 has_ended "$program_pid"
exec 9>&-
wait $front
check "and its keeper" until_true 10 is_gone "$keeper"
daemon_stop
done_testing
