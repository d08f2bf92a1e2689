#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 35: descriptors, memory, processes and room on the disk run out: in
# each stage of a call for judge and hand, for the monitor, and for the log.
# Calls fail or succeed as they should, nothing spins, and privd recovers.
# shellcheck disable=SC2119,SC2154,SC2317	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

own_spaces "$0" "$@"
need_programs prlimit
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh
# shellcheck source=tests/lib/stages.sh
. tests/lib/stages.sh

# --- in a session

# failed WHAT: no number is wrong, and each next call is made
failed() {
	same "$1: after $((n - 1)) stages the call was over" "over own" \
	    "$place $(tail -n 1 "$T/answers")"
	check "$1: of which some failed" grep -q '^failed' "$T/places"
	same "$1: no number but its own descriptor" "" \
	    "$(grep -n -v -x -e own -e 'E[A-Z]*' "$T/answers")"
	same "$1: the next call is made" "" "$(grep -n -v -x own "$T/before")"
	echo "# $1: $(grep -c failed "$T/places") failures: $(sort "$T/answers" |
	    uniq -c | tr -s '\n ' ' ')"
}

file=$T/one
role=judge
every_stage fails begin "	native-open: filename eq \"/nowhere\" then deny"
failed "the judge, as the caller"
file=$T/two
elevates="	native-open: filename eq \"$T/two\" then permit as root"
every_stage fails begin "$elevates"
failed "the judge, elevated"
role=hand
every_stage fails begin "$elevates"
failed "the hand"

# --- the monitor

daemon_start
numbers=$program
elevated cat
cat=$program
echo '	native-fsread: filename match "/nowhere/*" then deny[enoent] log' \
    >>"$daemon_policies/cat"
daemon_reload
reads() {
	timeout "${1:-20}" setpriv --reuid "$user" --regid "$user_gid" \
	    --init-groups --inh-caps=-all -- "$daemon_run" -s \
	    "$daemon_socket" "$cat" "$secret" 2>&1
}
is_served() {
	[ "$(reads)" = secret ]
}
ticks() {
	awk '{ print $14 + $15 }' "/proc/$daemon_pid/stat"
}
same "the daemon serves" secret "$(reads)"
program=$numbers
begin_by_daemon "$elevates"
file=$T/two

# lacks WHAT: nobody is elevated meanwhile, and the session goes on
lacks() {
	before=$(ticks)
	reads 2 >"$T/lacks"
	refute "$1: nothing is elevated" grep -q '^secret' "$T/lacks"
	check "$1: the monitor does not spin" test \
	    $(($(ticks) - before)) -lt 40
	ask
	same "$1: sessions go on" own "$answer"
}

recovers() {
	check "$1: then it serves again" until_true 20 is_served
}

prlimit --pid "$daemon_pid" --nofile=3:
lacks "no descriptor"
prlimit --pid "$daemon_pid" --nofile=1024:
recovers "no descriptor"
# From none to as many as it has open, and some.
for number in $(seq 4 24); do
	prlimit --pid "$daemon_pid" --nofile="$number:"
	reads 1
done >"$T/few"
same "few descriptors: all, or nothing" "" "$(grep -v -e '^secret$' \
    -e 'runs without elevation' -e 'privd.sock: ' -e 'No policy' "$T/few")"
check "few descriptors: in the end all" grep -q '^secret$' "$T/few"
prlimit --pid "$daemon_pid" --nofile=1024:
recovers "few descriptors"

prlimit --pid "$daemon_pid" --as=1:
lacks "no memory"
prlimit --pid "$daemon_pid" --as=unlimited:
recovers "no memory"

for folder in /sys/fs/cgroup/pids /sys/fs/cgroup; do
	group=$folder/attack-$$
	mkdir "$group" 2>/dev/null || continue
	[ -e "$group/pids.max" ] && break
	rmdir "$group"
done
if [ -e "$group/pids.max" ]; then
	echo "$daemon_pid" >"$group/cgroup.procs"
	echo 1 >"$group/pids.max"
	lacks "no process"
	like "no process: it is written down" 'fork: ' \
	    "$(cat "$daemon_folder/log")"
	echo max >"$group/pids.max"
	recovers "no process"
	daemon_stop
	until_true 10 rmdir "$group"
	daemon_start 9>&-
else
	skip 5 "no control group for processes"
fi
ask
same "the session has seen nothing of it" own "$answer"
end 0 "and comes to its end"

# --- the disk

daemon_stop
mkdir "$daemon_folder/disk"
mount -t tmpfs -o size=64k,mode=755 tmpfs "$daemon_folder/disk"
log=$daemon_folder/disk/log
daemon_start "log file \"$log\""
same "with a log that can be written it serves" secret "$(reads)"
check "and it is written" until_true 10 test -s "$log"
head -c 100000 /dev/zero >"$daemon_folder/disk/full" 2>"$T/err"
refute "the disk is full" sh -c "echo x >'$daemon_folder/disk/more'" \
    2>"$T/err"
size=$(wc -c <"$log")
# Which is written down; a few lines are more than the page that the log has.
long=/nowhere/$(printf '%0200d/%0200d/%0200d/%0200d' 1 2 3 4)
is_refused() {
	by_daemon "$user" "$cat" "$long" 2>&1 | grep -q 'No such file'
}
for n in 1 2 3 4 5 6 7 8 9 10; do
	is_refused && reads
done >"$T/all"
same "on a full disk it serves and refuses" 10 "$(lines "$T/all" '^secret$')"
check "and has written what there was room for" test \
    $(($(wc -c <"$log") - size)) -lt 8192
size=$(wc -c <"$log")
rm "$daemon_folder/disk/full"
grows() {
	is_refused && [ "$(wc -c <"$log")" -gt "$size" ]
}
check "the log goes on when there is room" until_true 10 grows
refute "the daemon lives" has_ended "$daemon_pid"
daemon_stop
umount "$daemon_folder/disk"
done_testing
