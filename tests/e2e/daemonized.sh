#!/bin/sh
# SPDX-License-Identifier: ISC
# privd as it is started without -d and -F: it stands elsewhere afterwards, and
# finds what it was given with relative names all the same, when it reloads, is
# upgraded and ends.
# shellcheck disable=SC2154,SC2317	# what the sourced files set, and call
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh

need_daemon
privctl=$BUILD/instance/bin/privctl
mkdir "$daemon_folder/run"
daemon_configure "log file \"$daemon_folder/log\""
cd "$daemon_folder" || exit 1

# status: the monitor's number
status() {
	"$privctl" -s "$daemon_folder/run/sock" status --json |
	    sed -n 's/.*"pid": \([0-9]*\).*/\1/p'
}
is_upgraded() {
	[ "$(grep -c 'ready at' "$daemon_folder/log")" -eq 2 ]
}

"$daemon" -f privd.conf -s run/sock >"$T/out" 2>&1
same "it starts" 0 $?
pid=$(status)
check "and is a process of its own" test -n "$pid"
remember "$pid"
same "which stands elsewhere" / "$(readlink "/proc/$pid/cwd")"
same "without terminal" 0 "$(sed 's/.*) //' "/proc/$pid/stat" |
    cut -d ' ' -f 5)"
"$privctl" -s run/sock reload >"$T/out" 2>&1
same "it reads its configuration again" 0 $?
kill -USR2 "$pid"
check "it executes its file again" until_true 10 is_upgraded
same "as the same process" "$pid" "$(status)"
"$privctl" -s run/sock reload >"$T/out" 2>&1
same "and finds its configuration" 0 $?
kill -TERM "$pid"
until_true 10 is_gone "$pid"
forget "$pid"
refute "its socket goes with it" test -e "$daemon_folder/run/sock"
refute "nothing else was an error" grep -i 'err' "$daemon_folder/log"
done_testing
