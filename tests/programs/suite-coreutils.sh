#!/bin/sh
# SPDX-License-Identifier: ISC
# suite-coreutils.sh SOURCE [TEST ...]: the tests of coreutils' own source
# (apt-get source coreutils) with the programs that are installed; the exit
# status of each. Without names, all of those folders that are about files.
[ "$(id -u)" -ne 0 ] || exit 1 # never as root: see what it tries
source=$1
shift
cp -r "$source/tests" "$source/init.cfg" "$source/build-aux" . || exit 1
: >config.h
[ $# -gt 0 ] || set -- tests/chgrp tests/chmod tests/chown tests/cp tests/dd \
    tests/df tests/du tests/install tests/ln tests/ls tests/mkdir tests/mv \
    tests/readlink tests/rm tests/rmdir tests/split tests/tail-2 \
    tests/touch tests/misc
VERSION=$(cp --version | sed -n '1s/.* //p')
LOCALE_FR=none LOCALE_FR_UTF8=none host_os=linux-gnu srcdir=. top_srcdir=.
abs_top_builddir=$PWD abs_top_srcdir=$PWD abs_srcdir=$PWD fail=0
built_programs=$(cd /usr/bin && echo b2sum base32 basename cat chgrp chmod \
    chown cksum comm cp csplit cut date dd df dir du echo env expr factor head \
    id install join link ln ls md5sum mkdir mkfifo mknod mktemp mv nice nl \
    nohup od paste pathchk pr printf pwd readlink realpath rm rmdir seq shred \
    shuf sort split stat stdbuf stty sum sync tac tail tee test timeout touch \
    tr truncate tsort tty uname unexpand uniq unlink wc who yes)
CONFIG_HEADER=$PWD/config.h CC=cc AWK=awk EGREP='grep -E' EXEEXT='' MAKE=make
PACKAGE_VERSION=$VERSION PERL=perl SHELL=/bin/sh TMPDIR=$PWD
host_triplet=$(uname -m)-linux-gnu
export VERSION LOCALE_FR LOCALE_FR_UTF8 host_os srcdir top_srcdir \
    abs_top_builddir abs_top_srcdir abs_srcdir fail built_programs \
    CONFIG_HEADER CC AWK EGREP EXEEXT MAKE PACKAGE_VERSION PERL SHELL TMPDIR \
    host_triplet
# What is different on purpose (privd.policy(5)): names that are too long to
# be judged, and those that trace what they try (privd.calls(5)); and one that
# takes more than its minute.
otherwise=' tests/du/long-from-unreadable.sh tests/misc/pwd-long.sh
tests/rm/deep-2.sh tests/dd/nocache_eof.sh tests/ls/stat-free-symlinks.sh
tests/mv/atomic.sh tests/mv/atomic2.sh tests/misc/usage_vs_getopt.sh '
otherwise=$(echo "$otherwise" | tr '\n' ' ')
for test in $(find "$@" -name '*.sh' | sort); do
	case $otherwise in
	*" $test "*) continue ;;
	esac
	CU_TEST_NAME=$(echo "$test" | tr / -)
	export CU_TEST_NAME
	timeout -k 5 "${PROGRAM_TIMEOUT:-60}" /bin/sh "$test" >log 2>&1 \
	    </dev/null 9>&2
	status=$?
	echo "$test: exit $status"
	[ -z "${PROGRAM_LOGS-}" ] || cp log "$PROGRAM_LOGS/$CU_TEST_NAME.log"
	chmod -R u+rwx gt-* 2>/dev/null
	rm -rf gt-* log 2>/dev/null
done
