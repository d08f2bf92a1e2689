#!/bin/sh
# SPDX-License-Identifier: ISC
# Calls on sockets whose addresses are judged are performed as the caller: they
# give what they give natively, as root's session for a user, as the user's
# own, and as root. What is denied is not sent, and nothing beside it.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

own_netns "$0" "$@"
need_programs setpriv
ip addr add fe80::1/64 dev lo nodad
make_user
work=$user_home/work

cat >"$T/judged" <<EOF
Policy: */socketcalls, Emulation: native
	Default: permit
	native-sendto: sockaddr match "*" then permit log
	native-sendmsg: sockaddr match "*" then permit log
	native-bind: sockaddr match "*" then permit log
	native-connect: sockaddr match "*" then permit log
EOF

# calls NAME COMMAND...: runs all of them in a new folder
calls() {
	out=$T/$1
	shift
	rm -rf "$work"
	mkdir "$work"
	chmod 777 "$work"
	timeout -k 5 120 "$@" "$helpers/socketcalls" "$work" >"$out" 2>&1 \
	    </dev/null
}

# compare NAME NATIVE
compare() {
	check "$1: has come to its end" grep -q '^end$' "$T/$1"
	same_files "$1: as natively" "$T/$2" "$T/$1"
}

calls native setpriv --reuid "$user" --regid "$user_gid" --clear-groups
check "natively they come to their end" grep -q '^end$' "$T/native"
calls separate "$privrun" -U -a -E "$T/log" -f "$T/judged" -c "$user"
compare separate native
check "they were judged" test "$(lines "$T/log" 'syscall: native-send')" -gt 60
same "and none denied" 0 "$(lines "$T/log" '^privrun: deny')"
: >"$user_home/log"
chown "$user" "$user_home/log"
calls own setpriv --reuid "$user" --regid "$user_gid" --clear-groups \
    "$privrun" -U -a -E "$user_home/log" -f "$T/judged"
compare own native
calls rootnative env
calls root "$privrun" -U -a -E "$T/log" -f "$T/judged"
compare root rootnative

# What addresses look like, and what is denied.
cat >"$T/policy" <<EOF
Policy: */socketcalls, Emulation: native
	Default: permit
	native-sendto: sockaddr re "^$work/refused" then deny[eacces] log
	native-sendto: sockaddr eq "@e2e-abstract" then deny[enobufs] log
	native-sendto: sockaddr match "$work/*" then permit log
	native-sendto: sockaddr match "inet-\\\\[127.0.0.1\\\\]:*" then permit log
	native-sendto: sockaddr match "inet-\\\\[fe80::1%lo\\\\]:*" then permit log
	native-sendto: sockaddr eq "netlink-[route]" then permit log
	native-sendmsg: sockaddr match "inet-\\\\[127.0.0.1\\\\]:*" then \\
	    permit log times 3
	native-sendmsg: sockaddr match "inet-*" then deny[ehostunreach] log
EOF
: >"$T/log"
calls denied "$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user"
check "some are denied: it comes to its end" grep -q '^end$' "$T/denied"
like "a path" "^privrun: permit .*, sockaddr: $work/server, " "$(cat "$T/log")"
same "a link leads there" 0 "$(lines "$T/log" 'work/link')"
like "a missing one" \
    "sockaddr: /<non-existent filename>: $work/nothing, " "$(cat "$T/log")"
like "an interface's address" 'sockaddr: inet-\[fe80::1%lo\]:' \
    "$(cat "$T/log")"
like "netlink" 'sockaddr: netlink-\[route\], ' "$(cat "$T/log")"
same "denied by its path" 'no right to it: EACCES,received: EAGAIN' \
    "$(grep -A 1 'no right to it' "$T/denied" | paste -sd ,)"
same "denied by its name" 'abstract: ENOBUFS,received: EAGAIN' \
    "$(grep -A 1 '^abstract: E' "$T/denied" | head -n 2 | paste -sd ,)"
same "messages are judged one by one" \
    'sendmsg: 11,with a ttl: 11,with a bad ttl: EINVAL,with a mark: EHOSTUNREACH' \
    "$(grep '^sendmsg: \|^with a ttl\|^with a bad ttl\|^with a mark' \
    "$T/denied" | paste -sd ,)"
same "and so are many" 'sendmmsg: EHOSTUNREACH,lengths: 77 77 77' \
    "$(grep -A 1 '^sendmmsg' "$T/denied" | paste -sd ,)"

# Of many, those before the one that is denied.
cat >"$T/policy" <<EOF
Policy: */socketcalls, Emulation: native
	Default: permit
	native-sendmmsg: sockaddr match "inet-\\\\[127.0.0.1\\\\]:*" then \\
	    permit times 2
	native-sendmmsg: sockaddr sub "inet" then deny[ehostunreach]
EOF
calls some "$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user"
same "those before it are sent" \
    'sendmmsg: 2,lengths: 3 8 77,received: one,received: fortytwo,received: EAGAIN' \
    "$(grep -A 4 '^sendmmsg' "$T/some" | paste -sd ,)"
done_testing
