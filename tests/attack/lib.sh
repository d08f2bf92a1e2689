# SPDX-License-Identifier: ISC
# shellcheck shell=sh
#
# What the attack tests share: a folder that root alone can write (programs
# are elevated from such folders only), one for the user, an ordinary uid that
# nobody has, and TAP. A test ends with `finish`; everything that it made is
# removed, and the processes that it started in the background (`started`)
# are ended by their ids.
# Used by the tests that read this file:
# shellcheck disable=SC2034

set -u
ATTACK=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$ATTACK/../.." && pwd)
BUILD=${BUILD:-build}
case $BUILD in
/*) ;;
*) BUILD=$TOP/$BUILD ;;
esac
PRIVRUN=$(readlink -f "$BUILD/privrun")
# ATTACK_BY=daemon: the user's sessions are the daemon's; else root's, embedded.
BY=${ATTACK_BY:-root}
TOOLS=$BUILD/tests/attack

count=0
failed=0
pids=

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

ok() {
	count=$((count + 1))
	echo "ok $count - $*"
}

# skip WHY DESCRIPTION ...: results that cannot be had here, each by what it would
# say
skip() {
	why=$1
	shift
	for what in "$@"; do
		count=$((count + 1))
		echo "ok $count - $what # SKIP $why"
	done
}

not_ok() {
	count=$((count + 1))
	failed=$((failed + 1))
	echo "not ok $count - $*"
}

# Shows a file as a comment, for the one who reads a failure.
show() {
	[ -f "$1" ] && sed 's/^/# /' "$1"
}

# is WANTED GOT DESCRIPTION
is() {
	if [ "$1" = "$2" ]; then
		ok "$3"
	else
		not_ok "$3"
		echo "# wanted: $1"
		echo "# got:    $2"
	fi
}

# has PATTERN FILE DESCRIPTION: an extended regular expression
has() {
	if grep -Eq -- "$1" "$2"; then
		ok "$3"
	else
		not_ok "$3"
		echo "# nothing matches: $1"
		show "$2"
	fi
}

lacks() {
	if grep -Eq -- "$1" "$2"; then
		not_ok "$3"
		echo "# must not match: $1"
		show "$2"
	else
		ok "$3"
	fi
}

# unless_installed: true where the test's policies are the only ones; else the one
# result that depends on it is passed over. (The system's are in every session,
# for what its program may execute.)
unless_installed() {
	[ "${ATTACK_INSTALLED-}" = 1 ] || return 0
	count=$((count + 1))
	echo "ok $count # SKIP the installed policies close that themselves"
	return 1
}

# Remembers a process to end.
started() {
	pids="$pids $1"
}

# Ends it, and waits: its output is whole afterwards.
stop() {
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

clean_up() {
	[ -z "$daemon" ] || pids="$pids $daemon"
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null
	done
	[ -n "${OWN:-}" ] && rm -rf -- "$OWN"
	[ -n "${USERS:-}" ] && rm -rf -- "$USERS"
	[ -z "${RUNS:-}" ] || rm -rf -- "$RUNS"
}

finish() {
	echo "1..$count"
	[ $failed -eq 0 ]
	exit
}

behind_two() {
	shift 2
	"$@"
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	set -- $(($(date +%s) + $1)) "$@"
	until behind_two "$@"; do
		[ "$(date +%s)" -lt "$1" ] || return 1
		# A moment between two looks, not an order of events.
		sleep 0.02
	done
}

# A helper, put where root alone writes: elevation is for such programs.
# install_tool NAME [AS]
install_tool() {
	cp "$TOOLS/$1" "$OWN/${2:-$1}" && chmod 0755 "$OWN/${2:-$1}"
}

# The same with the mark.
install_marked() {
	install_tool "$1" "${2:-$1}" &&
	    setcap cap_block_suspend=i "$OWN/${2:-$1}"
}

# A command as the user, without a session. With RUN=exec the shell becomes
# it: `(RUN=exec; as_user ...) &` makes $! its process.
RUN=
as_user() {
	$RUN setpriv --reuid "$ID" --regid "$ID" --clear-groups "$@"
}

# session POLICY COMMAND...: root's embedded session for the user, or the user's
# own by the daemon.
session() {
	policy=$1
	shift
	if [ "$BY" = daemon ]; then
		enforce "$policy"
		$RUN setpriv --reuid "$ID" --regid "$ID" --clear-groups \
		    --inh-caps=-all env "$INSTANCE/bin/privrun" -U \
		    -s "$RUNS/run/socket" -E "$LOG" "$@"
	else
		$RUN "$PRIVRUN" -U -a -E "$LOG" -f "$policy" -c "$ID:$ID" "$@"
	fi
}

children() {
	cat "/proc/$1/task/$1/children" 2>/dev/null
}

# What a process is of a session: judge, hand, fetcher, double, scribe, or "".
role() {
	sed -n 's/^Name:	privd-//p' "/proc/$1/status" 2>/dev/null
}

# find_parts: of the session that $front is: its $program and $keeper, and its
# $judge, $hand, $fetcher, $double and $scribe, as far as they are there and
# locked in; true if there is a judge.
find_parts() {
	program="" keeper="" judge="" hand="" fetcher="" double="" scribe=""
	parent=$front
	if [ "$BY" = daemon ]; then
		program=$front
		parent=$daemon
	fi
	for child in $(children "$parent"); do
		known=
		for part in $(children "$child"); do
			known=$(role "$part")
			[ -n "$known" ] && keeper=$child &&
			    grep -q "^Seccomp:	2" "/proc/$part/status" &&
			    eval "$known=$part"
		done
		[ "$child" = "$keeper" ] || [ -n "$program" ] || program=$child
	done
	[ -n "$program" ] && [ -n "$judge" ]
}

# --- the daemon, where the sessions are its own

daemon=
INSTANCE=$BUILD/instance

start_daemon() {
	RUNS=$(mktemp -d /var/lib/privd-attack.XXXXXX) || exit 1
	chmod 0755 "$RUNS"
	mkdir "$RUNS/policies" "$RUNS/users"
	chown "$ID:$ID" "$RUNS/users"
	cat >"$RUNS/privd.conf" <<-END
	policies "$RUNS/policies"
	templates "$TOP/policies/templates"
	socket "$RUNS/run/socket"
	END
	"$INSTANCE/sbin/privd" -d -f "$RUNS/privd.conf" >"$RUNS/log" 2>&1 \
	    </dev/null &
	daemon=$!
	wait_for 10 test -S "$RUNS/run/socket"
}

reloads() {
	[ "$(grep -c "in force" "$RUNS/log")" -gt "$1" ]
}

# enforce POLICY: it alone is in force, for programs of $OWN, which are marked.
# Each elevates something: that is what the daemon's sessions are for.
enforce() {
	awk -v own="$OWN/" '
	    function elevate() {
		if (any++)
			print "\t" abi "-fsread: filename eq \"" own \
			    "none\" then permit as root"
	    }
	    /^Policy:/ {
		elevate()
		abi = $NF
		sub(/^Policy: \*\//, "Policy: " own)
	    }
	    { print }
	    END { elevate() }' "$1" >"$RUNS/policies/attack"
	for file in $(sed -n 's/^Policy: \([^,]*\),.*/\1/p' \
	    "$RUNS/policies/attack"); do
		[ ! -f "$file" ] || setcap cap_block_suspend=i "$file" || :
	done
	before=$(grep -c "in force" "$RUNS/log")
	kill -HUP "$daemon"
	wait_for 10 reloads "$before" || show "$RUNS/log"
}

[ "$(id -u)" -eq 0 ] || skip_all "needs root"
[ -x "$PRIVRUN" ] || skip_all "no $PRIVRUN: make first"
umask 022

[ "$BY" = root ] || ATTACK_FOLDER=${ATTACK_FOLDER:-/var/lib}
OWN=$(mktemp -d "${ATTACK_FOLDER:-/tmp}/privd-attack.XXXXXX") || exit 1
USERS=$(mktemp -d "/tmp/privd-attack.XXXXXX") || exit 1
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
chmod 0755 "$OWN"
# A uid that is nobody's: below 2^31, which some programs read as negative, and
# above what systemd(1) gives out by itself (61184 to 65519, DynamicUser=; see
# UIDS-GIDS in its documentation), what distributions allot (Debian: 60000 to
# 64999), subordinate ids (from 100000 on: useradd(8)), containers (up to
# 0x6fffffff) and the ids of sessions (up to 0x77ffffff).
ID=$((0x78000000 + $$ % 2000))
while getent passwd "$ID" >/dev/null || getent group "$ID" >/dev/null; do
	ID=$((ID + 1))
done
chown "$ID:$ID" "$USERS"
chmod 0755 "$USERS"

LOG=$OWN/log
if [ "$BY" = daemon ]; then
	start_daemon
	LOG=$RUNS/users/log
fi

# The object that policies elevate.
SECRET=$OWN/secret
echo secret >"$SECRET"
chmod 0600 "$SECRET"
