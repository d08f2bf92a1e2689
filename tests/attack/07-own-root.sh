#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 7: a program in a root of its own puts its own files where a rule's
# name leads. What lies there is not what the rule means: nothing is elevated
# that was not reached through the broker's own root. (Only a session of
# root's can have such a program: others may not chroot under the guard.)
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool try-open
echo home >"$OWN/file"
mkdir -p "$OWN/jail$OWN"
echo jail >"$OWN/jail$OWN/file"
chmod 0600 "$OWN/file" "$OWN/jail$OWN/file"

# Who is elevated is the user there, who may not read either file.
cat >"$OWN/policy" <<END
Policy: */try-open, Emulation: native
	Default: permit
	native-chroot: permit
	native-unshare: args[0] eq "0x20000" then permit
	native-mount: true then permit
	native-open: filename eq "$OWN/file" then permit as $ID:$ID
END
"$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" "$OWN/try-open" \
    "$OWN/file" "R:$OWN/jail" "$OWN/file" >"$OWN/out" 2>&1
is "EACCES" "$(sed -n 1p "$OWN/out")" "in our root the rule elevates"
is "done" "$(sed -n 2p "$OWN/out")" "the program takes another root"
is "jail" "$(sed -n 3p "$OWN/out")" "there it does not: opened as the caller"

# The same by mounts of its own.
if unless_installed; then
	"$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" "$OWN/try-open" \
	    "$OWN/file" "B:$OWN/jail$OWN/file=$OWN/file" "$OWN/file" \
	    >"$OWN/out" 2>&1
	is "EACCES done" \
	    "$(head -n 2 "$OWN/out" | tr '\n' ' ' | sed 's/ $//')" \
	    "the program has mounts of its own"
	is "jail" "$(sed -n 3p "$OWN/out")" \
	    "in its own mounts the rule does not elevate"
fi
finish
