#!/bin/sh
# SPDX-License-Identifier: ISC
# Programs as people use them behave the same where every call that names
# something is judged: coreutils, findutils, tar, git, a compiler that builds a
# part of this project, python's own tests and perl. Each runs as the user in
# an empty folder, natively and in his own session: same output, same exit
# status, and the same tree left behind. All that takes less than a minute;
# `make suites` runs the long ones (SUITES=1), in root's session as well.
#	PROGRAMS='git tar'	these alone
#	SUITES=1		python's tests of everything near the kernel,
#				and the suites of the sources that are named:
#	COREUTILS_SOURCE=folder	apt-get source coreutils
#	PERL_SOURCE=folder	apt-get source perl
#	PYTHON_TESTS='test_x'	these of python's
#	PROGRAMS_KEEP=folder	keeps the outputs there
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/judged.sh
. tests/lib/judged.sh

need_root
need_programs setpriv
make_user
work=$user_home/work
python_short='test_posix test_stat test_glob test_fileio test_file
test_filecmp test_dbm test_fcntl test_popen test_genericpath'
python_long='test_os test_shutil test_tempfile test_pathlib test_posixpath
test_fileinput test_resource test_mmap test_pty test_import test_socketserver
test_unicode_file test_unicode_file_functions test_httpservers test_socket
test_subprocess test_mailbox test_select test_poll test_epoll test_signal
test_zipfile test_tarfile test_largefile test_io test_wait3 test_wait4
test_fork1 test_selectors test_compileall test_site test_venv test_threading
test_asyncio test_ftplib test_smtplib test_pwd test_grp test_linecache
test_shelve test_bz2 test_gzip test_lzma test_configparser test_eintr
test_multiprocessing_fork test_logging'

# The same paths each time: outputs name them.
fixture() {
	rm -rf "$work"
	mkdir "$work"
	if [ "$1" = compiler ]; then
		mkdir "$work/source"
		cp -r GNUmakefile privd cmd "$work/source"
		mkdir -p "$work/source/tests/unit" "$work/source/man"
	fi
	chown -R "$user:$user" "$work"
}

# wanting NAME: what is not there and ./bootstrap would have brought
wanting() {
	case $1 in
	coreutils) have='ls --version' what="GNU's coreutils" ;;
	findutils) have='find --version' what="GNU's findutils" ;;
	tar)	have='tar --version' what="GNU's tar" ;;
	git)	have='git --version' what=git ;;
	compiler) have='make --version' what="GNU's make" ;;
	python)	have="/usr/bin/python3 -c 'import test.test_posix'"
		what="python's tests" ;;
	perl)	have='prove --version' what="perl's prove" ;;
	suite-coreutils) have="test -d '${COREUTILS_SOURCE-}/tests'"
		what='COREUTILS_SOURCE' ;;
	suite-perl) have="test -d '${PERL_SOURCE-}/t'" what='PERL_SOURCE' ;;
	esac
	eval "$have" >"$T/have" 2>&1 || {
		echo "$what"
		return 0
	}
	case $what in
	GNU*)	grep -q GNU "$T/have" && return 1
		echo "$what"
		return 0 ;;
	esac
	return 1
}

# program NAME KIND: its script, natively or in a session of that kind
program() {
	script=$PWD/tests/programs/$1.sh
	case $1 in
	python)	arguments=$python_modules ;;
	suite-coreutils) arguments=$COREUTILS_SOURCE ;;
	suite-perl) arguments=$PERL_SOURCE ;;
	*)	arguments= ;;
	esac
	set -- "$2" -U -a -E "$user_home/log" -f "$T/policy"
	kind=$1
	shift
	(
	cd "$work" || exit 1
	# shellcheck disable=SC3045 # dash and bash have it
	ulimit -c 0
	as="setpriv --reuid $user --regid $user_gid --init-groups
	    --inh-caps=-all --"
	# shellcheck disable=SC2086 # lists of words
	case $kind in
	native)	set -- $as setpriv --no-new-privs ;;
	user)	set -- $as "$privrun" "$@" ;;
	caller)	set -- "$privrun" "$@" -c "$user" ;;
	esac
	# shellcheck disable=SC2086
	timeout -k 5 "$limit" "$@" /bin/sh "$script" $arguments
	) </dev/null >"$T/$kind.raw" 2>&1
	echo "exit $?" >>"$T/$kind.raw"
	end_processes_of "$user_uid"
	sed "s,$T,T,g" "$T/$kind.raw" >"$T/$kind.out"
}

left_behind() {
	# the size and links of a folder are the file system's affair, times
	# are of now; what git and python name by chance has no name here
	find "$work" -not -path '*/source/out/*.d' \
	    -printf '%P %y %m %U:%G %n %s %l\n' |
	    awk '$2 == "d" { $6 = "-" } { print }' | sort
}

compare() {
	# one that ends early shows nothing
	refute "$1: natively it comes to its end" \
	    grep -q '^exit 12[4-7]$' "$T/native.out"
	same_files "$1: the same output" "$T/native.out" "$T/$2.out"
	same_files "$1: the same left behind" "$T/native.left" "$T/$2.left"
	[ -z "${PROGRAMS_KEEP-}" ] || {
		mkdir -p "$PROGRAMS_KEEP"
		for file in native.out native.left "$2.out" "$2.left"; do
			cp "$T/$file" "$PROGRAMS_KEEP/$1.$file"
		done
		cp "$user_home/log" "$PROGRAMS_KEEP/$1.$2.log"
	}
}

judged_policy "$T/policy" '*/dash' '*/bash' '*/busybox'
echo "# permitted whole:$unjudged"
names='coreutils findutils tar git compiler python perl'
python_modules=$python_short
kinds=user
limit=60
if [ -n "${SUITES-}" ]; then
	names="$names suite-coreutils suite-perl"
	python_modules="$python_short $python_long"
	kinds='user caller'
	limit=3600
fi
python_modules=${PYTHON_TESTS-$python_modules}
for name in ${PROGRAMS-$names}; do
	if what=$(wanting "$name"); then
		skip 3 "$name: no $what"
		continue
	fi
	fixture "$name"
	program "$name" native
	left_behind >"$T/native.left"
	for session in $kinds; do
		fixture "$name"
		program "$name" "$session"
		left_behind >"$T/$session.left"
		compare "$name" "$session"
	done
done
done_testing
