#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 11, between the kinds of programs: a native program executes 32-bit
# ones under their own policy for linux32, and the path flips to one that no
# rule names. And the other way round.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

rounds=${ATTACK_ROUNDS:-500}
install_tool exec-flip
cat >"$OWN/say.c" <<'END'
#include <unistd.h>
int
main(void)
{
	return write(1, WHO "\n", 5) != 5;
}
END
small="cc -m32"
if ! $small -DWHO='"good"' -o "$OWN/32a" "$OWN/say.c" 2>/dev/null ||
    ! "$OWN/32a" >/dev/null 2>&1; then
	skip_all "no 32-bit programs"
fi
$small -DWHO='"evil"' -o "$OWN/32b" "$OWN/say.c" || skip_all "no compiler"
$small -pthread -O2 -D_GNU_SOURCE -w -o "$OWN/exec-flip-32" \
    "$ATTACK/exec-flip.c" || skip_all "no 32-bit threads"
cc -DWHO='"good"' -o "$OWN/64a" "$OWN/say.c"
cc -DWHO='"evil"' -o "$OWN/64b" "$OWN/say.c"

got() {
	sed -n "s/^$1 //p" "$OWN/out"
}

# flip PROGRAM EMULATION BITS OTHER: executes what has BITS
flip() {
	cat >"$OWN/policy" <<END
Policy: $OWN/$1, Emulation: $2
	Default: permit
	$2-execve: filename eq "$OWN/${3}a" then permit
	$2-execve: true then deny[eacces]
Policy: $OWN/${3}a, Emulation: $4
	Default: permit
END
	session "$OWN/policy" "$OWN/$1" "$OWN/${3}a" b "$rounds" \
	    >"$OWN/out" 2>&1
	is 0 "$(grep -c '^evil' "$OWN/out")" \
	    "$1: the forbidden program never runs ($rounds rounds)"
	good=$(grep -c '^good' "$OWN/out")
	[ "$good" -gt 0 ] && [ "$(got refused)" -gt 0 ]
	is 0 $? "$1: the path did flip: $good ran, $(got refused) refused, \
$(got killed) killed"
	[ "$(got killed)" -gt 0 ]
	is 0 $? "$1: the forbidden one was loaded, and killed"
}

flip exec-flip native 32 linux32
flip exec-flip-32 linux32 64 native
flip exec-flip-32 linux32 32 linux32
finish
