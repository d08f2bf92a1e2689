#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 47 against a session of the daemon's: each of its processes is made to
# call what somebody who has taken it over would call, and none is held to less
# than those of root's embedded sessions are (47-inside.sh).
# shellcheck disable=SC2119,SC2154	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
[ "$(uname -m)" = x86_64 ] || skip_all "x86_64 alone"
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh

inject=$BUILD/tests/attack/inject
daemon_start
begin_all_by_daemon

# does WHO WANTED WHAT CALL ARGUMENT ...; numbers of x86_64
does() {
	who=$1 wanted=$2 what=$3
	shift 3
	eval "pid=\$$who"
	got=$("$inject" "$pid" "$@" 2>&1)
	case $got in
	[0-9]*) got="done" ;;
	esac
	same "$who: $what" "$wanted" "$got"
}
# hard PID LIMIT: those that nobody can raise again
hard() {
	sed -n "s/^Max $2  *[^ ]*  *\([^ ]*\) .*/\1/p" "/proc/$1/limits"
}

at=-100
for role in judge hand fetcher double scribe; do
	until_true 10 part $role >"$T/pid"
	pid=$(head -n 1 "$T/pid")
	check "the $role is there" test -n "$pid"
	eval "$role=\$pid"
	for what in "execve 59 /bin/true 0 0" "kill 62 1 0" "fork 57" \
	    "vfork 58" "clone 56 17" "clone_of_its_memory 56 0x111" \
	    "clone_of_x32 0x40000038 17" "ptrace 101 16 1" "setuid 105 0" \
	    "unshare 272 0x10000000" "bpf 321 0 0 0" \
	    "process_vm_readv 310 1 0 0 0 0 0" \
	    "mount 165 none /tmp tmpfs 0 0" "prlimit 302 1 7 0 0" \
	    "chmod 90 $T/two 511" "socket 41 17 3 0" "init_module 175 0 0 0"; do
		# shellcheck disable=SC2086
		set -- $what
		name=$1
		shift
		does $role EPERM "$name" "$@"
	done
	does $role ENOSYS clone3 435 /flags 88
	same "$role: has no child" "" "$(children_of "$pid")"
	for what in "core file size" "msgqueue size"; do
		same "$role: no $what" 0 "$(hard "$pid" "$what")"
	done
	[ $role = judge ] ||
	    same "$role: no process" 0 "$(hard "$pid" processes)"
done
# At most two for each of a thousand calls that wait.
check "judge: its threads are limited" \
    test "$(hard "$judge" processes)" -le 2100
for role in hand fetcher scribe; do
	eval "pid=\$$role"
	check "$role: few descriptors" \
	    test "$(hard "$pid" "open files")" -le 512
done
for role in fetcher double; do
	eval "pid=\$$role"
	same "$role: writes no file" 0 "$(hard "$pid" "file size")"
done
does hand "done" "opens what its rule names" 257 $at "$T/two" 0 0
does hand EACCES "nor plain files elsewhere" 257 $at /etc/passwd 0 0
does hand EACCES "nor secrets" 257 $at /etc/shadow 0 0
does judge EACCES "opens nothing of root's" 257 $at "$T/two" 0 0
does judge EACCES "nor secrets" 257 $at /etc/shadow 0 0
does judge EACCES "nor memory of others" 257 $at /proc/1/mem 0 0
does fetcher EPERM "writes no file" 257 $at /proc/self/mem 2 0
does double EPERM "opens nothing" 257 $at /etc/passwd 0 0
does scribe EPERM "opens nothing" 257 $at /etc/passwd 0 0

# And they live, and do what they are for.
step "the session goes on" ok read "$T/two"
for role in judge hand fetcher double scribe; do
	eval "was=\$$role"
	same "the $role is the same" "$was" "$(part $role)"
done
end 0 "it ends"
check "with its keeper" until_true 10 is_gone "$keeper"
daemon_stop
done_testing
