#!/bin/sh
# SPDX-License-Identifier: ISC
# tcpdump and dnstop, marked and unmarked, capture as an ordinary user who
# could not open a packet socket, with no capability that could.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh

own_netns "$0" "$@"
need_programs tcpdump dnstop setcap setpriv
make_user
trusted_folder
bin=$trusted
mkdir "$bin/marked" "$bin/unmarked"
for program in tcpdump dnstop; do
	for kind in marked unmarked; do
		cp "$(command -v $program)" "$bin/$kind/"
	done
	setcap cap_block_suspend=i "$bin/marked/$program" ||
	    skip_all "file capabilities cannot be set here"
done
guard=$(printf '%016x' $((1 << 36)))
none=0000000000000000

cat >"$T/policy" <<'EOF'
Policy: */tcpdump, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then permit log with cap_net_raw

Policy: */dnstop, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then \
	    permit log with cap_net_raw filter "port 53"
EOF

# Everything of the running program that would let it open one itself.
check_program() {
	same "$1: uids" "$user_uid $user_uid $user_uid $user_uid" \
	    "$(status_of "$2" Uid)"
	same "$1: gids" "$user_gid $user_gid $user_gid $user_gid" \
	    "$(status_of "$2" Gid)"
	same "$1: permitted capabilities" "$guard" "$(status_of "$2" CapPrm)"
	same "$1: no new privileges" 1 "$(status_of "$2" NoNewPrivs)"
	same "$1: under a filter" 2 "$(status_of "$2" Seccomp)"
	if [ "$3" = marked ]; then
		same "$1: no ambient capability" $none \
		    "$(status_of "$2" CapAmb)"
		same "$1: no effective capability" $none \
		    "$(status_of "$2" CapEff)"
	else
		same "$1: the guard is ambient" "$guard" \
		    "$(status_of "$2" CapAmb)"
	fi
}

run_tcpdump() {
	out=$T/tcpdump.$1
	"$privrun" -f "$T/policy" -a -E "$out.log" -c "$user_uid:$user_gid" \
	    "$bin/$1/tcpdump" -n -l -i lo -c 3 port 53 \
	    >"$out" 2>"$out.err" </dev/null &
	pid=$!
	remember $pid
	if ! wait_for "$out.err" 'listening on'; then
		ok 1 "tcpdump, $1, listens"
		show "$out.err"
		return
	fi
	ok 0 "tcpdump, $1, listens"
	check_program "tcpdump, $1" "$(program_of $pid)" "$1"
	"$helpers/traffic" lo 3 dns >/dev/null
	wait $pid
	same "tcpdump, $1: exit status" 0 $?
	forget $pid
	same "tcpdump, $1: three packets" 3 "$(lines "$out" 'www\.e2e\.test\|\.53:')"
	like "tcpdump, $1: the socket is logged" \
	    "permit user: $user, prog: $bin/$1/tcpdump, .*with: cap_net_raw, line: 3" \
	    "$(cat "$out.log")"
	same "tcpdump, $1: one record" 1 "$(lines "$out.log" .)"
}

run_dnstop() {
	out=$T/dnstop.$1
	mkfifo "$out.keys"
	TERM=vt100 "$helpers/pty" "$privrun" -f "$T/policy" -a \
	    -E "$out.log" -c "$user" "$bin/$1/dnstop" lo \
	    >"$out" 2>&1 <"$out.keys" &
	pid=$!
	remember $pid
	exec 9>"$out.keys"
	if ! wait_for "$out.log" 'AF_PACKET' || ! wait_for "$out" Queries; then
		ok 1 "dnstop, $1, starts"
		show "$out"
		exec 9>&-
		return
	fi
	ok 0 "dnstop, $1, starts"
	launcher=$(children_of $pid)
	program=$(program_of "$launcher")
	check_program "dnstop, $1" "$program" "$1"
	sent=$("$helpers/traffic" lo 5)
	same "dnstop, $1: DNS and not one other packet" $((sent * 2)) \
	    "$("$helpers/packetstat" "$program")"
	# a key shows another table: of the names that were asked for
	printf 2 >&9
	check "dnstop, $1: counts the queries" wait_for "$out" 'test'
	printf '\030' >&9
	check "dnstop, $1: ends by ^X" until_true 10 is_gone "$launcher"
	exec 9>&-
	wait $pid
	same "dnstop, $1: exit status" 0 $?
	forget $pid
	rm "$out.keys"
}

as_user "$user" "$bin/unmarked/tcpdump" -n -i lo -c 1 \
    >"$T/without" 2>&1 </dev/null
refute "tcpdump without privrun fails" test $? -eq 0
like "and says why" 'permission\|permitted' "$(cat "$T/without")"
as_user "$user" "$bin/marked/tcpdump" -n -i lo -c 1 \
    >"$T/without" 2>&1 </dev/null
refute "the mark alone gives nothing" test $? -eq 0
TERM=vt100 as_user "$user" timeout 5 "$helpers/pty" "$bin/marked/dnstop" lo \
    >"$T/without" 2>&1 </dev/null
status=$?
refute "dnstop without privrun fails" test $status -eq 0 -o $status -eq 124
for kind in marked unmarked; do
	run_tcpdump $kind
	run_dnstop $kind
done

# As root's privrun with a policy that elevates nothing: the same failure.
cat >"$T/plain" <<'EOF'
Policy: */tcpdump, Emulation: native
	Default: permit
EOF
timeout 20 "$privrun" -f "$T/plain" -a -c "$user" \
    "$bin/marked/tcpdump" -n -i lo -c 1 >"$T/out" 2>&1 </dev/null
refute "a policy without elevation gives none" test $? -eq 0
done_testing
