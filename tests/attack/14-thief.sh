#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 14: a process of the same uid tries everything on an elevated
# tcpdump, marked and not, and on the session's own processes. All of it is
# refused; what uids alone decide stays open on the program, by design:
# signals and limits (and what the kernel's core dumps and memory accounting
# know of it). On an unguarded process nearly all of it succeeds. (The daemon's
# sessions: 14-thief-daemon.sh.)
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/lib/thief.sh
. "$TOP/tests/lib/thief.sh"

command -v tcpdump >/dev/null || skip_all "no tcpdump"

# A network of its own: nothing of the host's is captured.
if [ -z "${ATTACK_NET:-}" ]; then
	trap - EXIT
	clean_up
	ATTACK_NET=1 exec unshare -n "$0"
fi
ip link set lo up

cp "$(command -v tcpdump)" "$OWN/tcpdump"
cp "$OWN/tcpdump" "$OWN/tcpdump-marked"
setcap cap_block_suspend=i "$OWN/tcpdump-marked"
for name in tcpdump tcpdump-marked; do
	cat <<END
Policy: */$name, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then permit with net_raw
	native-bind: sockaddr eq "/nowhere" then deny
END
done >"$OWN/policy"

children() {
	cat "/proc/$1/task/$1/children"
}

# The program is the child of privrun that has the user's ids.
find_program() {
	program="" keeper=""
	for child in $(children "$1"); do
		if grep -q "^Uid:	$ID	" "/proc/$child/status"; then
			program=$child
		else
			keeper=$child
		fi
	done
	[ -n "$program" ] && [ -n "$keeper" ]
}

has_socket() {
	grep -q "listening on" "$OWN/err"
}

steal() {
	as_user "$TOOLS/thief" "$1" >"$OWN/loot" 2>&1
}

try_program() {
	: >"$OWN/err"
	(RUN="exec"; session "$OWN/policy" "$OWN/$1" -i lo -n -w /dev/null) \
	    2>"$OWN/err" >/dev/null &
	front=$!
	started $front
	if ! wait_for 10 find_program $front || ! wait_for 10 has_socket; then
		not_ok "$1 captures under a session"
		show "$OWN/err"
		return
	fi
	ok "$1 captures under a session, as uid $ID"
	steal "$program"
	is "" "$(stolen "$OWN/loot")" \
	    "$1: $(shut_out "$OWN/loot") attempts on it are refused"
	for way in $thief_ways; do
		is "" "$(by_way "$OWN/loot" "$way")" "$1: ${way%%=*} is refused"
	done
	is 10 "$(grep -Ec "$open_by_design" "$OWN/loot")" \
	    "$1: signals, limits and numbers are all that is open"
	parts=0
	for part in $keeper $(children "$keeper") $front; do
		parts=$((parts + 1))
		steal "$part"
		is "" "$(grep ' in$' "$OWN/loot")" \
		    "$1: the session's process $parts: nothing is open"
	done
	[ $parts -ge 5 ]
	is 0 $? "$1: keeper, judge, hand, fetcher and privrun were tried"
	kill "$program"
	wait $front
}

try_program tcpdump
try_program tcpdump-marked

# The attempts are good ones: on a process without guard they succeed.
(RUN="exec"; as_user sleep 1000) &
plain=$!
started $plain
# setpriv becomes sleep: until then it is root's.
is_plain() {
	grep -q "^Uid:	$ID	" "/proc/$plain/status" &&
	    [ "$(cat "/proc/$plain/comm")" = sleep ]
}
wait_for 10 is_plain
steal $plain
grep refused "$OWN/loot" | cut -d' ' -f1 | tr '\n' ' ' >"$OWN/in"
echo "# refused on a plain process: $(cat "$OWN/in")"
# Refused to everybody: without CAP_SYS_NICE, of a living process, with a
# smaller hard limit, where this kernel has it not.
missed=$(tr ' ' '\n' <"$OWN/in" |
    grep -Ev '^(process_madvise|proc/timerslack_ns/read|prlimit-core|perf_event_open|)$')
is "" "$missed" "on a plain process $(grep -c ' in$' "$OWN/loot") succeed"
finish
