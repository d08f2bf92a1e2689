#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 5: a component of the path is swapped between a folder and a link,
# and a folder is moved upward during `..`, while the path is opened. Nothing
# beyond what was judged opens; against a broker that lets the kernel walk the
# path again it does. ATTACK_OPENS=100000 is the long form.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

opens=${ATTACK_OPENS:-20000}
install_tool swap

got() {
	sed -n "s/^$1 //p" "$OWN/out"
}

# verdict WHAT: nothing forbidden, and the race was one.
verdict() {
	is 0 "$(got forbidden)" "$1: nothing forbidden opens ($opens opens)"
	[ "$(got permitted)" -gt 0 ] && [ "$(got refused)" -gt 0 ] &&
	    [ "$(got swaps)" -gt 0 ]
	is 0 $? "$1: raced: $(got permitted) permitted, $(got refused) refused"
}

# A folder and a link to the forbidden one; both files are the user's.
mkdir "$USERS/open" "$USERS/closed"
echo P >"$USERS/open/file"
echo F >"$USERS/closed/file"
ln -s closed "$USERS/link"
chown -R "$ID:$ID" "$USERS"
cat >"$OWN/judged" <<END
Policy: */swap, Emulation: native
	Default: permit
	native-fsread: filename match "$USERS/closed" then deny[eacces]
END
session "$OWN/judged" "$OWN/swap" exchange "$USERS/open" "$USERS/link" \
    "$USERS/open/file" "$opens" >"$OWN/out" 2>&1
verdict "folder and link"

as_user "$TOOLS/standin" "$USERS/closed" "$TOOLS/swap" exchange \
    "$USERS/open" "$USERS/link" "$USERS/open/file" "$opens" \
    >"$OWN/out" 2>&1
[ "$(got forbidden)" -gt 0 ]
is 0 $? "a broker that continues opens it: $(got forbidden) times"

# up/a/b is moved to up/b: two steps up from it are then one more.
mkdir -p "$USERS/up/in/a/b"
echo P >"$USERS/up/in/file"
echo F >"$USERS/up/file"
chown -R "$ID:$ID" "$USERS"
cat >"$OWN/judged" <<END
Policy: */swap, Emulation: native
	Default: permit
	native-fsread: filename eq "$USERS/up/file" then deny[eacces]
END
set -- move "$USERS/up/in/a/b" "$USERS/up/in/b" \
    "$USERS/up/in/a/b/../../file" "$opens"
session "$OWN/judged" "$OWN/swap" "$@" >"$OWN/out" 2>&1
verdict "a folder that moves"

# Elevated: below a folder of root's where the user has one of his own, which
# he swaps with a link to what is root's alone.
mkdir -p "$OWN/pub/own" "$OWN/closed"
echo P >"$OWN/pub/own/file"
chmod 0600 "$OWN/pub/own/file"
echo F >"$OWN/closed/file"
chmod 0700 "$OWN/closed"
ln -s ../closed "$OWN/pub/link"
chown "$ID:$ID" "$OWN/pub"
cat >"$OWN/elevated" <<END
Policy: */swap, Emulation: native
	Default: permit
	native-fsread: filename match "$OWN/pub/*" then permit as root
END
session "$OWN/elevated" "$OWN/swap" exchange "$OWN/pub/own" "$OWN/pub/link" \
    "$OWN/pub/own/file" "$opens" >"$OWN/out" 2>&1
verdict "elevated, folder and link"

# The same with a folder that the user may not search: the hand walks on.
chmod 0700 "$OWN/pub/own"
session "$OWN/elevated" "$OWN/swap" exchange "$OWN/pub/own" "$OWN/pub/link" \
    "$OWN/pub/own/file" "$opens" >"$OWN/out" 2>&1
verdict "elevated, where the hand walks on"
finish
