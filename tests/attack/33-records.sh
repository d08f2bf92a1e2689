#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 33: names with newlines, escapes and bytes that are no UTF-8, as long
# as they can be, in logged calls: one harmless line each; denials and what
# would be asked are written down, with nobody to ask it is a denial.
# shellcheck source=tests/attack/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

install_tool try-open
cat >"$OWN/policy" <<END
Policy: */try-open, Emulation: native
	Default: permit
	native-open: filename eq "$SECRET" then permit log as root
	native-open: filename eq "$USERS/asked" then ask
	native-open: filename eq "$USERS/quiet" then deny[enoent]
	native-open: filename match "$USERS/*" then deny[exdev] log
END
nl='
'
escape=$(printf '\033]0;x\007')
bytes=$(printf '\377\376\200')
# long N: a name of so many bytes in all, of folders that are not there
long() {
	awk -v path="$USERS/" -v n="$1" 'BEGIN {
		for (i = length(path); i < n; i++)
			path = path (i % 200 == 199 && i < n - 1 ? "/" : "l")
		print path
	    }'
}
forged="a${nl}permit user: root, prog: /bin/sh, x"
session "$OWN/policy" "$OWN/try-open" "$SECRET" "$USERS/asked" \
    "$USERS/quiet" "$USERS/$forged" "$USERS/$escape" "$USERS/$bytes" \
    "$(long 4095)" "$(long 4096)" "$(long 9000)" \
    >"$OWN/out" 2>&1
long_ones="EXDEV ENAMETOOLONG ENAMETOOLONG"
is "secret cloexec EPERM ENOENT EXDEV EXDEV EXDEV $long_ones" \
    "$(head -9 "$OWN/out" | tr '\n' ' ' | sed 's/ $//')" "the verdicts"

# written FILE WHERE
written() {
	is 6 "$(wc -l <"$1")" "six lines: one a call, none for the quiet one$2"
	has "permit user: $ID, .*filename: $SECRET,.* as: 0, line: 3" "$1" \
	    "an elevated call is written down$2"
	has "deny user: $ID, .*$USERS/asked, .*line: 4" "$1" \
	    "what nobody could be asked is$2"
	is 4 "$(grep -c "deny user: .*line: 6\$" "$1")" "denials are$2"
	is 1 "$(grep -c 'deny user: .*/lllll.*line: 6$' "$1")" \
	    "a name of 4,095 bytes has a line, which has its end$2"
	is 0 "$(LC_ALL=C grep -c '[^ -~]' "$1")" \
	    "nothing in them but plain characters$2"
	lacks "^(priv(run|d): )?permit user: root" "$1" "no line is forged$2"
}
# (Of the daemon's log whoever reads it for the user may write after the program's
# end.)
has_six() {
	[ "$(wc -l <"$LOG")" -ge 6 ]
}
[ "$BY" = root ] || wait_for 10 has_six
written "$LOG" ""
# The user's privrun replaces what no line has; the daemon's log is its own.
if [ "$BY" = daemon ]; then
	is_logged() {
		[ "$(grep -c 'session 1' "$RUNS/log")" -ge 6 ]
	}
	wait_for 10 is_logged
	# The lines before are the monitor's.
	sed '1,/in force$/d' "$RUNS/log" >"$OWN/logged"
	written "$OWN/logged" ", in the daemon's log"
fi
finish
