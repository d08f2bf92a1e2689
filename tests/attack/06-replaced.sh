#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 6: the object that a rule elevates has another name as well, by a hard
# link, a bind mount, or a device of its number; and at its name lies what is not
# the object. It is the name that is judged, and that is the kernel's: none of
# the others elevates, whatever lies there; and users cannot put theirs there.
# shellcheck disable=SC2093
[ "${ATTACK_MOUNTS-}" = 1 ] ||
    ATTACK_MOUNTS=1 exec unshare -m --propagation private sh "$0"
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool try-open
mkdir "$OWN/pub"
chown "$ID:$ID" "$OWN/pub"
if ! mknod -m 600 "$OWN/device" c 1 3 || ! : <"$OWN/device"; then
	skip_all "no devices here"
fi
cat >"$OWN/policy" <<END
Policy: */try-open, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit as root
	native-open: filename eq "$OWN/device" then permit as root
END
# got NAME ...: what comes of each
got() {
	session "$OWN/policy" "$OWN/try-open" "$@" 2>&1 | head -n $# |
	    tr '\n' ' '
}
ln "$SECRET" "$OWN/pub/link"
is "secret cloexec EACCES " "$(got "$SECRET" "$OWN/pub/link")" \
    "a hard link is not the object"
: >"$OWN/pub/bound"
mount --bind "$SECRET" "$OWN/pub/bound"
is "secret cloexec EACCES " "$(got "$SECRET" "$OWN/pub/bound")" \
    "a bind mount is not the object"
umount "$OWN/pub/bound"
mknod -m 600 "$OWN/pub/device" c 1 3
mknod -m 600 "$OWN/pub/other" c 1 5
is "opened cloexec EACCES EACCES " "$(got "$OWN/device" "$OWN/pub/device" \
    "$OWN/pub/other")" "a device of its number, or of another number, is not"

# The user's own hands. A hard link is to be had where the system lets him: it gives
# him nothing.
rm -f "$OWN/pub"/*
as_user ln "$SECRET" "$OWN/pub/link" 2>"$OWN/err"
as_user mount --bind "$SECRET" "$OWN/pub" 2>>"$OWN/err"
as_user mknod "$OWN/pub/device" c 1 3 2>>"$OWN/err"
made='' gives=ENOENT
if [ "$(cat /proc/sys/fs/protected_hardlinks)" != 1 ]; then
	made=link gives=EACCES
fi
is "$made" "$(ls "$OWN/pub")" "none of which the user makes himself"
is "secret cloexec $gives " "$(got "$SECRET" "$OWN/pub/link")" \
    "a hard link is not the object where he may make one, either"
finish
