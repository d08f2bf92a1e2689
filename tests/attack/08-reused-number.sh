#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 8: the caller dies when its call has been received, and another
# user's process takes its number. Nothing of the stranger's memory decides or
# is done, nothing is done for the dead, and the stranger lives: once it was
# killed, as if it was the session's and ran what nobody judged.
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

install_tool successor
install_tool successor stranger
echo word >"$USERS/first"
mkdir "$OWN/made"
chown "$ID" "$USERS/first" "$OWN/made"
cat >"$OWN/policy" <<END
Policy: */successor, Emulation: native
	Default: permit
	native-open: filename eq "/nowhere" then deny
END

find_broker() {
	caller=$(sed -n 's/^ready //p' "$OWN/out")
	broker=$front
	[ "$1" = standin ] || { find_parts && broker=$judge; } || return 1
	[ -n "$caller" ]
}

# attempt WHO STRANGER-UID STRANGER [first]: the session of $WHO is running
attempt() {
	who=$1 uid=$2 stranger=$3
	rm -f "$OWN/made"/*
	: >"$OWN/out"
	shift 3
	case $who in
	root)	"$PRIVRUN" -U -a -E "$LOG" -f "$OWN/policy" \
		    "$OWN/successor" call "$@" "$OWN/made/calls" \
		    "$USERS/first" >"$OWN/out" 2>&1 & ;;
	user)	(RUN="exec"; session "$OWN/policy" "$OWN/successor" call "$@" \
		    "$OWN/made/calls" "$USERS/first") >"$OWN/out" 2>&1 & ;;
	standin) (RUN="exec"; as_user "$TOOLS/standin" @ "$OWN/successor" \
		    call "$@" "$OWN/made/calls" "$USERS/first") \
		    >"$OWN/out" 2>&1 & ;;
	esac
	front=$!
	started $front
	wait_for 10 find_broker "$who" || show "$OWN/out"
	"$TOOLS/reuse" "$broker" "$caller" "$uid" "$OWN/$stranger" rest \
	    "$OWN/made/rests" >"$OWN/reused" 2>&1
	started "$caller"
	wait "$front"
	alive=no
	grep -q "^State:	[SR]" "/proc/$caller/status" 2>/dev/null && alive=yes
	kill -KILL "$caller" 2>/dev/null
}

# refused WHAT WHO UID STRANGER [first]
refused() {
	what=$1
	shift
	[ ! -f "$LOG" ] || : >"$LOG"
	attempt "$@"
	is "stranger $caller" "$(cat "$OWN/reused")" \
	    "$what: the number is taken"
	is "ended 9" "$(grep '^ended' "$OWN/out")" "$what: the caller is dead"
	is "" "$(ls "$OWN/made")" "$what: nothing is made"
	is "yes" "$alive" "$what: the stranger lives"
	lacks "killed" "$LOG" "$what: nobody says otherwise"
	is "parent opened" "$(grep '^parent' "$OWN/out")" \
	    "$what: the session goes on"
}
if [ "$BY" = root ]; then
	refused "root's session, its own program" root "$ID" successor
	refused "root's session, another program" root "$ID" stranger
	refused "one that called before" root "$ID" stranger first
fi
refused "a user's session, the same user" user "$ID" successor
refused "a user's session, another program" user "$ID" stranger first
refused "a user's session, another user" user $((ID + 1)) successor

attempt standin "$ID" successor
is "rests" "$(ls "$OWN/made")" \
    "a broker that does not ask who still waits makes the stranger's file"
finish
