#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 36, short: judge, hand or fetcher is killed, and another goes on for it
# (tests/e2e/survival.sh); or the keeper is, and the program does not go on
# without one; no process is left.
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

install_tool create-on-signal
mkdir "$OWN/made"
chmod 0700 "$OWN/made"
cat >"$OWN/policy" <<END
Policy: */create-on-signal, Emulation: native
	Default: permit
	native-open: filename match "$OWN/made/*" then permit as root
	native-bind: sockaddr match "$OWN/made/*" then permit as root
	native-open: filename eq "/nowhere" then deny
END

find_processes() {
	program="" keeper="" parts="" caller=""
	children=$(cat "/proc/$front/task/$front/children") || return 1
	for child in $children; do
		if grep -q "^Uid:	$ID	" "/proc/$child/status"; then
			program=$child
		else
			keeper=$child
			parts=$(cat "/proc/$child/task/$child/children") || :
		fi
	done
	caller=$(sed -n 's/^ready //p' "$OWN/out")
	[ -n "$program" ] && [ -n "$caller" ] && has_part judge &&
	    has_part hand && has_part fetcher
}

role_of() {
	sed -n 's/^Name:	privd-//p' "/proc/$1/status"
}

has_part() {
	for part in $parts; do
		[ "$(role_of "$part")" != "$1" ] || return 0
	done
	return 1
}

# The file is to be made: one that a call in flight made before is in the way.
start() {
	rm -f "$1" "$1.file" "$1.socket"
	: >"$OWN/out"
	(RUN="exec"; session "$OWN/policy" "$OWN/create-on-signal" "$1" \
	    socket) \
	    >"$OWN/out" 2>&1 &
	front=$!
	started $front
	wait_for 10 find_processes
}

none_of() {
	for pid; do
		[ ! -e "/proc/$pid" ] || return 1
	done
}
parts_gone() {
	# shellcheck disable=SC2086
	none_of $parts
}
all_gone() {
	# shellcheck disable=SC2086
	none_of $caller $program $keeper $parts $others
}

for role in judge hand fetcher keeper; do
	start "$OWN/made/new"
	is 0 $? "judge, hand and fetcher are there"
	victim=$keeper
	for part in $parts; do
		[ "$(role_of "$part")" = $role ] && victim=$part
	done
	kill -KILL "$victim"
	# What is answered before the keeper's parts have seen it go is answered
	# rightly: it is asked when they have gone.
	[ $role != keeper ] || wait_for 10 parts_gone
	kill -USR1 "$caller" 2>/dev/null
	others=$(cat "/proc/$keeper/task/$keeper/children" 2>/dev/null)
	wait $front
	status=$?
	case $role in
	keeper)
		# Its calls fail from then on, if it is there for one.
		[ $status -ne 0 ]
		is 0 $? "$role killed: the program ends, status $status"
		;;
	hand | fetcher)
		# The hand may have died with the call: then nobody knows.
		[ $status -le 1 ]
		is 0 $? "$role killed: another goes on, status $status"
		[ $status -ne 0 ] || [ -e "$OWN/made/new" ]
		is 0 $? "$role killed: with its effect, if the call is made"
		;;
	*)
		is 0 $status "$role killed: another goes on, the call is made"
		[ -e "$OWN/made/new" ]
		is 0 $? "$role killed: with its effect"
		;;
	esac
	wait_for 10 all_gone
	is 0 $? "$role killed: no process is left"
done

# Without any of that it works.
start "$OWN/made/new"
kill -USR1 "$caller"
wait $front
is 0 $? "left alone the call succeeds"
finish
