#!/bin/sh
# SPDX-License-Identifier: ISC
# Attack 11: a program in a root of its own puts its own file where the name
# of another program leads, whose policy permits more, and executes it. What
# lies there is not that program: it does not get its policy.
# shellcheck source=tests/attack/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$OWN/tool.c" <<'END'
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int
main(int argc, char *argv[])
{
	if (argc > 1 && chroot(argv[1]) == -1)
		perror("chroot");
	if (argc > 2) {
		execl(argv[2], argv[2], (char *)NULL);
		printf("not executed\n");
		return 1;
	}
	printf("executed: %s\n", getppid() > 0 ? "more" : "less");
	return 0;
}
END
cc -static -o "$OWN/tool" "$OWN/tool.c" 2>/dev/null ||
    skip_all "no compiler for static programs"
cp "$OWN/tool" "$OWN/other"
mkdir -p "$OWN/jail$OWN"
cp "$OWN/tool" "$OWN/jail$OWN/other"
cat >"$OWN/policy" <<END
Policy: $OWN/tool, Emulation: native
	Include: "dynamic"
	Include: "stdio"
	native-chroot: permit
	native-execve: filename eq "$OWN/other" then permit

Policy: $OWN/other, Emulation: native
	Default: permit
	native-chroot: permit
END
try_program() {
	"$PRIVRUN" -U -a -E "$OWN/log" -f "$OWN/policy" "$OWN/tool" "$@" 2>&1
}
is "executed: more" "$(try_program / "$OWN/other")" \
    "the program of that name has its policy"
is "not executed" "$(try_program "$OWN/jail" "$OWN/other")" \
    "what has its name in another root has not"
has "other.* denied: no policy" "$OWN/log" "the log says so"
finish
