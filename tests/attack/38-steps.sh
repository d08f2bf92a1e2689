#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 38: in each stage of a call a user sends signals to all processes of
# privd's, and sets their limits and priorities (tests/attack/meddle.c): each
# of that is refused, and the call ends as it does without. Then he stops and
# kills the program, and lowers its limits: what was made for it then is there
# and whole, or is not there; what it did not get is written down; the hand
# keeps no descriptor, and the session ends with its program. The double, and
# a user's own session, are his: there he gets nothing that is denied.
# shellcheck disable=SC2119,SC2154,SC2317	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh
# shellcheck source=tests/lib/stages.sh
. tests/lib/stages.sh
# shellcheck source=tests/lib/making.sh
. tests/lib/making.sh

# --- privd's processes

# refused WHAT ROLE
refused() {
	walk "$1" "$2" all
	same "$1, $2: each of its calls is made" "made, made" \
	    "$(sort -u "$T/outcomes")"
	same "$1, $2: all was refused" "" \
	    "$(grep -v ' refused ' "$T/meddled" | sort | uniq -c)"
	for name in privd privd-judge privd-hand privd-fetcher privd-scribe; do
		check "$1, $2: $name was meddled with" grep -q \
		    "^$name refused [1-9][0-9][0-9]" "$T/meddled"
	done
}
refused file judge
refused file hand
refused socket fetcher

# A connection that says nothing yet, and one with a question, whose answer has no
# end: it has put root's rights down by then.
has_connection() {
	[ "$(daemon_children | wc -l)" -ge 1 ]
}
has_lowered() {
	for child in $(daemon_children); do
		[ "$(status_of "$child" Uid | cut -d ' ' -f 1)" != 0 ] || return 1
	done
	has_connection
}
for speaks in "hold 1" "ask-follow $program"; do
	# shellcheck disable=SC2086
	as_user "$user" "$BUILD/tests/attack/speak" "$daemon_socket" $speaks \
	    >"$T/held" 2>"$T/held.err" <"$T/in" &
	speaker=$!
	remember $speaker
	exec 9>"$T/in"
	wait_for "$T/held" held || show "$T/held.err"
	case $speaks in
	hold*)	until_true 10 has_connection ;;
	*)	check "who is asked has no rights of root's" \
		    until_true 10 has_lowered ;;
	esac
	connections=$(daemon_children | wc -l)
	$meddle all "$daemon_pid" >"$T/meddled"
	same "${speaks% *}: all was refused by monitor, logger and connection" \
	    "$((connections + 2)) 0" "$(grep -c ' refused [1-9][0-9][0-9]' \
	    "$T/meddled") $(grep -c -v ' refused ' "$T/meddled")"
	exec 9>&-
	wait $speaker
	forget $speaker
done

# --- the program

# disturbed WHAT ROLE HOW: outcomes, as a basic regular expression
disturbed() {
	walk "$1" "$2" "$3"
	same "$1, $2, $3: nothing is half made, or made for nobody" "" \
	    "$(paste -d : "$T/outcomes" "$places" | grep -n -v "^\\($4\\):")"
	same "$1, $2, $3: the session ends with its program" "" \
	    "$(grep -v -x '137 0' "$T/ends" | sort | uniq -c)"
	same "$1, $2, $3: the hand keeps no descriptor" "$had" "$left"
}
killed='dead, made\|dead, not made\|made, made'
burdened='made, made\|EMFILE, not made\|EIO, made'
for role in judge hand; do
	disturbed file "$role" kill "$killed"
	disturbed file "$role" burden "$burdened"
done
for thing in folder rename socket; do
	disturbed "$thing" hand kill "$killed"
done
disturbed socket fetcher kill "$killed"

# A file that was there, whose content is gone: the hand's, and the user's own.
outcome() {
	file=$T/roots/new.cut
	[ "$thing" = cut ] || file=$T/made/cut
	if [ -s "$file" ]; then
		echo "${answer:-dead}, not made"
	elif [ "$answer" = made ] || given || until_true 5 is_told; then
		echo "${answer:-dead}, made"
	else
		echo "${answer:-dead}, made and nobody knows"
	fi
}
for role in judge hand; do
	disturbed cut "$role" kill "$killed"
	disturbed cut "$role" burden "$burdened"
done
disturbed own judge kill "$killed"
disturbed own judge burden "$burdened"

# --- what is the user's: his programs' double, and his own session

# end_of DESCRIPTION PATTERN ARGUMENT ...: a step, and what may come of it
end_of() {
	title=$1 pattern=$2
	shift 2
	tell "$@"
	like "$title" "^\($pattern\)\$" "$answer"
}
# his WHAT WHOM ...: what meddle did
his() {
	title=$1
	shift
	same "$title: it is his" "done" "$($meddle "$@")"
}
marked "$helpers/steps"
begin_by_daemon "	native-open: filename eq \"$T/two\" then permit as root
	native-connect: sockaddr eq \"/denied\" then deny[eio]"
meddle_double() {
	step "a socket" ok bind "$T/made/$n"
	step "another" ok bind "$T/made/$n.2"
	step "the double connects to one" ok connect "$T/made/$n"
	until_true 10 part double >"$T/double"
	his "the double, $1 $2" "$1" "$(cat "$T/double")" "$2"
	end_of "the double, $1 $2: the call ends" 'ok\|E[A-Z]*' \
	    connect "$T/made/$n.2"
	step "the double, $1 $2: what is denied is" EIO connect /denied
	n=$((n + 1))
	cat "/proc/$(cat "$T/double")/status" >"$T/status" 2>/dev/null &&
	    kill -KILL "$(cat "$T/double")"
	until_true 10 has_ended "$(cat "$T/double")"
}
n=1
for sig in 9 19 15; do # KILL, STOP, TERM
	meddle_double signal $sig
done
for limit in 0 1 7 9; do # CPU, FSIZE, NOFILE, AS
	meddle_double limit $limit
done
end 0 "the session with the double ends"

# Under a policy of his own; what it denies, the kernel would permit.
printf 'Policy: %s, Emulation: native\n\tDefault: permit\n%s\n' \
    "$helpers/steps" "	native-open: filename eq \"$T/one\" then deny[eio]" \
    >"$T/policy"
begin_own() {
	: >"$T/out"
	setpriv --reuid "$user" --regid "$user_gid" --init-groups \
	    --inh-caps=-all -- "$privrun" -U -a -E "$user_home/log" \
	    -f "$T/policy" "$helpers/steps" >"$T/out" 2>"$T/err" <"$T/in" &
	front=$!
	remember $front
	exec 9>"$T/in"
	wait_for "$T/out" ready || show "$T/err"
	program_pid=$(program_of $front)
	keeper=$(keeper_of $front)
	answers=1
	step "$1" EIO read "$T/one"
}
meddle_own() {
	begin_own "a session of his own denies"
	victim=$keeper
	[ "$1" = keeper ] || victim=$(part "$1")
	his "his own $*" "$2" "$victim" "$3"
	answers=$((answers + 1))
	# (Who is gone reads nothing.)
	(trap '' PIPE; echo "read $T/one" >&9) 2>/dev/null
	until_true 20 has_answered_or_died "$answers"
	like "his own $*: what is denied is" '^\(E[A-Z]*\|\)$' \
	    "$(sed -n "${answers}p" "$T/out")"
	exec 9>&-
	until_true 20 has_ended $front
	check "his own $*: it ends" has_ended $front
	wait $front
	forget $front
}
for role in judge keeper; do
	for sig in 9 19 15; do # KILL, STOP, TERM
		meddle_own $role signal $sig
	done
	for limit in 0 1 7 9; do
		meddle_own $role limit $limit
	done
done
done_testing
