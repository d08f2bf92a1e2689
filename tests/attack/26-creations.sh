#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 26: a program at its descriptor limit gets EMFILE and nothing was
# made or truncated, elevated or not. What is made has the caller's umask, and
# a mode is an argument only where something is made.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool try-open
mkdir "$OWN/made"
chmod 0700 "$OWN/made"
echo whole >"$OWN/whole"
chmod 0600 "$OWN/whole"
echo whole >"$USERS/whole"
chown "$ID" "$USERS/whole"
cat >"$OWN/policy" <<END
Policy: */try-open, Emulation: native
	Default: permit
	native-open: filename match "$OWN/made/*" then permit as root
	native-open: filename eq "$OWN/whole" then permit as root
	native-openat2: filename eq "$USERS/whole" and mode eq "0" \
	    then deny[exdev]
	native-open: filename eq "/nowhere" then deny
END

install_tool at-limit
sed 's|^Policy: .*|Policy: */at-limit, Emulation: native|' "$OWN/policy" \
    >"$OWN/limited"
session "$OWN/limited" "$OWN/at-limit" "$USERS/new" "$USERS/whole" \
    "$OWN/made/new" "$OWN/whole" >"$OWN/out" 2>&1
is "EMFILE EMFILE EMFILE EMFILE" "$(tr '\n' ' ' <"$OWN/out" | sed 's/ $//')" \
    "at the limit: EMFILE"
is "whole" "$(ls "$USERS")$(ls "$OWN/made")" "nothing was made"
is "whole whole" "$(cat "$USERS/whole") $(cat "$OWN/whole")" \
    "nothing was truncated"

for mask in 022 077 0; do
	(
		umask $mask
		session "$OWN/policy" "$OWN/try-open" "wcx:$USERS/m$mask" \
		    "wcx:$OWN/made/m$mask" >"$OWN/out" 2>&1
	)
	wanted=$(printf '%o' $((0666 & ~mask)))
	is "$wanted $wanted" "$(stat -c %a "$USERS/m$mask" "$OWN/made/m$mask" |
	    tr '\n' ' ' | sed 's/ $//')" "umask $mask: as the caller, elevated"
done
# Not the session's, the caller's at the call.
cp -L "$(command -v sh)" "$OWN/shell"
sed 's|/try-open|/shell|' "$OWN/policy" >"$OWN/shells"
session "$OWN/shells" "$OWN/shell" -c "umask 027; : >$USERS/s1
    : >$OWN/made/s1; umask 002; : >$USERS/s2; : >$OWN/made/s2" 2>"$OWN/err"
is "640 640 664 664" "$(stat -c %a "$USERS/s1" "$OWN/made/s1" "$USERS/s2" \
    "$OWN/made/s2" | tr '\n' ' ' | sed 's/ $//')" "a mask that changes"
is "$ID 0" "$(stat -c %u "$USERS/m077" "$OWN/made/m077" | tr '\n' ' ' |
    sed 's/ $//')" "each belongs to who made it"
session "$OWN/policy" "$OWN/try-open" "2r:$USERS/whole" "wcx:$USERS/m077" \
    "wcx:$OWN/made/m077" >"$OWN/out" 2>&1
is "whole EEXIST EEXIST" "$(head -3 "$OWN/out" | tr '\n' ' ' |
    sed 's/ $//')" "no mode without creation; O_EXCL means it"
finish
