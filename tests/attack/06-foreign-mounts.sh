#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 6: a process outside of the session, in a mount namespace of its own,
# binds a file of root's over the one that a rule elevates, and passes a
# folder of that namespace to the elevated program. The kernel names what lies
# there as if it were ours: once the rule opened root's file as root.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool foreign-mounts
echo home >"$OWN/file"
chmod 0600 "$OWN/file"
cat >"$OWN/policy" <<END
Policy: */foreign-mounts, Emulation: native
	Default: permit
	native-fsread: filename eq "$OWN/file" then permit as root
END
answer() {
	sed -n "s/^$1 //p" "$OWN/out"
}

# passed FOLDER NAME: the name, below the folder, is the rule's.
passed() {
	rm -f "$USERS/socket"
	: >"$OWN/giver" # what the one before said is no answer
	(RUN="exec"; as_user "$TOOLS/foreign-mounts" give "$USERS/socket" \
	    "$SECRET" "$OWN/file" "$1") >"$OWN/giver" 2>&1 &
	giver=$!
	started $giver
	wait_for 10 grep -q . "$OWN/giver"
	if grep -q '^refused' "$OWN/giver"; then
		skip_all "no user namespaces: $(cat "$OWN/giver")"
	fi
	"$OWN/foreign-mounts" take "$USERS/socket" "$2" "$OWN/file" \
	    >"$OWN/out" 2>&1
	is "secret" "$(answer below)" "$1: root's file lies there"
	session "$OWN/policy" "$OWN/foreign-mounts" take "$USERS/socket" \
	    "$2" "$OWN/file" >"$OWN/out" 2>&1
	is "home" "$(answer honest)" "$1: the rule elevates in our namespace"
	is "EACCES" "$(answer below)" "$1: nothing below the folder"
	is "EACCES" "$(answer inside)" "$1: nor from inside of it"
	is "home" "$(answer again)" "$1: the absolute name is still the rule's"
	stop $giver
}
passed / "${OWN#/}/file"
passed "$OWN" file
finish
