#!/bin/sh
# SPDX-License-Identifier: ISC
#
# The daemon: ordinary users get exactly what root's policies give them. Two
# of them capture at once, neither with what only the other may; what is not
# as it must be runs without elevation and says why; policies are replaced as
# a whole; and sessions do not end with the daemon.
# shellcheck disable=SC2317,SC2119	# functions that others call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

own_netns "$0" "$@"
need_programs tcpdump ip
need_daemon
make_user
one=$user one_home=$user_home
make_user
two=$user
marked tcpdump
tcpdump=$program

# policy NAME TEXT
policy() {
	printf '%s\n' "$2" >"$daemon_policies/$1"
}

policy tcpdump "Policy: $tcpdump, Emulation: native
	Default: permit
	native-execve: deny
	native-socket: sockdom eq \"AF_PACKET\" then permit with net_raw"

daemon_start
check "the daemon is ready" test -S "$daemon_socket"
same "for everybody" "666 root" "$(stat -c '%a %U' "$daemon_socket")"

# capture USER FILE [OPTION]: in the background; $started is its process.
capture() {
	whose=$1 where=$2
	shift 2
	in_background "$whose" "$where" "$@" "$tcpdump" -i lo -n -c 3 \
	    --immediate-mode port 53
}

captures() {
	grep -q 'listening on' "$1.err"
}

capture "$one" "$T/one"
first=$started
capture "$two" "$T/two"
second=$started
check "both listen" until_true 10 captures "$T/one"
check "at the same time" until_true 10 captures "$T/two"
status_of_program() {
	for name in Uid CapPrm CapInh NoNewPrivs Seccomp_filters; do
		printf '%s %s\n' "$name" "$(status_of "$1" $name | cut -d ' ' -f 1)"
	done
}
same "who it is" "Uid $(id -u "$one")
CapPrm 0000001000000000
CapInh 0000001000000000
NoNewPrivs 1
Seccomp_filters 1" "$(status_of_program $first)"
same "it is the process that was started" "$tcpdump" \
    "$(readlink /proc/$first/exe)"
"$helpers/dns-send" www.example 10 20
wait $first
same "one captures" 0 $?
wait $second
same "so does the other" 0 $?
same "packets of the one" 3 "$(lines "$T/one" '\.53: ')"
same "packets of the other" 3 "$(lines "$T/two" '\.53: ')"

# Whoever starts it may have its descriptors 0 to 2 closed.
"$daemon" -F -f "$daemon_folder/privd.conf" -s "$daemon_folder/bare" \
    <&- >&- 2>&- &
bare=$!
remember $bare
check "started without descriptors 0 to 2" until_true 10 \
    test -S "$daemon_folder/bare"
same "nothing of its own becomes one of them" "/dev/null /dev/null /dev/null" \
    "$(readlink /proc/$bare/fd/0 /proc/$bare/fd/1 /proc/$bare/fd/2 |
	tr '\n' ' ' | sed 's/ $//')"
kill -TERM $bare
wait $bare
forget $bare

# What is somebody else's.
as_user "$one" "$tcpdump" -i lo -c 1 >"$T/out" 2>&1
same "without privrun it fails" 1 $?
policy tcpdump "Policy: $tcpdump, Emulation: native
	Default: permit
	native-execve: deny
	native-socket: sockdom eq \"AF_PACKET\" then permit with net_raw, if user = $one"
check "new policies are taken" daemon_reload
by_daemon "$two" "$tcpdump" -i lo -c 1 >"$T/out" 2>&1
same "what only the other may is not had" 1 $?
like "and nothing else than without" 'permission' "$(cat "$T/out")"
capture "$one" "$T/one"
check "who may still does" until_true 10 captures "$T/one"
kill -TERM $started
wait $started

# The guard.
cp "$daemon_run" "$T/copy"
chmod 755 "$T" "$T/copy"
run_copy() {
	as_user "$one" timeout 20 "$@" -s "$daemon_socket" "$tcpdump" -i lo \
	    -c 1 >"$T/out" 2>&1
}
run_copy "$T/copy"
same "a copy of privrun: no elevation" 125 $?
like "and says so" 'runs without elevation: it is not the privrun' \
    "$(cat "$T/out")"
run_copy setpriv --no-new-privs "$daemon_run"
like "no_new_privs: says so" 'does not hold the guard' "$(cat "$T/out")"
run_copy unshare -Ur "$daemon_run"
same "in a user namespace: no elevation" 125 $?
unmarked=$daemon_folder/unmarked
cp "$(command -v tcpdump)" "$unmarked"
policy unmarked "Policy: $unmarked, Emulation: native
	Default: permit
	native-socket: sockdom eq \"AF_PACKET\" then permit with net_raw"
check "a further policy" daemon_reload
by_daemon "$one" "$unmarked" --version >"$T/out" 2>&1
like "a program without the mark: says what to do" \
    'does not carry the mark: privctl mark' "$(cat "$T/out")"

# The user's own policies confine further, and give nothing.
mkdir "$one_home/.privd"
cat >"$one_home/.privd/tcpdump" <<EOF
Policy: $tcpdump, Emulation: native
	Default: permit
	native-socket: sockdom eq "AF_PACKET" then deny[exdev]
EOF
chown -R "$one" "$one_home"
chmod 0700 "$one_home"	# and nobody else may look there
as_user "$one" timeout 20 "$daemon_run" -s "$daemon_socket" \
    "$tcpdump" -i lo -c 1 >"$T/out" 2>&1
like "his own policy counts as well" 'Invalid cross-device' "$(cat "$T/out")"
echo 'nonsense' >"$one_home/.privd/tcpdump"
by_daemon "$one" "$tcpdump" -i lo -c 1 >"$T/out" 2>&1
same "his own mistake: refused" 125 $?
like "with its line" '/.privd/tcpdump:1:9: ' "$(cat "$T/out")"
capture "$one" "$T/one" -U
outlives=$started
check "-U leaves it out" until_true 10 captures "$T/one"

# Whom it is not for, and how many.
daemon_configure "deny-group $two"
check "a new configuration" daemon_reload
by_daemon "$two" "$tcpdump" -i lo -c 1 >"$T/out" 2>&1
same "whose group is denied: no session, and no policy without" 125 $?
like "and told so" \
    'runs without elevation: privd is not for this user' "$(cat "$T/out")"
daemon_configure "max-sessions-per-user 1"
check "another one" daemon_reload
by_daemon "$one" "$tcpdump" -i lo -c 1 >"$T/out" 2>&1
same "one session a user: refused" 125 $?
like "and told so" 'too many sessions of this user' "$(cat "$T/out")"
daemon_configure "max-calls 70000"
check "what cannot be done" daemon_reload
like "is said" "privd.conf:4:11: expected a number" "$(cat "$daemon_folder/log")"
daemon_configure
sed -i 's,^policies .*,# none\n  policies "/nowhere",' "$daemon_folder/privd.conf"
check "a folder of policies that is not there" daemon_reload
like "is said where it is named" \
    'privd.conf:2:3: policies "/nowhere": No such file' \
    "$(cat "$daemon_folder/log")"
daemon_configure
check "the first one again" daemon_reload
sed -i 's,^socket .*,socket "/run/privd-other",' "$daemon_folder/privd.conf"
check "another socket" daemon_reload
like "it is said that it stays for now" \
    'socket "/run/privd-other": from the next start on' \
    "$(cat "$daemon_folder/log")"
daemon_configure
check "and back" daemon_reload

# Without a descriptor for who comes it waits, and does not turn round.
ticks() {
	sed 's/.*) //' "/proc/$daemon_pid/stat" | cut -d ' ' -f 12,13 |
	    awk '{ print $1 + $2 }'
}
in_vain() {
	prlimit --pid "$daemon_pid" --nofile=5: || return 1
	as_user "$two" timeout 5 "$daemon_run" -s "$daemon_socket" true \
	    >"$T/vain" 2>&1 &
	waiter=$!
	remember $waiter
	before=$(ticks)
	sleep 2 # what is measured
	used=$(($(ticks) - before))
	prlimit --pid "$daemon_pid" --nofile=1000:
	wait $waiter
	forget $waiter
}
if in_vain; then
	check "no descriptors: it waits for one, and does not turn round" \
	    test "$used" -lt "$(getconf CLK_TCK)"
	capture "$one" "$T/room" -U
	check "with some it goes on" until_true 10 captures "$T/room"
	kill -TERM $started
	wait $started
else
	skip 2 "no prlimit"
fi

# The daemon ends, or has a broken policy; sessions go on.
policy tcpdump "Policy: $tcpdump, Emulation: native
	native-nonsense: permit"
check "a broken policy is noticed" daemon_reload
like "with its line" 'tcpdump:2:9: unknown call' "$(cat "$daemon_folder/log")"
rm -r "$one_home/.privd"
capture "$one" "$T/new"
check "the old policies are in force" until_true 10 captures "$T/new"
kill -TERM $started
wait $started
kill -KILL "$daemon_pid"
wait "$daemon_pid" 2>/dev/null
forget "$daemon_pid"
refute "a session outlives the daemon" has_ended $outlives
"$helpers/dns-send" www.example 10 20
wait $outlives
same "and comes to its end" 0 $?
done_testing
