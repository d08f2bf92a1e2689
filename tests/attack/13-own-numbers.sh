#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 13: a program that has gone to a process namespace of its own, where
# it is number 1, and has another /proc: its calls are judged by what it is to
# us, and no number of its own is taken for one of ours. And privrun itself,
# where /proc shows other numbers than it starts programs under.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

unshare -mpf true 2>/dev/null || skip_all "no process namespaces here"
install_tool pidspace
mkdir "$USERS/work" "$USERS/work/proc"
cat >"$OWN/policy" <<END
Policy: */pidspace, Emulation: native
	Default: permit
	native-unshare: args[0] eq "0x20000000" then permit
	native-unshare: args[0] eq "0x20020000" then permit
	native-mount: true then permit
	native-execve: permit[inherit]
	native-fsread: filename eq "/nothing" then deny
	native-fswrite: filename eq "/nothing" then deny
	native-chdir: filename eq "/nothing" then deny
END
for call in kill tgkill prlimit64 setpriority sched_setscheduler; do
	echo "	native-$call: pidname eq \"/nothing\" then deny"
done >>"$OWN/policy"

# What is about others by number cannot be done there, nor said whose a /proc
# with other numbers is.
refused='^\(kill\|tgkill\|prlimit-self\|own-self\|own-thread-self\)'
for kind in "" proc; do
	"$OWN/pidspace" "$USERS/work" $kind >"$OWN/wanted" 2>&1
	"$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" "$OWN/pidspace" \
	    "$USERS/work" $kind >"$OWN/out" 2>&1
	has '^number 1$' "$OWN/out" "${kind:-plain}: it is number 1"
	is "$(grep -v "$refused" "$OWN/wanted")" \
	    "$(grep -v "$refused" "$OWN/out")" \
	    "${kind:-plain}: $(grep -vc "$refused" "$OWN/wanted") calls as \
without a session"
	is "EPERM" "$(grep '^\(kill\|tgkill\|prlimit-self\)' "$OWN/out" |
	    cut -d ' ' -f 2 | sort -u)" "${kind:-plain}: no number is sent on"
done
is "ENOENT" "$(grep '^own-\(thread-\)*self' "$OWN/out" | cut -d ' ' -f 2 |
    sort -u)" "the self of another /proc is nobody's"

# privrun as number 1 of a namespace, under a /proc of ours.
unshare -pf "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" "$OWN/pidspace" \
    >"$OWN/out" 2>&1
is 125 $? "under a foreign /proc nothing is started"
has "/proc is not of this process namespace" "$OWN/out" "it says why"
# (There the leak checker, which forks, would wait for ever.)
ASAN_OPTIONS=detect_leaks=0 unshare -p "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" "$OWN/pidspace" \
    >"$OWN/out" 2>&1
is 125 $? "nor where its children would have other numbers"
has "comes into another process namespace" "$OWN/out" \
    "nor where its children would: it says why"
unshare -mpf --mount-proc "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" \
    "$OWN/pidspace" >"$OWN/out" 2>&1
is "executed" "$(cat "$OWN/out")" "where all is of one namespace, it is"
finish
