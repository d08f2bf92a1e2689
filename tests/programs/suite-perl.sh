#!/bin/sh
# SPDX-License-Identifier: ISC
# suite-perl.sh SOURCE [TEST ...]: the tests of perl's own source (apt-get
# source perl) with the perl that is installed; each point of each.
[ "$(id -u)" -ne 0 ] || exit 1 # never as root: see what it tries
source=$1
shift
cp -r "$source/t" t && mkdir lib || exit 1
# the tests look there alone
for folder in $(/usr/bin/perl -e 'print join " ", @INC'); do
	[ ! -d "$folder" ] || cp -rs "$folder/." lib/ 2>/dev/null
done
cd t || exit 1
ln -s /usr/bin/perl perl
TMPDIR=$PWD PERL_CORE=0
export TMPDIR PERL_CORE
[ $# -gt 0 ] || set -- io/*.t op/alarm.t op/chdir.t op/die_exit.t op/die.t \
    op/exec.t op/filetest*.t op/fork.t op/getpid.t op/getppid.t op/glob.t \
    op/kill0.t op/inccode*.t op/magic.t op/mkdir.t op/readline.t \
    op/require*.t op/select.t op/sigdispatch.t op/sleep.t op/stat*.t \
    op/sysio.t op/time.t op/groups.t op/do.t op/print.t op/taint.t
for test; do
	[ -f "$test" ] || continue
	timeout -k 5 "${PROGRAM_TIMEOUT:-60}" /usr/bin/perl "$test" >../log \
	    2>&1 </dev/null
	echo "$test: exit $?"
	grep -aE '^(not )?ok ' ../log | sed 's/ - .*//; s/ #.*//' | sort | uniq
	[ -z "${PROGRAM_LOGS-}" ] ||
	    cp ../log "$PROGRAM_LOGS/$(echo "$test" | tr / -).log"
done
