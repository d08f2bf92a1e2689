# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034,SC2154
# Users who speak to the daemon by tests/attack/speak.c, without privrun. After
# tests/lib/daemon.sh and need_daemon.
speak=$daemon_folder/speak
cp "$BUILD/tests/attack/speak" "$speak"

# in_hold USER FIFO WHAT ...: $holder has said that, and goes on when nobody has
# the FIFO any more; $T/held has "held" once it has come so far.
in_hold() {
	peer=$1 until_end=$2
	shift 2
	as_user "$peer" timeout 60 "$speak" "$daemon_socket" "$@" \
	    <"$until_end" >"$T/held" 2>&1 &
	holder=$!
	remember $holder
}

# flood USER: $many comes again and again, as fast as he can, with nothing to
# say
flood() {
	setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups -- \
	    timeout 120 "$speak" "$daemon_socket" many=100000000 "$program" \
	    >"$T/many" 2>&1 &
	many=$!
	remember $many
}
