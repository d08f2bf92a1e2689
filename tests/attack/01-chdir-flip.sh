#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 1, with chdir and chroot, which nobody can make for the program: the
# path flips between a permitted and a forbidden folder. Who comes to stand
# in the forbidden one is killed before anything is opened for him there.
# ATTACK_TRIES=20000 is the long form; without the comparison of folders
# (mutant move-explained) the forbidden one is read.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

tries=${ATTACK_TRIES:-2000}
install_tool chdir-flip
for letter in a b; do
	mkdir "$USERS/$letter"
	echo "$letter" >"$USERS/$letter/name"
done

got() {
	sed -n "s/^$1 //p" "$OWN/out"
}

# Whatever is opened is judged, so that the broker hears of it.
cat >"$OWN/policy" <<END
Policy: */chdir-flip, Emulation: native
	Default: permit
	native-chdir: filename eq "$USERS/b" then deny[eacces]
	native-chroot: filename eq "$USERS/b" then deny[eacces]
	native-chroot: filename match "$USERS/*" then permit
	native-fsread: filename eq "/nothing" then deny
END
session "$OWN/policy" "$OWN/chdir-flip" "$USERS/a" b "$tries" >"$OWN/out" 2>&1
is 0 "$(got forbidden)" "nothing in the forbidden folder opens ($tries tries)"
[ "$(got permitted)" -gt 0 ] && [ "$(got refused)" -gt 0 ]
is 0 $? "the path did flip: $(got permitted) permitted, $(got refused) refused"
[ "$(got killed)" -gt 0 ]
is 0 $? "who got there was killed: $(got killed)"
is 0 "$(got nowhere)" "and nobody got anywhere else"

# Who moved has ended when another thread opens what lies there: once nobody
# was asked then where the process stands.
session "$OWN/policy" "$OWN/chdir-flip" "$USERS/a" b $((tries / 2)) thread \
    >"$OWN/out" 2>&1
is 0 "$(got forbidden)" "nor when another thread has moved, and ended"
[ "$(got permitted)" -gt 0 ] && [ "$(got refused)" -gt 0 ]
is 0 $? "the path did flip: $(got permitted) permitted, $(got refused) \
refused, $(got killed) killed"

"$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" "$OWN/chdir-flip" \
    "$USERS/a" b "$tries" chroot >"$OWN/out" 2>&1
is 0 "$(got forbidden)" "nor with chroot"
[ "$(got permitted)" -gt 0 ] && [ "$(got refused)" -gt 0 ]
is 0 $? "the path did flip: $(got permitted) permitted, $(got refused) refused"
[ "$(got killed)" -gt 0 ]
is 0 $? "who got there was killed: $(got killed)"

# Who has moved is silent, and has forked: once nobody asked what root a
# process has that was never seen before.
"$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" "$OWN/chdir-flip" \
    "$USERS/a" b $((tries / 2)) fork >"$OWN/out" 2>&1
is 0 "$(got forbidden)" "nor in what was forked there"
[ "$(got permitted)" -gt 0 ] && [ "$(got refused)" -gt 0 ]
is 0 $? "the path did flip: $(got permitted) permitted, $(got refused) refused"
has "has a root that was not judged: killed" "$OWN/log" "what was is killed"
finish
