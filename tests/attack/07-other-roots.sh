#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 7: a program, or one thread of it, has another root than the broker's.
# What the broker asks for it leads out of that root no more than what it asks
# itself; and which root a call's names belong to is not what another thread's
# call was told meanwhile. (Only a session of root's can have such a program.)
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool roots
cp "$OWN/roots" "$OWN/tool"
jail=$OWN/jail
mkdir -p "$jail$OWN" "$OWN/outside"
echo secret >"$OWN/outside/secret"
echo inside >"$jail/inside"
ln -s "$OWN/outside/secret" "$jail/link"
cp "$OWN/tool" "$jail$OWN/tool"

# Each call with a path is judged.
cat >"$OWN/policy" <<END
Policy: */roots, Emulation: native
	Default: permit
	native-chroot: filename eq "$jail" then permit
	native-chdir: true then permit
	native-fsread: filename eq "/no/such" then deny
	native-fswrite: filename eq "/no/such" then deny
END
judged() {
	timeout 60 "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" \
	    "$OWN/roots" "$@" >"$OWN/out" 2>&1
}
up=../../../../../../..$OWN/outside

judged leave "$jail" "$up/secret" link "$up/new"
is "" "$(grep opened "$OWN/out" | grep -v '^inside')" \
    "nothing leads out of another root"
is 15 "$(grep -c refused "$OWN/out")" "whatever openat2 is asked for"
is 2 "$(grep -c '^inside.* opened' "$OWN/out")" "what is inside is opened"
is "secret" "$(ls "$OWN/outside")" "and nothing was made outside"

mkdir "$OWN/root"
if mount --bind / "$OWN/root" 2>/dev/null; then
	"$OWN/roots" up "$OWN/root" "$OWN" >"$OWN/natively"
	judged up "$OWN/root" "$OWN"
	umount "$OWN/root"
	is "$(cat "$OWN/natively")" "$(cat "$OWN/out")" \
	    "the root's folder, mounted elsewhere, is not the root"
else
	skip "no mounts here" \
	    "the root's folder, mounted elsewhere, is not the root"
fi

# What runs there without a policy may do nothing.
cat >"$OWN/policy" <<END
Policy: */roots, Emulation: native
	Include: "dynamic"
	Include: "stdio"
	Include: "process"
	Include: "time"
	native-unshare: permit
	native-chroot: filename eq "$jail" then permit
	native-chdir: permit
	native-fsread: filename eq "/etc/hostname" then permit
	native-fsread: filename eq "$jail$OWN/tool" then permit
	native-execve: filename eq "$OWN/tool" then permit
Policy: $OWN/tool, Emulation: native
	Default: permit
	native-fswrite: filename eq "/no/such" then deny
END
judged exec "$jail" "$OWN/tool" /etc/hostname
is "execve: EPERM" "$(cat "$OWN/out")" \
    "a name in the root of a thread is not the name in another thread's"
has "no policy for it in this session" "$OWN/log" "it is said why"
is "" "$(find "$jail" -name made)" "and it has not that program's rights"

finish
