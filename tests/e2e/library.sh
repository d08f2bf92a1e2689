#!/bin/sh
# SPDX-License-Identifier: ISC
# libprivd shows what privd.h declares and nothing else; programs are built
# with it as pkg-config says, by its shared object and by its archive.
cd "$(dirname "$0")/../.." && . tests/lib/e2e.sh
need_programs cc nm pkg-config readelf

lib=$BUILD/libprivd.so
nm -D "$lib" | grep -q 'U __[au].*san' &&
    skip_all "the library is built with a sanitizer"
declared=$(sed -n 's/^[a-z].*[ *]\(privd_[a-z0-9_]*\)(.*/\1/p' \
    client-lib/privd.h | sort)
same "it shows what its header declares" "$declared" \
    "$(nm -D --defined-only "$lib" |
	sed -n 's/^[^ ]* [^A] \([^@]*\).*/\1/p' | sort)"
check "it has a version in its name" \
    [ "$(readelf -d "$lib" | sed -n 's/.*soname: \[\(.*\)\]/\1/p')" = \
    libprivd.so.0 ]

cat >"$T/version.c" <<'END'
#include <privd.h>
#include <stdio.h>
int
main(void)
{
	return puts(privd_version()) == EOF;
}
END
# What is installed elsewhere in the end is found there by pkg-config.
mkdir "$T/pc" "$T/include" "$T/lib"
cp client-lib/privd.h "$T/include"
cp "$BUILD/libprivd.so.0" "$BUILD/libprivd.a" "$T/lib"
ln -s libprivd.so.0 "$T/lib/libprivd.so"
sed -e "s,^libdir=.*,libdir=$T/lib," \
    -e "s,^includedir=.*,includedir=$T/include," "$BUILD/privd.pc" \
    >"$T/pc/privd.pc"
PKG_CONFIG_PATH=$T/pc
export PKG_CONFIG_PATH
version=$(pkg-config --modversion privd)
flags=$(pkg-config --cflags --libs privd)
# shellcheck disable=SC2086 # a list of words
build() {
	cc -Wall -Werror -o "$T/$1" "$T/version.c" $flags $2
}
check "a program is built with it" build shared ""
same "and finds it" "$version" "$(LD_LIBRARY_PATH=$T/lib "$T/shared")"
rm "$T/lib/libprivd.so"
check "and with the archive" build static ""
same "which it carries" "$version" "$("$T/static")"
# All of it: what a program takes of it, and what that takes of others.
echo 'int main(void) { return 0; }' >"$T/empty.c"
if cc -static -o "$T/empty" "$T/empty.c" -lcap >"$T/out" 2>&1; then
	cat >"$T/launch.c" <<'END'
#include <privd.h>
#include <stdio.h>
int
main(int argc, char **argv)
{
	if (argc > 5)
		(void)privd_exec(NULL, argv[0], argv);
	return puts(privd_version()) == EOF;
}
END
	flags=$(pkg-config --static --cflags --libs privd)
	# shellcheck disable=SC2086 # a list of words
	check "a program is built that needs no shared object" \
	    cc -static -Wall -Werror -o "$T/alone" "$T/launch.c" $flags
	same "and runs" "$version" "$("$T/alone")"
else
	skip 2 "no static libraries"
fi
done_testing
