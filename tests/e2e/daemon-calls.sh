#!/bin/sh
# SPDX-License-Identifier: ISC
#
# max-calls: as many calls of a session wait at once as the configuration says,
# three quarters of them for others than privd; who comes then is told so.
# shellcheck disable=SC2317,SC2119,SC2016	# functions that others call; a shell's
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

need_daemon
make_user
marked sh
mkfifo -m 666 "$T/fifo"
cat >"$daemon_policies/sh" <<EOF
Policy: $program, Emulation: native
	Default: permit
	native-fsread: filename eq "$T/none" then deny[enoent]
	native-acct: permit as root
EOF

refused() {
	[ "$(lines "$T/out.err" 'temporarily unavailable')" -eq "$1" ]
}

# openings N: so many of one session at once
openings() {
	in_background "$user" "$T/out" "$program" -c '
		n=0
		while [ $n -lt '"$1"' ]; do
			n=$((n + 1))
			(: <'"$T"'/fifo) &
		done
		wait
		echo end'
}

# The other end, for as long as the program is there.
let_go() {
	exec 3<>"$T/fifo"
	wait "$started"
	status=$?
	exec 3<&-
	forget "$started"
	return "$status"
}

daemon_start "max-calls 8"
openings 10
check "8: of 10 that wait 4 are refused" until_true 10 refused 4
check "the others go on" let_go
same "no more were refused" 4 "$(lines "$T/out.err" .)"
same "to their end" end "$(cat "$T/out")"

daemon_configure "max-calls 100"
check "another configuration" daemon_reload
openings 80
check "100: of 80 that wait 5 are refused" until_true 10 refused 5
check "the others go on" let_go
same "no more were refused" 5 "$(lines "$T/out.err" .)"

daemon_configure "max-calls 1025"
check "more than there can be" daemon_reload
like "are an error at their place" \
    'privd.conf:4:11: expected a number from 1 to 1024, found "1025"' \
    "$(cat "$daemon_folder/log")"
daemon_stop
done_testing
