#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 28: an automount, as a folder on the way and at the end: a session finds
# what is there without one, whoever looks first, and does not hang.
# shellcheck disable=SC2093
[ "${ATTACK_MOUNTS-}" = 1 ] ||
    ATTACK_MOUNTS=1 exec unshare -m --propagation private sh "$0"
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool try-open
mkdir "$OWN/auto"
"$TOOLS/automount" "$OWN/auto" >"$OWN/said" 2>&1 &
mounter=$!
started $mounter
wait_for 5 grep -q ready "$OWN/said" || skip_all "no automounts here"
cat >"$OWN/policy" <<END
Policy: */try-open, Emulation: native
	Default: permit
	native-fsread: filename eq "/nowhere" then deny
	native-fsread: filename eq "$OWN/auto/denied/file" then deny[exdev]
END
opened() {
	head -n "$1" "$OWN/out" | tr '\n' ' '
}
as_user "$TOOLS/try-open" "$OWN/auto/native/file" "S:$OWN/auto/native2" \
    >"$OWN/out" 2>&1
is "word done " "$(opened 2)" "an automount, without a session"
session "$OWN/policy" "$OWN/try-open" "$OWN/auto/first/file" \
    "$OWN/auto/first/file" "$OWN/auto/native/file" >"$OWN/out" 2>&1
is "word word word " "$(opened 3)" "an automount on the way"
session "$OWN/policy" "$OWN/try-open" "S:$OWN/auto/second" \
    "$OWN/auto/second/file" "$OWN/auto/third/./file" >"$OWN/out" 2>&1
is "done word word " "$(opened 3)" "an automount at the end, and by dots"
session "$OWN/policy" "$OWN/try-open" "$OWN/auto/denied/file" \
    "$OWN/auto/denied/../denied/file" >"$OWN/out" 2>&1
is "EXDEV EXDEV " "$(opened 2)" "an automount: what is denied there is"
umount -R -l "$OWN/auto"
finish
