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
PRIVRUN=$BUILD/privrun
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
	for pid in $pids; do
		kill -KILL "$pid" 2>/dev/null
	done
	[ -n "${OWN:-}" ] && rm -rf -- "$OWN"
	[ -n "${USERS:-}" ] && rm -rf -- "$USERS"
}

finish() {
	echo "1..$count"
	[ $failed -eq 0 ]
	exit
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	deadline=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$deadline" ] || return 1
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

# session POLICY COMMAND...: root's embedded session for the user.
session() {
	policy=$1
	shift
	$RUN "$PRIVRUN" -U -a -E "$OWN/log" -f "$policy" -c "$ID:$ID" "$@"
}

[ "$(id -u)" -eq 0 ] || skip_all "needs root"
[ -x "$PRIVRUN" ] || skip_all "no $PRIVRUN: make first"
umask 022

OWN=$(mktemp -d "${ATTACK_FOLDER:-/tmp}/privd-attack.XXXXXX") || exit 1
USERS=$(mktemp -d "/tmp/privd-attack.XXXXXX") || exit 1
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
chmod 0755 "$OWN"
ID=$((62000 + $$ % 2000))
while getent passwd "$ID" >/dev/null || getent group "$ID" >/dev/null; do
	ID=$((ID + 1))
done
chown "$ID:$ID" "$USERS"
chmod 0755 "$USERS"

# The object that policies elevate.
SECRET=$OWN/secret
echo secret >"$SECRET"
chmod 0600 "$SECRET"
