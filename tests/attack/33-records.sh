#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 33: names with newlines, escapes and bytes that are no UTF-8, as long
# as they can be, in logged calls: one harmless line each; denials and what
# would be asked are written down, with nobody to ask it is a denial.
# shellcheck source=tests/attack/lib.sh
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
long=$(awk 'BEGIN { for (i = 0; i < 250; i++) printf "l" }')
forged="a${nl}permit user: root, prog: /bin/sh, x"
session "$OWN/policy" "$OWN/try-open" "$SECRET" "$USERS/asked" \
    "$USERS/quiet" "$USERS/$forged" "$USERS/$escape" "$USERS/$bytes" \
    "$USERS/$long/$long/$long/$long/$long/$long/$long/$long/$long/$long" \
    >"$OWN/out" 2>&1
is "secret cloexec EPERM ENOENT EXDEV EXDEV EXDEV EXDEV" \
    "$(head -7 "$OWN/out" | tr '\n' ' ' | sed 's/ $//')" "the verdicts"
is 6 "$(wc -l <"$LOG")" "six lines: one a call, none for the quiet one"
has "permit user: $ID, .*filename: $SECRET,.* as: 0, line: 3" "$LOG" \
    "an elevated call is written down"
has "deny user: $ID, .*$USERS/asked, .*line: 4" "$LOG" \
    "what nobody could be asked is"
is 4 "$(grep -c "deny user: .*line: 6\$" "$LOG")" "denials are"
is 0 "$(LC_ALL=C grep -c '[^ -~]' "$LOG")" \
    "nothing in them but plain characters"
lacks "^(privrun: )?permit user: root" "$LOG" "no line is forged"
finish
