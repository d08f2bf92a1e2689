# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
# What end-to-end tests share: TAP, users and folders for the run, waiting for
# events, network namespaces, and the undoing of all of it. A test goes to the
# root of the tree and sources this first:
#	cd "$(dirname "$0")/../.." && . tests/lib/e2e.sh
# Processes that a test starts in the background are given to `remember`.
set -u
umask 022
BUILD=${BUILD:-build}
case $BUILD in
/*) ;;
*)	BUILD=$PWD/$BUILD ;;
esac
privrun=$(readlink -f "$BUILD/privrun")	# as /proc names it
helpers=$BUILD/tests/e2e
tests_done=0
tests_failed=0
users=
nusers=0
user=
user_uid=
user_gid=
user_home=
trusted=
folders=
pids=
nodes=
sysctls=
# No environment of whoever runs the tests may change what programs print.
LC_ALL=C
TZ=UTC
# The system's own: what somebody has in front of them may take a second a start.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL TZ PATH
unset LS_COLORS POSIXLY_CORRECT

T=$(mktemp -d "${TMPDIR:-/tmp}/e2e.XXXXXX") || exit 1
chmod 755 "$T"
folders=$T

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

# ok STATUS DESCRIPTION
ok() {
	tests_done=$((tests_done + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests_done - $2"
	else
		tests_failed=$((tests_failed + 1))
		echo "not ok $tests_done - $2"
	fi
}

# check DESCRIPTION COMMAND [ARGUMENT ...]
check() {
	what=$1
	shift
	if "$@"; then ok 0 "$what"; else ok 1 "$what"; fi
}

# refute DESCRIPTION COMMAND [ARGUMENT ...]: it must fail
refute() {
	what=$1
	shift
	if "$@"; then ok 1 "$what"; else ok 0 "$what"; fi
}

# same DESCRIPTION EXPECTED FOUND
same() {
	if [ "$2" = "$3" ]; then
		ok 0 "$1"
		return
	fi
	ok 1 "$1"
	printf '%s\n' "expected: $2" "found: $3" | sed 's/^/#   /'
}

# like DESCRIPTION BASIC-REGULAR-EXPRESSION TEXT: some line of it matches
like() {
	if printf '%s\n' "$3" | grep -q -- "$2"; then
		ok 0 "$1"
		return
	fi
	ok 1 "$1"
	printf '%s\n' "expected: /$2/" "found: $3" | sed 's/^/#   /'
}

# same_files DESCRIPTION EXPECTED FOUND
same_files() {
	if diff "$2" "$3" >"$T/diff" 2>&1; then
		ok 0 "$1"
		return
	fi
	ok 1 "$1"
	head -n 40 "$T/diff" | cut -c 1-200 | sed 's/^/#   /'
}

# skip COUNT REASON
skip() {
	n=$1
	shift
	while [ "$n" -gt 0 ]; do
		tests_done=$((tests_done + 1))
		echo "ok $tests_done # SKIP $*"
		n=$((n - 1))
	done
}

show() {
	sed 's/^/#   /' "$@"
}

done_testing() {
	echo "1..$tests_done"
	[ "$tests_failed" -eq 0 ]
	exit $?
}

remember() {
	pids="$pids $1"
}

forget() {
	rest=
	for pid in $pids; do
		[ "$pid" = "$1" ] || rest="$rest $pid"
	done
	pids=$rest
}

# Every process of a user that was made for the run is the run's. One look at all
# of them: beside a crowd, a few programs for each would take minutes.
end_processes_of() {
	cat /proc/[0-9]*/status 2>/dev/null | awk -v uid="$1" '
	$1 == "Pid:" { pid = $2 }
	$1 == "Uid:" && ($2 == uid || $3 == uid || $4 == uid) { print pid }' |
	    while read -r pid; do
		kill -KILL "$pid" 2>/dev/null
	done
}

clean_up() {
	trap - EXIT INT TERM HUP PIPE
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null
	done
	for name in $users; do
		uid=$(id -u "$name" 2>/dev/null) || continue
		end_processes_of "$uid"
		until_true 5 userdel "$name" >/dev/null 2>&1
	done
	for node in $nodes; do
		rm -f "$node"
	done
	for setting in $sysctls; do
		echo "${setting#*=}" >"/proc/sys/fs/${setting%%=*}"
	done
	for name in $folders; do
		rm -rf "$name"
	done
}
trap clean_up EXIT
trap 'clean_up; exit 1' INT TERM HUP PIPE

need_root() {
	[ "$(id -u)" -eq 0 ] || skip_all "needs root"
}

need_programs() {
	for program in "$@"; do
		command -v "$program" >/dev/null 2>&1 ||
		    skip_all "$program is not installed"
	done
}

# A user for the run: $user, $user_uid, $user_gid and $user_home are of the
# one made last.
make_user() {
	nusers=$((nusers + 1))
	user=e2e${T##*.}$nusers	# a process's number is not unique in all spaces
	user_home=$T/home$nusers
	mkdir "$user_home" || exit 1
	tries=0
	until useradd -r -U -M -d "$user_home" -s /bin/sh "$user" \
	    >"$T/useradd" 2>&1; do
		tries=$((tries + 1))
		if [ "$tries" -ge 50 ]; then
			show "$T/useradd"
			exit 1
		fi
		sleep 0.1	# another run holds the lock of the file
	done
	users="$users $user"
	chown "$user:$user" "$user_home"
	user_uid=$(id -u "$user")
	user_gid=$(id -g "$user")
}

# protect_files "$0" "$@": runs the test again, where the kernel's protections
# of sticky folders are raised to what most systems have, for as long as it
# runs; never lowered. One test at a time: they are the machine's.
protect_files() {
	if [ "${E2E_PROTECTED-}" != 1 ]; then
		need_programs flock
		clean_up
		E2E_PROTECTED=1 exec flock -o /proc/sys/fs sh "$@"
	fi
	for setting in protected_symlinks=1 protected_regular=2 \
	    protected_fifos=2; do
		file=/proc/sys/fs/${setting%%=*}
		old=$(cat "$file") || continue
		[ "$old" -lt "${setting#*=}" ] || continue
		sysctls="$sysctls ${setting%%=*}=$old"
		echo "${setting#*=}" >"$file"
	done
}

# as_user NAME COMMAND [ARGUMENT ...]: with all ids and groups of the user,
# and no capability.
as_user() {
	as_whom=$1
	shift
	setpriv --reuid "$as_whom" --regid "$(id -g "$as_whom")" \
	    --init-groups --inh-caps=-all -- "$@"
}

# $trusted: a folder whose every parent is root's alone, as programs that are
# elevated need it.
trusted_folder() {
	trusted=$(mktemp -d /var/lib/e2e.XXXXXX) || exit 1
	chmod 755 "$trusted"
	folders="$folders $trusted"
}

behind_two() {
	shift 2
	"$@"
}

# until_true SECONDS COMMAND [ARGUMENT ...]: what it waits for may wait as well, so
# that its own deadline is where only it has it, the first of its arguments
until_true() {
	set -- $(($(date +%s) + $1)) "$@"
	until behind_two "$@"; do
		[ "$(date +%s)" -lt "$1" ] || return 1
		sleep 0.05	# between two looks, not instead of one
	done
}

# wait_for FILE BASIC-REGULAR-EXPRESSION [SECONDS]
wait_for() {
	until_true "${3:-15}" grep -q -s -- "$2" "$1"
}

# log_says DESCRIPTION PATTERN: a session that goes on has its lines written
# when there is time.
log_says() {
	until_true 10 grep -q -s -- "$2" "$T/log" || :
	like "$1" "$2" "$(cat "$T/log")"
}

is_gone() {
	[ ! -e "/proc/$1" ]
}

# Gone, or dead and not yet waited for.
has_ended() {
	is_gone "$1" || case $(cat "/proc/$1/stat" 2>/dev/null) in
	''|*") Z "*)	true ;;
	*)		false ;;
	esac
}

# status_of PID FIELD: as in /proc/PID/status, blanks folded
status_of() {
	awk -v field="$2:" '$1 == field {
		$1 = ""; sub(/^ /, ""); print
	}' "/proc/$1/status"
}

# children_of PID
children_of() {
	for task in /proc/"$1"/task/*/children; do
		tr ' ' '\n' <"$task"
	done
}

# program_of PID [SECONDS]: the process that privrun (PID) started
program_of() {
	until_true "${2:-10}" has_program "$1" && echo "$has_program"
}

has_program() {
	for child in $(children_of "$1" 2>/dev/null); do
		case $(readlink "/proc/$child/exe") in
		"$privrun"|'') ;;
		*)	has_program=$child
			return 0 ;;
		esac
	done
	return 1
}

# keeper_of PID: the other child of privrun
keeper_of() {
	for child in $(children_of "$1"); do
		case $(readlink "/proc/$child/exe") in
		"$privrun")
			echo "$child" ;;
		esac
	done
}

# own_netns "$0" "$@": runs the test again in a network namespace of its own,
# which has lo and goes with the test.
own_netns() {
	if [ "${E2E_NETNS-}" != 1 ]; then
		need_root
		need_programs unshare ip
		unshare -n true 2>/dev/null ||
		    skip_all "no network namespaces here"
		clean_up
		E2E_NETNS=1 exec unshare -n sh "$@"
	fi
	ip link set lo up
}

# own_spaces "$0" "$@": runs the test again in mount, process and host name
# spaces of its own, which go with the test.
own_spaces() {
	if [ "${E2E_SPACES-}" != 1 ]; then
		need_root
		need_programs unshare
		unshare -mupf --mount-proc true 2>/dev/null ||
		    skip_all "no namespaces here"
		clean_up
		E2E_SPACES=1 exec unshare -mupf --mount-proc --kill-child sh "$@"
	fi
}

# the number of lines of a file that match
lines() {
	grep -c -- "$2" "$1" || :
}
