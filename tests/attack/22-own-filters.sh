#!/bin/sh
# SPDX-License-Identifier: ISC
# Attacks 22 and 41: filters that the program adds. They hurt the program
# alone, elevation ends with the first of them, a listener cannot be had; and
# a program that is executed under filters that fake results is not elevated.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

# Marked: elevation ends with what is executed without.
install_marked filters
install_marked try-open
cat >"$OWN/policy" <<END
Policy: */filters, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-open: filename eq "$SECRET" and oflags eq "ro" then permit as root
END

# with WHAT FILTER AFTER
with() {
	session "$OWN/policy" "$OWN/filters" "$1" "$SECRET" >"$OWN/out" 2>&1
	is "before opened filter $2 after $3" "$(tr '\n' ' ' <"$OWN/out" |
	    sed 's/ $//')" "own filter, $1: filter $2, then $3"
}
with allow "done" EACCES
with prctl "done" EACCES
with errno "done" EXDEV
with trace "done" EACCES
with notify "done" ENOSYS
with listener EBUSY opened
has "under other filters" "$LOG" "it is said why"

session "$OWN/policy" "$OWN/filters" fake "$OWN/try-open" "$SECRET" \
    >"$OWN/out" 2>&1
is "uid 0
EACCES
descriptors 0" "$(cat "$OWN/out")" "executed with a faked uid: not elevated"
session "$OWN/policy" "$OWN/filters" fake "$OWN/filters" allow "$SECRET" \
    >"$OWN/out" 2>&1
has "^before EACCES" "$OWN/out" "nor is the program itself"

# The shell that starts the named program anew.
cp -L "$(command -v sh)" "$OWN/shell"
cat >"$OWN/policy" <<END
Policy: */shell, Emulation: native
	Default: permit
	native-execve: permit[inherit]
	native-open: filename eq "$SECRET" and oflags eq "ro" then permit as root
END
session "$OWN/policy" "$OWN/shell" -c "read -r line <$SECRET && echo \$line
    $OWN/shell -c 'read -r line <$SECRET && echo \$line'" >"$OWN/out" 2>&1
# A fork of the shell has it, a fork of what it executes has not.
session "$OWN/policy" "$OWN/shell" -c "(read -r line <$SECRET && echo \$line)
    $OWN/shell -c '(read -r line <$SECRET && echo \$line); :'
    :" >>"$OWN/out" 2>&1
is 2 "$(grep -c '^secret$' "$OWN/out")" "a shell has what the shell that it executes has not"
finish
