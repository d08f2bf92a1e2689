#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 1: the path flips between a permitted and a forbidden file while it
# is opened. The forbidden one never opens; against a broker that lets the
# kernel read the path again it does. ATTACK_OPENS=100000 is the long form.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

opens=${ATTACK_OPENS:-100000}
install_tool flip
echo P >"$USERS/a"
echo F >"$USERS/b"

got() {
	sed -n "s/^$1 //p" "$OWN/out"
}

# Both files are the user's to read: the policy alone is between them.
cat >"$OWN/judged" <<END
Policy: */flip, Emulation: native
	Default: permit
	native-fsread: filename eq "$USERS/b" then deny[eacces]
END
session "$OWN/judged" "$OWN/flip" "$USERS/a" b "$opens" >"$OWN/out" 2>&1
is 0 "$(got forbidden)" "the forbidden file never opens ($opens opens)"
is 0 "$(got other)" "and nothing else does"
[ "$(got permitted)" -gt 0 ] && [ "$(got refused)" -gt 0 ]
is 0 $? "the path did flip: $(got permitted) permitted, $(got refused) refused"

# Through a link the path is walked, and what it leads to is judged.
ln -s . "$USERS/link"
session "$OWN/judged" "$OWN/flip" "$USERS/link/a" b $((opens / 4)) \
    >"$OWN/out" 2>&1
is 0 "$(got forbidden)" "nor through a link"
[ "$(got permitted)" -gt 0 ] && [ "$(got refused)" -gt 0 ]
is 0 $? "the path did flip: $(got permitted) permitted, $(got refused) refused"

# The permitted one is elevated; the forbidden one is root's as well.
echo P >"$OWN/a"
echo F >"$OWN/b"
chmod 0600 "$OWN/a" "$OWN/b"
cat >"$OWN/elevated" <<END
Policy: */flip, Emulation: native
	Default: permit
	native-fsread: filename eq "$OWN/a" then permit as root
END
session "$OWN/elevated" "$OWN/flip" "$OWN/a" b $((opens / 4)) \
    >"$OWN/out" 2>&1
is 0 "$(got forbidden)" "the hand never opens what no rule names"
[ "$(got permitted)" -gt 0 ] && [ "$(got refused)" -gt 0 ]
is 0 $? "the path did flip: $(got permitted) permitted, $(got refused) refused"

as_user "$TOOLS/standin" "$USERS/b" "$TOOLS/flip" "$USERS/a" b \
    $((opens / 4)) >"$OWN/out" 2>&1
[ "$(got forbidden)" -gt 0 ]
is 0 $? "against a broker that continues it opens: $(got forbidden) times"
finish
