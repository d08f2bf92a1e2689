#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 1, with O_PATH, which no broker can open for a program: the path
# flips until the program has a descriptor of the forbidden object. It has no
# access, and whatever takes it is judged by the object's own name: all that
# can be tried is denied as the policy says (EIO, which nothing else gives).
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool path-only
install_tool try-open
echo P >"$USERS/a"
cp "$TOOLS/path-only" "$USERS/b"
chmod 0755 "$USERS/b"
mkdir "$USERS/c" "$USERS/d"
echo f >"$USERS/d/f"
ln -s f "$USERS/d/l"
chown -R "$ID:$ID" "$USERS"

# What could reach either; the forbidden ones are in the user's own folder.
deny() {
	for call in fsread fswrite open execve fstat fstatfs chdir fchdir \
	    name_to_handle_at chmod fchmod chown fchown lchown setxattr \
	    fsetxattr fgetxattr flistxattr removexattr fremovexattr link \
	    rename symlink mknod inotify_add_watch; do
		printf '\tnative-%s: filename match "%s" then deny[eio]\n' \
		    "$call" "$1"
	done
	printf '\tnative-bind: sockaddr match "%s/*" then deny[eio]\n' "$1"
	printf '\tnative-connect: sockaddr match "%s/*" then deny[eio]\n' "$1"
}
{
	printf 'Policy: */path-only, Emulation: native\n\tDefault: permit\n'
	deny "$USERS/b"
	deny "$USERS/d"
	printf '\tnative-execve: permit[inherit]\n'
} >"$OWN/policy"
cd "$USERS" || exit 1

for kind in file folder; do
	set -- a b
	[ $kind = file ] || set -- c d
	session "$OWN/policy" "$OWN/path-only" $kind "$USERS/$1" "$2" \
	    "$(stat -c %i "$USERS/$2")" >"$OWN/out" 2>&1
	is 0 $? "a descriptor of the forbidden $kind is had"
	tried=$(wc -l <"$OWN/out")
	[ "$tried" -gt 25 ]
	is 0 $? "$tried ways to use it are tried"
	is "" "$(grep -v ' EIO$' "$OWN/out")" "$kind: each is denied by its name"
done
is 755 "$(stat -c %a "$USERS/b")" "and nothing was changed"
is "f l" "$(cd "$USERS/d" && echo *)" "nor made or removed"

# openat2 has the flags in memory, where they can be changed.
sed 's/path-only/try-open/' "$OWN/policy" >"$OWN/openat2"
session "$OWN/openat2" "$OWN/try-open" "2p:$USERS/a" "p:$USERS/a" \
    "p:$USERS/b" >"$OWN/out" 2>&1
has '^EOPNOTSUPP' "$OWN/out" "openat2 is not let go on"
has '^EIO' "$OWN/out" "what is forbidden is refused"
finish
