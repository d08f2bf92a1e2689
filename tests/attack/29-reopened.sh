#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 29: the descriptor that a rule gave for reading is reopened for
# writing, and a folder's is used to go above it: refused as the kernel
# refuses the caller. What is below a folder can be had by its descriptor, and
# `privctl check` says so.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool reopen
mkdir -p "$OWN/closed/inner"
for name in inner/file other; do
	echo closed >"$OWN/closed/$name"
	chmod 0644 "$OWN/closed/$name"
done
chmod 0700 "$OWN/closed"
cd "$USERS" || exit 1
cat >"$OWN/policy" <<END
Policy: */reopen, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" and oflags eq "ro" then permit as root
	native-open: filename eq "$OWN/closed/inner" then permit as root
END
answers() {
	grep -E "^($1) " "$OWN/out" | sed 's/^[^ ]* //' | sort -u | tr '\n' ' '
}

session "$OWN/policy" "$OWN/reopen" "$SECRET" "$OWN/closed/inner" \
    >"$OWN/out" 2>&1
is "done " "$(answers 'file|folder')" "the rules elevate"
is "EACCES " "$(answers 'reopen.*|truncate')" \
    "it is not reopened for writing, nor cut short"
is "EPERM " "$(answers 'chmod|fchmod')" "nor is its mode changed"
is "EBADF EINVAL " "$(answers 'write|ftruncate')" "nor written to"
[ ! -e "$USERS/linked" ]
is 0 $? "nor linked: $(answers link)"
is "secret" "$(cat "$SECRET")" "it is what it was"
is "EACCES " "$(answers 'above|closed|stat-above|by-link|inside-above')" \
    "a folder's does not lead above it"
is "EACCES " "$(answers 'make|make-above')" "nothing is made there"
is "done " "$(answers below)" "what is in it can be had"
"$BUILD/privctl" check "$OWN/policy" >"$OWN/checked" 2>&1
has 'warning.*a descriptor of a folder leads' "$OWN/checked" \
    "which privctl check warns of"

# The attempts are good ones, where the mode lets the caller in.
echo open >"$OWN/closed/all"
chmod 0666 "$OWN/closed/all"
as_user "$OWN/reopen" - "$OWN/closed" 3<"$OWN/closed/all" >"$OWN/out" 2>&1
is "done " "$(answers 'reopen.*')" "a file that all may write is reopened"
finish
