#!/bin/sh
# SPDX-License-Identifier: ISC
# `filter "port 53"` and `device "NAME"`: what a socket with them is given, on
# lo, on a veth and on all interfaces, by programs that behave and by one that
# tries all that a packet socket can be told: DNS, and not one other packet.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

own_netns "$0" "$@"
need_programs tcpdump dnstop setcap setpriv
make_user
trusted_folder
for program in "$(command -v tcpdump)" "$(command -v dnstop)" \
    "$helpers/hostile"; do
	cp "$program" "$trusted/"
	setcap cap_block_suspend=i "$trusted/${program##*/}" ||
	    skip_all "file capabilities cannot be set here"
done
if ! ip link add e2e0 type veth peer name e2e1 2>/dev/null; then
	skip_all "no veth here"
fi
ip link set e2e0 up
ip link set e2e1 up

cat >"$T/filter" <<'EOF'
Policy: */tcpdump, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then \
	    permit with cap_net_raw filter "port 53"

Policy: */dnstop, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then \
	    permit with cap_net_raw filter "port 53"

Policy: */hostile, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then \
	    permit with cap_net_raw filter "port 53"
EOF
sed 's/filter "port 53"/device "e2e0"/' "$T/filter" >"$T/device"
sed 's/filter "port 53"/filter "port 53" device "e2e0"/' \
    "$T/filter" >"$T/both"
sed 's/ *filter "port 53"//' "$T/filter" >"$T/wide"

# captures PROGRAM POLICY INTERFACE: tcpdump without an expression of its own
run_tcpdump() {
	out=$T/tcpdump.$1.$2
	"$privrun" -f "$T/$1" -a -c "$user_uid:$user_gid" \
	    "$trusted/tcpdump" -n -l -i "$2" >"$out" 2>"$out.err" </dev/null &
	pid=$!
	remember $pid
	if ! wait_for "$out.err" 'listening on'; then
		ok 1 "tcpdump -i $2, $1, listens"
		show "$out.err"
		return
	fi
	program=$(program_of $pid)
	from=$2
	if [ "$2" = e2e0 ] || [ "$2" = any ]; then
		from=e2e1
	fi
	sent=$("$helpers/traffic" "$from" 20)
	check "tcpdump -i $2, $1, has read to the end" \
	    wait_for "$out" 'end\.e2e\.test'
	got=$("$helpers/packetstat" "$program")
	kill -INT "$program"
	wait $pid
	forget $pid
}

for interface in lo e2e0 any; do
	run_tcpdump filter $interface
	times=2		# sent, and received
	[ $interface = e2e0 ] && times=1
	same "tcpdump -i $interface: DNS and not one other packet" \
	    $((sent * times)) "$got"
	same "tcpdump -i $interface: shows only DNS" 0 \
	    "$(grep . "$out" | grep -c -v '\.53[: ]')"
done
# That the frames do come, where no filter keeps them out.
run_tcpdump wide e2e0
check "without the filter there are others" test "$got" -gt $((sent * 2))

run_dnstop() {
	out=$T/dnstop.$1
	mkfifo "$out.keys"
	TERM=vt100 "$helpers/pty" "$privrun" -f "$T/filter" -a -E "$out.log" \
	    -c "$user" "$trusted/dnstop" "$1" >"$out" 2>&1 <"$out.keys" &
	pid=$!
	remember $pid
	exec 9>"$out.keys"
	if wait_for "$out" Queries; then
		program=$(program_of "$(children_of $pid)")
		sent=$("$helpers/traffic" "$2" 20)
		same "dnstop $1: DNS and not one other packet" \
		    $((sent * $3)) "$("$helpers/packetstat" "$program")"
	else
		ok 1 "dnstop $1 starts"
		show "$out"
	fi
	printf '\030' >&9
	exec 9>&-
	wait $pid
	forget $pid
}

run_dnstop lo lo 2
run_dnstop e2e0 e2e1 1
run_dnstop any e2e1 2

# It waits in the next phase, or has ended.
# shellcheck disable=SC2317	# until_true calls it
has_phase() {
	[ "$(lines "$1" '^ready')" -ge "$3" ] || has_ended "$2"
}

# run_hostile POLICY INTERFACE OTHER FROM FROM: all its phases, each with new traffic
run_hostile() {
	out=$T/hostile.$1.$2
	mkfifo "$out.in"
	"$privrun" -f "$T/$1" -a -c "$user" "$trusted/hostile" "$2" "$3" \
	    >"$out" 2>"$out.err" <"$out.in" &
	pid=$!
	remember $pid
	exec 9>"$out.in"
	seen=0
	while until_true 20 has_phase "$out" "$pid" $((seen + 1)); do
		[ "$(lines "$out" '^ready')" -gt $seen ] || break
		seen=$((seen + 1))
		"$helpers/traffic" "$4" 3 >"$T/sent"
		"$helpers/traffic" "$5" 3 >/dev/null
		echo go >&9
	done
	exec 9>&-
	wait $pid
	same "hostile on $2, $1: has come to its end" 0 $?
	forget $pid
	rm "$out.in"
	show "$out.err"
}

result_of() {
	sed -n "s/^ready $2 //p" "$1" | tr '\n' ' '
}

for interface in lo e2e0; do
	from=lo
	other=e2e0
	if [ $interface = e2e0 ]; then
		from=e2e1
		other=lo
	fi
	run_hostile filter $interface $other $from $other
	same "hostile on $interface: nothing but DNS in any phase" 0 \
	    "$(grep '^seen' "$out" | grep -c -v ' other=0')"
	same "hostile on $interface: all phases" 23 "$(lines "$out" '^seen')"
	# 3 rounds of 4 and the last, two ways on two links
	like "hostile on $interface: DNS at birth" \
	    '^seen born dns=52 ' "$(cat "$out")"
	like "hostile on $interface: DNS after all binding" \
	    '^seen rebind-back dns=[1-9]' "$(cat "$out")"
	like "hostile on $interface: DNS from the ring" \
	    '^seen ring dns=[1-9]' "$(cat "$out")"
	like "hostile on $interface: rebinding works" \
	    '^ready rebind-back 0' "$(cat "$out")"
	same "hostile on $interface: SO_ATTACH_FILTER" \
	    'ENOPROTOOPT ENOPROTOOPT ' "$(result_of "$out" attach)"
	same "hostile on $interface: SO_DETACH_FILTER" '0 0 ' \
	    "$(result_of "$out" detach)"
	# the kernel's own lock, behind what the session answers
	same "hostile on $interface: the filter is locked" 'EPERM EPERM ' \
	    "$(result_of "$out" unlock)"
done

run_hostile device e2e0 lo e2e1 lo
same "device: nothing from elsewhere" 0 \
    "$(grep '^seen' "$out" | grep -c ' lo\| e2e1')"
like "device: all that comes there" '^seen born dns=[1-9][0-9]* other=[1-9]' \
    "$(cat "$out")"
run_hostile both e2e0 lo e2e1 lo
same "filter and device: nothing from elsewhere, nothing but DNS" 0 \
    "$(grep '^seen' "$out" | grep -c ' lo\| e2e1\|other=[1-9]')"
like "filter and device: DNS from there" '^seen rebind-any dns=[1-9].* e2e0' \
    "$(cat "$out")"
done_testing
