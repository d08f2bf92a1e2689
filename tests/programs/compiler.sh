#!/bin/sh
# SPDX-License-Identifier: ISC
# A compiler builds a part of this project, from the copy in source/.
[ "$(id -u)" -ne 0 ] || exit 1 # never as root: see what it tries
cd source || exit 1
objects=
for file in privd/policy/lexer.c privd/policy/tree.c privd/policy/path.c \
    privd/syscalls/text.c privd/filter/emit.c privd/notify/memory.c; do
	objects="$objects out/obj/${file%.c}.o"
done
# shellcheck disable=SC2086 # a list of words
make -s BUILD=out OPT=-O1 $objects 2>&1
echo "make: $?"
sha256sum out/obj/privd/*/*.o
cat >main.c <<'END'
#include <stdio.h>
int main(void) { puts("built and run"); return 3; }
END
cc -O1 -save-temps -o main main.c 2>&1
./main
echo "main: $?"
cc -o none none.c 2>&1
cc -c -o /etc/none.o main.c 2>&1 | sed 's,.*: ,,'
ar rcs lib.a out/obj/privd/policy/*.o && ar t lib.a
nm lib.a 2>&1 | awk '$2 == "T" { print $3 }' | sort | head
strip -g lib.a && ranlib lib.a
echo "strip: $?"
make -s BUILD=out OPT=-O1 -q out/obj/privd/policy/path.o
echo "up to date: $?"
