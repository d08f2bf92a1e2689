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
same "an interface by its name" 2 "$(lines "$T/log" 'sockaddr: packet-\[lo\],')"

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

# Options and requests that need privilege, on a duplicate of the descriptor.
trusted_folder
cp "$helpers/socketopts" "$trusted"
setcap cap_block_suspend=i "$trusted/socketopts" ||
    skip_all "file capabilities cannot be set here"
mkdir "$trusted/work"
echo text >"$trusted/work/appended"
chown -R "$user:$user" "$trusted/work"
if ! ip link add dummy0 type bridge || ! ip link add dummy1 type bridge; then
	skip 33 "no bridges here"
	done_testing
fi

# opts NAME COMMAND...
opts() {
	out=$T/$1
	shift
	timeout -k 5 60 "$@" "$trusted/socketopts" "$trusted/work" \
	    >"$out" 2>&1 </dev/null
}

# what_of NAME LINE: the line, and the one behind it, of a result
what_of() {
	grep -A 1 "^$2: " "$T/$1" | paste -sd ,
}

opts plain setpriv --reuid "$user" --regid "$user_gid" --clear-groups
check "natively they come to their end" grep -q '^end$' "$T/plain"
same "and nothing was done" 'mark: EPERM,is: 0' "$(what_of plain mark)"
cat >"$T/policy" <<EOF
Policy: */socketopts, Emulation: native
	Default: permit
	native-setsockopt: level eq "SOL_SOCKET" and optname eq "SO_MARK" then \\
	    permit log with net_admin
	native-setsockopt: optname eq "SO_PRIORITY" then permit with net_admin
	native-setsockopt: optname eq "IP_TRANSPARENT" then permit with net_admin
	native-ioctl: request eq "SIOCSIFFLAGS" then permit log with net_admin
	native-bind: sockaddr eq "family(40)" then permit with net_bind_service
EOF
: >"$T/log"
opts named "$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user"
check "those that are named: it comes to its end" grep -q '^end$' "$T/named"
same "SO_MARK" 'mark: 0,is: 42' "$(what_of named mark)"
same "SO_PRIORITY" 'priority: 0,is: 7' "$(what_of named priority)"
same "IP_TRANSPARENT, and the bind that it permits" \
    'transparent: 0,bind to another'"'"'s address: 0' \
    "$(what_of named transparent)"
same "SIOCSIFFLAGS" 'flags: 0,up: 1' "$(what_of named flags)"
like "the log shows them" 'optname: SO_MARK, with: cap_net_admin' \
    "$(cat "$T/log")"
if grep -q '^reserved port: EACCES' "$T/plain"; then
	same "a reserved port of vsock" 'reserved port: 0' \
	    "$(grep '^reserved' "$T/named")"
else
	skip 1 "no vsock here"
fi
grep -v '^mark\|^priority\|^transparent\|^bind to\|^is\|^up\|^flags\|^input\|^reserved' \
    "$T/plain" >"$T/plain.rest"
grep -v '^mark\|^priority\|^transparent\|^bind to\|^is\|^up\|^flags\|^input\|^reserved' \
    "$T/named" >"$T/named.rest"
same_files "the others are as natively" "$T/plain.rest" "$T/named.rest"

ip link set dummy0 down
cat >"$T/policy" <<EOF
Policy: */socketopts, Emulation: native
	Default: permit
	native-setsockopt: level eq "SOL_SOCKET" then \\
	    permit with net_admin+net_raw
	native-getsockopt: level eq "SOL_SOCKET" then permit with net_admin
	native-ioctl: request re "^SIOC|^TUN|^TIOC" then permit with net_admin
	native-ioctl: request eq "FS_IOC_SETFLAGS" then \\
	    permit with linux_immutable
	native-fswrite: filename eq "/dev/net/tun" then permit as root
EOF
: >"$T/log"
opts broad "$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user"
chattr -a "$trusted/work/appended"
check "all of a kind: it comes to its end" grep -q '^end$' "$T/broad"
same "SO_BINDTODEVICE" 'another device: 0,is: dummy1 7' \
    "$(what_of broad 'another device')"
same "SO_RCVBUFFORCE" 'large buffer: 0,is: 66666666' \
    "$(what_of broad 'large buffer')"
same "a filter program is copied, too" \
    'filter: 0,send: 1,received: EAGAIN,no filter: EINVAL,filter nowhere: EFAULT' \
    "$(grep -A 4 '^filter: ' "$T/broad" | paste -sd ,)"
same "arguments that are none" \
    'EFAULT,EINVAL,EINVAL,EBADF,ENOTSOCK' \
    "$(sed -n 's/^\(bad value\|short value\|negative size\|no socket\|a file\): //p' \
    "$T/broad" | paste -sd ,)"
same "values are written as far as there is room" \
    'half a type: 0,is: 2 2,large room: 0,is: 2 4,negative room: EINVAL,no room: EFAULT,nowhere: EFAULT' \
    "$(grep -A 6 '^half a type' "$T/broad" | paste -sd ,)"
same "SIOCSIFMTU" 'mtu: 0,asked: 0,is: 1234' \
    "$(grep -A 2 '^mtu' "$T/broad" | paste -sd ,)"
same "a route by the name of a device" 'route: 0,route by nothing: EFAULT' \
    "$(what_of broad route)"
like "is there" '^203.0.113.0/24 dev dummy0' "$(ip route)"
same "ethtool" 'ethtool: 0,ethtool asks: 0,is: 0,driver: 0,is: bridge' \
    "$(grep -A 4 '^ethtool: ' "$T/broad" | paste -sd ,)"
same "chattr +a" 'append only: 0,opened to write: EPERM' \
    "$(what_of broad 'append only')"
same "what holds a descriptor is refused" "a program's descriptor: EPERM" \
    "$(grep "^a program's" "$T/broad")"
same "what is not known is refused" \
    'not in the table: EPERM,of the terminal: EPERM,input: EPERM' \
    "$(grep '^not in\|^of the\|^input' "$T/broad" | paste -sd ,)"
like "and it is said why" \
    'ioctl with request SIOCGIFCONF cannot be performed as somebody else' \
    "$(cat "$T/log")"
if [ -c /dev/net/tun ]; then
	same "a tunnel" 'tun: 0,is: e2etun' "$(what_of broad tun)"
else
	skip 1 "no tunnels here"
fi

# A rule that could not be kept is an error.
# refused RULE
refused() {
	printf 'Policy: */socketopts, Emulation: native\n\tnative-%s\n' "$1" \
	    >"$T/policy"
	"$privrun" -U -a -f "$T/policy" -c "$user" "$trusted/socketopts" / \
	    >"$T/out" 2>"$T/err"
	same "refused: $1" 125 $?
	like "with its line" 'cannot be performed as somebody else' \
	    "$(cat "$T/err")"
}
refused 'ioctl: request eq "SIOCGIFCONF" then permit with net_admin'
refused 'ioctl: request eq "TIOCSTI" then permit with sys_admin'
refused 'setsockopt: optname eq "SO_ATTACH_BPF" then permit with net_admin'
refused 'socketpair: permit with net_admin'

# What a log is sent to is judged, and nothing else is.
if command -v logger >/dev/null; then
	: >"$T/syslog"
	"$helpers/logsink" "$T/devlog" "$T/syslog" &
	sink=$!
	remember $sink
	until_true 10 test -S "$T/devlog"
	cat >"$T/policy" <<EOF
Policy: */logger, Emulation: native
	Default: permit
	native-connect: sockaddr eq "$T/devlog" then permit log
	native-connect: sockaddr match "*" then deny[eacces]
	native-sendto: sockaddr match "*" then deny[eacces]
	native-sendmsg: sockaddr match "*" then deny[eacces]
EOF
	"$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user" \
	    logger -u "$T/devlog" -t e2e "one line" >"$T/out" 2>&1
	check "the log gets its line" wait_for "$T/syslog" 'e2e: one line'
	wait $sink
	forget $sink
	same "and nothing is denied" 0 "$(lines "$T/log" 'deny .*logger')"
else
	skip 2 "no logger here"
fi

# The locked filter of an elevated socket stays, whatever is elevated beside.
cat >"$T/policy" <<EOF
Policy: */socketopts, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then \\
	    permit with net_raw filter "port 53"
	native-setsockopt: level eq "SOL_SOCKET" then permit with net_admin
EOF
opts locked "$privrun" -U -a -E "$T/log" -f "$T/policy" -c "$user"
same "programs attach no filters of their own" \
    'filter: ENOPROTOOPT,detach: 0' \
    "$(grep '^filter: \|^detach' "$T/locked" | paste -sd ,)"
done_testing
