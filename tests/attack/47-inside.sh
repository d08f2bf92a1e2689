#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 47, measured from outside: judge, hand, fetcher, double and scribe are
# made to call what somebody who has taken them over would call. Each can do what
# its policy may ask for, and not the rest.
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

[ "$(uname -m)" = x86_64 ] || skip_all "x86_64 alone"
mkdir "$OWN/rules" "$OWN/reads"
echo inside >"$OWN/rules/file"
echo beside >"$OWN/rules/beside"
echo read >"$OWN/reads/file"
chmod 0600 "$OWN/rules/file" "$OWN/rules/beside" "$OWN/reads/file"
cp "$BUILD/tests/e2e/steps" "$OWN/victim"
mkfifo "$OWN/in"
cat >"$OWN/policy" <<END
Policy: */victim, Emulation: native
	Default: permit
	native-fsread: filename eq "$OWN/rules/file" then permit as root
	native-open: filename eq "$OWN/reads/file" and oflags eq "ro" \
	    then permit as root
	native-fsread: filename eq "/etc/ld.so.cache" then permit log
	native-bind: sockaddr eq "/nowhere" then deny
	native-connect: sockaddr eq "/nowhere" then deny
END
(RUN="exec"; session "$OWN/policy" "$OWN/victim") <"$OWN/in" >"$OWN/out" &
front=$!
started $front
exec 9>"$OWN/in"
# Each is there once it was used: hand, fetcher, double (and scribe).
cat >&9 <<END
read $OWN/rules/file
read $OWN/reads/file
bind $USERS/socket
connect $USERS/socket
END
all_used() {
	[ "$(grep -cx ok "$OWN/out")" -eq 4 ]
}
wait_for 10 all_used
is 0 $? "hand, fetcher and double are used"

find_processes() {
	program="" judge="" hand="" fetcher="" double="" scribe=""
	children=$(cat "/proc/$front/task/$front/children") || return 1
	for child in $children; do
		if grep -q "^Name:	victim" "/proc/$child/status"; then
			program=$child
			continue
		fi
		parts=$(cat "/proc/$child/task/$child/children") || :
		for part in $parts; do
			role=$(sed -n 's/^Name:	privd-//p' "/proc/$part/status")
			[ -z "$role" ] || eval "$role=$part"
		done
	done
	[ -n "$program" ] && [ -n "$judge" ] && [ -n "$hand" ] &&
	    [ -n "$fetcher" ] && [ -n "$double" ] && [ -n "$scribe" ] &&
	    for part in $judge $hand $fetcher $double $scribe; do
		grep -q "^Seccomp:	2" "/proc/$part/status" || return 1
	    done
}
# hard PID LIMIT: those that nobody can raise again
hard() {
	sed -n "s/^Max $2  *[^ ]*  *\\([^ ]*\\) .*/\\1/p" "/proc/$1/limits"
}
wait_for 10 find_processes
is 0 $? "judge, hand, fetcher, double and scribe are found"
started "$program"

for who in judge hand fetcher double scribe; do
	eval "pid=\$$who"
	# shellcheck disable=SC2154
	for what in "core file size" "msgqueue size"; do
		is 0 "$(hard "$pid" "$what")" "$who: $what"
	done
	[ $who = judge ] || is 0 "$(hard "$pid" processes)" "$who: processes"
done
for who in hand fetcher scribe; do
	eval "pid=\$$who"
	[ "$(hard "$pid" "open files")" -le 512 ]
	is 0 $? "$who: no more descriptors than it can need"
done
for who in fetcher double; do
	eval "pid=\$$who"
	is 0 "$(hard "$pid" "file size")" "$who: writes no file"
done

# Numbers of x86_64: openat 257, execve 59, kill 62, socket 41, ptrace 101,
# prlimit64 302, setuid 105, unshare 272, clone 56, bpf 321, process_vm_readv
# 310, pidfd_getfd 438, chmod 90, truncate 76, fork 57, mount 165, connect 42.

# does WHO PID WANTED WHAT CALL ARGUMENT...
does() {
	who=$1 pid=$2 wanted=$3 what=$4
	shift 4
	got=$("$TOOLS/inject" "$pid" "$@" 2>&1)
	# A descriptor is as good as another.
	case $got in
	[0-9]*) got="done" ;;
	esac
	is "$wanted" "$got" "$who: $what"
}
at=-100
for who in judge hand fetcher double scribe; do
	eval "pid=\$$who"
	# shellcheck disable=SC2154
	for what in "execve 59 /bin/true 0 0" "kill 62 1 0" "fork 57" \
	    "vfork 58" "clone 56 17" "clone_of_its_memory 56 0x111" \
	    "clone_of_files 56 0x3c0f11" "clone_of_x32 0x40000038 17" \
	    "ptrace 101 16 1" "setuid 105 0" "unshare 272 0x10000000" \
	    "bpf 321 0 0 0" "process_vm_readv 310 1 0 0 0 0 0" \
	    "mount 165 none /tmp tmpfs 0 0" "prlimit 302 1 7 0 0" \
	    "chmod 90 $OWN/rules/file 511" "socket 41 17 3 0" \
	    "init_module 175 0 0 0"; do
		# shellcheck disable=SC2086
		set -- $what
		name=$1
		shift
		does "$who" "$pid" EPERM "$name" "$@"
	done
	# Whose flags no list can see: libc goes on with clone.
	does "$who" "$pid" ENOSYS "clone3" 435 /flags 88
	is "" "$(cat "/proc/$pid/task/$pid/children")" "$who: has no child"
done
does hand "$hand" "done" "opens what its rules name" 257 $at \
    "$OWN/rules/file" 0 0
does hand "$hand" EACCES "not what lies elsewhere" 257 $at /etc/shadow 0 0
does hand "$hand" EACCES "nor plain files there" 257 $at /etc/passwd 0 0
does hand "$hand" EACCES "does not write where it reads" 257 $at \
    "$OWN/rules/file" 1 0
does hand "$hand" EACCES "nor where a rule for open says ro" 257 $at \
    "$OWN/reads/file" 1 0
# 0101 and 01001 of open(2), 64 and 512: no hand that only reads makes files.
does hand "$hand" EPERM "makes nothing there" 257 $at "$OWN/reads/new" 65 384
does hand "$hand" EPERM "nor cuts it short" 257 $at "$OWN/reads/file" 512 0
does hand "$hand" EPERM "does not truncate" 76 "$OWN/rules/file" 0
does judge "$judge" EACCES "opens nothing of root's" 257 $at \
    "$OWN/rules/file" 0 0
does judge "$judge" EACCES "nor secrets" 257 $at /etc/shadow 0 0
does judge "$judge" EACCES "nor memory of others" 257 $at /proc/1/mem 0 0
does judge "$judge" "done" "what the user may it may" 257 $at \
    /etc/passwd 0 0
does fetcher "$fetcher" EPERM "writes no file" 257 $at /proc/self/mem 2 0
# (What it may read with CAP_SYS_PTRACE is more than any file: it reads no
# program's bytes, so that nobody takes it over.)
does double "$double" EPERM "opens nothing" 257 $at /etc/passwd 0 0
does scribe "$scribe" EPERM "opens nothing" 257 $at /etc/passwd 0 0
is "inside beside read" "$(cat "$OWN/rules/file" "$OWN/rules/beside" \
    "$OWN/reads/file" | tr '\n' ' ' | sed 's/ $//')" "the files are whole"

# And they live.
for part in $judge $hand $fetcher $double $scribe; do
	[ -e "/proc/$part/exe" ] || not_ok "process $part is gone"
done
kill "$program"
wait $front
is 143 $? "the session ends with its program"
finish
