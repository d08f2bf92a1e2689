#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 23: privrun inside a session, and inside of what listens to calls
# already: a clear message and nothing started, never a half-confined start.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

install_tool try-open
echo word >"$USERS/file"
cat >"$OWN/policy" <<END
Policy: */shell, Emulation: native
	Default: permit
	native-execve: permit[inherit]

Policy: */try-open, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit as root
END
cp -L "$(command -v sh)" "$OWN/shell"
chmod 0644 "$OWN/policy"
# (Nothing can be traced in one, as the leak checker of a build with sanitizers
# would itself.)
session "$OWN/policy" "$OWN/shell" -c "ASAN_OPTIONS=detect_leaks=0 $PRIVRUN -U -a -f $OWN/policy \
    $OWN/try-open $USERS/file; echo status \$?" >"$OWN/out" 2>&1
has "sessions do not nest" "$OWN/out" "privrun in a session says so"
has "^status 125" "$OWN/out" "and ends with 125"
lacks "^word" "$OWN/out" "nothing was started"

# The same where the outer session elevates, so that its program holds the guard.
cat >"$OWN/elevating" <<END
Policy: */shell, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-open: filename eq "$SECRET" then permit as root
END
for inner in "-U -a -f $OWN/elevating" "-a" "-s $OWN/nowhere"; do
	session "$OWN/elevating" "$OWN/shell" -c \
	    "ASAN_OPTIONS=detect_leaks=0 $PRIVRUN $inner \
	    $OWN/try-open $USERS/file; echo status \$?" >"$OWN/out" 2>&1
	has "sessions do not nest" "$OWN/out" "elevated: it says so ($inner)"
	has "^status 125" "$OWN/out" "elevated: 125"
	lacks "^word" "$OWN/out" "elevated: nothing was started"
done

# Root's, under something else that listens.
"$TOOLS/standin" /nowhere "$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" \
    -c "$ID:$ID" "$OWN/try-open" "$USERS/file" "$SECRET" >"$OWN/out" 2>&1
is 125 $? "under another listener: 125"
has "do not nest" "$OWN/out" "the message is the same"
lacks "^(word|secret)" "$OWN/out" "nothing was started"

session "$OWN/policy" "$OWN/try-open" "$USERS/file" >"$OWN/out" 2>&1
has "^word" "$OWN/out" "by itself it runs"
finish
