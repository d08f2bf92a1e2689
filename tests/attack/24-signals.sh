#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 24: a storm of signals, SA_RESTART and not, through openings and
# exclusive creations, as the caller and elevated: nothing happens twice, none
# fails after it took effect or succeeds before, no descriptor is left.
# ATTACK_OPENS=100000 ATTACK_CREATIONS=10000 is the long form.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

opens=${ATTACK_OPENS:-3000}
creations=${ATTACK_CREATIONS:-500}
install_tool storm
echo word >"$USERS/file"
mkdir "$OWN/made"
chmod 0700 "$OWN/made"
cat >"$OWN/policy" <<END
Policy: */storm, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit as root
	native-open: filename match "$OWN/made/*" then permit as root
	native-access: filename match "$OWN/made/*" then permit as root
	native-open: filename eq "/nowhere" then deny
END
got() {
	sed -n "s/^$1 //p" "$OWN/out"
}
# Calls that are begun again for ever are wrong as well.
RUN="timeout $((20 + opens / 200))"
for how in restart plain; do
	session "$OWN/policy" "$OWN/storm" "$USERS/file" "$USERS" "$opens" \
	    "$creations" $how >"$OWN/out" 2>&1
	is 0 "$(got wrong)" "$how: no call lies ($(got signals) signals, \
$(got interrupted) interrupted)"
	is 0 "$(got left)" "$how: no descriptor is left"
	[ "$(got signals)" -gt 100 ]
	is 0 $? "$how: there was a storm"
	session "$OWN/policy" "$OWN/storm" "$SECRET" "$USERS" $((opens / 3)) \
	    $((creations / 3)) $how >"$OWN/out" 2>&1
	is "0 0" "$(got wrong) $(got left)" "$how: nor when opens are elevated"
done

# The hand makes files: each is there once it is said to be.
session "$OWN/policy" "$OWN/storm" "$SECRET" "$OWN/made" 10 \
    $((creations / 3)) plain >"$OWN/out" 2>&1
is 0 "$(got wrong)" "and what the hand makes is said to be made"
finish
