#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 11: an execve that fails, of another name of the file that runs, by a
# program that hides where its image was laid out, before or after. Once the
# places that could not be seen passed for others, and the caller went on
# under the other name's policy.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool hidden
ln "$OWN/hidden" "$OWN/other"
echo file >"$OWN/file"
cat >"$OWN/policy" <<END
Policy: $OWN/hidden, Emulation: native
	Default: permit
	native-execve: filename eq "$OWN/other" then permit
	native-fsread: filename eq "$OWN/file" then deny[eacces]

Policy: $OWN/other, Emulation: native
	Default: permit
END
# Of a program that cannot be seen a fetcher looks at what is judged.
is EACCES "$(session "$OWN/policy" "$OWN/hidden" after "$OWN/other" \
    "$OWN/file" 2>&1)" "hidden after it, in root's session"
is EACCES "$(session "$OWN/policy" "$OWN/hidden" during "$OWN/other" \
    "$OWN/file" 2>&1)" "hidden while it is judged"
is EACCES "$(as_user "$PRIVRUN" -U -a -E "$USERS/log" -f "$OWN/policy" \
    "$OWN/hidden" during "$OWN/other" "$OWN/file" 2>&1)" \
    "in the user's own session, too"
finish
