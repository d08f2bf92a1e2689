#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 18: a policy elevates a program that its user can write. Whether that is
# so is found when the program is started (18-writable.sh), not when the policy
# is read: `privctl check` says it to who writes the policy, as does doctor.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

# checked PROGRAM: what is said of a policy for it
checked() {
	printf 'Policy: %s, Emulation: native\n\tDefault: permit\n%s\n' "$1" \
	    "	native-fsread: filename eq \"$SECRET\" then permit${2- as root}" \
	    >"$OWN/policy"
	"$BUILD/privctl" check "$OWN/policy" >"$OWN/out" 2>&1
}
# /tmp is sticky, and the folder root's.
install_tool try-open
checked "$OWN/try-open"
is "0 " "$? $(cat "$OWN/out")" "(a program of root's)"
cp "$TOOLS/try-open" "$USERS/try-open"
checked "$USERS/try-open"
is 0 $? "a policy for a program in the user's folder is a policy"
has "try-open: it will not be elevated: not trusted: .* belong to root" \
    "$OWN/out" "a check warns of a program in the user's folder"
checked "$USERS/try-open" ""
is "" "$(grep 'not be elevated' "$OWN/out")" "(one that elevates nothing may be)"
install_tool try-open writable
chmod 0777 "$OWN/writable"
checked "$OWN/writable"
has "it will not be elevated: not trusted: .* by others than root" \
    "$OWN/out" "a check warns of a program that all can write"
printf '#!/bin/sh\n' >"$OWN/script"
chmod 0755 "$OWN/script"
checked "$OWN/script"
has "it will not be elevated: it is a script" "$OWN/out" \
    "a check warns of a script"
finish
