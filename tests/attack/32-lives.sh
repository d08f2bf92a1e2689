#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Attack 32: sessions begin and end by the thousand (ATTACK_ROUNDS: how many;
# 300), half of them by SIGKILL in every moment of their lives; of others privd's
# own processes are killed. The monitor's descriptors and memory, processes and
# what is registered are as they were, and nothing spins when all are gone.
# shellcheck disable=SC2119,SC2154,SC2317	# what the sourced files set
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib/e2e.sh
. tests/lib/e2e.sh
# shellcheck source=tests/lib/daemon.sh
. tests/lib/daemon.sh
# shellcheck source=tests/lib/survival.sh
. tests/lib/survival.sh

rounds=${ATTACK_ROUNDS:-300}
register=$BUILD/instance/run/privd/sessions
elevated cat
cat=$program
marked "$helpers/steps"
daemon_start "max-connections-per-second 100000" "max-sessions-per-user 100"

# What must not grow: descriptors of the monitor, of its logger and of what it has
# started, and what is registered.
flat() {
	echo "monitor: $(daemon_descriptors)"
	echo "logger: $(find "/proc/$(daemon_logger)/fd" -type l | wc -l)"
	echo "processes: $(daemon_children | wc -l)"
	echo "registered: $(find "$register" -type f | wc -l)"
	echo "user's: $(pgrep -c -u "$user")"
}
# No more of anything. (What ends is not all gone at one moment.)
is_flat() {
	no_more_than "$T/flat" flat
}
# user and system time of the monitor and of its children, in ticks
ticks() {
	for pid in $daemon_pid $(children_of "$daemon_pid"); do
		cat "/proc/$pid/stat" 2>/dev/null
	done | awk '{ n += $14 + $15 } END { print n + 0 }'
}

# live COUNT
live() {
	as_user "$user" "$BUILD/tests/attack/lives" "$1" 200 100 "$daemon_run" \
	    -s "$daemon_socket" "$cat" "$secret" >"$T/lives" 2>"$T/lives.err"
	sed 's/^/# /' "$T/lives"
}

# What is kept of past sessions is all there by then.
live 80
settled() {
	flat >"$T/flat"
	grep -q '^processes: 0' "$T/flat" && grep -q '^registered: 0' "$T/flat"
}
check "after the first ones nobody is left" until_true 20 settled
first=$(daemon_memory)
live "$rounds"
check "of $rounds sessions some were killed" test \
    "$(sed -n 's/.* \([0-9]*\) killed.*/\1/p' "$T/lives")" -ge 50
same "none of the others has failed" 0 \
    "$(sed -n 's/.* \([0-9]*\) failed/\1/p' "$T/lives")"
grep -q ' 0 failed' "$T/lives" || show "$T/lives.err"
check "descriptors, processes and register are as they were" \
    until_true 30 is_flat
is_flat || show "$T/flat" "$T/now"
last=$(daemon_memory)
check "memory of the monitor: $first kB, $last kB" test \
    $((last - first)) -le $((256 + rounds / 100))

# privd's own processes, and the program with them.
elevates="	native-open: filename eq \"$T/two\" then permit as root"
for victim in keeper judge hand fetcher program all; do
	begin_by_daemon "$elevates"
	case $victim in
	keeper)		kill -KILL "$keeper" ;;
	program)	kill -KILL "$program_pid" ;;
	all)		parts=$(children_of "$keeper")
			# shellcheck disable=SC2086
			kill -KILL $parts "$keeper" "$program_pid" ;;
	*)		until_true 10 part $victim >"$T/victim"
			kill -KILL "$(head -n 1 "$T/victim")" ;;
	esac
	exec 9>&-
	wait $front 2>/dev/null
	forget $front
	check "$victim killed: nothing is left" until_true 20 is_flat
	is_flat || show "$T/flat" "$T/now"
done

before=$(ticks)
sleep 1	# what spins does so meanwhile
check "nothing spins" test $(($(ticks) - before)) -lt 20
daemon_stop
done_testing
