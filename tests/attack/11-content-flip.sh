#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 11: a program with a Digest: that its user can write to has another
# content when the kernel reads it than when it was judged. What was loaded is
# looked at again, where nobody can write to it any more: it is killed before
# it does anything.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

seconds=${ATTACK_SECONDS:-60}
install_tool content-flip

# Two programs of one length that tell which they are.
install_tool say-good a
install_tool say-evil b
cp "$OWN/a" "$USERS/a"
chown "$ID:$ID" "$USERS/a"
cat >"$OWN/policy" <<END
Policy: */content-flip, Emulation: native
	Default: permit
Policy: $USERS/a, Emulation: native
	Default: permit
	Digest: sha256:$(sha256sum <"$OWN/a" | cut -d ' ' -f 1)
END
got() {
	sed -n "s/^$1 //p" "$OWN/out"
}

session "$OWN/policy" "$OWN/content-flip" "$USERS/a" "$OWN/b" "$seconds" 3 \
    >"$OWN/out" 2>&1
is 0 "$(grep -c '^evil' "$OWN/out")" "the other content never runs"
good=$(grep -c '^good' "$OWN/out")
[ "$good" -gt 0 ] && [ "$(got refused)" -gt 0 ]
is 0 $? "it did change: $good ran, $(got refused) refused, \
$(got killed) killed"
[ "$(got killed)" -ge 3 ]
is 0 $? "the other one was loaded, and killed"

cat "$OWN/a" >"$USERS/a"
as_user "$TOOLS/content-flip" "$USERS/a" "$OWN/b" 3 1 >"$OWN/out" 2>&1
[ "$(grep -c '^evil' "$OWN/out")" -gt 0 ]
is 0 $? "without a session it runs"
finish
