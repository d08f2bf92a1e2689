#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 6: a name in another mount namespace that leads nowhere in ours. It is
# believed only on a mount of ours; so the user tries to have his own listed
# there: the list of mounts holds the names of mount points, which a user can
# choose for what fusermount(1) mounts for him (here root does it). They are as
# long as a reader's buffer, and go on with the number of his mount.
# shellcheck source=tests/attack/lib.sh
[ "${ATTACK_MOUNTS-}" = 1 ] ||
    ATTACK_MOUNTS=1 exec unshare -m --propagation private sh "$0"
. "$(dirname "$0")/lib.sh"

install_tool foreign-mounts
mkdir "$OWN/place"
echo home >"$OWN/place/file"
echo theirs >"$USERS/theirs"
cat >"$OWN/policy" <<END
Policy: */foreign-mounts, Emulation: native
	Default: permit
	native-fsread: filename eq "/nowhere" then deny
END
answer() {
	sed -n "s/^$1 //p" "$OWN/out"
}

(RUN="exec"; as_user "$TOOLS/foreign-mounts" give "$USERS/socket" \
    "$USERS/theirs" "$OWN/place/new" "$OWN/place") >"$OWN/giver" 2>&1 &
giver=$!
started $giver
wait_for 10 grep -q . "$OWN/giver"
if grep -q '^refused' "$OWN/giver"; then
	skip_all "no user namespaces: $(cat "$OWN/giver")"
fi
number=$(sed -n 's/^ready //p' "$OWN/giver")

# Blanks are written as \040: so a line is longer than any path. The number
# stands anywhere between 3,900 and 4,300 bytes, behind as many noughts.
blanks=$(printf '%240s' "")
noughts=$(printf '%0240d' 0)
folder=$USERS/$blanks/$blanks/$blanks/$blanks/$noughts$number-
mkdir -p "$folder" && mount -t tmpfs none "$folder" || exit 1
line=$(grep -F "$noughts$number-" /proc/self/mountinfo)
at=$(printf '%s' "${line%%"$noughts"*}" | wc -c)
is "yes" "$([ "$at" -lt 4095 ] && [ $((at + 240)) -gt 4095 ] && echo yes)" \
    "the number begins a second buffer ($at)"
session "$OWN/policy" "$OWN/foreign-mounts" take "$USERS/socket" \
    new "$OWN/place/file" >"$OWN/out" 2>&1
is "home" "$(answer honest)" "the rule permits in our namespace"
is "EACCES" "$(answer below)" "no name is believed for a number in a name"
stop $giver
umount "$folder"
finish
