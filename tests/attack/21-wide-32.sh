#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 21, from a 32-bit program: it goes to 64-bit code, and makes 32-bit calls
# with a bit more in each register than the kernel looks at. They are answered
# as without that bit: by the filter, by its refusals, and by the judge. (What may
# execute others is asked more often: it does not here.)
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

[ -x "$BUILD/tests/e2e32/wide" ] || skip_all "no 32-bit programs"
cp "$BUILD/tests/e2e32/wide" "$OWN/unmarked"
"$OWN/unmarked" / / >/dev/null 2>&1 || skip_all "no 32-bit programs here"
cp "$OWN/unmarked" "$OWN/marked"
setcap cap_block_suspend=i "$OWN/marked"
echo denied >"$USERS/denied"
for name in unmarked marked; do
	cat <<END
Policy: $OWN/$name, Emulation: linux32
	Default: permit
	linux32-execve: true then deny[eacces]
	linux32-open: filename eq "$SECRET" then permit as root
	linux32-open: filename eq "$USERS/denied" and args[1] eq "0x0" then deny[exdev]
	linux32-umask: args[0] eq "0x12" then deny[exdev]
	linux32-mprotect: prot eq "PROT_READ|PROT_WRITE|PROT_EXEC" then deny[exdev]
	linux32-socket: sockdom eq "AF_UNIX" then deny[exdev]
END
done >"$OWN/policy"

for name in unmarked marked; do
	session "$OWN/policy" "$OWN/$name" "$SECRET" "$USERS/denied" \
	    >"$OWN/out" 2>"$OWN/err"
	for what in umask mprotect socketcall open; do
		is "EXDEV EXDEV" "$(sed -n "s/^$what //p" "$OWN/out")" \
		    "$name: denied: $what"
	done
	is "EPERM EPERM" "$(sed -n 's/^ambient-raise //p' "$OWN/out")" \
	    "$name: the guard is not handed on"
	is "done done" "$(sed -n 's/^ambient-clear //p' "$OWN/out")" \
	    "$name: nor given up"
	is "done done" "$(sed -n 's/^elevated //p' "$OWN/out")" \
	    "$name: it is elevated afterwards"
	show "$OWN/err"
done
finish
