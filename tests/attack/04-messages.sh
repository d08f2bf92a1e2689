#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 4: address, header, parts and control data of a message change while
# it is sent: what was judged is what is sent to, whatever stands there a
# moment later, and sizes and numbers that are strange break nothing. Against a
# broker that lets the kernel read them again, what is forbidden gets through.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

sends=${ATTACK_SENDS:-20000}
good=$((20000 + $$ % 10000))
bad=$((good + 1))
install_tool flip-send

got() {
	sed -n "s/^$1 //p" "$OWN/out"
}

cat >"$OWN/judged" <<END
Policy: */flip-send, Emulation: native
	Default: permit
	native-sendto: sockaddr eq "inet-[127.0.0.1]:$bad" then deny[eacces]
	native-sendto: sockaddr eq "$USERS/socket-b" then deny[eacces]
	native-sendmsg: sockaddr eq "inet-[127.0.0.1]:$bad" then deny[eacces]
	native-sendmsg: sockaddr eq "@nothing" then deny
	native-connect: sockaddr eq "inet-[127.0.0.1]:$bad" then deny[eacces]
	native-bind: sockaddr eq "inet-[127.0.0.1]:$bad" then deny[eacces]
END

# try WAY COUNT
try() {
	rm -f "$USERS"/socket-*
	session "$OWN/judged" "$OWN/flip-send" "$USERS" $good $bad "$1" "$2" \
	    >"$OWN/out" 2>&1
	is 0 "$(got bad)" "$1: nothing goes where it must not"
	[ "$(got good)" -gt 0 ] && [ "$(got refused)" -gt 0 ]
	is 0 $? "$1: it did flip: $(got good) passed, $(got refused) refused"
	show_bad
}

show_bad() {
	[ -n "$(got refused)" ] || show "$OWN/out"
}

# lose WAY COUNT
lose() {
	rm -f "$USERS"/socket-*
	as_user "$TOOLS/standin" ":$bad" "$TOOLS/flip-send" "$USERS" $good \
	    $bad "$1" "$2" >"$OWN/out" 2>&1
	[ "$(got bad)" -gt 0 ]
	is 0 $? "$1: against a broker that continues: $(got bad) times"
	show_bad
}

for way in sendto sendmsg header path connect bind; do
	try $way "$sends"
	lose $way $((sends / 2))
done
try many "$sends"
try rights "$sends"

# Nothing is forbidden here; the session must live.
session "$OWN/judged" "$OWN/flip-send" "$USERS" $good $bad sizes "$sends" \
    >"$OWN/out" 2>"$OWN/err"
is 0 $? "sizes: the session lives"
[ "$(got good)" -gt 0 ] && [ "$(got refused)" -gt 0 ]
is 0 $? "sizes: they did flip: $(got good) passed, $(got refused) refused"

# Elevated: the hand judges what it sends to as well.
install_marked flip-send flip-marked
cat >"$OWN/elevated" <<END
Policy: */flip-marked, Emulation: native
	Default: permit
	native-sendto: sockaddr eq "inet-[127.0.0.1]:$good" then \
	    permit with net_raw
	native-sendto: sockaddr eq "inet-[127.0.0.1]:$bad" then deny[eacces]
END
session "$OWN/elevated" "$OWN/flip-marked" "$USERS" $good $bad sendto \
    $((sends / 4)) >"$OWN/out" 2>&1
is 0 "$(got bad)" "elevated: nothing goes where it must not"
[ "$(got good)" -gt 0 ] && [ "$(got refused)" -gt 0 ]
is 0 $? "elevated: it did flip: $(got good) passed, $(got refused) refused"
finish
