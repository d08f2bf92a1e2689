# SPDX-License-Identifier: ISC
# shellcheck shell=sh
# Processes of a session's, or the daemon's, that do nothing for a while: who is
# stopped by a signal is made to go on. After tests/lib/e2e.sh:
#	halt PID ...	they do nothing until
#	resume		all go on
halt() {
	: >"$T/held"
	"$BUILD/tests/e2e/halt" "$@" >"$T/held" 2>&1 &
	halter=$!
	remember $halter
	wait_for "$T/held" held
}

resume() {
	kill "$halter"
	wait "$halter" 2>/dev/null
	forget "$halter"
}
