#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Each shipped policy lets its program do its work for an ordinary user, who
# cannot do it without. The programs are copies without file capabilities,
# in a network namespace of their own; the policies' headers become */NAME.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
tree=$here/../..
build=${BUILD:-build}
case $build in
/*) ;;
*) build=$tree/$build ;;
esac
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # skip needs root"
	exit 0
fi
if [ -z "${SHIPPED_INSIDE-}" ]; then
	SHIPPED_INSIDE=1
	export SHIPPED_INSIDE
	exec unshare -n "$0"
fi

umask 022
tmp=$(mktemp -d) || exit 1
job=
trap 'rm -rf "$tmp"; [ -z "$job" ] || kill "$job"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$tmp"
n=0
failed=0

result()
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		failed=1
		echo "not ok $n - $2"
		sed 's/^/# /' "$tmp/out"
	fi
}

skip()
{
	n=$((n + 1))
	echo "ok $n - $1 # skip not installed"
}

# copy PROGRAM: a copy, and its policy under a header for any folder.
copy()
{
	path=$(readlink -f "$(command -v "$1")") && [ -f "$path" ] || return 1
	policy=$tree/policies/$(echo "${path#/}" | tr / _)
	[ -f "$policy" ] || return 1
	name=$(basename "$path")
	cp "$path" "$tmp/$name" || return 1
	sed "s,^Policy: [^ ,]*,Policy: */$name," "$policy" >"$tmp/policy"
}

# works WHAT PATTERN ARGUMENT ...: under privrun it does, without it fails.
works()
{
	what=$1
	pattern=$2
	shift 2
	timeout 20 "$build/privrun" -U -f "$tmp/policy" -c 1000:1000 -a -e \
	    "$tmp/$name" "$@" >"$tmp/out" 2>&1 <"$tmp/in"
	grep -q "$pattern" "$tmp/out"
	result $? "$what"
	timeout 20 setpriv --reuid 1000 --regid 1000 --clear-groups \
	    "$tmp/$name" "$@" >"$tmp/out" 2>&1 <"$tmp/in"
	! grep -q "$pattern" "$tmp/out"
	result $? "$what: not without privrun"
}

# until_seen PATTERN FILE: waits for a line, ten seconds at most.
until_seen()
{
	timeout 10 tail -n +1 -f "$2" 2>/dev/null | grep -q -m 1 "$1"
}

: >"$tmp/in"
ip link set lo up
ip link add privd0 type veth peer name privd1
ip link set privd0 up
ip link set privd1 up
ip addr add 192.0.2.1/24 dev privd0

if copy ping; then
	works "ping" "1 received" -n -c 1 -W 5 127.0.0.1
	works "ping, IPv6" "1 received" -n -6 -c 1 -W 5 ::1
	# With what Debian gives it, and with the mark in place of that.
	setcap cap_net_raw=ep "$tmp/ping"
	"$build/privrun" -U -f "$tmp/policy" -c 1000:1000 -a "$tmp/ping" -n \
	    -c 1 -W 5 127.0.0.1 >"$tmp/out" 2>&1 <"$tmp/in"
	grep -q "runs without elevation.*setcap -r" "$tmp/out" &&
	    ! grep -q "1 received" "$tmp/out"
	result $? "ping with a file capability is not elevated"
	setcap cap_block_suspend=i "$tmp/ping"
	works "ping with the mark" "1 received" -n -c 1 -W 5 127.0.0.1
else
	skip ping
fi
if copy traceroute; then
	works "traceroute -I" "^ 1  127.0.0.1 " -I -n 127.0.0.1
	works "traceroute -I, IPv6" "^ 1  ::1 " -6 -I -n ::1
else
	skip traceroute
fi
if copy arping; then
	works "arping" "^Sent 1 probe" -A -c 1 -I privd0 192.0.2.1
else
	skip arping
fi
if copy mtr-packet; then
	echo "7 send-probe ip-4 127.0.0.1 ttl 1" >"$tmp/in"
	works "mtr-packet" "^7 reply ip-4 127.0.0.1"
	echo "8 send-probe ip-6 ::1 ttl 1" >"$tmp/in"
	works "mtr-packet, IPv6" "^8 reply ip-6 ::1"
	: >"$tmp/in"
else
	skip mtr-packet
fi

# captures WHAT SENT SEEN: tcpdump under the policy sees SEEN of what is sent.
captures()
{
	: >"$tmp/out"
	"$build/privrun" -U -f "$tmp/policy" -c 1000:1000 -a \
	    "$tmp/tcpdump" -i lo -n -l -c 1 >"$tmp/out" 2>&1 &
	job=$!
	until_seen "listening on" "$tmp/out"
	"$build/tests/e2e/dns-send" other.example 3 10 5353
	"$build/tests/e2e/dns-send" wanted.example 3 10 53
	timeout 10 tail -f --pid="$job" /dev/null
	kill "$job" 2>/dev/null
	wait "$job"
	job=
	grep -q "$2" "$tmp/out"
	result $? "$1"
}

if copy tcpdump; then
	captures "tcpdump" "127.0.0.1.5353: "
	setpriv --reuid 1000 --regid 1000 --clear-groups \
	    "$tmp/tcpdump" -i lo -c 1 >"$tmp/out" 2>&1 <"$tmp/in"
	grep -q "Operation not permitted" "$tmp/out"
	result $? "tcpdump: not without privrun"
	sed "s/^\(.*AF_PACKET.*\)$/\1 filter \"port 53\"/" "$tmp/policy" \
	    >"$tmp/bounded"
	mv "$tmp/bounded" "$tmp/policy"
	captures "tcpdump under filter \"port 53\" sees DNS alone" \
	    "127.0.0.1.53: .*wanted.example"
else
	skip tcpdump
fi
echo "1..$n"
exit $failed
