#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 4: the flags in open_how flip between reading, which is permitted, and
# writing, which is not, while openat2 is made, as the caller and elevated.
# ATTACK_OPENS=100000 is the long form.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

opens=${ATTACK_OPENS:-20000}
install_tool how-flip
echo word >"$USERS/file"
chown "$ID:$ID" "$USERS/file"
got() {
	sed -n "s/^$1 //p" "$OWN/out"
}
# flipped WHAT FILE
flipped() {
	session "$OWN/policy" "$OWN/how-flip" "$2" "$opens" >"$OWN/out" 2>&1
	is 0 "$(got forbidden)" \
	    "$1: the forbidden flags are never had ($opens opens)"
	[ "$(got permitted)" -gt 0 ] && [ "$(got refused)" -gt 0 ]
	is 0 $? "$1: they did flip: $(got permitted) permitted, \
$(got refused) refused"
}
cat >"$OWN/policy" <<END
Policy: */how-flip, Emulation: native
	Default: permit
	native-openat2: filename eq "$USERS/file" and oflags eq "rw" \
	    then deny[eacces]
	native-openat2: filename eq "$SECRET" and oflags eq "ro" \
	    then permit as root
END
flipped "as the caller" "$USERS/file"
flipped "elevated" "$SECRET"
as_user "$TOOLS/how-flip" "$USERS/file" "$opens" >"$OWN/out" 2>&1
[ "$(got forbidden)" -gt 0 ]
is 0 $? "without a session they are"
finish
